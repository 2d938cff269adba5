"""The selector grammar: every row of the contract, every error with its place, and two laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.bodies import Coordinate, color_of, point_of
from flowdesk.model.css import ROLES
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import SelectorError
from flowdesk.model.selector import RELATIONS, brief, format_selector, parse_selector
from flowdesk.model.target import Selector, Step


def parts(text: str) -> list[tuple[str, str]]:
    return [(step.engine, step.body) for step in parse_selector(text).steps]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("button[name='OK']", ("element", "button[name='OK']")),
        ("element=button", ("element", "button")),
        ("window > group button:nth(2), link", ("element", "window > group button:nth(2), link")),
        ("[name*='a'][enabled=\"true\"]", ("element", "[name*='a'][enabled=\"true\"]")),
        ("button[name='a=b >> c']", ("element", "button[name='a=b >> c']")),
        ("text=确定", ("text", "确定")),
        ("text=a = b", ("text", "a = b")),
        ("text=Don't save", ("text", "Don't save")),
        ("text=/usr/bin", ("text", "/usr/bin")),
        ("image=ok.png", ("image", "ok.png")),
        ('image="a >> b.png"', ("image", "a >> b.png")),
        ("image=data:image/png;base64,iVBOR/w0=", ("image", "data:image/png;base64,iVBOR/w0=")),
        ("window=Untitled", ("window", "Untitled")),
        ("app=mousepad", ("app", "mousepad")),
        ("point=100,200", ("point", "100,200")),
        ("point=50%,50%", ("point", "50%,50%")),
        ("100,200", ("point", "100,200")),
        (" -5 , 12.5% ", ("point", "-5 , 12.5%")),
        ("color=#1a73e8", ("color", "#1a73e8")),
        ("color=#FFF", ("color", "#FFF")),
        ("point=+50,-10", ("point", "+50,-10")),
        ("+50,+0", ("point", "+50,+0")),
        ("point=+-50,+-10", ("point", "+-50,+-10")),
        (" active ", ("active", "")),
    ],
)
def test_each_engine_is_read(text: str, expected: tuple[str, str]) -> None:
    assert parts(text) == [expected]


def test_a_number_and_the_active_window_are_steps() -> None:
    assert parts("active >> text=Yes >> nth=2") == [("active", ""), ("text", "Yes"), ("nth", "2")]
    assert parts("text=A >> right-of=button >> nth=10 >> button")[2] == ("nth", "10")
    assert parts("text=active") == [("text", "active")]


@pytest.mark.parametrize(
    ("text", "position", "said"),
    [
        ("nth=2", 0, "no step before it"),
        ("button >> nth=0", 14, "not a whole number of 1 or more"),
        ("button >> nth=-1", 14, "not a whole number of 1 or more"),
        ("button >> nth=two", 14, "not a whole number of 1 or more"),
        ("button >> nth=", 14, "must be followed by"),
        ("button >> nth=1000000", 14, "not a whole number of 1 or more"),
        ("text=A >> right-of=nth=2", 19, "is not allowed inside"),
        ("text=A >> near=active", 15, "is not allowed inside"),
        ("active=text", 0, "Unknown prefix"),
        ("element=active", 8, "Unknown kind of element"),
        ("point=+50", 6, "is not a point"),
        ("+50", 0, "Unexpected"),
        ("point=+50,10", 6, "half relative to the pointer"),
        ("10,+50", 0, "half relative to the pointer"),
        ("point=+50%,+10", 6, "half relative to the pointer"),
        ("window=A >> point=+5,+5", 12, "cannot be combined"),
        ("text=A >> near=+5,+5", 10, "cannot be combined"),
    ],
)
def test_what_makes_no_sense_there_is_refused(text: str, position: int, said: str) -> None:
    with pytest.raises(SelectorError, match=said) as refused:
        parse_selector(text)
    assert refused.value.details["position"] == position
    assert refused.value.fix


def test_steps_keep_order_and_positions() -> None:
    selector = parse_selector("app=mousepad >> window=Save >> button[name='OK']")
    assert selector.steps == (
        Step("app", "mousepad", position=0),
        Step("window", "Save", position=16),
        Step("element", "button[name='OK']", position=31),
    )


def test_apostrophes_around_all_of_it_are_quotes_too_and_those_within_it_are_not() -> None:
    assert parse_selector("window='Save >> as' >> text='it\\'s'").steps == (
        Step("window", "Save >> as", exact=True),
        Step("text", "it's", exact=True, position=23),
    )
    for written in ("'tis", "'a' and 'b'", "rock 'n' roll", "dogs'"):
        assert parse_selector(f"text={written}").steps == (Step("text", written),)


def test_quotes_are_exact_and_protect_the_arrow() -> None:
    assert parse_selector('text="a >> \\"b\\\\" >> image=x').steps == (
        Step("text", 'a >> "b\\', exact=True),
        Step("image", "x", position=21),
    )


def test_regexes_keep_their_flag_and_arrow() -> None:
    assert parse_selector("text=/Save .*/").steps == (Step("text", "Save .*", is_regex=True),)
    assert parse_selector("window=/a >> b/i >> point=1,2").steps == (
        Step("window", "(?i)a >> b", is_regex=True),
        Step("point", "1,2", position=20),
    )
    assert parse_selector("text=/a.b/si").steps == (Step("text", "(?is)a.b", is_regex=True),)
    assert parse_selector("window=/usr/bin").steps == (Step("window", "/usr/bin"),)


def test_relations_take_any_body() -> None:
    selector = parse_selector("window=Login >> text=Password >> right-of=text_field >> below=text=/O./ >> near=5,5")
    assert selector.steps[2:] == (
        Step("element", "text_field", relation="right-of", position=33),
        Step("text", "O.", is_regex=True, relation="below", position=56),
        Step("point", "5,5", relation="near", position=75),
    )


@pytest.mark.parametrize(
    ("text", "position", "message", "fix"),
    [
        ("", 0, "empty", "text=OK"),
        ("   ", 0, "empty", "text=OK"),
        ("txt=OK", 0, "txt=", '"text="'),
        ("app=a >> Window=b", 9, "Window=", '"window="'),
        ("text =b", 0, "text=", '"text="'),
        ("right_of=text=a", 0, "right_of=", '"right-of="'),
        ("xpath=//a", 0, "xpath=", "window > group"),
        ("zzz=1", 0, "zzz=", "element="),
        ("text=", 5, "must be followed by", "text=OK"),
        ('text=""', 5, "must be followed", "text=OK"),
        ('text="a', 5, "closing quote", '"'),
        ('text="a" b', 9, "Only >>", '\\"'),
        ("text=a >> ", 10, "missing", ">>"),
        (">> text=a", 0, "missing", ">>"),
        ("a >>", 0, "kind of element", "link"),
        ("window=/a[/", 9, "regular expression", "quotes"),
        ("point=1", 6, "not a point", "100,200"),
        ("color=red", 6, "not a color", "#1a73e8"),
        ("right-of=button", 0, "needs a reference before", "text=Password"),
        ("text=a >> above=below=button", 16, "inside", ">>"),
        ("buton[name='OK']", 0, '"buton"', '"button"'),
        ("window > textbox", 9, "textbox", "text_field"),
        ("确定", 0, "Unexpected", "text=确定"),
        ("OK", 0, '"OK"', "text=OK"),
        ("#id", 0, '"#"', "text="),
        ("button[name=OK]", 12, "quotes", "[name='OK']"),
        ("button[name]", 11, "*=", "[name='…']"),
        ("button[]", 7, "attribute", "[name='OK']"),
        ("button[nam='x']", 7, '"nam"', '"name"'),
        ("button[name='x]", 12, "closing quote", "'"),
        ("button[name='it's']", 16, "]", "quote"),
        ("button:nth(0)", 6, ":nth(n)", "button:nth(2)"),
        ("button:checked", 6, ":nth(n)", "[checked='on']"),
        ("button > > group", 9, "Unexpected", "button"),
        ("element=", 8, "must be followed", "element=button"),
    ],
)
def test_an_error_names_the_fault_its_place_and_a_fix(text: str, position: int, message: str, fix: str) -> None:
    with pytest.raises(SelectorError) as caught:
        parse_selector(text)
    assert message in str(caught.value)
    assert fix in str(caught.value.fix)
    assert caught.value.details["position"] == position
    assert caught.value.details["selector"] == text


def test_points_are_measured_in_their_scope() -> None:
    across, down = point_of("50%,-3")
    assert (across, down) == (Coordinate(50, is_percent=True), Coordinate(-3, is_percent=False))
    assert (across.within(100, 201), down.within(100, 50)) == (200, 97)
    assert Coordinate(100, is_percent=True).within(0, 1920) == 1919


def test_points_with_a_plus_are_counted_from_the_pointer() -> None:
    assert point_of("+50,-10") == (Coordinate(50, False, True), Coordinate(-10, False, True))
    assert point_of("+-50,+-10") == (Coordinate(-50, False, True), Coordinate(-10, False, True))
    assert not point_of("-50,-10")[0].is_relative, "a place on a monitor left of the first one"


def test_colors_are_red_green_blue() -> None:
    assert color_of("#1a73e8") == (0x1A, 0x73, 0xE8)
    assert color_of("#fA0") == (0xFF, 0xAA, 0x00)


grammar_soup = st.lists(
    st.one_of(
        st.sampled_from([*[f"{word}=" for word in (*ENGINES, *RELATIONS)], *sorted(ROLES)[:6]]),
        st.sampled_from(
            [
                ">>",
                " ",
                '"',
                "'",
                "/",
                "/i",
                "[",
                "]",
                "[name='",
                ":nth(",
                ")",
                "1",
                ",",
                "%",
                "#",
                "\\",
                "(",
                "*",
                ">",
                "=",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=12,
).map("".join)


@given(st.one_of(st.text(max_size=40), grammar_soup))
def test_any_text_parses_or_is_refused_with_its_place(text: str) -> None:
    refusal: SelectorError | None = None
    try:
        selector = parse_selector(text)
    except SelectorError as error:
        refusal = error
    if refusal:
        assert 0 <= refusal.details["position"] <= len(text)
        assert str(refusal)
        assert str(refusal.fix)
        return
    assert selector.text == text
    assert selector.steps
    assert bare(parse_selector(format_selector(selector.steps))) == bare(selector)


words = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=12)
plain = words.filter(lambda word: word[0] not in '"/' and ">" not in word)
steps = st.one_of(
    st.builds(Step, st.sampled_from(["text", "window", "app"]), words, exact=st.just(True)),
    st.builds(Step, st.sampled_from(["text", "window", "app", "image"]), plain),
    st.builds(
        Step, st.just("text"), st.sampled_from(["a+", "(?i)b.*c", "(?ims)b.*c", r"\d\/x"]), is_regex=st.just(True)
    ),
    st.builds(Step, st.just("element"), st.sampled_from(["button", "[name='a >> b']", "window > *:nth(3)"])),
    st.just(Step("active", "")),
    st.builds(
        Step, st.just("point"), st.tuples(st.integers(-999, 999), st.integers(0, 100)).map(lambda p: f"{p[0]},{p[1]}%")
    ),
)
later = st.one_of(
    st.tuples(steps.filter(lambda step: step.engine != "active"), st.sampled_from([None, *RELATIONS])),
    st.tuples(st.builds(Step, st.just("nth"), st.integers(1, 999).map(str)), st.none()),
    st.tuples(st.just(Step("active", "")), st.none()),
)
chains = st.tuples(steps, st.lists(later, max_size=3)).map(
    lambda chain: (chain[0], *(Step(s.engine, s.body, s.exact, s.is_regex, relation) for s, relation in chain[1]))
)


@given(chains)
def test_what_is_written_is_read_back(chain: tuple[Step, ...]) -> None:
    assert bare(parse_selector(format_selector(chain))) == chain


def bare(selector: Selector) -> tuple[Step, ...]:
    return tuple(Step(s.engine, s.body, s.exact, s.is_regex, s.relation) for s in selector.steps)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("button[name='OK']", "Button “OK”"),
        ('app=mousepad >> window=Save >> button[name="Don\'t save"]', "Button “Don't save”"),
        ("window=Login >> text=Password >> right-of=text_field", "text=Password right-of=text_field"),
        ('window=a >> image="b >> c.png"', 'image="b >> c.png"'),
        ("text=it's >> fine", "fine"),
        ("window=a >> button[name='OK'] >> nth=2", "Button “OK” nth=2"),
        ("a >> text=b >> right-of=button >> nth=2", "text=b right-of=button nth=2"),
        ("nth=2", "nth=2"),
        ("", ""),
        ("x >> " * 200, "x >> " * 200),
    ],
)
def test_a_card_shows_what_is_meant(text: str, shown: str) -> None:
    assert brief(text) == shown

"""Texts cut at their references, and the problems found in them before a run."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.expressions import LONGEST_EXPRESSION
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.problem import Problem
from flowdesk.model.revalidation import Revalidation
from flowdesk.model.templates import Fault, Reference, pieces, problems_in
from flowdesk.model.validation import validate
from flowdesk.nodes import builtin_catalogue

CATALOGUE = builtin_catalogue()


def kinds(text: str) -> list[str]:
    return [
        piece if isinstance(piece, str) else "fault" if isinstance(piece, Fault) else f"{piece.kind}:{piece.body}"
        for piece in pieces(text)
    ]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("hi {{name}}!", ["hi ", "path:name", "!"]),
        ("{{ a }}{{ b|upper }}", ["path:a", "expression:b|upper"]),
        ("{{ '}}' }}", ["expression:'}}'"]),
        ('{{ {"a": {"b": 1}}["a"] }}.', ['expression:{"a": {"b": 1}}["a"]', "."]),
        (r"\{{ a }} {{secret: x }}", ["{{", " a }} ", "secret:secret: x"]),
        ("{{ x }}}}", ["path:x", "}}"]),
        ("{{item.Unit price}}", ["path:item.Unit price"]),
        ("{{a.{{i}}}}", ["fault"]),
        ("{{item.Price {€}}}", ["fault"]),
        ("{{it's}} and {{that's}}", ["fault", " and ", "fault"]),
        ("a {{ b", ["a ", "fault"]),
    ],
)
def test_a_text_is_cut_at_its_references(text: str, cut: list[str]) -> None:
    assert kinds(text) == cut


@given(st.text("{}ab1.|\"'\\ [](+", max_size=30))
def test_nothing_is_lost_and_places_are_right(text: str) -> None:
    for piece in pieces(text):
        if isinstance(piece, Reference):
            assert text[piece.start : piece.start + 2] == "{{"
            assert text[piece.end - 2 : piece.end] == "}}"
            assert text[piece.at :].startswith(piece.body)
    if "{{" not in text:
        assert "".join(map(str, pieces(text))) == text


@pytest.mark.parametrize("text", ['{{ " }}' * 5000, "{{" * 50_000, "{{ a" + " " * 100_000 + "}}", "{{" + "{" * 50_000, "{{a." + "b " * 2000 + "}}"])  # fmt: skip
def test_long_texts_are_cut_in_time(text: str) -> None:
    begun = time.thread_time()
    assert pieces(text)
    assert time.thread_time() - begun < 2


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (r"C:\Reports\{{name}}.pdf", ["C:\\Reports\\", "path:name", ".pdf"]),
        (r"C:\{{name}}", ["C:\\", "path:name"]),
        (r"\\server\{{share}}\x", ["\\\\server\\", "path:share", r"\x"]),
        (r"\\{{server}}\{{ share|lower }}", ["\\\\", "path:server", "\\", "expression:share|lower"]),
        (r"{{folder}}\{{name}}", ["path:folder", "\\", "path:name"]),
        (r"%TEMP%\{{name}} ~\{{name}}", ["%TEMP%\\", "path:name", " ~\\", "path:name"]),
        (r"D:\My files (old)\{{name}}", ["D:\\My files (old)\\", "path:name"]),
        (r"C:\报表\{{name}}", ["C:\\报表\\", "path:name"]),
        (r"..\{{name}}", ["..\\", "path:name"]),
        (r'{"path": "C:\\{{name}}"}', ['{"path": "C:\\\\', "path:name", '"}']),
        (r"C:\a\{{secret:key}}", ["C:\\a\\", "secret:secret:key"]),
        (r"\{{name}} (\{{name}})", ["{{", "name}} ({{", "name}})"]),
        (r"Name:\{{name}}", ["Name:{{", "name}}"]),
        (r'="\{{name}}"', ['="{{', 'name}}"']),
    ],
)
def test_the_backslash_of_a_path_is_no_escape(text: str, cut: list[str]) -> None:
    assert kinds(text) == cut


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"message": r"\{{name}}.pdf"}, "{{name}}"),
        ({"message": [{"deep": r"a \{{ name|upper }}"}]}, "{{ name|upper }}"),
        ({"message": r"C:\x\{{name}}"}, ""),
        ({"message": r"\{{ no"}, ""),
        ({"message": '{{ "{{" }}name}}'}, ""),
    ],
)
def test_what_is_kept_from_being_filled_in_is_told(config: dict[str, object], told: str) -> None:
    found = problems(config, name="x")
    assert [problem.level for problem in found] == ["warning"] * bool(told)
    assert all(problem.code == "value.backslash" and problem.field == "message" for problem in found)
    assert all(told in problem.message for problem in found)


def test_a_backslash_before_a_reference_in_a_pattern_is_told() -> None:
    def told(**config: str) -> list[str]:
        nodes = (new_node("start", id="start"), new_node("condition", config, id="c"))
        found = validate(Flow(nodes=nodes, edges=(new_edge("start", "c"),), variables={"n": "d"}), CATALOGUE)
        return [problem.field or "" for problem in found if problem.code == "value.backslash"]

    assert told(left="x", operator="matches", right=r"\w\{{n}}") == ["right"]
    assert told(left="x", operator="matches", right=r"\w\\{{n}}") == []
    assert told(left="x", operator="eq", right=r"C:\w\{{n}}") == []
    assert told(selector=r"window=/C:\w\{{n}}/", operator="exists") == ["selector"]


def problems(config: dict[str, object], **variables: object) -> list[Problem]:
    start, log = new_node("start", id="start"), new_node("log", config, id="log")
    flow = Flow(nodes=(start, log), edges=(new_edge("start", "log"),), variables=variables)
    found = validate(flow, CATALOGUE)
    assert Revalidation(CATALOGUE).problems(flow) == found
    return list(found)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("{{a.{{i}}}}", "a.{{i}}"),
        ("{{item.Price {€}}}", "item.Price {€}"),
        ("Dear {{name", "no closing braces"),
        ("{{ 1 + }}", "the end is missing"),
        ("{{ a b }}", "character 3"),
        ("{{ name|uper }}", 'unknown filter "uper"'),
        ("{{ nou() }}", 'unknown function "nou"'),
        ("{{ name|replace('a') }}", "value|replace(old, new, count=-1)"),
        ("{{ x is fine }}", 'unknown test "fine"'),
        ("{{ name.upper() }}", "only functions"),
        ("{{}}", "empty"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_its_place_and_a_fix(message: str, told: str) -> None:
    (problem,) = problems({"message": message})
    assert problem.is_error
    assert (problem.node_id, problem.field) == ("log", "message")
    assert told in problem.message
    assert problem.fix


@pytest.mark.parametrize("message", ["{{name}}", "{{ a.b[0] }}", r"\{{ no", "{{ n|round(2) }}", "{{item.Unit price}}", "}}"])  # fmt: skip
def test_what_can_be_read_is_none(message: str) -> None:
    assert problems({"message": message}) == []


def test_a_secret_is_read_where_it_is_typed_and_never_in_the_log() -> None:
    start, node = new_node("start", id="s"), new_node("input", {"text": "{{secret:any thing}}"}, id="n")
    assert not validate(Flow(nodes=(start, node), edges=(new_edge("s", "n"),)), CATALOGUE)
    (problem,) = problems({"message": "{{secret:any thing}}"})
    assert (problem.code, problem.field) == ("secret.unread", "message")


def test_a_variable_with_an_odd_name_can_be_named_as_it_is() -> None:
    assert problems({"message": "{{my name}} {{No.}}"}, **{"my name": 1, "No.": 2}) == []
    assert problems({"message": "{{my nane}}"}, **{"my name": 1})


def test_what_is_wrong_deep_in_a_list_is_found() -> None:
    start, node = new_node("start", id="s"), new_node("setVariable", {"name": "a", "value": [{"b": "{{ ( }}"}]}, id="n")
    found = validate(Flow(nodes=(start, node), edges=(new_edge("s", "n"),)), CATALOGUE)
    assert [(problem.code, problem.field) for problem in found] == [("value.unreadable", "value")]


@pytest.mark.parametrize("length", [LONGEST_EXPRESSION + 1, LONGEST_EXPRESSION + 99, LONGEST_EXPRESSION + 101, 50_000])
def test_an_expression_that_is_too_long_is_called_so(length: int) -> None:
    (error,) = problems_in(f"a {{{{ '{'x' * (length - 2)}' }}}} b {{{{ 1 }}}}")
    assert f"longer than {LONGEST_EXPRESSION} characters" in str(error)
    assert "Set variable" in str(error.fix)
    (error,) = problems_in("a {{ " + "x" * length)
    assert "no closing braces" in str(error)

"""Reading text from pictures: real models on drawn text."""

import threading
import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from flowdesk.drivers.matching import Wanted
from flowdesk.drivers.patience import Interrupted, Patience
from flowdesk.drivers.pixels.screen import Shot
from flowdesk.drivers.pixels.text import Line, Reader, TextHit, Word, as_text, in_reading_order, match, misread
from flowdesk.model.geometry import Box, Point
from flowdesk.model.selector import parse_selector
from tests.drivers.corpus import font


def drawn(*texts: tuple[int, int, str], size: tuple[int, int] = (400, 200)) -> Shot:
    image = Image.new("RGB", size, (240, 240, 240))
    draw = ImageDraw.Draw(image)
    for x, y, text in texts:
        draw.text((x, y), text, font=font(14, is_chinese=not text.isascii()), fill=(20, 20, 20))
    return Shot(np.ascontiguousarray(np.asarray(image, np.uint8)[..., ::-1]), Point(1000, 500))


def find(lines: tuple[Line, ...], selector: str) -> list[TextHit]:
    return match(lines, Wanted(parse_selector(selector).steps[0]))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_both_languages_are_read_where_they_stand(reader: Reader) -> None:
    shot = drawn(
        (20, 10, "Save the file"), (250, 10, "Cancel"), (20, 60, "确定"), (250, 60, "取消"), (20, 120, "Row 17")
    )
    lines = reader.read(shot)
    for selector, x, y in [
        ("text=Cancel", 1250, 510),
        ("text=确定", 1020, 560),
        ('text="取消"', 1250, 560),
        ("text=17", 1050, 620),
    ]:
        (hit,) = find(lines, selector)
        assert abs(hit.box.x - x) <= 12, selector
        assert hit.box.y - 6 <= y + 8 <= hit.box.bottom, selector
        assert hit.score > 0.8
    assert find(lines, 'text="Save"') == []
    assert [hit.text for hit in find(lines, "text=/[Ss]ave \\w+/")] == ["Save the"]
    assert as_text(lines).replace("\t", " ").splitlines()[0].startswith("Save the file")


def test_the_same_pixels_are_read_once(reader: Reader) -> None:
    first = reader.read(drawn((30, 30, "Only once")))
    begun = time.perf_counter()
    assert reader.read(drawn((30, 30, "Only once"))) is first
    assert time.perf_counter() - begun < 0.05


def test_only_what_changed_is_read_again(reader: Reader) -> None:
    rows = [(20, 10 + 30 * row, f"Line number {row} of the list") for row in range(12)]
    size = (500, 400)
    before = reader.read(drawn(*rows, size=size))
    caret = drawn(*rows, size=size)
    caret.pixels.setflags(write=True)
    caret.pixels[70:84, 300:302] = 0
    after = reader.read(caret)
    assert len(before) == len([line for line in after if len(line.text) > 1]) == 12  # the caret may pass for a letter
    same = [line for line in after if any(line is one for one in before)]
    assert len(same) >= 9
    rows[2] = (20, 70, "Something else")
    changed = reader.read(drawn(*rows, size=size))
    assert find(changed, "text=Something else")
    assert not find(changed, "text=number 2 of")
    assert find(changed, "text=number 11 of")


def test_a_plain_surface_has_no_text(reader: Reader) -> None:
    assert reader.read(drawn()) == ()


def test_reading_ends_when_its_time_is_over_and_the_next_begins_afresh(reader: Reader) -> None:
    rows = [
        (20 + 500 * column, 8 + 24 * row, f"Row {row} of many, {column}") for row in range(40) for column in range(3)
    ]
    shot = drawn(*rows, size=(1600, 1000))
    with Patience(0.02), pytest.raises(Interrupted):
        reader.read(shot)
    patience = Patience()
    ended = threading.Timer(0.2, patience.end)
    ended.start()
    begun = time.monotonic()
    with patience, pytest.raises(Interrupted):
        reader.read(shot)
    stopped = time.monotonic() - begun
    begun = time.monotonic()
    assert find(reader.read(shot), "text=/^Row 39 of many, 2/")
    assert stopped < (time.monotonic() - begun) / 2 + 0.2


BUTTONS = ("上一步", "下一步", "1", "确定", "5 / 9", "100 %", "重置", "应用", "关闭", "Log in", "OK", "打印")


def buttons(size: int, fill: tuple[int, int, int], ink: tuple[int, int, int]) -> Shot:
    """Draw buttons with small labels."""
    image = Image.new("RGB", (400, 160), (240, 240, 240))
    draw = ImageDraw.Draw(image)
    for index, label in enumerate(BUTTONS):
        x, y = 12 + index % 4 * 98, 10 + index // 4 * 50
        draw.rounded_rectangle((x, y, x + 78, y + 28), 4, fill=fill)
        draw.text((x + 39, y + 14), label, font=font(size, is_chinese=True), fill=ink, anchor="mm")
    return Shot(np.ascontiguousarray(np.asarray(image, np.uint8)[..., ::-1]))


@pytest.mark.parametrize(
    ("fill", "ink"),
    [((26, 115, 232), (255, 255, 255)), ((225, 225, 225), (60, 60, 60)), ((58, 61, 65), (220, 220, 220))],
)
@pytest.mark.parametrize("size", [11, 14])
def test_small_labels_are_read_in_one_of_two_readings(
    reader: Reader, size: int, fill: tuple[int, int, int], ink: tuple[int, int, int]
) -> None:
    shot = buttons(size, fill, ink)
    lines, closely = reader.read(shot), reader.read_closely(shot)
    missed = [
        label
        for label in BUTTONS
        if not find(lines, f'text="{label}"')
        and not [hit for hit in find(closely, f'text="{label}"') if hit.score >= 0.8]
    ]
    assert missed == []


def test_the_second_reading_is_kept_too_and_spares_large_regions(reader: Reader) -> None:
    shot = buttons(12, (26, 115, 232), (255, 255, 255))
    first = reader.read_closely(shot)
    assert first
    assert reader.read_closely(shot) is first
    assert reader.read_closely(drawn((20, 20, "Large"), size=(1000, 600))) == ()


def test_what_may_be_the_wanted_text_misread_is_told_with_room_around_it() -> None:
    lines = (line(("一步", 100, 22), height=12), line(("Cancel", 300, 50)))
    (part,) = misread(lines, Wanted(parse_selector("text=上一步").steps[0]))
    assert part == Box(64, -10, 94, 32)
    assert misread(lines, Wanted(parse_selector("text=保存").steps[0])) == []
    assert misread(lines, Wanted(parse_selector("text=/.一步/").steps[0])) == []


def line(*words: tuple[str, int, int], height: int = 16) -> Line:
    boxes = tuple(Word(text, Box(x, 0, width, height)) for text, x, width in words)
    text = " ".join(word.text for word in boxes)
    return Line(text, Box(boxes[0].box.x, 0, boxes[-1].box.right - boxes[0].box.x, height), 1.0, boxes)


def test_labels_that_were_joined_are_told_apart() -> None:
    lines = (line(("Save", 0, 40), ("all", 44, 20), ("Cancel", 100, 50)),)
    assert [hit.box for hit in find(lines, 'text="Cancel"')] == [Box(100, 0, 50, 16)]
    assert [hit.box for hit in find(lines, 'text="Save all"')] == [Box(0, 0, 64, 16)]
    assert find(lines, 'text="all"') == []
    assert [hit.box for hit in find(lines, "text=all cancel")] == [Box(44, 0, 106, 16)]


def test_a_part_of_a_word_gets_a_part_of_its_box() -> None:
    lines = (line(("abcdefghij", 100, 100)),)
    assert [hit.box for hit in find(lines, "text=def")] == [Box(130, 0, 30, 16)]


def test_reading_order_keeps_rows() -> None:
    def at(text: str, x: int, y: int) -> Line:
        return Line(text, Box(x, y, 30, 16), 1.0, (Word(text, Box(x, y, 30, 16)),))

    lines = in_reading_order([at("c", 10, 50), at("b", 200, 8), at("a", 10, 12)])
    assert as_text(lines) == "a\tb\nc"

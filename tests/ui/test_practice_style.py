import re
from pathlib import Path

import pytest

from flowdesk.ui.practice_style import DARK, LIGHT, palette, style_sheet


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colours", [LIGHT, DARK])
@pytest.mark.parametrize("ink", ["text", "quiet", "good", "bad"])
def test_every_ink_can_be_read_on_its_ground(colours: dict[str, str], ink: str) -> None:
    for ground in ("ground", "card"):
        high, low = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_sheet_is_filled_and_its_pictures_exist(colours: dict[str, str]) -> None:
    sheet = style_sheet(colours)
    assert "$" not in sheet
    pictures = re.findall(r"url\((.+?)\)", sheet)
    assert len(pictures) == 3
    assert all(Path(picture).is_file() for picture in pictures)


def test_the_palette_follows_the_colours() -> None:
    assert palette(DARK).window().color().name() == DARK["ground"]

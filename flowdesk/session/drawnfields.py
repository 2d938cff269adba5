"""Fields that are only drawn: the plain rectangle around a point, in which a text is what somebody typed and no label. Pure."""

import io

from flowdesk.model.geometry import Box, Point

_ACROSS, _DOWN = 480, 40
"""How far to the sides and up and down of a point the edges of a field are looked for."""
_TALLEST = 56
"""Pixels: what is taller is no field of one line."""
_ALIKE = 24
"""So much may the colors of one ground differ, summed over red, green and blue."""
_CENTERED = 0.15
"""Within this part of its width a text stands in the middle of what it is on: that is a button, whose text is its name."""
_MARK = (255, 0, 254)


def drawn_field(picture: bytes, frame: Box, at: Point) -> Box | None:
    """Return the rectangle of one color around a point, flat and wide as a field is; None where there is none.

    Args:
        picture: PNG of a part of the screen.
        frame: Where that part is.
        at: The point.
    """
    from PIL import Image, ImageChops, ImageDraw  # loaded by the first program that publishes nothing

    part = Box(at.x - _ACROSS, at.y - _DOWN, 2 * _ACROSS, 2 * _DOWN).intersection(frame)
    if part.is_empty or not part.contains(at):
        return None
    corner = (part.x - frame.x, part.y - frame.y)
    image = Image.open(io.BytesIO(picture), formats=("PNG",)).convert("RGB")
    image = image.crop((*corner, corner[0] + part.width, corner[1] + part.height))
    seed = _ground(image, at.x - part.x, at.y - part.y)
    filled = image.copy()
    ImageDraw.floodfill(filled, seed, _MARK, thresh=_ALIKE)
    around = ImageChops.difference(image, filled).getbbox()
    if around is None:
        return None
    left, top, right, bottom = around
    is_cut = left == 0 or top == 0 or right == part.width or bottom == part.height
    width, height = right - left, bottom - top
    if is_cut or height > _TALLEST or width < 2 * height:
        return None
    return Box(part.x + left, part.y + top, width, height)


def is_content(line: Box, field: Box, *, is_typed_into: bool) -> bool:
    """Whether a line of text is what a drawn field holds: it stands in it, and not in its middle as on a button."""
    if not field.contains(line.center):
        return False
    lopsided = abs((line.x - field.x) - (field.right - line.right))
    return is_typed_into or lopsided > _CENTERED * field.width


def _ground(image: object, x: int, y: int) -> tuple[int, int]:
    """Return a place near a point that has the color of the ground there, not that of a letter."""
    from PIL.Image import Image

    assert isinstance(image, Image)
    near = [
        (across, down)
        for across in range(max(0, x - 4), min(image.width, x + 5))
        for down in range(max(0, y - 4), min(image.height, y + 5))
    ]
    colors = {place: image.getpixel(place) for place in near}
    shown = list(colors.values())
    most = max(set(shown), key=shown.count)
    return next(place for place in near if colors[place] == most)

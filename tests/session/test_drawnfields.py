"""Fields that are only drawn are told from buttons and from the ground around them."""

import io

from PIL import Image, ImageDraw

from flowdesk.model.geometry import Box, Point
from flowdesk.session.drawnfields import drawn_field, is_content

FRAME, FIELD = Box(100, 50, 600, 300), Box(220, 100, 300, 24)


def form() -> bytes:
    """Draw a gray form with a white field, in which something is written."""
    image = Image.new("RGB", (FRAME.width, FRAME.height), (217, 217, 217))
    draw = ImageDraw.Draw(image)
    x, y = FIELD.x - FRAME.x, FIELD.y - FRAME.y
    draw.rectangle((x - 1, y - 1, x + FIELD.width, y + FIELD.height), fill=(255, 255, 255), outline=(90, 90, 90))
    draw.text((x + 4, y + 6), "as before", fill=(0, 0, 0))
    draw.text((10, y + 6), "Remark", fill=(0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def test_the_field_around_a_point_is_found_wherever_in_it_the_point_is() -> None:
    for at in (FIELD.center, Point(FIELD.x + 8, FIELD.y + 12)):
        assert drawn_field(form(), FRAME, at) == FIELD


def test_the_ground_of_a_form_is_no_field() -> None:
    assert drawn_field(form(), FRAME, Point(400, 200)) is None
    assert drawn_field(form(), FRAME, Point(5, 5)) is None


def test_a_text_at_the_left_of_a_field_is_its_content_and_one_in_the_middle_the_name_of_a_button() -> None:
    left, middle = Box(224, 104, 60, 14), Box(340, 104, 60, 14)
    assert is_content(left, FIELD, is_typed_into=False)
    assert not is_content(middle, FIELD, is_typed_into=False)
    assert is_content(middle, FIELD, is_typed_into=True)
    assert not is_content(Box(110, 104, 60, 14), FIELD, is_typed_into=True)

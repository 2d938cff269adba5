"""Pictures for the wire: made smaller and compressed."""

import io
from typing import Literal


def compressed(png: bytes, scale: float, form: Literal["png", "jpeg", "webp"], quality: int) -> tuple[bytes, int, int]:
    """Return the picture in another size and form: its bytes, width and height in pixels.

    Args:
        png: A PNG.
        scale: Factor, over 0 and at most 1.
        form: How it is compressed.
        quality: 1 to 100, for JPEG and WebP.
    """
    from PIL import Image  # loaded by the first picture, not by the start

    image = Image.open(io.BytesIO(png), formats=("PNG",)).convert("RGB")
    if scale < 1:
        image = image.resize(
            (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.BILINEAR
        )
    out = io.BytesIO()
    if form == "png":
        image.save(out, "PNG", compress_level=1)
    else:
        image.save(out, form.upper(), quality=quality)
    return out.getvalue(), image.width, image.height

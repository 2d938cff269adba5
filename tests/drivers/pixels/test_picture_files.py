"""Pictures on disk: names, alternatives, scales, and a sentence for each that cannot be used."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest

from flowdesk.drivers.pixels.picture_files import Picture, load_pictures, save_picture
from flowdesk.drivers.pixels.screen import Pixels, png
from flowdesk.model.errors import PictureUnusable


def noise(seed: int = 0, channels: int = 3) -> Pixels:
    return np.random.default_rng(seed).integers(0, 255, (20, 30, channels)).astype(np.uint8)


def test_alternatives_stand_under_one_name(tmp_path: Path) -> None:
    for number, name in enumerate(["ok.png", "ok.dark.png", "ok@2x.png", "ok.dark@1.5x.png", "okay.png", "no.png"]):
        (tmp_path / name).write_bytes(png(noise(number)))
    loaded = load_pictures("ok.png", str(tmp_path))
    assert [(one.name, one.scale) for one in loaded] == [
        ("ok.png", 1.0),
        ("ok.dark.png", 1.0),
        ("ok.dark@1.5x.png", 1.5),
        ("ok@2x.png", 2.0),
    ]
    assert [one.name for one in load_pictures("no", str(tmp_path))] == ["no.png"]


def test_the_scale_is_kept_inside_the_picture(tmp_path: Path) -> None:
    save_picture(tmp_path / "a.png", noise(), 1.25)
    (loaded,) = load_pictures("a.png", str(tmp_path))
    assert loaded.scale == 1.25
    assert np.array_equal(loaded.pixels, noise())


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    save_picture(tmp_path / "a.png", noise(1))
    load_pictures("a.png", str(tmp_path))
    save_picture(tmp_path / "a.png", noise(2), 1.5)
    assert np.array_equal(load_pictures("a.png", str(tmp_path))[0].pixels, noise(2))


def test_transparent_pixels_become_a_mask(tmp_path: Path) -> None:
    pixels = noise(channels=4)
    pixels[..., 3] = 255
    pixels[:5, :, 3] = 0
    (tmp_path / "a.png").write_bytes(png(pixels))
    (loaded,) = load_pictures("a.png", str(tmp_path))
    assert loaded.mask is not None
    assert (loaded.mask[:5] == 0).all()
    assert (loaded.mask[5:] == 255).all()


def test_data_uris_are_pictures() -> None:
    uri = "data:image/png;base64," + base64.b64encode(png(noise())).decode()
    assert np.array_equal(load_pictures(uri, "")[0].pixels, noise())


def test_grey_pictures_are_read(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "g.png"), noise()[..., 0])
    assert load_pictures("g.png", str(tmp_path))[0].pixels.shape == (20, 30, 3)


def test_a_missing_picture_says_which_there_are(tmp_path: Path) -> None:
    save_picture(tmp_path / "cancel.png", noise())
    with pytest.raises(PictureUnusable, match="not found") as caught:
        load_pictures("ok.png", str(tmp_path))
    assert "cancel.png" in caught.value.fix


@pytest.mark.parametrize("name", ["../secret.png", "/etc/passwd"])
def test_pictures_outside_the_flow_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PictureUnusable, match="outside"):
        load_pictures(name, str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"not a readable image", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(PictureUnusable, match="not a readable image"):
        load_pictures("a.png", str(tmp_path))


@pytest.mark.parametrize("uri", ["data:image/png;base64,%%%", "data:,x", "data:"])
def test_broken_data_uris_are_refused(uri: str) -> None:
    with pytest.raises(PictureUnusable, match="data:"):
        load_pictures(uri, "")


def test_a_picture_too_small_at_a_scale_has_none_there() -> None:
    assert Picture("a", noise()).sized(0.1) is None
    assert Picture("a", noise()).sized(2.0) is not None

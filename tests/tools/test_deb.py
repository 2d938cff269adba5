"""What the Debian package says of itself and to the desktop."""

import configparser
import xml.etree.ElementTree as ET
from pathlib import Path

import deb

from flowdesk.resource import resource_path

MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def test_the_package_needs_what_the_window_and_the_desktop_need(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 4096)
    text = deb.control(tmp_path, "amd64")
    fields = dict(line.split(": ", 1) for line in text.splitlines() if not line.startswith(" "))
    assert fields["Architecture"] == "amd64"
    assert fields["Installed-Size"] == "4"
    needs = fields["Depends"].split(", ")
    assert {"libxcb-cursor0", "at-spi2-core", "libglib2.0-0t64 | libglib2.0-0"} <= set(needs)
    assert len(needs) == len(set(needs))
    assert "fonts-noto-cjk" in fields["Recommends"]
    assert text.endswith("\n")


def test_a_flow_file_has_a_type_and_the_desktop_file_opens_it() -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(resource_path("desktop", "flowdesk.desktop"), "utf-8")
    kind = ET.parse(resource_path("desktop", "flowdesk.xml")).getroot().find(f"{MIME}mime-type")
    assert kind is not None
    assert entry["Desktop Entry"]["MimeType"].split(";")[0] == kind.attrib["type"]
    glob = kind.find(f"{MIME}glob")
    assert glob is not None
    assert glob.attrib["pattern"] == "*.flow.json"
    assert entry["Desktop Entry"]["Exec"] == "flowdesk %F"


def test_every_icon_size_that_is_packed_is_there() -> None:
    for size in deb.ICON_SIZES:
        assert resource_path("icons", f"flowdesk-{size}.png").is_file()

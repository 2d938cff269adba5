"""What a robot says of itself."""

from flowdesk.fleet.items import read_labels
from flowdesk.fleet.labels import found_labels, robot_name


def test_a_robot_finds_its_system_language_and_programs() -> None:
    labels = found_labels(
        {"LANG": "zh_CN.UTF-8"}, lambda name: "/usr/bin/xterm" if name == "xterm" else None, is_private=True
    )
    assert {name: labels[name] for name in ("os", "language", "desktop")} == {
        "os": "linux",
        "language": "zh_CN",
        "desktop": "private",
    }
    assert [name for name in labels if name.startswith("program.")] == ["program.xterm"]


def test_what_is_found_can_be_asked_for() -> None:
    labels = found_labels({"LANG": "de_DE@euro"}, is_private=False)
    assert read_labels(f"{name}={value}" for name, value in labels.items()) == labels
    assert "language" not in found_labels({"LANG": "C.UTF-8"}, is_private=False)


def test_a_robot_has_a_name() -> None:
    assert robot_name({"USER": "ann"}).startswith("ann@")
    assert robot_name({})

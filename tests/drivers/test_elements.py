"""Elements without the detour over selectors."""

import os
import signal
import time

import pytest

from flowdesk.drivers import elements
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.model.errors import SelectorError
from tests.rig import PATIENCE, Apps, Rig, until

pytestmark = pytest.mark.desktop


def test_applications_are_known_by_process_and_name(apps: Apps) -> None:
    app = apps.zenity("--info", "--title", "Hi", "--text", "Some words")
    until(lambda: elements.applications({app.process.pid}), "zenity to publish itself")
    (found,) = elements.applications(names=lambda name: name == "zenity")
    assert found.pid == app.process.pid
    texts = until(lambda: elements.find_text("some", [found]), "the label")
    assert [one.text for one in texts] == ["Some words"]
    (button,) = elements.find("button", [found])
    assert elements.at_point(button.box.center, [found]) == button
    assert elements.read_again(button.box, button.state, [found]) == button


def test_a_refused_selector_is_told(apps: Apps) -> None:
    app = apps.zenity("--info", "--text", "x")
    found = until(lambda: elements.applications({app.process.pid}), "zenity to publish itself")
    with pytest.raises(SelectorError, match="not valid"):
        elements.find("button[name", found)


def test_a_program_that_hangs_does_not_hang_flowdesk(apps: Apps, monkeypatch: pytest.MonkeyPatch) -> None:
    app = apps.zenity("--info", "--text", "x")
    (found,) = until(lambda: elements.applications({app.process.pid}), "zenity to publish itself")
    monkeypatch.setattr(elements, "PATIENCE", 0.3)
    os.kill(app.process.pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            begun = time.monotonic()
            with pytest.raises(elements.ElementsUnanswered, match="does not respond"):
                elements.find("button", [found])
            assert time.monotonic() - begun < 3
    finally:
        os.kill(app.process.pid, signal.SIGCONT)
    monkeypatch.setattr(elements, "PATIENCE", 20.0)
    until(lambda: _buttons(found), "elements to be readable again")


def test_a_program_that_hangs_holds_up_no_other(apps: Apps) -> None:
    hung, other = apps.zenity("--info", "--text", "hung"), apps.zenity("--question", "--text", "other")
    pids = {hung.process.pid, other.process.pid}
    until(lambda: len(_buttons(*elements.applications(pids))) >= 3, "the buttons of both")
    os.kill(hung.process.pid, signal.SIGSTOP)
    try:
        for _ in range(2):
            begun = time.monotonic()
            found = elements.find("button", elements.applications())
            assert time.monotonic() - begun < 5
            assert {element.pid for element in found} == {other.process.pid}
    finally:
        os.kill(hung.process.pid, signal.SIGCONT)


def test_a_program_that_hangs_from_the_first_has_a_name_and_holds_up_no_other(apps: Apps) -> None:
    hung, other = apps.zenity("--info", "--text", "hung"), apps.zenity("--question", "--text", "other")
    until(lambda: len(_buttons(*elements.applications({other.process.pid, hung.process.pid}))) >= 3, "both")
    os.kill(hung.process.pid, signal.SIGSTOP)
    atspi.forget(atspi.open_bus())  # as when flowdesk starts only now
    try:
        found = elements.applications()
        assert {app.name for app in found if app.pid == hung.process.pid} == {"zenity"}
        assert {element.pid for element in elements.find("button", found)} == {other.process.pid}
    finally:
        os.kill(hung.process.pid, signal.SIGCONT)


def test_a_program_that_was_only_busy_is_read_as_soon_as_it_answers(
    apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = apps.zenity("--info", "--text", "busy")
    (found,) = until(lambda: elements.applications({busy.process.pid}), "zenity to publish itself")
    until(lambda: _buttons(found), "its button")
    monkeypatch.setattr(elements, "PATIENCE", 0.3)
    monkeypatch.setattr(atspi, "FORGET_SECONDS", float("inf"))
    os.kill(busy.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(elements.ElementsUnanswered):
            elements.find("button", [found])
    finally:
        os.kill(busy.process.pid, signal.SIGCONT)
    monkeypatch.setattr(elements, "PATIENCE", PATIENCE)
    until(lambda: _buttons(found), "its button again")


QUERIES = (
    "*", "button", "text_field", "text_area", "menu_item[name='File']", "menu_item, button", "[name*='file']", "static_text",
    "[enabled='true']", "check_box[checked='off']", "text_area[editable='true']", "[name^='fi']", "[name$='E']",
)  # fmt: skip


@pytest.mark.parametrize("program", ["mousepad", "zenity", "qt", "chromium"])
def test_asking_directly_finds_what_walking_the_tree_finds(
    apps: Apps, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elements, "PATIENCE", PATIENCE)  # what is found counts, not how soon
    monkeypatch.setattr(elements, "PROGRAM_PATIENCE", PATIENCE)
    opened = getattr(apps, program)()

    def published() -> list[elements.Application]:
        windows = [pid for window, pid, _ in apps.rig.windows() if window == opened.window]
        found = elements.applications(set(windows))
        return found if found and _everything(found[0]) else []

    (app,) = until(published, "its elements")
    assert app.address is not None
    walked = elements.Application(app.name, app.pid)
    until(lambda: _everything(app) == _everything(walked), "the window to be at rest")
    for query in QUERIES:
        assert set(_seen(elements.find(query, [app]))) == set(_seen(elements.find(query, [walked]))), query


def _everything(app: elements.Application) -> list[tuple[object, ...]]:
    return _seen(elements.find("*", [app]))


def _seen(found: list[elements.Found]) -> list[tuple[object, ...]]:
    # The walk counts a window's frame in, and a window says where it is; what is in it is the same.
    # Only who asks directly names a field without a name by the label that belongs to it.
    inner = [(one, one.state) for one in found if one.state.role != "window"]
    names = [state.name if state.role not in {"text_field", "combo_box"} else "" for _, state in inner]
    return [
        (state.role, name, one.box, state.is_enabled, state.is_checked)
        for (one, state), name in zip(inner, names, strict=True)
    ]


def _buttons(*apps: elements.Application) -> list[elements.Found]:
    try:
        return elements.find("button", apps)
    except elements.ElementsUnanswered:
        return []


def test_without_the_bus_the_fix_is_told(desktop_rig: Rig) -> None:
    import subprocess
    import sys

    program = (
        "from flowdesk.drivers import elements\nfrom flowdesk.model.errors import MissingPiece\n"
        "try:\n    elements.applications()\nexcept MissingPiece as error:\n    print(error, error.fix)\n"
    )
    env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    env.pop("AT_SPI_BUS_ADDRESS", None)
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, timeout=30, check=True
    )
    assert "accessibility bus is not running" in done.stdout
    assert "at-spi2-core" in done.stdout

"""flowdesk can be read and driven as it reads and drives others: every control that shows has a role and a name."""

from typing import Any

import pytest

from tests.journeys.conftest import ROOT, Start
from tests.journeys.person import Person
from tests.rig import Rig

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]

CONTROLS = frozenset({
    "button", "check_box", "combo_box", "link", "list", "menu_item", "radio_button", "slider", "spin_button", "tab",
    "table", "text_area", "text_field", "tree",
})  # fmt: skip
"""What a person acts on or reads in."""


def nameless(pid: int) -> list[str]:
    """Return the controls of a program that show but have no name."""
    import xa11y

    found: list[str] = []

    def walk(element: Any, path: str) -> None:
        try:
            role, name, bounds, children = element.role, element.name or "", element.bounds, element.children()
        except xa11y.XA11yError:  # it went while the tree was walked
            return
        shows = bounds is not None and bounds.width > 0 and bounds.height > 0
        if role in CONTROLS and shows and not name.strip():
            found.append(f"{path} > {role} {bounds}")
        for child in children:
            walk(child, f"{path} > {role} {name}")

    for app in xa11y.App.list():
        if app.pid == pid:
            windows: Any = app.children()
            for window in windows:
                walk(window, "")
    return found


def test_every_control_of_the_window_has_a_name(flowdesk: Start, clean_desktop: Rig) -> None:
    example = ROOT / "resources" / "flows" / "practice-form.flow.json"
    program = flowdesk("--no-server", str(example), QT_QPA_PLATFORM="xcb", LANG="C")
    clean_desktop.wait_window(program.process, "practice-form")
    person = Person(clean_desktop)
    pid = program.process.pid
    for panel in ("Problems", "Variables", "Runs", "Log"):
        person.clicks(person.finds(pid, f"tab[name='{panel}']").center)
        person.finds(pid, f"group[name='{panel}']")
        assert nameless(pid) == []
    person.presses("ctrl+comma")
    person.finds(pid, "check_box[name*='browsers']")
    assert nameless(pid) == []
    person.presses("Escape")
    person.waits_until_gone(pid, "check_box[name*='browsers']")
    person.presses("ctrl+shift+p")
    person.finds(pid, "text_field[name='What do you want to do?']")
    assert nameless(pid) == []

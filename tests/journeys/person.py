"""A person at the desktop: eyes that read what programs publish, a mouse and a keyboard. Nothing of flowdesk is used."""

from dataclasses import dataclass
from typing import Any

from tests.rig import Rig, until


@dataclass(frozen=True)
class Seen:
    """Something on the screen."""

    name: str
    x: int
    y: int
    width: int
    height: int

    @property
    def center(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


class Person:
    """Looks with xa11y, acts with xdotool."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    # eyes

    def sees(self, pid: int, css: str) -> list[Seen]:
        """Return what is shown of a program and fits an element selector."""
        import xa11y

        found = []
        for app in xa11y.App.list():
            if app.pid != pid:
                continue
            for element in app.locator(css).elements():
                bounds: Any = element.bounds
                if bounds is not None and bounds.width > 0 and bounds.height > 0 and bounds.x > -10_000:
                    found.append(Seen(element.name or "", bounds.x, bounds.y, bounds.width, bounds.height))
        return found

    def finds(self, pid: int, css: str) -> Seen:
        """Wait until something is shown that stands still, and return it."""
        before: list[Seen] = []

        def still() -> Seen | None:
            nonlocal before
            now = self._look(pid, css)
            same = bool(now) and now == before
            before = now
            return now[0] if same else None

        found = until(still, f"{css} of process {pid}")
        assert found is not None
        return found

    def waits_until_gone(self, pid: int, css: str) -> None:
        """Wait until nothing of that kind is shown."""
        until(lambda: not self._look(pid, css), f"no {css} of process {pid}")

    def popups(self) -> set[int]:
        """Return the windows that stand above all others without a frame: menus, lists, overlays."""
        from Xlib import X, error

        found = set()
        for window in self.rig.display.screen().root.query_tree().children:
            try:
                attributes = window.get_attributes()
            except error.BadWindow:
                continue
            if attributes.override_redirect and attributes.map_state == X.IsViewable:
                found.add(window.id)
        return found

    def waits_for_popup(self, before: set[int]) -> None:
        """Wait until a popup shows that was not there."""
        until(lambda: self.popups() - before, "a popup")

    def _look(self, pid: int, css: str) -> list[Seen]:
        import xa11y

        try:
            return self.sees(pid, css)
        except xa11y.XA11yError:  # what was just there is gone: look again
            return []

    # hands

    def points(self, at: tuple[int, int]) -> None:
        self.rig.xdotool("mousemove", "--sync", str(at[0] - 1), str(at[1]))
        self.rig.xdotool("mousemove", "--sync", str(at[0]), str(at[1]))

    def clicks(self, at: tuple[int, int]) -> None:
        self.points(at)
        self.rig.xdotool("click", "1")

    def drags(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self.points(start)
        self.rig.xdotool("mousedown", "1")
        for part in range(1, 9):
            x, y = (a + (b - a) * part // 8 for a, b in zip(start, end, strict=True))
            self.rig.xdotool("mousemove", "--sync", str(x), str(y))
        self.rig.xdotool("mouseup", "1")

    def types(self, text: str) -> None:
        self.rig.xdotool("type", "--delay", "12", text)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.rig.xdotool("key", key)

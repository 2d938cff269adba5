"""Elements of the accessibility tree, through ``xa11y``: AT-SPI on Linux, UI Automation on Windows, AX on macOS.

On Linux what is shown is asked for directly where the program knows that question (see ``atspi``): that is faster by
ten times, and a program that hangs holds up no other.

Every call here blocks for milliseconds to half a second: call it from a worker thread. Queries name the applications
they search, for a whole desktop takes long.
"""

import contextlib
import importlib
import os
import re
import sys
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flowdesk.drivers import shown
from flowdesk.drivers.atspi import bus as atspi
from flowdesk.drivers.atspi.calls import Hangs, Unsupported
from flowdesk.drivers.owners import Top
from flowdesk.drivers.patience import Interrupted, Patience, current
from flowdesk.model.arrival import FIELD_ROLES
from flowdesk.model.errors import DesktopUnavailable, MissingPiece, SelectorError
from flowdesk.model.geometry import Box, Point
from flowdesk.model.sentence import say
from flowdesk.model.target import ElementState

T = TypeVar("T")

SURFACES = frozenset({"application", "window", "dialog", "web_area", "group", "split_group", "toolbar", "tab_group"})
"""Elements whose name is not written where they are."""

_WIDER = tuple(
    (role, wider, re.compile(rf"(?<![\w'\"-]){role}\b(?![^\[]*\])"))
    for role, wider in (("text_field", "text_area"), ("button", "switch"))
)
"""Kinds that a person tells apart by nothing: what to look for in a program that shows none of the first."""

_NOT_THERE = re.compile(r"IUIAutomation|0x80040154|CoCreateInstance|CoInitialize", re.IGNORECASE)
"""What an error says where UI Automation itself cannot be reached, and not only one of its elements."""

_NAMED = re.compile(
    r"(?P<head>[^:]*?)\[name=(?P<quote>['\"])(?P<name>(?:(?!(?P=quote)).)*)(?P=quote)\](?P<tail>(?:\[[^\]]*\])*)"
)
"""An element selector that ends in an exact name. Toolkits pad names with spaces (GTK its menu items), so the name is
compared here. GTK 4 says some names twice: "7 7"."""

KIN = {
    "button": ("check_box",),
    "check_box": ("switch",),
    "list_item": ("table_cell", "tree_item"),
    "menu": ("menu_item",),
    "menu_item": ("menu", "check_box", "radio_button"),
    "switch": ("check_box", "button"),
    "text_area": ("text_field",),
    "tree_item": ("table_cell", "list_item"),
}
"""Kinds that people take for one another: a button that stays down, an entry of a menu with a tick or a menu behind it."""

_LAST_NAMED = re.compile(r"(?P<head>.*[\s>])?(?P<role>[a-z_]+)(?P<rest>(?:\[[^\]]*\])*\[name[^\]]*\](?:\[[^\]]*\])*)")

_NOWHERE = 1 << 24
"""Toolkits give places about as far out as integers go for what is not shown."""


PROGRAM_PATIENCE = 2.0
"""Seconds that one program may take to answer, where each can be asked by itself."""

LOOK_SECONDS = 3.0
"""So long one look may read elements at least, however little of a timeout is left: a program needs time to answer."""

PATIENCE = 5.0
"""Seconds that a question about elements may take. One program that hangs holds up the answers of all others."""

_waiting: list[threading.Thread] = []
"""Threads whose question was not answered in time. They end when the program that hangs goes on or is closed."""


class ElementsUnanswered(DesktopUnavailable):
    """A program on the desktop hangs, and no elements can be read until it goes on."""


@dataclass(frozen=True, slots=True)
class Application:
    """A program that publishes its elements."""

    name: str
    pid: int
    known: Any = None
    """Its handle of ``xa11y``, where that was asked."""
    address: atspi.Address | None = None
    """On the accessibility bus of Linux, where it can be asked directly."""

    @property
    def handle(self) -> Any:
        """Return its handle of ``xa11y``, for walking over its tree. May block: see ``ask``."""
        return self.known or _xa11y().App.by_pid(self.pid)


@dataclass(frozen=True, slots=True)
class Found:
    """An element that is shown, as it was when it was read."""

    box: Box
    state: ElementState
    pid: int
    app: str
    place: tuple[str, str] | None = field(default=None, compare=False, repr=False)
    """Where it is on the accessibility bus of Linux."""

    @property
    def text(self) -> str:
        """What can be read on it: the value of a field, the name of anything else and of a list that does not say it."""
        if self.state.role == "combo_box":
            return self.state.value or self.state.name
        if self.state.role in FIELD_ROLES and self.state.value is not None:
            return self.state.value
        return self.state.name or self.state.value or ""


def applications(
    pids: Collection[int] | None = None, names: Callable[[str], bool] | None = None, patience: float | None = None
) -> list[Application]:
    """Return the programs that publish elements but flowdesk itself; those with one of ``pids`` or a fitting name, if given.

    Raises:
        MissingPiece: If ``xa11y`` is not installed or the accessibility bus is not running.
        DesktopUnavailable: If the system does not allow reading elements.
    """
    listed = _listed(patience)
    if pids is None and names is None:
        return [app for app in listed if app.pid != os.getpid()]
    return [app for app in listed if (pids and app.pid in pids) or (names and names(app.name))]


def find(css: str, within: Iterable[Application], *, is_hidden: bool = False) -> list[Found]:
    """Find the shown elements that fit an element selector; with ``is_hidden`` also those that are scrolled out of sight.

    Where a program shows none of the kind, ``text_field`` also finds the larger kind, ``text_area``, and ``button`` the
    one that stays down, ``switch``. What is asked for by name may be of any kind that looks the same to people (``KIN``).

    Raises:
        SelectorError: If the selector is refused.
        MissingPiece, DesktopUnavailable, ElementsUnanswered: If elements cannot be read.
    """
    apps = list(within)
    return _sure(apps, lambda: _of_any_name(apps, css, is_hidden))


def _sure(apps: Sequence[Application], look: Callable[[], list[Found]]) -> list[Found]:
    """Look, and where nothing is found look once more without what is remembered of the programs.

    Raises:
        ElementsUnanswered: If the time of this thread is over before all is read.
    """
    try:
        with Patience(current().left(LOOK_SECONDS), ends_questions=True):
            found = look()
            buses = [app.address.bus for app in apps if app.address is not None]
            with contextlib.suppress(Unsupported):
                if not found and buses and atspi.open_bus().leaves.doubt(buses):
                    return look()
            return found
    except Interrupted as error:
        raise ElementsUnanswered(
            say("The timeout ended before flowdesk finished reading the elements."),
            say("Name the window or application in the target, or increase the timeout."),
        ) from error


def _of_any_name(apps: list[Application], css: str, is_hidden: bool) -> list[Found]:
    found = _of_name(apps, css, is_hidden)
    last = _LAST_NAMED.fullmatch(css)
    kin = KIN.get(last["role"], ()) if last is not None else ()
    if found or last is None or not kin:
        return found
    if last["head"] or "," in last["rest"]:
        for role in kin:
            found = found or _of_name(apps, f"{last['head'] or ''}{role}{last['rest']}", is_hidden)
        return found
    others = _of_name(apps, last["rest"], is_hidden)  # one walk for all of them
    for role in kin:
        found = found or [element for element in others if element.state.role == role]
    return found


def kindred(css: str) -> list[str]:
    """Return selectors of the kinds that people take for that of a selector, which ``find`` looks for where a program shows none of it."""
    last = _LAST_NAMED.fullmatch(css)
    if last is None or "," in css:
        return []
    others = [wider for role, wider, _ in _WIDER if role == last["role"]] + list(KIN.get(last["role"], ()))
    return [f"{last['head'] or ''}{role}{last['rest']}" for role in others]


def _of_name(apps: list[Application], css: str, is_hidden: bool) -> list[Found]:
    padded = _NAMED.fullmatch(css)
    if padded is None or "," in re.sub(r"\[[^\]]*\]", "", css):
        return _of_kind(apps, css, is_hidden)
    name, quote = padded["name"], padded["quote"]
    found = _of_kind(apps, f"{padded['head']}[name^={quote}{name}{quote}]{padded['tail']}", is_hidden)
    wanted = name.strip()
    exact = [element for element in found if element.state.name == wanted]
    exact = exact or [one for one in found if one.state.role == "combo_box" and one.state.value == wanted]
    return exact or [element for element in found if element.state.name == f"{wanted} {wanted}"]


def _of_kind(apps: list[Application], css: str, is_hidden: bool) -> list[Found]:
    role, wider = next(
        ((role, pattern.sub(wider, css)) for role, wider, pattern in _WIDER if pattern.search(css)), ("", "")
    )
    if not role:
        return _everywhere(apps, css, is_hidden)
    if not re.fullmatch(role + r"(\[[^\]]*\])*", css):
        return _everywhere(apps, css, is_hidden) or _everywhere(apps, wider, is_hidden)
    both = _everywhere(apps, f"{css}, {wider}", is_hidden)  # one question: walking the tree is what takes long
    exact = {element.pid for element in both if element.state.role == role}
    return [element for element in both if element.state.role == role or element.pid not in exact]


def find_text(
    literal: str | None,
    within: Iterable[Application],
    *,
    fits: Callable[[str], bool] | None = None,
    is_hidden: bool = False,
) -> list[Found]:
    """Find the shown elements with text on them: all, or those whose text contains ``literal`` (any case).

    ``fits`` says which texts are looked for, where that is more than a piece of them: others may be left out.

    Raises:
        MissingPiece, DesktopUnavailable, ElementsUnanswered: If elements cannot be read.
    """
    quote = None if literal is None else '"' if '"' not in literal else "'" if "'" not in literal else None
    css = "*" if quote is None else f"[name*={quote}{literal}{quote}], [value*={quote}{literal}{quote}]"
    apps = list(within)
    found = _sure(apps, lambda: _everywhere(apps, css, is_hidden, fits))
    return [element for element in found if element.text and element.state.role not in SURFACES]


def tops(places: Sequence[tuple[str, str] | None]) -> list[Top | None]:
    """Return the windows in which elements are, named by their places; None where the program does not tell."""
    told = [place for place in places if place is not None]
    try:
        known = dict(zip(told, atspi.open_bus().tops(told, _patience()) if told else [], strict=True))
    except (Unsupported, Hangs):
        return [None] * len(places)
    return [known.get(place) if place is not None else None for place in places]


def focused_field(within: Iterable[Application]) -> Found | None:
    """Return the field that has the keyboard."""
    fields = _everywhere(within, ", ".join(sorted(FIELD_ROLES)))
    return next((field for field in fields if field.state.is_focused), None)


def at_point(point: Point, within: Iterable[Application]) -> Found | None:
    """Return the smallest shown element at a point."""
    around = [element for element in _everywhere(within, "*") if element.box.contains(point)]
    return min(around, key=lambda element: element.box.width * element.box.height, default=None)


def read_again(box: Box, before: ElementState, within: Iterable[Application]) -> Found | None:
    """Find an element again by its kind and name, nearest to where it was; None when it is gone."""
    quote = '"' if '"' not in before.name else "'"
    has_name = before.name and quote not in before.name
    css = before.role + (f"[name={quote}{before.name}{quote}]" if has_name else "")
    center = box.center
    apps = list(within)
    known = _everywhere(apps, css)
    if not known and before.role in FIELD_ROLES:  # called by a label that stands beside it
        known = [element for element in _everywhere(apps, before.role) if element.box == box]
    return min(
        known,
        key=lambda element: abs(element.box.center.x - center.x) + abs(element.box.center.y - center.y),
        default=None,
    )


def _listed(patience: float | None) -> list[Application]:
    if sys.platform.startswith("linux"):
        try:
            programs = atspi.open_bus().programs(_patience(patience))
            return [Application(program.name, program.pid, None, program) for program in programs]
        except Unsupported:
            pass  # xa11y says what is missing
        except Hangs as error:
            raise _unanswered() from error
    xa11y = _xa11y()
    found: list[Application] = ask(
        lambda: [Application(app.name or "", app.pid or 0, app) for app in xa11y.App.list()], patience
    )
    return found


def _patience(seconds: float | None = None) -> float:
    return min(PATIENCE if seconds is None else seconds, PROGRAM_PATIENCE)


def _everywhere(
    apps: Iterable[Application], css: str, is_hidden: bool = False, fits: Callable[[str], bool] | None = None
) -> list[Found]:
    """Find in several programs. One that hangs is left out, unless nothing is found."""
    found: list[Found] = []
    silent: ElementsUnanswered | None = None
    for app in apps:
        try:
            found.extend(_matches(app, css, is_hidden, fits))
        except ElementsUnanswered as error:
            silent = error
    if silent is not None and not found:
        raise silent
    return found


def _matches(app: Application, css: str, is_hidden: bool, text: Callable[[str], bool] | None) -> list[Found]:
    parts = shown.parts_of(css) if app.address is not None else None
    if parts is not None and app.address is not None:
        try:
            names, texts = (None, text) if text is not None else (shown.names_of(parts), shown.texts_of(parts))
            elements = atspi.open_bus().shown(
                app.address,
                shown.roles_of(parts),
                _patience(),
                is_wide=is_hidden,
                fits=names or texts,
                is_for_text=names is None,
            )
        except Hangs as error:
            raise _unanswered(app.name) from error
        except Unsupported:
            return [] if is_hidden else _walked(app, css)
        return [found_of(app, element) for element in elements if any(part.fits(element) for part in parts)]
    return [] if is_hidden else _walked(app, css)


def found_of(app: Application, element: atspi.Shown) -> Found:
    """Return what a program shows as it is told to others."""
    checked = shown.attribute(element, "checked")
    return Found(
        Box(*element.box),
        ElementState(
            role=element.role,
            name=element.name.strip(),
            value=element.value if element.value is not None else "" if element.role in FIELD_ROLES else None,
            is_enabled=shown.is_enabled(element),
            is_checked=None if checked is None else checked == "on",
            is_focused=shown.attribute(element, "focused") == "true",
            is_editable=shown.attribute(element, "editable") == "true",
        ),
        app.pid,
        app.name,
        element.place,
    )


def _walked(app: Application, css: str) -> list[Found]:
    """Find by walking over the whole tree of a program."""
    xa11y = _xa11y()
    try:
        elements = ask(lambda: app.handle.locator(css).elements())
    except xa11y.AccessibilityNotEnabledError:
        return []
    except xa11y.SelectorNotMatchedError:
        return []
    return [found for element in elements if (found := read(app, element)) is not None]


def read(app: Application, element: Any) -> Found | None:
    """Read one element of the tree; None when it is not shown, or gone in the meantime."""
    try:
        bounds = element.bounds
        if bounds is None or not element.visible or bounds.width <= 0 or bounds.height <= 0:
            return None
        if abs(bounds.x) > _NOWHERE or abs(bounds.y) > _NOWHERE:
            return None
        box = Box(bounds.x, bounds.y, bounds.width, bounds.height)
        checked = element.checked
        role = element.role
        return Found(
            box,
            ElementState(
                role=role,
                name=(element.name or "").strip(),
                value=element.value if element.value is not None else "" if role in FIELD_ROLES else None,
                is_enabled=bool(element.enabled),
                is_checked=None if checked is None else checked == "on",
                is_focused=bool(element.focused),
                is_editable=bool(element.editable),
            ),
            int(element.pid or app.pid),
            app.name,
        )
    except _xa11y().XA11yError:
        return None


def _xa11y() -> Any:
    try:
        return importlib.import_module("xa11y")
    except ImportError as error:
        raise MissingPiece(
            say("Elements cannot be read: xa11y is not installed."), say("Run: pip install xa11y")
        ) from error


def _answer(question: Callable[[], T], patience: float | None) -> T:
    """Return the answer to a question that may never be answered."""
    _waiting[:] = [thread for thread in _waiting if thread.is_alive()]
    answers: list[T] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            answers.append(question())
        except Exception as error:  # noqa: BLE001  # handed to the thread that asked
            errors.append(error)

    if not _waiting:
        thread = threading.Thread(target=work, name="flowdesk-elements", daemon=True)
        thread.start()
        thread.join(PATIENCE if patience is None else patience)
        if answers:
            return answers[0]
        if errors:
            raise errors[0]
        _waiting.append(thread)
    raise _unanswered()


def _unanswered(name: str = "") -> ElementsUnanswered:
    return ElementsUnanswered(
        say('The program "{name}" does not respond, so its elements cannot be read.', name=name)
        if name
        else say("A program on this desktop does not respond, so elements cannot be read."),
        say(
            "Close the program that hangs, or wait until it responds. Images, points, and text recognition still work."
        ),
    )


def ask(question: Callable[[], Any], patience: float | None = None) -> Any:
    """Ask xa11y, for ``patience`` seconds at most; turn its errors into sentences.

    Raises:
        SelectorError: If a selector is refused.
        MissingPiece, DesktopUnavailable, ElementsUnanswered: If elements cannot be read.
    """
    xa11y = _xa11y()
    try:
        return _answer(question, patience)
    except xa11y.InvalidSelectorError as error:
        raise SelectorError(
            say("The element selector is not valid: {reason}", reason=str(error)),
            say("Use a selector such as button[name='OK'] or window > text_field."),
            position=0,
        ) from error
    except xa11y.PermissionDeniedError as error:
        raise DesktopUnavailable(
            say("The system does not allow flowdesk to read elements: {reason}", reason=str(error)),
            say("Allow it in the system settings, under Privacy and Accessibility."),
        ) from error
    except (xa11y.AccessibilityNotEnabledError, xa11y.SelectorNotMatchedError):
        raise
    except xa11y.XA11yError as error:
        if sys.platform.startswith("linux") and re.search("D-Bus|connect|bus", str(error)):
            raise MissingPiece(
                say("The accessibility bus is not running, so elements cannot be read."),
                say("Install at-spi2-core, log in again, and run flowdesk doctor. Images and points still work."),
            ) from error
        if _NOT_THERE.search(str(error)):
            raise MissingPiece(
                say(
                    "UI Automation does not work on this system, so elements cannot be read: {reason}",
                    reason=str(error),
                ),
                say("Run flowdesk doctor. Images, text recognition, and points still work."),
            ) from error
        return []

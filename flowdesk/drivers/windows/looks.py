"""What Windows tells of windows: which there are, whose they are, where they lie, who has the keyboard. Nothing is changed."""

import ctypes
import os
from collections.abc import Iterator
from ctypes import wintypes as w
from dataclasses import dataclass
from functools import lru_cache

from flowdesk.drivers.windows import api
from flowdesk.model.geometry import Box, Point

_ROOT = 2
_OWNER = 4
_ENABLED_POPUP = 6
_STYLE, _EXTENDED = -16, -20
_CHILD = 0x40000000
_TOOL, _NO_ACTIVATE, _APP, _LAYERED, _THROUGH = 0x80, 0x08000000, 0x40000, 0x80000, 0x20
_FRAME_BOUNDS, _CLOAKED = 9, 14
_LIMITED = 0x1000
_MENU_MODE = 0x4

MENUS = frozenset({"#32768", "ComboLBox", "Auto-Suggest Dropdown", "DropDown"})
"""Classes of windows that wait for a choice."""
TOOLTIPS = frozenset({"tooltips_class32", "Xaml_WindowedPopupClass"})
SHELL = frozenset({"Progman", "WorkerW", "Shell_TrayWnd", "Shell_SecondaryTrayWnd", "Windows.UI.Core.CoreWindow"})
"""Classes of the desktop, the task bar and the shell's own layers."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A top level window as Windows tells it."""

    number: int
    title: str
    kind: str
    """Its class."""
    pid: int
    program: str
    """The file of its process, without folder and ``.exe``."""
    box: Box
    style: int
    extended: int
    is_minimized: bool
    owner: int

    @property
    def is_menu(self) -> bool:
        """Whether it is a menu or the list of a combo box."""
        return self.kind in MENUS or "QWindowPopup" in self.kind

    @property
    def is_tooltip(self) -> bool:
        """Whether it only explains what the pointer is on."""
        return self.kind in TOOLTIPS or "ToolTip" in self.kind

    @property
    def is_through(self) -> bool:
        """Whether clicks fall through it."""
        return bool(self.extended & _THROUGH and self.extended & _LAYERED)

    @property
    def is_application(self) -> bool:
        """Whether a person calls it a window: it may be switched to, or it is a dialog of one."""
        if self.is_menu or self.is_tooltip or self.kind in SHELL or self.is_through:
            return False
        if self.extended & _APP:
            return True
        return bool(self.title) and not self.extended & _NO_ACTIVATE and not (self.extended & _TOOL and not self.owner)


def shown() -> list[Facts]:
    """Return every visible top level window, uppermost first."""
    found = [describe(number) for number in numbers()]
    return [facts for facts in found if facts is not None]


def numbers() -> list[int]:
    """Return the numbers of the top level windows that are visible, uppermost first."""
    user = api.user()
    found: list[int] = []

    def take(number: int, _: int) -> bool:
        if user.IsWindowVisible(number) and not _is_cloaked(number):
            found.append(number)
        return True

    user.EnumWindows(_each()(take), 0)
    return found


@lru_cache(maxsize=1)
def _each() -> type:
    kind: type = api.callback(w.BOOL, api.Handle, w.LPARAM)
    return kind


def describe(number: int) -> Facts | None:
    """Describe a window; ``None`` when it is gone."""
    user = api.user()
    if not user.IsWindow(number):
        return None
    pid = process_of(number)
    return Facts(
        number=number,
        title=title_of(number),
        kind=class_of(number),
        pid=pid,
        program=program_of(pid),
        box=box_of(number),
        style=user.GetWindowLongW(number, _STYLE) & 0xFFFFFFFF,
        extended=user.GetWindowLongW(number, _EXTENDED) & 0xFFFFFFFF,
        is_minimized=bool(user.IsIconic(number)),
        owner=int(user.GetWindow(number, _OWNER) or 0),
    )


def title_of(number: int) -> str:
    """Return a window's title, as the system knows it: a program that hangs is not asked."""
    text = ctypes.create_unicode_buffer(512)
    api.user().GetWindowTextW(number, text, len(text))
    return text.value


def class_of(number: int) -> str:
    """Return the name of a window's class."""
    text = ctypes.create_unicode_buffer(256)
    api.user().GetClassNameW(number, text, len(text))
    return text.value


def process_of(number: int) -> int:
    """Return the process of a window, 0 when it is gone."""
    pid = w.DWORD()
    api.user().GetWindowThreadProcessId(number, ctypes.byref(pid))
    return pid.value


def thread_of(number: int) -> int:
    """Return the thread of a window, 0 when it is gone."""
    return int(api.user().GetWindowThreadProcessId(number, None))


def program_of(pid: int) -> str:
    """Return what the program of a process is called; empty where that may not be known."""
    kernel = api.kernel()
    process = kernel.OpenProcess(_LIMITED, False, pid) if pid else 0
    if not process:
        return ""
    try:
        path, size = ctypes.create_unicode_buffer(32768), w.DWORD(32768)
        if not kernel.QueryFullProcessImageNameW(process, 0, path, ctypes.byref(size)):
            return ""
        name = path.value.replace("/", "\\").rpartition("\\")[2]
        return name[:-4] if name.lower().endswith(".exe") else name
    finally:
        kernel.CloseHandle(process)


def box_of(number: int) -> Box:
    """Return where a window is seen, without the invisible rim by which it is resized."""
    seen = _attribute_box(number)
    return seen if seen is not None and not seen.is_empty else outer_box(number)


def outer_box(number: int) -> Box:
    """Return a window's frame as ``SetWindowPos`` takes it, the invisible rim included."""
    box = w.RECT()
    api.user().GetWindowRect(number, ctypes.byref(box))
    return Box(box.left, box.top, box.right - box.left, box.bottom - box.top)


def _attribute_box(number: int) -> Box | None:
    library = api.composition()
    box = w.RECT()
    if library is None or library.DwmGetWindowAttribute(number, _FRAME_BOUNDS, ctypes.byref(box), ctypes.sizeof(box)):
        return None
    return Box(box.left, box.top, box.right - box.left, box.bottom - box.top)


def _is_cloaked(number: int) -> bool:
    """Whether a window counts as visible but is not shown: on another virtual desktop, or an app that sleeps."""
    library = api.composition()
    value = w.DWORD()
    if library is None or library.DwmGetWindowAttribute(number, _CLOAKED, ctypes.byref(value), ctypes.sizeof(value)):
        return False
    return bool(value.value)


def root_of(number: int) -> int:
    """Return the top level window that a window is in."""
    return int(api.user().GetAncestor(number, _ROOT) or number)


def foreground() -> int:
    """Return the window that has the keyboard, 0 when none has."""
    return int(api.user().GetForegroundWindow() or 0)


def focused() -> int:
    """Return the control that has the keyboard, 0 where that is not known."""
    about = thread_input(foreground())
    return int(about.focus or 0) if about is not None else 0


def thread_input(number: int) -> api.ThreadInput | None:
    """Return what the thread of a window has; ``None`` when it is gone."""
    about = api.ThreadInput(size=ctypes.sizeof(api.ThreadInput))
    thread = thread_of(number) if number else 0
    return about if thread and api.user().GetGUIThreadInfo(thread, ctypes.byref(about)) else None


def has_menu_open(number: int) -> bool:
    """Whether the thread of a window shows a menu."""
    about = thread_input(number)
    return about is not None and bool(about.flags & _MENU_MODE)


def pointer() -> Point:
    """Return where the pointer is."""
    place = w.POINT()
    api.user().GetCursorPos(ctypes.byref(place))
    return Point(int(place.x), int(place.y))


def at(point: Point, own: int | None = None) -> Facts | None:
    """Return the uppermost window at a point that takes clicks; the windows of the process ``own`` are looked through."""
    for facts in shown():
        if facts.is_minimized or facts.is_through or facts.pid == own:
            continue
        if outer_box(facts.number).intersection(facts.box).contains(point):
            return facts
    return None


def is_own(facts: Facts) -> bool:
    """Whether a window is one of this process."""
    return facts.pid == os.getpid()


def owners_of(number: int) -> Iterator[int]:
    """Yield the windows that own a window, one after another."""
    seen = {number}
    while (number := int(api.user().GetWindow(number, _OWNER) or 0)) and number not in seen:
        seen.add(number)
        yield number


def is_enabled(number: int) -> bool:
    """Whether a window takes input: a modal dialog disables the windows that it stands before."""
    return bool(api.user().IsWindowEnabled(number))


def enabled_popup(number: int) -> int:
    """Return the window owned by another that takes input in its place, 0 where there is none."""
    found = int(api.user().GetWindow(number, _ENABLED_POPUP) or 0)
    return found if found != number else 0

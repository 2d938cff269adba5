"""A dialog of Windows that notes everything it is told in a file: ``form.py FILE``."""

import ctypes
import json
import sys
from ctypes import wintypes as w
from pathlib import Path
from typing import Any

from flowdesk.drivers.windows import api

LOG = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("form.jsonl")
VISIBLE, CHILD, BORDER, TAB = 0x10000000, 0x40000000, 0x00800000, 0x00010000
OVERLAPPED, MULTILINE, CHECKBOX, PUSH = 0x00CF0000, 0x1004, 0x3, 0x0
NAMES = {10: "name", 11: "notes", 12: "agree", 13: "ok"}


def note(what: str, **more: Any) -> None:
    """Write a line."""
    with LOG.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"what": what, **more}, ensure_ascii=False) + "\n")


class Form:
    """The window and its controls."""

    def __init__(self) -> None:
        """Make them."""
        user = api.user()
        self._procedure = api.callback(ctypes.c_ssize_t, api.Handle, w.UINT, w.WPARAM, w.LPARAM)(self._receive)
        instance = api.kernel().GetModuleHandleW(None)
        about = api.WindowClass(
            procedure=ctypes.cast(self._procedure, ctypes.c_void_p), instance=instance, brush=6, name="FlowdeskForm"
        )
        user.RegisterClassW(ctypes.byref(about))
        self.controls: dict[str, int] = {}
        self.number = user.CreateWindowExW(
            0, "FlowdeskForm", "flowdesk form", OVERLAPPED | VISIBLE, 300, 200, 520, 420, None, None, instance, None
        )
        for number, kind, text, style, box in (
            (10, "EDIT", "", BORDER | TAB, (20, 20, 300, 24)),
            (11, "EDIT", "", BORDER | TAB | MULTILINE, (20, 60, 300, 120)),
            (12, "BUTTON", "Agree", TAB | CHECKBOX, (20, 200, 120, 24)),
            (13, "BUTTON", "OK", TAB | PUSH, (20, 240, 100, 30)),
        ):
            self.controls[NAMES[number]] = user.CreateWindowExW(
                0, kind, text, VISIBLE | CHILD | style, *box, self.number, ctypes.c_void_p(number), instance, None
            )

    def tell_places(self) -> None:
        """Note where the controls are."""
        for name, number in self.controls.items():
            box = w.RECT()
            api.user().GetWindowRect(number, ctypes.byref(box))
            note("place", name=name, at=[(box.left + box.right) // 2, (box.top + box.bottom) // 2])
        box = w.RECT()
        api.user().GetWindowRect(self.number, ctypes.byref(box))
        note("place", name="plain", at=[box.right - 80, box.bottom - 80])
        note("ready")

    def _receive(self, window: int, message: int, wparam: int, lparam: int) -> int:
        user = api.user()
        if message in (0x20A, 0x20E):
            delta = ctypes.c_short(wparam >> 16 & 0xFFFF).value
            note("wheel" if message == 0x20A else "sideways", delta=delta)
            return 0
        if message in (0x201, 0x202, 0x203, 0x204, 0x207):
            kinds = {0x201: "down", 0x202: "up", 0x203: "double", 0x204: "right", 0x207: "middle"}
            note(
                kinds[message],
                x=ctypes.c_short(lparam & 0xFFFF).value,
                y=ctypes.c_short(lparam >> 16 & 0xFFFF).value,
                held=wparam,
            )
            if message == 0x201:
                _set_focus(window)
        if message == 0x200 and wparam & 1:
            note("dragged", x=ctypes.c_short(lparam & 0xFFFF).value)
        if message in (0x100, 0x104):
            note("key", vk=wparam, scan=lparam >> 16 & 0xFF, extended=bool(lparam >> 24 & 1))
        if message == 0x111 and wparam >> 16 == 0 and wparam & 0xFFFF in (12, 13):
            name = NAMES[wparam & 0xFFFF]
            note("pressed", control=name, **{each: _text(self.controls[each]) for each in ("name", "notes")})
        if message == 0x2:
            _quit()
        return int(user.DefWindowProcW(window, message, wparam, lparam))


def _text(number: int) -> str:
    text = ctypes.create_unicode_buffer(10000)
    api.user().GetWindowTextW(number, text, 10000)
    return text.value


def _set_focus(window: int) -> None:
    library = api.user()
    library.SetFocus.argtypes = (ctypes.c_void_p,)
    library.SetFocus(window)


def _quit() -> None:
    api.user().PostQuitMessage(0)


def main() -> None:
    """Show the form until it is closed."""
    library = api.user()
    library.GetMessageW.argtypes = (ctypes.c_void_p, ctypes.c_void_p, w.UINT, w.UINT)
    library.SetTimer.argtypes = (ctypes.c_void_p, ctypes.c_size_t, w.UINT, ctypes.c_void_p)
    form = Form()
    library.SetTimer(None, 0, 700, None)  # places are told once the window has come to rest
    message, is_told = api.Message(), False
    while library.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
        if message.message == 0x113 and not is_told:
            is_told = True
            form.tell_places()
        library.TranslateMessage(ctypes.byref(message))
        library.DispatchMessageW(ctypes.byref(message))


if __name__ == "__main__":
    main()

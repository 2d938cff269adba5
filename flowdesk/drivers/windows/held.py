"""Which keys and buttons flowdesk holds down, and letting go of them from any thread.

It is also written down, before the press, in a part of the registry that is gone after a restart of Windows: a process that is
killed cannot let go, and the next flowdesk must release that, but nothing that a person or a living process holds.
"""

import contextlib
import ctypes
import json
import os
import sys
import threading
from typing import Any, Literal

from flowdesk.drivers.windows import api, sending
from flowdesk.drivers.windows.keys import Key
from flowdesk.model.errors import InputFailed
from flowdesk.system import birth, is_alive

Kind = Literal["key", "button"]
PLACE = r"Software\flowdesk\Held"
_USER = 0x80000001
_VOLATILE, _ALL = 1, 0xF003F
_BUTTON_KEYS = {1: 0x01, 2: 0x04, 3: 0x02}


class HeldDown:
    """The register of what is down."""

    def __init__(self) -> None:
        """Begin with nothing held."""
        self._lock = threading.Lock()
        self._down: list[tuple[Kind, Key | int]] = []
        self._record = _Record()

    def add(self, kind: Kind, code: Any) -> None:
        """Note what is about to be pressed, so that no way out can miss it."""
        with self._lock:
            self._down.append((kind, code))
            self._record.write(self._down)

    def remove(self, kind: Kind, code: Any) -> None:
        """Note what was released."""
        with self._lock, contextlib.suppress(ValueError):
            self._down.remove((kind, code))
            self._record.write(self._down)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        with self._lock:
            return not self._down

    def release_all(self) -> None:
        """Release everything that is noted, last first. Blocks a few ms at most, from any thread."""
        with self._lock:
            if self._down:
                _release(self._down)
                self._down.clear()
                self._record.write(self._down)

    def release_leftovers(self) -> None:
        """Release what processes that are gone wrote down and what is still down."""
        with self._lock:
            for down in self._record.take_leftovers():
                _release([each for each in down if _is_down(*each)])

    def close(self) -> None:
        """Release everything. Idempotent."""
        self.release_all()
        with self._lock:
            self._record.close()


def _release(down: list[tuple[Kind, Key | int]]) -> None:
    inputs = []
    for _, code in reversed(down):
        if isinstance(code, Key):
            inputs.append(sending.key(code.vk, code.scan, is_extended=code.is_extended, is_up=True))
        else:
            inputs.append(sending.button(code, is_up=True, is_swapped=sending.is_swapped()))
    with contextlib.suppress(InputFailed):
        sending.send(inputs)


def _is_down(kind: Kind, code: Key | int) -> bool:
    return sending.is_down(code.vk if isinstance(code, Key) else _BUTTON_KEYS[code])


class _Record:
    """What this process holds down, one value of the registry for each process."""

    def __init__(self) -> None:
        self._name = f"{os.getpid()}-{birth(os.getpid()) or ''}"
        self._place: Any = None

    def write(self, down: list[tuple[Kind, Key | int]]) -> None:
        """Write down what is held now."""
        if sys.platform == "win32" and (place := self._open()) is not None:
            import winreg

            told = [
                [kind, code.vk, code.scan, code.is_extended] if isinstance(code, Key) else [kind, code]
                for kind, code in down
            ]
            with contextlib.suppress(OSError):
                if told:
                    winreg.SetValueEx(place, self._name, 0, winreg.REG_SZ, json.dumps(told))
                else:
                    winreg.DeleteValue(place, self._name)

    def take_leftovers(self) -> list[list[tuple[Kind, Key | int]]]:
        """Return what processes that are gone have written down, and take it away."""
        found: list[list[tuple[Kind, Key | int]]] = []
        if sys.platform == "win32" and (place := self._open()) is not None:
            import winreg

            with contextlib.suppress(OSError):
                names = [winreg.EnumValue(place, number)[:2] for number in range(winreg.QueryInfoKey(place)[1])]
                for name, told in names:
                    pid, _, born = name.partition("-")
                    if not pid.isdecimal() or (is_alive(int(pid)) and birth(int(pid)) in (None, born)):
                        continue
                    winreg.DeleteValue(place, name)
                    found.append([_entry(each) for each in json.loads(told)])
        return found

    def close(self) -> None:
        """Close the place."""
        if self._place is not None:
            self._place.Close()
            self._place = None

    def _open(self) -> Any:
        """Return the place, made so that it does not outlive this start of Windows; ``None`` where that is refused."""
        if self._place is None and sys.platform == "win32":
            import winreg

            made = ctypes.c_void_p()
            refusal = api.advanced().RegCreateKeyExW(
                ctypes.c_void_p(_USER), PLACE, 0, None, _VOLATILE, _ALL, None, ctypes.byref(made), None
            )
            if not refusal:
                winreg.CloseKey(int(made.value or 0))
                self._place = winreg.OpenKey(winreg.HKEY_CURRENT_USER, PLACE, 0, winreg.KEY_ALL_ACCESS)
        return self._place


def _entry(told: list[Any]) -> tuple[Kind, Key | int]:
    if told[0] == "key":
        return "key", Key(int(told[1]), int(told[2]), is_extended=bool(told[3]))
    return "button", int(told[1])

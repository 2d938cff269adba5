"""Whether input would arrive: a locked session, the secure desktop and programs with more rights swallow it silently.

Windows tells none of it: ``SendInput`` counts such input as sent (User Interface Privilege Isolation). So it is asked before.
"""

import ctypes
import os
from ctypes import wintypes as w

from flowdesk.drivers.windows import api
from flowdesk.model.errors import DesktopUnavailable
from flowdesk.model.sentence import say

ORDINARY = "Default"
"""The desktop on which programs show their windows; ``Winlogon`` is that of locks and of questions about rights."""
_READ_OBJECTS = 0x1
_NAME = 2
_QUERY = 0x8
_LIMITED = 0x1000
_INTEGRITY = 25
_REFUSED = 5
MEDIUM = 0x2000
"""The rank of programs that were started without further rights (``SECURITY_MANDATORY_MEDIUM_RID``)."""
UNKNOWN = 0x10000
"""The rank that is taken for a program that may not even be asked: such a one has more rights."""


def check_desktop() -> None:
    """Return when this process is on the desktop that has mouse and keyboard now.

    Raises:
        DesktopUnavailable: If the session is locked, Windows asks about rights, or there is nobody's desktop here.
    """
    if session_of(os.getpid()) == 0:
        raise DesktopUnavailable(
            say("flowdesk runs as a service, and services have no desktop."),
            say("Start flowdesk in the session of a logged-in user."),
        )
    name = input_desktop()
    if name != ORDINARY:
        raise DesktopUnavailable(
            say("The screen is locked, or Windows asks for permission, so input does not arrive."),
            say("Unlock the screen or answer the question, then run the flow again."),
            desktop=name,
        )


def input_desktop() -> str:
    """Return the name of the desktop that has mouse and keyboard; empty where that may not be known, as while it is locked."""
    user = api.user()
    handle = user.OpenInputDesktop(0, False, _READ_OBJECTS)
    if not handle:
        return ""
    try:
        name, needed = ctypes.create_unicode_buffer(256), w.DWORD()
        done = user.GetUserObjectInformationW(handle, _NAME, name, ctypes.sizeof(name), ctypes.byref(needed))
        return name.value if done else ""
    finally:
        user.CloseDesktop(handle)


def session_of(pid: int) -> int | None:
    """Return the number of the session that a process is in; 0 is that of services, ``None`` unknown."""
    number = w.DWORD()
    return number.value if api.kernel().ProcessIdToSessionId(pid, ctypes.byref(number)) else None


def rank_of(pid: int) -> int:
    """Return the rank of a process (its integrity level): input goes only to those of one's own rank or below."""
    kernel, advanced = api.kernel(), api.advanced()
    process = kernel.OpenProcess(_LIMITED, False, pid)
    if not process:
        return UNKNOWN if api.last_error() == _REFUSED else MEDIUM
    token = ctypes.c_void_p()
    try:
        if not advanced.OpenProcessToken(process, _QUERY, ctypes.byref(token)):
            return UNKNOWN if api.last_error() == _REFUSED else MEDIUM
        about, needed = ctypes.create_string_buffer(256), w.DWORD()
        if not advanced.GetTokenInformation(token, _INTEGRITY, about, len(about), ctypes.byref(needed)):
            return MEDIUM
        sid = ctypes.c_void_p.from_buffer(about)
        count = advanced.GetSidSubAuthorityCount(sid)[0]
        return int(advanced.GetSidSubAuthority(sid, count - 1)[0])
    finally:
        if token.value:
            kernel.CloseHandle(token)
        kernel.CloseHandle(process)


def check_rights(pid: int, title: str) -> None:
    """Return when input of this process reaches the windows of another.

    Args:
        pid: The other process; 0 where it is not known.
        title: What people call its window.

    Raises:
        DesktopUnavailable: If it runs with more rights.
    """
    if pid and pid != os.getpid() and rank_of(pid) > rank_of(os.getpid()):
        raise DesktopUnavailable(
            say("{title} runs as administrator and flowdesk does not, so Windows blocks the input.", title=title),
            say("Start flowdesk as administrator, or start the program without administrator rights."),
            pid=pid,
        )

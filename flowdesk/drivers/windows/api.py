"""The calls of Windows that the driver uses, with their types. The only place that loads system libraries.

Libraries are loaded when first asked for, so every module of this room can be imported, typed and, where it is pure, tested
on any system. Handles are whole numbers; 0 is none.
"""

import ctypes
from ctypes import wintypes as w
from functools import cache
from typing import Any

_ctypes: Any = ctypes
"""``WinDLL`` and its kin are there on Windows only, and so are their types."""

Pointer, Handle, Size = ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t
Wide, Number, Word = w.LPCWSTR, w.DWORD, w.UINT


class KeyboardInput(ctypes.Structure):
    """``KEYBDINPUT``."""

    _fields_ = [
        ("vk", ctypes.c_uint16),
        ("scan", ctypes.c_uint16),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_size_t),
    ]


class MouseInput(ctypes.Structure):
    """``MOUSEINPUT``."""

    _fields_ = [
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
        ("data", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_size_t),
    ]


class _Either(ctypes.Union):
    _fields_ = [("key", KeyboardInput), ("mouse", MouseInput)]


class Input(ctypes.Structure):
    """``INPUT``: a movement of the mouse (type 0) or of a key (type 1)."""

    _fields_ = [("type", ctypes.c_uint32), ("of", _Either)]


class ThreadInput(ctypes.Structure):
    """``GUITHREADINFO``: which windows of a thread have the keyboard, the mouse, an open menu."""

    _fields_ = [
        ("size", w.DWORD),
        ("flags", w.DWORD),
        ("active", Handle),
        ("focus", Handle),
        ("capture", Handle),
        ("menu_owner", Handle),
        ("moving", Handle),
        ("caret", Handle),
        ("caret_box", w.RECT),
    ]


class WindowClass(ctypes.Structure):
    """``WNDCLASSW``."""

    _fields_ = [
        ("style", w.UINT),
        ("procedure", Pointer),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", Handle),
        ("icon", Handle),
        ("cursor", Handle),
        ("brush", Handle),
        ("menu", Wide),
        ("name", Wide),
    ]


class Message(ctypes.Structure):
    """``MSG``."""

    _fields_ = [
        ("window", Handle),
        ("message", w.UINT),
        ("wparam", w.WPARAM),
        ("lparam", w.LPARAM),
        ("time", w.DWORD),
        ("point", w.POINT),
    ]


class Placement(ctypes.Structure):
    """``WINDOWPLACEMENT``."""

    _fields_ = [
        ("length", w.UINT),
        ("flags", w.UINT),
        ("show", w.UINT),
        ("minimized", w.POINT),
        ("maximized", w.POINT),
        ("normal", w.RECT),
    ]


_Prototype = tuple[Any, tuple[Any, ...]]

_USER: dict[str, _Prototype] = {
    "AttachThreadInput": (w.BOOL, (Number, Number, w.BOOL)),
    "BringWindowToTop": (w.BOOL, (Handle,)),
    "CloseClipboard": (w.BOOL, ()),
    "CloseDesktop": (w.BOOL, (Handle,)),
    "CreateWindowExW": (
        Handle,
        (Number, Wide, Wide, Number, *(ctypes.c_int,) * 4, Handle, Handle, Handle, Pointer),
    ),
    "DefWindowProcW": (ctypes.c_ssize_t, (Handle, Word, w.WPARAM, w.LPARAM)),
    "DestroyWindow": (w.BOOL, (Handle,)),
    "DispatchMessageW": (ctypes.c_ssize_t, (Pointer,)),
    "EmptyClipboard": (w.BOOL, ()),
    "EnumWindows": (w.BOOL, (Pointer, w.LPARAM)),
    "EnumClipboardFormats": (Word, (Word,)),
    "EnumDisplayMonitors": (w.BOOL, (Handle, Pointer, Pointer, w.LPARAM)),
    "FindWindowExW": (Handle, (Handle, Handle, Wide, Wide)),
    "GetAncestor": (Handle, (Handle, Word)),
    "GetAsyncKeyState": (ctypes.c_short, (ctypes.c_int,)),
    "GetClassNameW": (ctypes.c_int, (Handle, w.LPWSTR, ctypes.c_int)),
    "GetClipboardData": (Handle, (Word,)),
    "GetClipboardFormatNameW": (ctypes.c_int, (Word, w.LPWSTR, ctypes.c_int)),
    "GetClipboardOwner": (Handle, ()),
    "GetClipboardSequenceNumber": (Number, ()),
    "GetCursorPos": (w.BOOL, (Pointer,)),
    "GetDoubleClickTime": (Word, ()),
    "GetForegroundWindow": (Handle, ()),
    "GetGUIThreadInfo": (w.BOOL, (Number, Pointer)),
    "GetKeyboardLayout": (Handle, (Number,)),
    "GetKeyState": (ctypes.c_short, (ctypes.c_int,)),
    "GetOpenClipboardWindow": (Handle, ()),
    "GetSystemMetrics": (ctypes.c_int, (ctypes.c_int,)),
    "GetUserObjectInformationW": (w.BOOL, (Handle, ctypes.c_int, Pointer, Number, Pointer)),
    "GetWindow": (Handle, (Handle, Word)),
    "GetWindowLongW": (w.LONG, (Handle, ctypes.c_int)),
    "GetWindowPlacement": (w.BOOL, (Handle, Pointer)),
    "GetWindowRect": (w.BOOL, (Handle, Pointer)),
    "GetWindowTextW": (ctypes.c_int, (Handle, w.LPWSTR, ctypes.c_int)),
    "GetWindowThreadProcessId": (Number, (Handle, Pointer)),
    "IsClipboardFormatAvailable": (w.BOOL, (Word,)),
    "IsHungAppWindow": (w.BOOL, (Handle,)),
    "IsIconic": (w.BOOL, (Handle,)),
    "IsWindow": (w.BOOL, (Handle,)),
    "IsWindowEnabled": (w.BOOL, (Handle,)),
    "IsWindowVisible": (w.BOOL, (Handle,)),
    "IsZoomed": (w.BOOL, (Handle,)),
    "MapVirtualKeyExW": (Word, (Word, Word, Handle)),
    "MsgWaitForMultipleObjectsEx": (Number, (Number, Pointer, Number, Number, Number)),
    "OpenClipboard": (w.BOOL, (Handle,)),
    "OpenInputDesktop": (Handle, (Number, w.BOOL, Number)),
    "PeekMessageW": (w.BOOL, (Pointer, Handle, Word, Word, Word)),
    "PostMessageW": (w.BOOL, (Handle, Word, w.WPARAM, w.LPARAM)),
    "RegisterClassW": (w.ATOM, (Pointer,)),
    "RegisterClipboardFormatW": (Word, (Wide,)),
    "RegisterHotKey": (w.BOOL, (Handle, ctypes.c_int, Word, Word)),
    "SendInput": (Word, (Word, Pointer, ctypes.c_int)),
    "SendMessageTimeoutW": (ctypes.c_ssize_t, (Handle, Word, w.WPARAM, w.LPARAM, Word, Word, Pointer)),
    "SetClipboardData": (Handle, (Word, Handle)),
    "SetCursorPos": (w.BOOL, (ctypes.c_int, ctypes.c_int)),
    "SetForegroundWindow": (w.BOOL, (Handle,)),
    "SetWindowPos": (w.BOOL, (Handle, Handle, *(ctypes.c_int,) * 4, Word)),
    "SetWindowTextW": (w.BOOL, (Handle, Wide)),
    "ShowWindowAsync": (w.BOOL, (Handle, ctypes.c_int)),
    "TranslateMessage": (w.BOOL, (Pointer,)),
    "UnregisterHotKey": (w.BOOL, (Handle, ctypes.c_int)),
    "VkKeyScanExW": (ctypes.c_short, (w.WCHAR, Handle)),
}

_KERNEL: dict[str, _Prototype] = {
    "CloseHandle": (w.BOOL, (Handle,)),
    "CreateFileMappingW": (Handle, (Handle, Pointer, Number, Number, Number, Wide)),
    "GetCurrentProcess": (Handle, ()),
    "GetCurrentProcessId": (Number, ()),
    "GetCurrentThreadId": (Number, ()),
    "GetModuleHandleW": (Handle, (Wide,)),
    "GlobalAlloc": (Handle, (Word, Size)),
    "GlobalFree": (Handle, (Handle,)),
    "GlobalLock": (Pointer, (Handle,)),
    "GlobalSize": (Size, (Handle,)),
    "GlobalUnlock": (w.BOOL, (Handle,)),
    "MapViewOfFile": (Pointer, (Handle, Number, Number, Number, Size)),
    "OpenFileMappingW": (Handle, (Number, w.BOOL, Wide)),
    "OpenProcess": (Handle, (Number, w.BOOL, Number)),
    "ProcessIdToSessionId": (w.BOOL, (Number, Pointer)),
    "QueryFullProcessImageNameW": (w.BOOL, (Handle, Number, w.LPWSTR, Pointer)),
    "UnmapViewOfFile": (w.BOOL, (Pointer,)),
}

_ADVANCED: dict[str, _Prototype] = {
    "GetSidSubAuthority": (ctypes.POINTER(w.DWORD), (Pointer, Number)),
    "GetSidSubAuthorityCount": (ctypes.POINTER(ctypes.c_ubyte), (Pointer,)),
    "GetTokenInformation": (w.BOOL, (Handle, ctypes.c_int, Pointer, Number, Pointer)),
    "OpenProcessToken": (w.BOOL, (Handle, Number, Pointer)),
    "RegCreateKeyExW": (
        w.LONG,
        (Handle, Wide, Number, Wide, Number, Number, Pointer, ctypes.POINTER(Handle), Pointer),
    ),
}

_COMPOSITION: dict[str, _Prototype] = {"DwmGetWindowAttribute": (w.LONG, (Handle, Number, Pointer, Number))}

_DRAWING: dict[str, _Prototype] = {
    "CopyEnhMetaFileW": (Handle, (Handle, Wide)),
    "DeleteEnhMetaFile": (w.BOOL, (Handle,)),
}


def _loaded(name: str, prototypes: dict[str, _Prototype]) -> Any:
    library = _ctypes.WinDLL(name, use_last_error=True)
    for function, (result, arguments) in prototypes.items():
        entry = getattr(library, function)
        entry.restype, entry.argtypes = result, arguments
    return library


@cache
def user() -> Any:
    """Windows, input, clipboard."""
    return _loaded("user32", _USER)


@cache
def kernel() -> Any:
    """Processes and memory."""
    return _loaded("kernel32", _KERNEL)


@cache
def advanced() -> Any:
    """Rights and the registry."""
    return _loaded("advapi32", _ADVANCED)


@cache
def drawing() -> Any:
    """Pictures made of strokes."""
    return _loaded("gdi32", _DRAWING)


@cache
def composition() -> Any:
    """How windows are put on the screen; ``None`` where that library is missing."""
    try:
        return _loaded("dwmapi", _COMPOSITION)
    except OSError:
        return None


def callback(result: Any, *arguments: Any) -> Any:
    """Return the type of functions that Windows calls."""
    return _ctypes.WINFUNCTYPE(result, *arguments)


def last_error() -> int:
    """Return why the last call of this thread failed."""
    return int(_ctypes.get_last_error())


def reason(number: int | None = None) -> str:
    """Return what Windows says of an error, in the language of the system."""
    return str(_ctypes.FormatError(last_error() if number is None else number)).strip()

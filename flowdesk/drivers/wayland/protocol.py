"""The requests and events of the protocols that flowdesk speaks beside Wayland's own, declared by hand.

Only names, order and types of arguments, which are what goes over the wire; not the text of the protocol files. From
``virtual-keyboard-unstable-v1``, ``wlr-virtual-pointer-unstable-v1`` (version 2), ``wlr-screencopy-unstable-v1`` (version 1 of its
events) and ``wlr-data-control-unstable-v1``. Of each interface all requests are listed up to the last that is used.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

CORE: Any = import_module("pywayland.protocol.wayland")
"""Wayland's own protocol."""
DISPLAY: Any = import_module("pywayland.client.display").Display
"""Makes a connection."""
_ARGUMENT: Any = import_module("pywayland.protocol_core.argument").Argument
_KIND: Any = import_module("pywayland.scanner.argument").ArgumentType
_INTERFACE: Any = import_module("pywayland.protocol_core.interface")
_MESSAGE: Any = import_module("pywayland.protocol_core.message").Message
_PROXY: Any = import_module("pywayland.protocol_core.proxy").Proxy

_KINDS = {
    "i": _KIND.Int, "u": _KIND.Uint, "f": _KIND.Fixed, "s": _KIND.String,
    "h": _KIND.FileDescriptor, "o": _KIND.Object, "n": _KIND.NewId,
}  # fmt: skip
"""By the letters that libwayland writes in its signatures; ``?`` before one: it may be nothing."""

Told = tuple[str, str, Sequence[Any]]
"""Name of a request or event, its signature, and the interfaces of its objects in order."""


def _ask(proxy: Any, name: str, *arguments: Any) -> Any:
    """Send a request of an object; return the object that it makes, if it makes one. After ``destroy`` the object is gone."""
    requests = proxy.interface.requests
    opcode = next(number for number, message in enumerate(requests) if message.name == name)
    made = next((each for each in requests[opcode].arguments if each.argument_type == _KIND.NewId), None)
    if made is not None and made.interface is not None:
        return proxy._marshal_constructor(opcode, made.interface, *arguments)
    proxy._marshal(opcode, *arguments)
    if name == "destroy":
        proxy._destroy()
    return None


def _declare(name: str, version: int, requests: Sequence[Told], events: Sequence[Told] = ()) -> Any:
    made: Any = _INTERFACE.InterfaceMeta(name, (_INTERFACE.Interface,), {"name": name, "version": version})
    for told, kept in ((requests, made.requests), (events, made.events)):
        for title, signature, interfaces in told:
            kept.append(_message(title, signature, interfaces))
    made._gen_c()
    made.proxy_class = type(f"{name}_proxy", (_PROXY,), {"interface": made, "ask": _ask})
    return made


def _message(title: str, signature: str, interfaces: Sequence[Any]) -> Any:
    def called() -> None:
        """Stand for the message: the library reads its name only."""

    called.__name__ = title
    left = iter(interfaces)
    arguments = []
    is_optional = False
    for letter in signature:
        if letter == "?":
            is_optional = True
            continue
        interface = next(left) if letter in "on" else None
        arguments.append(_ARGUMENT(_KINDS[letter], nullable=is_optional, interface=interface))
        is_optional = False
    return _MESSAGE(called, tuple(arguments), None)


KEYBOARD = _declare(
    "zwp_virtual_keyboard_v1",
    1,
    [("keymap", "uhu", ()), ("key", "uuu", ()), ("modifiers", "uuuu", ()), ("destroy", "", ())],
)
KEYBOARDS = _declare("zwp_virtual_keyboard_manager_v1", 1, [("create_virtual_keyboard", "on", (CORE.WlSeat, KEYBOARD))])

POINTER = _declare(
    "zwlr_virtual_pointer_v1",
    2,
    [
        ("motion", "uff", ()), ("motion_absolute", "uuuuu", ()), ("button", "uuu", ()), ("axis", "uuf", ()), ("frame", "", ()),
        ("axis_source", "u", ()), ("axis_stop", "uu", ()), ("axis_discrete", "uufi", ()), ("destroy", "", ()),
    ],
)  # fmt: skip
POINTERS = _declare("zwlr_virtual_pointer_manager_v1", 2, [("create_virtual_pointer", "?on", (CORE.WlSeat, POINTER))])

FRAME = _declare(
    "zwlr_screencopy_frame_v1",
    1,
    [("copy", "o", (CORE.WlBuffer,)), ("destroy", "", ())],
    [("buffer", "uuuu", ()), ("flags", "u", ()), ("ready", "uuu", ()), ("failed", "", ())],
)
FRAMES = _declare(
    "zwlr_screencopy_manager_v1",
    1,
    [("capture_output", "nio", (FRAME, CORE.WlOutput)), ("capture_output_region", "nioiiii", (FRAME, CORE.WlOutput)), ("destroy", "", ())],
)  # fmt: skip

OFFER = _declare("zwlr_data_control_offer_v1", 1, [("receive", "sh", ()), ("destroy", "", ())], [("offer", "s", ())])
SOURCE = _declare(
    "zwlr_data_control_source_v1",
    1,
    [("offer", "s", ()), ("destroy", "", ())],
    [("send", "sh", ()), ("cancelled", "", ())],
)
DEVICE = _declare(
    "zwlr_data_control_device_v1",
    1,
    [("set_selection", "?o", (SOURCE,)), ("destroy", "", ())],
    [("data_offer", "n", (OFFER,)), ("selection", "?o", (OFFER,)), ("finished", "", ())],
)
DEVICES = _declare(
    "zwlr_data_control_manager_v1",
    1,
    [("create_data_source", "n", (SOURCE,)), ("get_data_device", "no", (DEVICE, CORE.WlSeat)), ("destroy", "", ())],
)

"""Many D-Bus calls at a time, and their answers: the part of the protocol that reading accessibility trees needs, written for speed.

jeepney, which connects, takes 70 µs for a call and its answer; a window of 400 elements asks two thousand. The few kinds of
calls and answers that make up nearly all of them are packed and unpacked here (D-Bus specification, "Message Protocol"); whatever
else comes is left to jeepney.
"""

import select
import struct
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from flowdesk.drivers.atspi.calls import Question, Unsupported

AT_ONCE = 128
"""Questions that are under way at a time: the bus closes a connection that sends without end and reads nothing."""

LONGEST = 10.0
"""Seconds that all answers may take."""

_ERROR = 3
_REPLY_SERIAL, _SIGNATURE = 5, 8
_CHUNK = 1 << 18


class Wire:
    """One connection of jeepney's, from now on read and written here only. Not for several threads at a time."""

    def __init__(self, jeepney: Any, connection: Any) -> None:
        """Take over a connection that said hello."""
        self._jeepney = jeepney
        self._socket = connection.sock
        self._socket.setblocking(False)
        self._serials = connection.outgoing_serial
        self._unsent = b""
        """The rest of what the socket did not take: a call that is cut short would break all that follow."""
        left = connection.parser.buf
        self._received = bytearray(left.read(left.bytes_buffered) if left.bytes_buffered else b"")

    def exchange(self, questions: Sequence[Question], patience: float, *, or_fail: bool, or_none: bool) -> list[Any]:
        """Send all questions and collect the answers; ``patience`` seconds without any answer are too long.

        Returns:
            Bodies; None for what was refused, with ``or_none`` also for what did not come in time.

        Raises:
            Unsupported: With ``or_fail``, if a question was refused.
            TimeoutError: If an answer does not come in time.
            OSError: If the connection broke.
        """
        answers: list[Any] = [None] * len(questions)
        waiting: dict[int, int] = {}
        begun = 0
        last = time.monotonic() + LONGEST
        deadline = time.monotonic() + patience
        while begun < len(questions) or waiting:
            parts = [self._unsent]
            while begun < len(questions) and len(waiting) < AT_ONCE:
                serial = next(self._serials)
                parts.append(self._packed(questions[begun], serial))
                waiting[serial] = begun
                begun += 1
            self._unsent = self._sent(b"".join(parts))
            is_over = time.monotonic() > last
            if is_over or not self._wait(min(deadline, last), has_more=bool(self._unsent)):
                if or_none:
                    return answers
                raise TimeoutError
            for kind, serial, body in self._messages():
                place = waiting.pop(serial, None)
                if place is None:
                    continue  # a signal, or an answer that came too late
                deadline = time.monotonic() + patience
                if kind == _ERROR:
                    if or_fail:
                        raise Unsupported(str(body))
                else:
                    answers[place] = body
        return answers

    def _sent(self, raw: bytes) -> bytes:
        """Send what the socket takes now, and return the rest."""
        try:
            return raw[self._socket.send(raw) :] if raw else raw
        except BlockingIOError:
            return raw

    def _wait(self, deadline: float, *, has_more: bool) -> bool:
        """Wait until something can be read or written, and read; whether that was in time.

        It is looked in any case: on a busy machine this thread may not have run while the answer came.
        """
        left = max(0.0, deadline - time.monotonic())
        readable, writable, _ = select.select([self._socket], [self._socket] if has_more else [], [], left)
        if readable:
            chunk = self._socket.recv(_CHUNK)
            if not chunk:
                raise ConnectionResetError
            self._received += chunk
        return bool(readable or writable)

    def _messages(self) -> list[tuple[int, int, Any]]:
        """Return the whole messages that came: kind, serial of what is answered, body."""
        raw, at = bytes(self._received), 0
        found = []
        while len(raw) - at >= 16:
            order = "<" if raw[at] == 0x6C else ">"
            length, _, fields = struct.unpack_from(order + "III", raw, at + 4)
            end = at + (16 + fields + 7) // 8 * 8 + length
            if len(raw) < end:
                break
            found.append(self._unpacked(raw[at:end], order, fields, length))
            at = end
        del self._received[:at]
        return found

    def _unpacked(self, raw: bytes, order: str, fields: int, length: int) -> tuple[int, int, Any]:
        serial, signature = 0, ""
        at, end = 16, 16 + fields
        while at < end and order == "<":
            at = (at + 7) // 8 * 8
            code, kind = raw[at], raw[at + 2]
            at += 4
            if kind == 0x67:  # a signature
                if code == _SIGNATURE:
                    signature = raw[at + 1 : at + 1 + raw[at]].decode()
                at += raw[at] + 2
            elif kind == 0x75:  # a number
                if code == _REPLY_SERIAL:
                    (serial,) = _U32.unpack_from(raw, at)
                at += 4
            else:  # a text
                at += 5 + int(_U32.unpack_from(raw, at)[0])
        unpack = _UNPACK.get(signature)
        if order == "<" and (unpack is not None or not signature):
            return raw[1], serial, unpack(raw[len(raw) - length :]) if unpack is not None else ()
        message = self._jeepney.Message.from_buffer(raw)
        told = message.header.fields.get(self._jeepney.HeaderFields.reply_serial, -1)
        return raw[1], told, message.body

    def _packed(self, asked: Question, serial: int) -> bytes:
        pack = _PACK.get(asked.signature)
        if pack is None:
            address = self._jeepney.DBusAddress(asked.path, asked.bus, asked.interface)
            message = self._jeepney.new_method_call(address, asked.member, asked.signature, asked.body)
            return bytes(message.serialise(serial=serial))
        body = pack(*asked.body)
        before, between = _pieces(asked.bus, asked.interface, asked.member, asked.signature)
        path = asked.path.encode()
        named = b"\x01\x01o\0" + _U32.pack(len(path)) + path + b"\0"
        fields = named + b"\0" * (-len(named) % 8) + between
        head = before + _U32.pack(len(body)) + _U32.pack(serial) + _U32.pack(len(fields)) + fields
        return head + b"\0" * (-len(head) % 8) + body


_U32 = struct.Struct("<I")
_I32 = struct.Struct("<i")
_BOX = struct.Struct("<iiii")


@lru_cache(maxsize=4096)
def _pieces(bus: str, interface: str, member: str, signature: str) -> tuple[bytes, bytes]:
    """Return what is the same in all calls of a kind: what stands before the length, and the fields behind the path."""
    fields = b""
    for code, text in ((2, interface), (3, member), (6, bus)):
        raw = text.encode()
        fields += b"\0" * (-len(fields) % 8) + bytes([code, 1]) + b"s\0" + _U32.pack(len(raw)) + raw + b"\0"
    if signature:
        raw = signature.encode()
        fields += b"\0" * (-len(fields) % 8) + b"\x08\x01g\0" + bytes([len(raw)]) + raw + b"\0"
    return b"l\x01\x00\x01", fields


@lru_cache(maxsize=256)
def _two_texts(one: str, other: str) -> bytes:
    first, second = _text(one), _text(other)
    return first + b"\0" * (-len(first) % 4) + second


def _text(text: str) -> bytes:
    raw = text.encode()
    return _U32.pack(len(raw)) + raw + b"\0"


_PACK: dict[str, Callable[..., bytes]] = {
    "": lambda: b"",
    "ss": _two_texts,
    "u": _U32.pack,
    "i": _I32.pack,
    "ii": struct.Struct("<ii").pack,
    "iiu": struct.Struct("<iiI").pack,
    "uii": struct.Struct("<Iii").pack,
}


def _read_text(raw: bytes, at: int) -> tuple[str, int]:
    at = (at + 3) // 4 * 4
    (length,) = _U32.unpack_from(raw, at)
    end = at + 4 + length
    return raw[at + 4 : end].decode("utf-8", "replace"), end + 1


def _read_reference(raw: bytes, at: int) -> tuple[tuple[str, str], int]:
    bus, at = _read_text(raw, (at + 7) // 8 * 8)
    path, at = _read_text(raw, at)
    return (bus, path), at


def _variant(raw: bytes) -> tuple[tuple[str, Any]]:
    kind = raw[1 : 1 + raw[0]].decode()
    at = 2 + raw[0]
    aligned = (at + 3) // 4 * 4
    if kind == "s":
        return ((kind, _read_text(raw, at)[0]),)
    if kind == "i":
        return ((kind, _I32.unpack_from(raw, aligned)[0]),)
    if kind == "u":
        return ((kind, _U32.unpack_from(raw, aligned)[0]),)
    if kind == "(so)":
        return ((kind, _read_reference(raw, at)[0]),)
    if kind == "d":
        return ((kind, struct.unpack_from("<d", raw, (at + 7) // 8 * 8)[0]),)
    return ((kind, _by_jeepney(kind, raw, at)),)


def _by_jeepney(kind: str, raw: bytes, at: int) -> Any:
    from jeepney.low_level import Endianness, parse_signature

    return parse_signature(list(kind)).parse_data(raw, at, Endianness.little)[0]


def _numbers(raw: bytes) -> tuple[list[int]]:
    (length,) = _U32.unpack_from(raw, 0)
    return (list(struct.unpack_from(f"<{length // 4}I", raw, 4)),)


def _references(raw: bytes) -> tuple[list[tuple[str, str]]]:
    (length,) = _U32.unpack_from(raw, 0)
    found, at = [], 8
    while at < 8 + length:
        reference, at = _read_reference(raw, at)
        found.append(reference)
    return (found,)


_UNPACK: dict[str, Callable[[bytes], Any]] = {
    "v": _variant,
    "(iiii)": lambda raw: (_BOX.unpack_from(raw, 0),),
    "au": _numbers,
    "u": lambda raw: (_U32.unpack_from(raw, 0)[0],),
    "i": lambda raw: (_I32.unpack_from(raw, 0)[0],),
    "b": lambda raw: (_U32.unpack_from(raw, 0)[0] != 0,),
    "s": lambda raw: (_read_text(raw, 0)[0],),
    "(so)": lambda raw: (_read_reference(raw, 0)[0],),
    "a(so)": _references,
}

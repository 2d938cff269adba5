"""The fast part of D-Bus says and understands what jeepney does."""

import importlib
import socket
from collections import deque
from itertools import count
from typing import Any

import pytest

from flowdesk.drivers.atspi.calls import Question, Unsupported
from flowdesk.drivers.atspi.wire import Wire

jeepney: Any = importlib.import_module("jeepney")

QUESTIONS = [
    Question(":1.5", "/org/a11y/atspi/accessible/root", "org.freedesktop.DBus.Properties", "Get", "ss", ("org.a11y.atspi.Accessible", "Name")),
    Question(":1.5", "/a", "org.a11y.atspi.Accessible", "GetState"),
    Question(":1.42", "/a/b7", "org.a11y.atspi.Component", "GetExtents", "u", (0,)),
    Question(":1.42", "/a/b77", "org.a11y.atspi.Component", "GetAccessibleAtPoint", "iiu", (-3, 700, 0)),
    Question(":1.4", "/ä".replace("ä", "x"), "org.a11y.atspi.Table", "GetAccessibleAt", "ii", (5, 6)),
    Question(":1.4", "/x", "org.a11y.atspi.Component", "ScrollToPoint", "uii", (0, 5, 6)),
    Question(":1.4", "/x", "org.freedesktop.DBus.Properties", "Set", "ssv", ("org.a11y.atspi.Value", "CurrentValue", ("d", 2.5))),
]  # fmt: skip

BODIES: list[tuple[str, tuple[Any, ...]]] = [
    ("v", (("s", "Zeichen äöü 张三"),)),
    ("v", (("i", -5),)),
    ("v", (("u", 7),)),
    ("v", (("d", 2.5),)),
    ("v", (("b", True),)),
    ("v", (("(so)", (":1.5", "/a/b")),)),
    ("(iiii)", ((-1, 2, 300, 40),)),
    ("au", ([1 << 30, 5],)),
    ("au", ([],)),
    ("u", (7,)),
    ("i", (-7,)),
    ("b", (True,)),
    ("s", ("push button",)),
    ("(so)", ((":1.5", "/a/b"),)),
    ("a(so)", ([(":1.5", "/a"), (":1.55", "/a/bcd"), (":1.5", "/")],)),
    ("a(so)", ([],)),
    ("a(ua(so))", ([(2, [(":1.5", "/a")])],)),
    ("", ()),
]


class Connection:
    """What jeepney hands over."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.outgoing_serial = count(7)
        self.parser = jeepney.low_level.Parser()


@pytest.fixture
def ends() -> Any:
    mine, other = socket.socketpair()
    yield Wire(jeepney, Connection(mine)), other
    mine.close()
    other.close()


def reply(body: tuple[Any, ...], signature: str, serial: int, *, is_error: bool = False) -> bytes:
    """Pack an answer as the bus would."""
    kind = jeepney.MessageType.error if is_error else jeepney.MessageType.method_return
    header = jeepney.Header(jeepney.Endianness.little, kind, 0, 1, 0, 99, {jeepney.HeaderFields.reply_serial: serial})
    if signature:
        header.fields[jeepney.HeaderFields.signature] = signature
    if is_error:
        header.fields[jeepney.HeaderFields.error_name] = "org.x.No"
    return bytes(jeepney.Message(header, body).serialise())


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: f"{question.member} {question.signature}")
def test_calls_are_what_jeepney_reads(ends: Any, question: Question) -> None:
    wire, other = ends
    with pytest.raises(TimeoutError):
        wire.exchange([question], 0.02, or_fail=False, or_none=False)
    parser = jeepney.low_level.Parser()
    parser.add_data(other.recv(65536))
    message = parser.get_next_message()
    fields = jeepney.HeaderFields
    assert message.header.serial == 7
    assert message.header.fields[fields.path] == question.path
    assert message.header.fields[fields.destination] == question.bus
    assert message.header.fields[fields.interface] == question.interface
    assert message.header.fields[fields.member] == question.member
    assert message.body == question.body
    assert parser.get_next_message() is None


@pytest.mark.parametrize(("signature", "body"), BODIES, ids=lambda part: str(part)[:20])
def test_answers_are_what_jeepney_wrote(ends: Any, signature: str, body: tuple[Any, ...]) -> None:
    wire, other = ends
    other.send(reply(body, signature, 7))
    assert wire.exchange([QUESTIONS[1]], 1.0, or_fail=False, or_none=False) == [body]


def test_answers_come_in_any_order_and_in_pieces(ends: Any) -> None:
    wire, other = ends
    raw = reply(("b",), "s", 8) + reply(("stray",), "s", 4711) + reply(("a",), "s", 7)
    pieces = deque(raw[at : at + 11] for at in range(0, len(raw), 11))
    while pieces:
        other.send(pieces.popleft())
    assert wire.exchange(QUESTIONS[:2], 1.0, or_fail=False, or_none=False) == [("a",), ("b",)]


def test_what_is_refused_is_none_or_fails(ends: Any) -> None:
    wire, other = ends
    other.send(reply(("no",), "s", 7, is_error=True))
    assert wire.exchange(QUESTIONS[:1], 1.0, or_fail=False, or_none=False) == [None]
    other.send(reply(("no",), "s", 8, is_error=True))
    with pytest.raises(Unsupported):
        wire.exchange(QUESTIONS[:1], 1.0, or_fail=True, or_none=False)


def test_what_is_late_is_none_where_that_will_do_and_disturbs_nothing_later(ends: Any) -> None:
    wire, other = ends
    assert wire.exchange(QUESTIONS[:1], 0.02, or_fail=False, or_none=True) == [None]
    other.send(reply(("late",), "s", 7) + reply(("now",), "s", 8))
    assert wire.exchange(QUESTIONS[:1], 1.0, or_fail=False, or_none=False) == [("now",)]


def test_a_connection_that_ends_says_so(ends: Any) -> None:
    wire, other = ends
    other.close()
    with pytest.raises(OSError):
        wire.exchange(QUESTIONS[:1], 1.0, or_fail=False, or_none=False)


def test_an_answer_that_came_while_this_thread_could_not_run_is_in_time(
    ends: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire, other = ends
    sent = Wire._sent

    def sent_late(self: Wire, raw: bytes) -> bytes:
        rest = sent(self, raw)
        other.sendall(reply(("here",), "s", 7))
        clock.now += 60  # as on a busy machine, where others had the processor meanwhile
        return rest

    clock = Clock()
    monkeypatch.setattr(Wire, "_sent", sent_late)
    monkeypatch.setattr("flowdesk.drivers.atspi.wire.time", clock)
    monkeypatch.setattr("flowdesk.drivers.atspi.wire.LONGEST", 100.0)
    question = Question(":1.5", "/a", "org.a11y.atspi.Accessible", "GetRoleName")
    assert wire.exchange([question], 1.0, or_fail=False, or_none=False) == [("here",)]


class Clock:
    """A clock that tests turn."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flowdesk.server.client_queue import ClientQueue, frame_of
from flowdesk.session.journal import Journal, envelope
from flowdesk.session.peer import Message


class Reader:
    """A peer that keeps what it is handed."""

    def __init__(self) -> None:
        self.queue = ClientQueue(max_messages=100, max_bytes=1_000_000)
        self.id, self.name, self.role = "p", "p", 3

    def deliver(self, message: Message) -> None:
        self.queue.put(message)

    def read(self) -> list[dict[str, Any]]:
        messages = []
        while (frame := self.queue.pop()) is not None:
            messages.append(unframe(frame))
        return messages


def unframe(frame: bytes) -> dict[str, Any]:
    assert frame[0] == 0x81
    start = {126: 4, 127: 10}.get(frame[1], 2)
    size = frame[1] if start == 2 else int.from_bytes(frame[2:start], "big")
    assert len(frame) == start + size
    message: dict[str, Any] = json.loads(frame[start:])
    return message


def made() -> tuple[Journal, Reader]:
    journal, reader = Journal("w"), Reader()
    journal.subscribe(reader)  # type: ignore[arg-type]
    return journal, reader


def test_frames_of_all_three_lengths_are_right() -> None:
    for size in (0, 100, 126, 65_535, 65_536, 200_000):
        message = envelope("execution.log", "w", {"message": "x" * size})
        assert unframe(frame_of(message)) == dict(message)


def test_a_message_is_framed_once_for_all_clients() -> None:
    message = envelope("execution.log", "w", {})
    assert frame_of(message) is frame_of(message)


def test_without_pressure_everything_leaves_in_order() -> None:
    journal, reader = made()
    for number in range(100):
        journal.add("node.running" if number % 2 else "execution.log", {"node_id": "a", "n": number})
    assert [message["seq"] for message in reader.read()] == list(range(1, 101))


def test_over_the_limit_the_oldest_logs_go_and_a_marker_says_which() -> None:
    journal, reader = made()
    for number in range(150):
        journal.add("execution.log", {"message": str(number)})
    journal.add("execution.complete", {"status": "succeeded"})
    marker, *rest = reader.read()
    assert marker["payload"]["gap"] == {"from": 1, "to": 51, "count": 51}
    assert "seq" not in marker
    assert [message["seq"] for message in rest] == list(range(52, 152))
    assert rest[-1]["type"] == "execution.complete"


def test_under_pressure_a_node_keeps_its_latest_state_only() -> None:
    journal, reader = made()
    for number in range(1000):
        journal.add("node.running", {"node_id": f"n{number % 10}", "n": number})
    messages = reader.read()
    latest = {message["payload"]["node_id"]: message["payload"]["n"] for message in messages if "seq" in message}
    assert latest == {f"n{number % 10}": number for number in range(990, 1000)}
    assert len(messages) < 300


def test_ends_replies_and_changes_are_never_left_out() -> None:
    journal, reader = made()
    kept = 0
    for number in range(600):
        journal.add("execution.log", {"message": "x" * 1000})
        if not number % 3:
            journal.add(("execution.complete", "flow.changed", "execution.error")[number % 9 // 3], {"n": number})
            kept += 1
    reply = envelope("execution.snapshot", "w", {})
    reply["reply_to"] = "1"
    reader.deliver(reply)
    messages = reader.read()
    assert (
        sum(message["type"] in ("execution.complete", "flow.changed", "execution.error") for message in messages)
        == kept
    )
    assert messages[-1]["reply_to"] == "1"


@given(
    st.lists(st.tuples(st.sampled_from(["log", "node", "end", "progress", "read"]), st.integers(0, 5)), max_size=400)
)
def test_every_seq_is_either_received_in_order_or_covered_by_a_gap(steps: list[tuple[str, int]]) -> None:
    journals = [Journal("w"), Journal("v")]
    reader = Reader()
    reader.queue = ClientQueue(max_messages=20, max_bytes=5_000)
    for journal in journals:
        journal.subscribe(reader)  # type: ignore[arg-type]
    received: list[dict[str, Any]] = []
    wires = {
        "log": "execution.log",
        "node": "node.running",
        "end": "execution.complete",
        "progress": "execution.progress",
    }
    for kind, number in steps:
        if kind == "read":
            for _ in range(number):
                frame = reader.queue.pop()
                if frame is not None:
                    received.append(unframe(frame))
        else:
            for _ in range(number * number):
                journals[number % 2].add(wires[kind], {"node_id": str(number), "pad": "x" * 50})
    received += reader.read()
    for journal in journals:
        seen: list[int] = []
        for message in received:
            if message["workflow_id"] == journal.workflow_id:
                gap = message["payload"].get("gap")
                seen += range(gap["from"], gap["to"] + 1) if gap else [message["seq"]]
        assert seen == list(range(1, journal.seq + 1))
    assert reader.queue.bytes == 0
    assert len(reader.queue) == 0


def test_what_was_left_out_takes_no_room() -> None:
    journal, reader = made()
    for _ in range(50_000):
        journal.add("execution.log", {"message": "line"})
    assert len(reader.queue) <= 100
    assert len(reader.queue._entries) <= 400
    assert reader.queue.left_out == 49_900


def test_what_cannot_be_left_out_counts_as_over_the_limit() -> None:
    journal, reader = made()
    for number in range(101):
        journal.add("flow.changed", {"n": number})
    assert reader.queue.is_over
    assert not reader.queue.is_hopeless

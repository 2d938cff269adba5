"""The line to a private desktop carries messages in order, both ways, and never makes its sender wait."""

import socket
import threading
from typing import Any

from flowdesk.drivers.private.channel import Channel
from flowdesk.model.sentence import Sentence, say


def test_messages_arrive_in_order_until_the_other_side_hangs_up() -> None:
    ours, theirs = (Channel(each) for each in socket.socketpair())
    heard: list[dict[str, Any]] = []
    reader = threading.Thread(target=lambda: theirs.read(heard.append))
    reader.start()
    for number in range(1000):
        ours.send({"number": number, "text": say("{n} 张三", n=number)})
    ours.close()
    reader.join(10)
    assert [message["number"] for message in heard] == list(range(1000))
    assert isinstance(heard[7]["text"], Sentence)
    assert heard[7]["text"] == "7 张三"
    theirs.close()


def test_a_side_that_reads_nothing_holds_up_nobody() -> None:
    ours, theirs = socket.socketpair()
    channel = Channel(ours)
    for _ in range(100):
        channel.send({"text": "x" * 100_000})
    theirs.close()
    channel.close()
    channel.send({"text": "after the end"})

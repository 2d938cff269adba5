"""Cycles are collected in the window's thread, whoever made them."""

import gc
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from pytestqt.qtbot import QtBot

from flowdesk.ui.collecting import WindowThreadCollector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[WindowThreadCollector]:
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)  # Python's own, whatever was done in this process before
    made = WindowThreadCollector()
    yield made
    made.stop()
    gc.set_threshold(*before)


class Cycle:
    """Refers to itself and notes the thread that it dies in."""

    died_in: ClassVar[list[threading.Thread]] = []

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Cycle.died_in.append(threading.current_thread())


def test_cycles_made_in_another_thread_die_in_the_windows(qtbot: QtBot, collector: WindowThreadCollector) -> None:
    Cycle.died_in.clear()
    worker = threading.Thread(target=lambda: [Cycle() for _ in range(5000)])
    worker.start()
    worker.join()
    assert Cycle.died_in == []
    qtbot.waitUntil(lambda: len(Cycle.died_in) == 5000)
    assert set(Cycle.died_in) == {threading.main_thread()}


def test_pythons_own_collector_is_back_afterwards(qtbot: QtBot) -> None:
    gc.enable()
    collector = WindowThreadCollector()
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()
    gc.disable()  # as the other tests of widgets have it

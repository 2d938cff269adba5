"""What a client follows is bounded, and journals that nobody uses are let go without a gap in their numbers."""

import pytest

from flowdesk.model.errors import LimitReached
from flowdesk.session.journals import LONGEST_ID, MOST_FOLLOWED, MOST_IDLE, Journals
from tests.session.conftest import Keeper


def log(journals: Journals, workflow_id: str) -> None:
    journals.get(workflow_id).add("execution.log", {"level": "info", "message": "x", "node_id": None, "run_id": "r"})


def test_a_client_follows_so_many_and_no_more() -> None:
    journals, peer = Journals(lambda _: False), Keeper("p")
    for number in range(MOST_FOLLOWED):
        journals.follow(peer, str(number))
    with pytest.raises(LimitReached):
        journals.follow(peer, "one more")
    journals.follow(peer, "0")
    journals.unfollow(peer, "0")
    journals.follow(peer, "one more")
    with pytest.raises(LimitReached):
        journals.follow(Keeper("q"), "x" * (LONGEST_ID + 1))


def test_what_nobody_follows_is_let_go_and_what_is_used_stays() -> None:
    used = {"kept"}
    journals, peer = Journals(used.__contains__), Keeper("p")
    log(journals, "kept")
    journals.follow(peer, "followed")
    for number in range(5 * MOST_IDLE):
        log(journals, str(number))
    assert len(journals) <= MOST_IDLE + 2
    assert {"kept", "followed"} <= {journal.workflow_id for journal in journals}
    for number in range(MOST_FOLLOWED - 1):
        journals.follow(peer, f"many-{number}")
    journals.unfollow(peer)
    assert len(journals) <= MOST_IDLE + 1


def test_numbers_go_on_after_a_journal_went() -> None:
    journals, peer = Journals(lambda _: False), Keeper("p")
    log(journals, "a")
    log(journals, "a")
    for number in range(2 * MOST_IDLE):
        log(journals, str(number))
    assert "a" not in {journal.workflow_id for journal in journals}
    journal = journals.follow(peer, "a")
    assert not journal.replay(peer, 1, None)
    log(journals, "a")
    assert peer.messages[-1]["seq"] == 3


def test_who_follows_all_follows_those_that_come() -> None:
    journals, peer = Journals(lambda _: False), Keeper("p")
    journals.follow_all(peer)
    log(journals, "a")
    assert len(peer.messages) == 1
    for number in range(2 * MOST_IDLE):
        log(journals, str(number))
    assert len(journals) <= MOST_IDLE + 1
    journals.unfollow(peer)
    log(journals, "a")
    assert len(peer.of("execution.log")) == 1 + 2 * MOST_IDLE

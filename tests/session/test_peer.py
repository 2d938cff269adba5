"""Peers: what the session believes of one that says nothing about itself."""

from flowdesk.protocol.messages import Role
from flowdesk.session.peer import Message, Peer, person_of
from flowdesk.session.recording.recording import Hand
from flowdesk.session.trust import hand_of, is_own


class Stranger(Peer):
    def __init__(self, role: Role = Role.RUN) -> None:
        self.id, self.name, self.role = "7", "script", role

    def deliver(self, message: Message) -> None:
        raise AssertionError(message)


def test_a_peer_that_says_nothing_is_a_stranger() -> None:
    stranger = Stranger()
    assert not is_own(stranger)
    assert hand_of(stranger) == "script"
    assert person_of(stranger) == "7"


def test_the_owner_needs_the_right_to_run_and_the_window_does_not() -> None:
    owner = Stranger(Role.EDIT)
    owner.is_owner = True
    assert not is_own(owner)
    owner.role = Role.RUN
    assert is_own(owner)
    window = Stranger(Role.VIEW)
    window.is_local = True
    assert is_own(window)
    assert hand_of(window) is None


def test_what_is_recorded_for_somebody_bears_their_hand() -> None:
    stranger = Stranger()
    stranger.hand, stranger.person = "token", "token/tab"
    hand = Hand(stranger)
    assert not is_own(hand)
    assert hand_of(hand) == "token"
    assert person_of(hand) == "token/tab"
    stranger.is_owner = True
    assert is_own(Hand(stranger))

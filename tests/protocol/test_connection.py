import json

from flowdesk.protocol.connection import ERRORS_ALLOWED, Admit, Close, Connection, Effect, Grant, Pause, Reply, Submit
from flowdesk.protocol.messages import Auth, Role

GRANT = Grant(Role.EDIT, "t1")


def prove(auth: Auth) -> Grant | None:
    if auth.code == "code":
        return Grant(Role.EDIT, "t1", "session")
    return GRANT if auth.token == "right" else None


def stranger() -> Connection:
    return Connection("p1", prove)


def known() -> Connection:
    return Connection("p1", prove, GRANT)


def auth(**secret: str) -> str:
    return json.dumps({"id": "a", "type": "auth", "payload": secret})


def codes(effects: list[Effect]) -> list[int]:
    return [effect.code for effect in effects if isinstance(effect, Close)]


def test_the_right_token_is_answered_before_the_client_is_admitted() -> None:
    reply, admit = stranger().receive(auth(token="right"), 0)
    assert reply == Reply("auth", {"role": "edit", "peer_id": "p1"}, "a")
    assert admit == Admit(GRANT)


def test_a_code_hands_out_a_session_token() -> None:
    reply, _ = stranger().receive(auth(code="code"), 0)
    assert isinstance(reply, Reply)
    assert reply.payload["token"] == "session"


def test_a_wrong_missing_or_empty_secret_closes_with_4401() -> None:
    for secret in ({"token": "wrong"}, {"token": ""}, {"code": "x"}, {}):
        connection = stranger()
        effects = connection.receive(auth(**secret), 0)
        assert codes(effects) == [4401]
        assert isinstance(effects[0], Reply)
        assert effects[0].payload["code"] == "auth.required"
        assert connection.receive(auth(token="right"), 0) == []


def test_a_stranger_may_say_nothing_but_auth() -> None:
    for text in (
        '{"type":"heartbeat"}',
        '{"type":"workflow.stop"}',
        "rubbish",
        "[" * 100_000,
        '{"type":"auth","payload":7}',
    ):
        assert codes(stranger().receive(text, 0)) == [4401]
    assert codes(stranger().receive_binary(0)) == [4401]


def test_a_long_first_message_is_turned_away_unread() -> None:
    assert codes(stranger().receive(auth(token="right") + " " * 5000, 0)) == [4401]


def test_a_role_in_the_message_changes_nothing() -> None:
    connection = stranger()
    connection.receive(json.dumps({"type": "auth", "payload": {"token": "right", "role": "run"}}), 0)
    assert connection.grant == GRANT


def test_the_deadline_turns_away_only_strangers() -> None:
    assert codes(stranger().expire()) == [4401]
    assert known().expire() == []


def test_revoking_closes() -> None:
    connection = known()
    assert codes(connection.revoke()) == [4401]
    assert connection.receive('{"type":"heartbeat"}', 0) == []


def test_a_heartbeat_is_answered_with_its_workflow() -> None:
    (reply,) = known().receive('{"id":"h","type":"heartbeat","workflow_id":"w"}', 0)
    assert reply == Reply("heartbeat", {"status": "alive"}, "h", "w")


def test_a_request_is_submitted() -> None:
    (effect,) = known().receive('{"id":"1","type":"workflow.list"}', 0)
    assert isinstance(effect, Submit)
    assert effect.incoming.type == "workflow.list"


def test_a_bad_payload_is_answered_with_the_id_of_its_message() -> None:
    (reply,) = known().receive('{"id":"1","type":"workflow.list","workflow_id":"w","payload":{"limit":0}}', 0)
    assert isinstance(reply, Reply)
    assert (reply.type, reply.reply_to, reply.workflow_id) == ("error", "1", "w")


def test_who_sends_many_bad_messages_is_answered_and_read_more_slowly() -> None:
    connection = known()
    for _ in range(ERRORS_ALLOWED):
        assert len(connection.receive("rubbish", 1.0)) == 1
    reply, pause = connection.receive("rubbish", 2.0)
    assert isinstance(reply, Reply)
    assert isinstance(pause, Pause)
    assert not connection.is_closed


def test_bad_messages_are_forgotten_after_ten_seconds() -> None:
    connection = known()
    for number in range(2 * ERRORS_ALLOWED):
        assert len(connection.receive("rubbish", number * 10.1 / ERRORS_ALLOWED)) == 1


def test_authenticating_again_changes_nothing() -> None:
    (reply,) = known().receive(auth(token="whatever"), 0)
    assert reply == Reply("auth", {"role": "edit", "peer_id": "p1"}, "a")

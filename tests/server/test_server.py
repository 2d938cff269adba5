import asyncio
import json
import logging
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from flowdesk.aio import spawn
from flowdesk.client import Client, RequestRefused
from flowdesk.model.errors import ServerUnavailable
from flowdesk.protocol.messages import Role
from flowdesk.server.server import Server, ServerSettings
from tests.malformed import cases
from tests.server.conftest import RecordingSession, Rig, until


async def test_a_client_with_the_token_gets_in_and_is_told_the_status(rig: Rig) -> None:
    async with Client.connect(rig.url, rig.token, name="tester") as client:
        status = await client.next_event("system.status")
        assert client.role == "run"
        assert status["payload"]["role"] == "run"
        assert [peer.name for peer in rig.session.peers.values()] == ["tester"]
        assert await client.request("workflow.list") == {"did": "workflow.list"}
    await until(lambda: not rig.session.peers and not rig.server.clients, "the session forgot the client")


@pytest.mark.parametrize("secret", [{"token": "wrong"}, {"token": ""}, {"code": "wrong"}])
async def test_a_wrong_secret_is_answered_and_closed_with_4401(rig: Rig, secret: dict[str, str]) -> None:
    with pytest.raises(RequestRefused) as refused:
        await Client.connect(rig.url, **secret)
    assert refused.value.details["code"] == "auth.required"
    assert rig.session.peers == {}


async def test_nothing_but_auth_is_carried_out_before_it(rig: Rig) -> None:
    client = await Client.connect(rig.url)
    await client.send('{"type":"workflow.stop"}')
    assert await client.wait_closed() == 4401
    assert rig.session.requests == []
    await client.close()


async def test_who_stays_silent_is_turned_away(make_rig: Any) -> None:
    rig = await make_rig(auth_seconds=0.2)
    client = await Client.connect(rig.url)
    assert await client.wait_closed() == 4401
    await client.close()


async def test_a_one_time_code_opens_once(rig: Rig) -> None:
    code = rig.server.browser_url(Role.VIEW).partition("#code=")[2]
    async with Client.connect(rig.url, code=code) as client:
        assert client.role == "view"
        with pytest.raises(RequestRefused) as refused:
            await client.start([], [])
        assert refused.value.details["code"] == "auth.not_allowed"
        assert await client.stop("w") == {"did": "workflow.stop"}
    with pytest.raises(RequestRefused):
        await Client.connect(rig.url, code=code)


async def test_revoking_closes_open_sockets(rig: Rig) -> None:
    viewer_token = rig.server.tokens.renew("viewer", Role.VIEW)
    async with Client.connect(rig.url, rig.token) as client, Client.connect(rig.url, viewer_token) as viewer:
        rig.server.revoke()
        assert await client.wait_closed() == 4401
        assert await viewer.request("workflow.list")


async def test_revoking_from_another_process_closes_open_sockets(rig: Rig, tmp_path: Path) -> None:
    async with Client.connect(rig.url, rig.token) as client:
        rig.server.tokens.__class__(tmp_path / "state").renew()
        assert await client.wait_closed() == 4401


async def test_a_client_can_be_thrown_out(rig: Rig) -> None:
    async with Client.connect(rig.url, rig.token) as client:
        rig.server.kick(next(iter(rig.server.clients)))
        assert await client.wait_closed() == 4401


async def test_every_malformed_frame_is_answered_and_the_connection_lives(make_rig: Any) -> None:
    rig = await make_rig(insecure_no_token=True)
    async with Client.connect(rig.url) as client:
        await client.next_event("system.status")
        for name, frame in cases():
            await client.send(frame)
            event = await _answer(client)
            assert event["type"] == "error", name
            assert event["payload"]["code"] == "message.invalid", name
        assert await client.request("heartbeat", workflow_id="w") == {"status": "alive"}


async def _answer(client: Client) -> dict[str, Any]:
    """Return the next error, whether its message had an id or not."""
    return await client.next_event("error")


async def test_an_oversize_message_is_answered_and_the_connection_lives(open_rig: Rig) -> None:
    async with Client.connect(open_rig.url) as client:
        await client.send('{"type":"heartbeat","payload":{"a":"' + "x" * (8 * 1024 * 1024) + '"}}')
        assert "larger" in (await client.next_event("error"))["payload"]["message"]
        assert await client.request("heartbeat") == {"status": "alive"}


async def test_a_client_that_raves_is_answered_to_the_last_word_and_lives(open_rig: Rig) -> None:
    async with Client.connect(open_rig.url) as client:
        for _ in range(600):
            await client.send("rubbish")
        for _ in range(600):
            await client.next_event("error")
        assert await client.request("heartbeat", workflow_id="w") == {"status": "alive"}


async def test_a_large_message_is_read(open_rig: Rig) -> None:
    async with Client.connect(open_rig.url) as client:
        nodes = [{"id": str(number), "pad": "x" * 1000} for number in range(2000)]
        assert await client.start(nodes, []) == {"did": "workflow.start"}


async def test_requests_are_in_order_but_stop_waits_for_none(open_rig: Rig) -> None:
    async with Client.connect(open_rig.url) as client:
        slow = spawn(client.request("desktop.screenshot"), "slow")
        after = spawn(client.request("workflow.list"), "after")
        await until(
            lambda: ("desktop.screenshot") in [kind for kind, _ in open_rig.session.requests], "the slow request"
        )
        assert await client.stop("w") == {"did": "workflow.stop"}
        assert await client.request("heartbeat") == {"status": "alive"}
        assert not after.done()
        open_rig.session.slow.set()
        await asyncio.gather(slow, after)
        assert [kind for kind, _ in open_rig.session.requests] == [
            "desktop.screenshot",
            "workflow.stop",
            "workflow.list",
        ]


async def test_a_fault_inside_is_answered_without_a_traceback(open_rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    async with Client.connect(open_rig.url) as client:
        with pytest.raises(RequestRefused) as refused:
            await client.request("node.types")
        assert refused.value.details["code"] == "internal"
        assert "Traceback" not in str(refused.value.payload())
        assert "a fault inside" not in str(refused.value.payload())
    assert "a fault inside" in caplog.text


async def test_too_many_waiting_requests_are_refused_and_the_others_answered(open_rig: Rig) -> None:
    async with Client.connect(open_rig.url) as client:
        await client.send('{"id":"slow","type":"desktop.screenshot"}')
        for number in range(300):
            await client.send(json.dumps({"id": str(number), "type": "workflow.list"}))
        assert (await client.next_event("error"))["payload"]["code"] == "limit.reached"
        assert await client.stop("w")
        open_rig.session.slow.set()
        await until(lambda: len(open_rig.session.requests) >= 250, "the requests that were taken")


async def test_the_heartbeat_has_the_seeds_envelope(open_rig: Rig) -> None:
    async with Client.connect(open_rig.url) as client:
        reply = await client.exchange(
            {"id": "h1", "type": "heartbeat", "timestamp": 1, "workflow_id": "w", "payload": {}}
        )
        assert {"id", "type", "timestamp", "workflow_id", "payload", "reply_to"} == set(reply)
        assert (reply["type"], reply["workflow_id"], reply["payload"]) == ("heartbeat", "w", {"status": "alive"})


async def test_a_thousand_silent_sockets_do_not_keep_a_good_client_out(rig: Rig) -> None:
    strangers = []
    try:
        for number in range(1000):
            stranger = socket.create_connection(("127.0.0.1", rig.server.port))
            stranger.setblocking(False)
            strangers.append(stranger)
            if number % 2:
                stranger.send(
                    f"GET /ws/stranger HTTP/1.1\r\nHost: 127.0.0.1:{rig.server.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
                )
            if not number % 20:
                await asyncio.sleep(0)
        await until(lambda: len(rig.server._sockets) <= 72, "the strangers made room")
        async with asyncio.timeout(30):
            client = await Client.connect(rig.url, rig.token)
        assert await client.request("heartbeat") == {"status": "alive"}
        await client.close()
    finally:
        for stranger in strangers:
            stranger.close()


async def test_a_stranger_cannot_send_much(rig: Rig) -> None:
    client = await Client.connect(rig.url)
    await client.send("x" * 1_000_000)
    await client.wait_closed()
    await client.close()


async def test_no_secret_is_logged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets.client").setLevel(logging.INFO)
    async with Client.connect(rig.url, rig.token):
        pass
    _, writer = await asyncio.open_connection("127.0.0.1", rig.server.port)
    writer.write(f"GET /ws/x?token={rig.token} HTTP/1.1\r\nHost: 127.0.0.1:{rig.server.port}\r\n\r\n".encode())
    writer.write(b"\r\n")
    writer.close()
    await until(lambda: not rig.server._sockets, "the sockets ended")
    assert rig.token not in caplog.text


async def test_a_taken_port_is_one_clear_error(rig: Rig, tmp_path: Path) -> None:
    other = Server(RecordingSession(), ServerSettings(port=rig.server.port, state=tmp_path))
    with pytest.raises(ServerUnavailable) as refused:
        await other.start()
    assert str(rig.server.port) in str(refused.value.message)
    assert f"--port {rig.server.port + 1}" in str(refused.value.fix)


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "0.0.0.0"},
        {"host": "0.0.0.0", "insecure_no_token": True},
        {"host": "192.0.2.1"},
        {"tls_cert": "only.pem"},
    ],
)
async def test_it_does_not_listen_unprotected(tmp_path: Path, settings: dict[str, Any]) -> None:
    server = Server(RecordingSession(), ServerSettings(port=0, state=tmp_path, **settings))
    with pytest.raises(ServerUnavailable) as refused:
        await server.start()
    assert refused.value.fix
    await server.stop()


async def test_with_tls_it_listens_and_asks_for_the_token(make_rig: Any, tmp_path: Path) -> None:
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    make = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {key} -out {cert} -days 2 -subj /CN=localhost"
    maker = await asyncio.create_subprocess_exec(*make.split(), stderr=asyncio.subprocess.DEVNULL)
    assert await maker.wait() == 0
    rig = await make_rig(host="127.0.0.1", tls_cert=cert, tls_key=key)
    context = ssl.create_default_context(cafile=str(cert))
    context.check_hostname = False
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.server.port, ssl=context)
    writer.write(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{rig.server.port}\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    writer.close()
    assert rig.server.url().startswith("https://")


async def test_stopping_tells_the_clients_and_closes_with_1001(rig: Rig) -> None:
    async with Client.connect(rig.url, rig.token) as client:
        await client.next_event("system.status")
        await rig.server.stop()
        assert (await client.next_event("system.status"))["payload"] == {"closing": True}
        assert await client.wait_closed() == 1001


async def test_the_owner_is_asked_once_before_anothers_first_run_of_a_flow(rig: Rig) -> None:
    answers = [False, True, True]

    async def ask(client: object, incoming: object) -> bool:
        return answers.pop(0)

    rig.server.ask_first_run = ask
    async with Client.connect(rig.url, rig.server.tokens.renew("mei")) as client:
        with pytest.raises(RequestRefused):
            await client.start([], [], workflow_id="one")
        assert await client.start([], [], workflow_id="one") == {"did": "workflow.start"}
        assert await client.start([], [], workflow_id="one") == {"did": "workflow.start"}
        assert await client.start([], [], workflow_id="two") == {"did": "workflow.start"}
    assert answers == []


async def test_the_owner_is_asked_before_each_recording_of_somebody_else(rig: Rig) -> None:
    answers = [False, True, True]
    code = rig.server.browser_url().partition("#code=")[2]

    async def ask(client: object) -> bool:
        return answers.pop(0)

    rig.server.ask_to_record = ask
    async with (
        Client.connect(rig.url, rig.server.tokens.renew("mei")) as client,
        Client.connect(rig.url, code=code) as own,
    ):
        with pytest.raises(RequestRefused) as refused:
            await client.request("record.start", {}, "one")
        assert refused.value.details["code"] == "auth.not_allowed"
        assert await own.request("record.start", {}, "one") == {"did": "record.start"}
        assert len(answers) == 2
        for _ in range(2):
            assert await client.request("record.start", {}, "one") == {"did": "record.start"}
    assert answers == []


async def test_the_owners_own_clients_are_not_asked_about(rig: Rig) -> None:
    async def ask(client: object, incoming: object) -> bool:
        raise AssertionError("asked")

    rig.server.ask_first_run = ask
    code = rig.server.browser_url().partition("#code=")[2]
    for secrets in ({"token": rig.token}, {"code": code}):
        async with Client.connect(rig.url, secrets.get("token"), code=secrets.get("code")) as client:
            assert await client.start([], []) == {"did": "workflow.start"}


async def test_six_digits_pair_one_other_machine_which_is_asked_about(rig: Rig) -> None:
    asked: list[object] = []

    async def ask(client: object, incoming: object) -> bool:
        asked.append(client)
        return True

    rig.server.ask_first_run = ask
    code = rig.server.pairing_code()
    assert len(code) == 6
    async with Client.connect(rig.url, code=code) as client:
        await client.start([], [])
        assert len(asked) == 1
    with pytest.raises(RequestRefused):
        async with Client.connect(rig.url, code=code):
            pass


async def test_while_the_owner_is_asked_about_a_run_its_clients_other_requests_are_answered(rig: Rig) -> None:
    answered = asyncio.Event()

    async def ask(client: object, incoming: object) -> bool:
        await answered.wait()
        return True

    rig.server.ask_first_run = ask
    async with Client.connect(rig.url, rig.server.tokens.renew("mei")) as client:
        starting = asyncio.ensure_future(client.start([], []))  # noqa: TID251 - awaited below
        assert await client.request("workflow.list") == {"did": "workflow.list"}
        assert not starting.done()
        told = await client.next_event("consent.asked")
        assert told["payload"]["type"] == "workflow.start"
        answered.set()
        assert await starting == {"did": "workflow.start"}

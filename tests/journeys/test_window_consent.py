"""What a guest wants of the owner: one question at a time, for each recording, too; the window ends at once all the same."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from tests.journeys.conftest import Program, Start
from tests.journeys.editor import MILLISECONDS, Visit, expect
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.journeys.person import Person
from tests.journeys.test_window import is_listening
from tests.ports import free_port
from tests.rig import PATIENCE, Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]
STARTS = 50


def start(number: int) -> str:
    nodes: list[dict[str, Any]] = [
        {"id": "start", "type": "start", "data": {"config": {}}},
        {"id": "log", "type": "log", "data": {"config": {"message": f"run {number}"}}},
    ]
    payload = {"nodes": nodes, "edges": [{"id": "e", "source": "start", "target": "log"}]}
    return json.dumps({"id": f"s{number}", "type": "workflow.start", "workflow_id": f"w{number}", "payload": payload})


def opened_to_a_guest(flowdesk: Start, desktop: Rig) -> tuple[Program, str]:
    """Open the window; return it, and the address at which a guest is let in."""
    made = flowdesk("token", "new", "--name", "mei")
    assert made.ends() == 0, made.printed()
    token, port = made.printed().split()[-1], free_port()
    window = flowdesk("--port", str(port), QT_QPA_PLATFORM="xcb")
    desktop.wait_window(window.process, "flowdesk")
    until(lambda: is_listening(port), "the window's server")
    return window, f"ws://127.0.0.1:{port}/ws/mei?token={token}"


def test_a_guest_with_many_starts_opens_one_question_and_does_not_hold_up_the_end(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    window, address = opened_to_a_guest(flowdesk, clean_desktop)
    person, pid = Person(clean_desktop), window.process.pid
    with connect(address, open_timeout=PATIENCE) as client:
        for number in range(STARTS):
            client.send(start(number))
        person.finds(pid, "button[name='Allow']")
        refused = 0
        while refused < STARTS - 16:
            message = json.loads(client.recv(timeout=PATIENCE))
            refused += message["type"] == "error" and message["payload"]["code"] == "limit.reached"
        assert len(person.sees(pid, "button[name='Allow']")) == 1
        begun = time.monotonic()
        window.process.terminate()
        assert window.ends() in {0, 130}
        assert time.monotonic() - begun < 5, window.printed()


def test_a_guest_records_only_what_the_owner_allowed(flowdesk: Start, clean_desktop: Rig) -> None:
    window, address = opened_to_a_guest(flowdesk, clean_desktop)
    person, pid = Person(clean_desktop), window.process.pid
    with connect(address, open_timeout=PATIENCE) as client:

        def answer(message: dict[str, Any], button: str = "") -> dict[str, Any]:
            client.send(json.dumps({"id": message["type"], "workflow_id": "notes", **message}))
            if button:
                person.clicks(person.finds(pid, f"button[name='{button}']").center)
            while True:
                told: dict[str, Any] = json.loads(client.recv(timeout=PATIENCE))
                if told.get("reply_to") == message["type"]:
                    return told

        answer({"type": "flow.open", "payload": {"flow": {"id": "notes", "name": "notes", "nodes": [], "edges": []}}})
        refused = answer({"type": "record.start", "payload": {}}, "Refuse")
        assert refused["payload"]["code"] == "auth.not_allowed"
        allowed = answer({"type": "record.start", "payload": {}}, "Allow")
        assert allowed["payload"]["status"] == "recording", allowed
        assert answer({"type": "record.stop", "payload": {}})["payload"]["status"] == "stopped"
    window.process.terminate()
    assert window.ends() in {0, 130}


@pytest.mark.parametrize("answer", ["Allow", "Refuse"])
def test_a_guest_at_the_page_reads_that_the_owner_is_asked(
    flowdesk: Start, visit: Visit, clean_desktop: Rig, answer: str
) -> None:
    made = flowdesk("token", "new", "--name", "mei")
    assert made.ends() == 0, made.printed()
    token, port = made.printed().split()[-1], free_port()
    window = flowdesk("--port", str(port), QT_QPA_PLATFORM="xcb")
    clean_desktop.wait_window(window.process, "flowdesk")
    until(lambda: is_listening(port), "the window's server")
    page = visit(f"http://127.0.0.1:{port}/", token=token)
    page.button("New flow").click()
    page.button("Run").click()
    waits = page.page.get_by_text("Waiting for the user of the desktop to allow this.")
    expect(waits).to_be_visible(timeout=MILLISECONDS)
    person, pid = Person(clean_desktop), window.process.pid
    person.clicks(person.finds(pid, f"button[name='{answer}']").center)
    expect(waits).to_have_count(0, timeout=MILLISECONDS)
    if answer == "Refuse":
        expect(page.page.get_by_text("The user of the desktop refused this run.")).to_be_visible(timeout=MILLISECONDS)
    page.quiet()
    window.process.terminate()
    assert window.ends() in {0, 130}

"""The examples of the reference, sent for real to a server over a real session without a desktop."""

from pathlib import Path

from flowdesk.client import Client
from flowdesk.engine.context import Services
from flowdesk.nodes import catalogue_with_plugins
from flowdesk.protocol.codec import encode
from flowdesk.protocol.examples import EXAMPLES
from flowdesk.server.server import Server, ServerSettings
from flowdesk.session.session import Folders, Session

NEEDS_MORE = {
    "target.test": "desktop.unavailable",
    "target.inspect": "desktop.unavailable",
    "target.candidates": "desktop.unavailable",
    "target.elements": "desktop.unavailable",
    "desktop.screenshot": "desktop.unavailable",
    "desktop.watch": "desktop.unavailable",
    "desktop.control": "desktop.unavailable",
    "desktop.act": "message.invalid",
    "help.answer": "message.invalid",
    "execution.picture": "message.invalid",
    "execution.past": "message.invalid",
    "execution.keep": "message.invalid",
    "execution.report": "message.invalid",
    **dict.fromkeys(
        ("fleet.robots", "fleet.jobs", "fleet.job", "fleet.cancel", "fleet.retry", "fleet.file", "fleet.report"),
        "fleet.hub_unavailable",
    ),
    "fleet.submit": "message.invalid",
    "flow.import": "message.invalid",
    "record.start": "desktop.unavailable",
    **dict.fromkeys(
        ("record.note", "record.pause", "record.point", "record.repeat", "record.secret", "record.stop", "record.undo"),
        "message.invalid",
    ),
    "flow.rename": "flow.unreadable",
    "flow.delete": "flow.unreadable",
    "trigger.enable": "message.invalid",
    "trigger.test": "message.invalid",
}
"""Examples that a session without a desktop, a question, earlier runs, armed triggers and a hub refuses, and how."""
LAST = ("flow.close", "workflow.stop", "workflow.pause", "workflow.resume", "workflow.step", "workflow.take")


async def test_every_example_is_answered(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "state" / "runs", tmp_path / "flows")
    folders.flows.mkdir()
    session = Session(catalogue_with_plugins(), Services(driver=None, secret=lambda name: name), folders)
    server = Server(session, ServerSettings(port=0, insecure_no_token=True))
    await server.start()
    try:
        async with Client.connect(f"ws://127.0.0.1:{server.port}") as client:
            for kind in ("flow.open", *(kind for kind in EXAMPLES if kind not in ("flow.open", *LAST)), *LAST):
                reply = await client.exchange({**EXAMPLES[kind]})
                encode(reply)
                if kind in NEEDS_MORE:
                    assert reply["payload"]["code"] == NEEDS_MORE[kind], reply
                elif reply["type"] == "error":
                    assert kind in ("flow.edit", *LAST), reply
                else:
                    assert reply["type"] == kind
    finally:
        await server.stop()
        await session.close()


async def test_the_seeds_messages_run_a_flow(tmp_path: Path) -> None:
    folders = Folders(tmp_path / "state", tmp_path / "state" / "runs", tmp_path / "flows")
    session = Session(catalogue_with_plugins(), Services(driver=None, secret=lambda name: name), folders)
    server = Server(session, ServerSettings(port=0, insecure_no_token=True))
    await server.start()
    try:
        async with Client.connect(f"ws://127.0.0.1:{server.port}", name="client_1700000000000_k3j9x2a1b") as client:
            await client.send(encode({**EXAMPLES["workflow.start"], "timestamp": 1700000000000}))
            seqs, kinds = [], []
            async for event in client.events():
                if "seq" in event:
                    seqs.append(event["seq"])
                    kinds.append(event["type"])
                if event["type"] in ("execution.complete", "execution.error"):
                    break
            assert seqs == list(range(1, len(seqs) + 1))
            assert kinds.count("node.success") == 2
            assert kinds[-1] == "execution.complete"
    finally:
        await server.stop()
        await session.close()

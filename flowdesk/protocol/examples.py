"""One example for each request: the reference shows it, and the tests send it."""

from typing import Any

from flowdesk.protocol.messages import REQUESTS

_FLOW = {
    "nodes": [
        {"id": "1", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}},
        {"id": "2", "type": "wait", "position": {"x": 240, "y": 0}, "data": {"config": {"waitTime": 500}}},
    ],
    "edges": [{"id": "e1", "source": "1", "target": "2"}],
}

_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

_PAYLOADS: dict[str, dict[str, Any]] = {
    "auth": {"token": "the token that `flowdesk token show` prints"},
    "workflow.start": _FLOW,
    "workflow.subscribe": {"since": 12, "epoch": "4b7e0c"},
    "workflow.list": {"limit": 10},
    "workflow.validate": _FLOW,
    "execution.keep": {"run_id": "a3f0c1"},
    "execution.report": {"run_id": "a3f0c1", "language": "zh_CN"},
    "fleet.jobs": {"state": "failed", "limit": 50},
    "fleet.job": {"id": 42},
    "fleet.cancel": {"jobs": [42]},
    "fleet.retry": {"batch": "d1ae7c0075a0"},
    "fleet.file": {"id": 42, "name": "messages.jsonl"},
    "fleet.report": {"id": 42},
    "fleet.submit": {"rows": [{"name": "Mei"}], "pool": "office"},
    "execution.picture": {"run_id": "8f0c6a31"},
    "execution.past": {"run_id": "8f0c6a31", "moment": 3},
    "flow.open": {"flow": {"name": "Greeting", **_FLOW}},
    "flow.edit": {"action": "undo"},
    "flow.import": {"files": {"greet.py": "aW1wb3J0IHB5YXV0b2d1aQpweWF1dG9ndWkud3JpdGUoIkhlbGxvIikK"}},
    "flow.save": {"path": "greeting.flow.json"},
    "flow.rename": {"path": "Last year.flow.json", "name": "2025"},
    "flow.duplicate": {"name": "Greeting, third"},
    "flow.delete": {"path": "Last year.flow.json"},
    "flow.folder": {"name": "More greetings"},
    "gallery.take": {"name": "form-from-csv"},
    "flow.reload": {"action": "keep"},
    "asset.put": {"name": "ok.png", "data": _PIXEL},
    "asset.get": {"name": "ok.png"},
    "target.test": {"config": {"selector": "button[name='OK']", "timeout": 0}},
    "target.inspect": {"x": 640, "y": 400},
    "target.candidates": {"x": 640, "y": 400},
    "target.elements": {"window": "app=mousepad", "most": 40},
    "target.complete": {"text": "app=mousepad >> but"},
    "desktop.screenshot": {"scale": 0.5, "format": "jpeg"},
    "desktop.watch": {"scale": 0.5},
    "desktop.shown": {"frame": 1},
    "desktop.control": {"on": True},
    "desktop.act": {"action": "click", "x": 640, "y": 400},
    "value.list": {"node_id": "2"},
    "value.visit": {"node_id": "2", "visit": 1},
    "value.preview": {"settings": {"message": "Dear {{name}}"}},
    "trigger.enable": {"path": "greeting.flow.json", "digest": "5f0c…"},
    "trigger.disable": {"path": "greeting.flow.json"},
    "trigger.pause": {"paused": True},
    "trigger.history": {"limit": 20},
    "trigger.test": {"trigger": "morning"},
    "record.start": {"after": "2"},
    "record.pause": {"paused": True},
    "record.stop": {"forget": 500},
    "record.note": {"text": "Ask Li Lei first"},
    "record.point": {"action": "read", "selector": "app=Shop >> static_text[name^='Total']", "variable": "total"},
    "record.secret": {"name": "shop_password", "value": "correct horse"},
    "presence": {"name": "Mei", "selection": ["2"]},
    "help.answer": {"help_id": "h1", "action": "retry"},
}

_WITHOUT_WORKFLOW = {
    "auth",
    "heartbeat",
    "workflow.list",
    "execution.picture",
    "execution.past",
    "execution.keep",
    "execution.report",
    "fleet.robots",
    "fleet.jobs",
    "fleet.job",
    "fleet.cancel",
    "fleet.retry",
    "fleet.file",
    "fleet.report",
    "gallery.list",
    "gallery.take",
    "flow.list",
    "flow.import",
    "flow.folder",
    "flow.rename",
    "flow.delete",
    "node.types",
    "system.status",
    "target.inspect",
    "target.candidates",
    "target.elements",
    "desktop.screenshot",
    "desktop.watch",
    "desktop.shown",
    "desktop.unwatch",
    "desktop.control",
    "desktop.act",
    "trigger.enable",
    "trigger.disable",
    "trigger.pause",
    "trigger.history",
}


def example(kind: str) -> dict[str, Any]:
    """Return a whole message of a type, such as a client sends it."""
    return {
        "id": f"{kind}-1",
        "type": kind,
        "timestamp": 1764000000.0,
        "workflow_id": "" if kind in _WITHOUT_WORKFLOW else "greeting",
        "payload": _PAYLOADS.get(kind, {}),
    }


EXAMPLES: dict[str, dict[str, Any]] = {kind: example(kind) for kind in REQUESTS}
"""Every example by its type."""

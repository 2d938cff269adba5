"""What a broken or hostile client may send: every case must be answered with ``error`` and leave the connection open."""

import json
from collections.abc import Iterator
from typing import Any

WRONG: dict[str, Any] = {
    "null": None,
    "true": True,
    "number": 7,
    "float": 1.5,
    "text": "text",
    "list": [1],
    "object": {"a": 1},
    "empty": "",
}


def cases() -> Iterator[tuple[str, str | bytes]]:
    """Yield a name and a frame."""
    yield from _not_json()
    yield from _hostile_json()
    yield from _frames_not_right()
    yield from _unknown_types()
    yield from _payloads_not_right()


def _not_json() -> Iterator[tuple[str, str | bytes]]:
    texts = [
        "", " ", "{", "}", "[", "]", "{]", "[}", "nul", "tru", "'a'", '{"type"', '{"type":', '{"type":}', '{type:"heartbeat"}',
        "{'type':'heartbeat'}", '{"type":"heartbeat",}', '{"type":"heartbeat"}}', '{"type":"heartbeat"} x', "\x00", "\ufeff{}",
        '{"type":"heart\nbeat"}', "<xml/>", "hello", "{" * 1000, '"' * 3, "0x10", "01", "+1", ".5", "1.", "1e", '{"a":1 "b":2}', "//", "/**/{}",
        '"\\x"', '"\\u12"', '{"type":"heartbeat"', "undefined", "你好", "😀",
    ]  # fmt: skip
    for number, text in enumerate(texts):
        yield f"not json {number}", text
    for number, content in enumerate(
        (b"", b"\x00", b"\xff\xfe", b'{"type":"heartbeat"}', bytes(range(256)), b"x" * 70_000)
    ):
        yield f"binary {number}", content


def _hostile_json() -> Iterator[tuple[str, str | bytes]]:
    for depth in (65, 100, 900, 5_000, 100_000):
        yield f"lists {depth} deep", "[" * depth + "]" * depth
        yield f"objects {depth} deep", '{"a":' * depth + "1" + "}" * depth
        yield f"payload {depth} deep", '{"type":"heartbeat","payload":{"a":' + "[" * depth + "]" * depth + "}}"
        yield f"unclosed {depth} deep", "[" * depth
    for number in (
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "9" * 30,
        "-" + "9" * 30,
        "9" * 5_000,
        "1" + "0" * 400 + ".0",
    ):
        yield f"number {number[:12]} {len(number)}", '{"type":"heartbeat","payload":{"a":' + number + "}}"
        yield f"timestamp {number[:12]} {len(number)}", '{"type":"heartbeat","timestamp":' + number + "}"
    for escape in ("\\ud800", "\\udfff", "\\uDC00\\ud800", "a\\ud83d", "\\ude00b"):
        yield f"surrogate {escape}", '{"type":"heartbeat","payload":{"a":"' + escape + '"}}'
        yield f"surrogate key {escape}", '{"type":"heartbeat","payload":{"' + escape + '":1}}'
        yield f"surrogate id {escape}", '{"type":"heartbeat","id":"' + escape + '"}'
        yield f"surrogate type {escape}", '{"type":"' + escape + '"}'
    for key in ("type", "id", "payload", "workflow_id"):
        yield f"{key} twice", f'{{"type":"heartbeat","{key}":"a","{key}":"b"}}'
    yield "a key twice, deep", '{"type":"heartbeat","payload":{"a":[{"b":1,"b":2}]}}'


def _frames_not_right() -> Iterator[tuple[str, str | bytes]]:
    for name, value in WRONG.items():
        if name not in ("object",):
            yield f"top level {name}", json.dumps(value)
    yield "no keys", "{}"
    yield "no type", '{"id":"1","payload":{}}'
    for key, good in (("type", ("text",)), ("id", ("text", "null", "empty")), ("workflow_id", ("text", "null", "empty")),
                      ("payload", ("object", "null")), ("timestamp", ("number", "float", "null"))):  # fmt: skip
        for name, value in WRONG.items():
            if name not in good:
                yield f"{key} is {name}", json.dumps({"type": "heartbeat", key: value})
    for key in ("id", "workflow_id"):
        yield f"{key} too long", json.dumps({"type": "heartbeat", key: "x" * 201})


def _unknown_types() -> Iterator[tuple[str, str | bytes]]:
    for kind in ("x", "workflow", "workflow.", ".start", "workflow.START", "Workflow.start", "workflow.start ", "__class__", "auth.x",
                 "node.success", "execution.log", "error", "flow.changed", "heartbeat\x00", "workflow.strat", "x" * 5_000, "开始", "a.b.c.d"):  # fmt: skip
        yield f"type {kind[:20]!r}", json.dumps({"type": kind})


def _payloads_not_right() -> Iterator[tuple[str, str | bytes]]:
    wrong_fields: list[tuple[str, str, tuple[str, ...]]] = [
        ("workflow.start", "nodes", ("list", "null")),
        ("workflow.start", "edges", ("list", "null")),
        ("workflow.start", "variables", ("object",)),
        ("workflow.start", "flow", ("object", "null")),
        ("workflow.start", "mode", ()),
        ("workflow.start", "only", ("null",)),
        ("workflow.start", "dry_run", ("true",)),
        ("workflow.start", "run_delay", ("true", "number", "float")),
        ("workflow.stop", "run_id", ("text", "null", "empty")),
        ("workflow.subscribe", "since", ("true", "number", "null")),
        ("workflow.list", "limit", ("true", "number")),
        ("flow.edit", "changes", ()),
        ("flow.edit", "action", ()),
        ("asset.put", "name", ("text",)),
        ("target.test", "config", ("object",)),
        ("desktop.screenshot", "scale", ("true",)),
        ("desktop.screenshot", "region", ("null",)),
        ("help.answer", "help_id", ("text", "empty")),
    ]
    for kind, field, good in wrong_fields:
        for name, value in WRONG.items():
            if name not in good:
                payload = {"name": "a.png", "data": ""} if kind == "asset.put" else {}
                yield f"{kind} {field} is {name}", json.dumps({"type": kind, "payload": {**payload, field: value}})
    for kind in ("asset.put", "target.test", "help.answer"):
        yield f"{kind} without fields", json.dumps({"type": kind})
    yield "a scale of 0", json.dumps({"type": "desktop.screenshot", "payload": {"scale": 0}})
    yield "too many runs", json.dumps({"type": "workflow.list", "payload": {"limit": 501}})

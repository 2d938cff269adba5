"""What the terminal shows of others' texts moves no cursor and changes no title."""

import json
import os
import subprocess
import sys
from pathlib import Path

from flowdesk.terminal import printable


def test_only_what_is_seen_is_printed() -> None:
    assert printable("张三 é\n\tok") == "张三 é\n\tok"
    assert "\x1b" not in printable("\x1b]0;title\x07\x1b[2J")
    assert "\u202e" not in printable("\u202egpj.exe")


def test_a_log_line_of_a_flow_cannot_drive_the_terminal(tmp_path: Path) -> None:
    nodes = [
        {"id": "start", "type": "start", "data": {"config": {}}},
        {"id": "l", "type": "log", "data": {"config": {"message": "before\x1b[2Jafter"}}},
    ]
    path = tmp_path / "a.flow.json"
    path.write_text(json.dumps({"nodes": nodes, "edges": [{"id": "e", "source": "start", "target": "l"}]}), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "flowdesk", "run", str(path)],
        capture_output=True, check=True, env={**os.environ, "FLOWDESK_STATE_DIR": str(tmp_path / "state"), "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert b"before" in done.stdout
    assert b"\x1b" not in done.stdout

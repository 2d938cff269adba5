"""Start a flow on a running flowdesk from Python, and watch it to its end.

    flowdesk serve &
    flowdesk practice --lang en &
    FLOWDESK_TOKEN=$(flowdesk token show) python start_flow.py visitor.flow.json name="Ada Lovelace"

The server is asked to run the flow that this file holds; it need not lie on the server's machine.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from flowdesk.client import Client


async def main(file: str, variables: dict[str, Any]) -> int:
    """Start the flow, print what happens, and return 0 if it succeeded, else 1."""
    url = os.environ.get("FLOWDESK_URL", "ws://127.0.0.1:8000")
    flow = json.loads(Path(file).read_text("utf-8"))
    flow["variables"] = {**flow.get("variables", {}), **variables}
    async with Client.connect(url, token=os.environ.get("FLOWDESK_TOKEN")) as client:
        await client.request("workflow.start", flow, flow["id"])
        async for event in client.events():
            if event["workflow_id"] != flow["id"]:
                continue
            what = event["payload"]
            if event["type"].startswith("node."):
                print(what["status"], what["node_id"], what.get("message", ""))
            if event["type"] in {"execution.complete", "execution.error"}:
                print(what["status"], what["message"])
                return 0 if what["status"] == "succeeded" else 1
    return 1


if __name__ == "__main__":
    pairs = (argument.partition("=") for argument in sys.argv[2:])
    sys.exit(asyncio.run(main(sys.argv[1], {name: value for name, _, value in pairs})))

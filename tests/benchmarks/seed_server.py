"""A server as the seed describes it, to measure beside: FastAPI, a recursive executor, ``send_text(json.dumps(…))`` for each client and event.

Run: ``python tests/benchmarks/seed_server.py PORT`` with the dependency group ``bench``. It takes the seed's
``workflow.start``; who connects sees every run. A message ``{"type": "burst", "payload": {"count": n}}`` makes it
broadcast ``n`` events; ``{"type": "workflow.list"}`` is answered by the duration of the last run.
"""

import asyncio
import json
import sys
import time
import uuid
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: dict[str, WebSocket] = {}
tasks: set[asyncio.Task[None]] = set()
durations: list[float] = []
Node = dict[str, Any]
Graph = dict[str, list[Node]]


async def endpoint(websocket: WebSocket, client_id: str) -> None:
    await websocket.accept()
    clients[client_id] = websocket
    try:
        while True:
            message = json.loads(await websocket.receive_text())
            match message["type"]:
                case "burst":
                    for number in range(message["payload"]["count"]):
                        await broadcast(event("node.running", {"node_id": f"n{number}", "status": "running"}))
                case "workflow.start":
                    task = asyncio.get_running_loop().create_task(execute(message["payload"]))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
                case _:
                    await websocket.send_text(
                        json.dumps({"reply_to": message["id"], "payload": {"last": durations[-1:]}})
                    )
    except WebSocketDisconnect:
        clients.pop(client_id, None)


app.add_api_websocket_route("/ws/{client_id}", endpoint)


async def execute(payload: dict[str, Any]) -> None:
    nodes = {node["id"]: node for node in payload["nodes"]}
    graph: Graph = {node_id: [] for node_id in nodes}
    for edge in payload["edges"]:
        graph[edge["source"]].append(nodes[edge["target"]])
    begun = time.perf_counter()
    await execute_node(next(node for node in nodes.values() if node["type"] == "start"), graph)
    durations.append(time.perf_counter() - begun)
    await broadcast(event("execution.complete", {"message": "done"}))


async def execute_node(node: Node, graph: Graph) -> None:
    label = node["data"].get("label", node["id"])
    await broadcast(event("node.running", {"node_id": node["id"], "status": "running", "message": f"begins: {label}"}))
    begun = time.time()
    config = node["data"]["config"]
    if node["type"] == "wait":
        print(f"wait {config.get('duration', 1000) / 1000} s")
        await asyncio.sleep(config.get("duration", 1000) / 1000)
    else:
        await asyncio.sleep(config.get("waitTime", 2000) / 1000)
    ended = {"message": f"succeeded: {label}", "duration": time.time() - begun, "result": None}
    await broadcast(event("node.success", {"node_id": node["id"], "status": "success", **ended}))
    for following in graph[node["id"]]:
        await execute_node(following, graph)


def event(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": kind,
        "timestamp": time.time(),
        "workflow_id": "w",
        "payload": payload,
    }


async def broadcast(message: dict[str, Any]) -> None:
    for client_id in list(clients):
        try:
            await clients[client_id].send_text(json.dumps(message))
        except Exception:  # noqa: BLE001 - as the seed does
            clients.pop(client_id, None)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")

"""A server as the seed describes it (FastAPI, one ``send_text(json.dumps(…))`` for each client and event), to measure beside.

Run: ``python tests/benchmarks/seed_server.py PORT`` with the dependency group ``bench``. A message
``{"type": "burst", "payload": {"count": n, "clients": k}}`` makes it broadcast ``n`` events once ``k`` clients are in.
"""

import json
import sys
import time
import uuid
from typing import Any

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
clients: dict[str, WebSocket] = {}


async def endpoint(websocket: WebSocket, client_id: str) -> None:
    await websocket.accept()
    clients[client_id] = websocket
    try:
        while True:
            message = json.loads(await websocket.receive_text())
            if message["type"] == "burst":
                for number in range(message["payload"]["count"]):
                    await broadcast(event(number))
    except WebSocketDisconnect:
        clients.pop(client_id, None)


app.add_api_websocket_route("/ws/{client_id}", endpoint)


def event(number: int) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "type": "node.running",
        "timestamp": time.time(),
        "workflow_id": "w",
        "payload": {"node_id": f"n{number}", "status": "running", "message": None, "duration": None},
    }


async def broadcast(message: dict[str, Any]) -> None:
    for client_id in list(clients):
        await clients[client_id].send_text(json.dumps(message))


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")

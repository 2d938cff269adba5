"""`flowdesk mcp` as assistants' programs start it, driven by the client of the protocol's SDK."""

import contextlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters, stdio_client

ROOT = Path(__file__).parents[2]


class Assistant:
    """What a program of an assistant does, and what its person is asked."""

    def __init__(self, client: Client, asked: list[str]) -> None:
        self.client = client
        self.asked = asked

    async def call(self, tool: str, **arguments: Any) -> str:
        """Call a tool that must succeed, and return its text."""
        text, is_error = await self.tried(tool, **arguments)
        assert not is_error, text
        return text

    async def refused(self, tool: str, **arguments: Any) -> str:
        """Call a tool that must fail, and return what it says, with the fix."""
        text, is_error = await self.tried(tool, **arguments)
        assert is_error, text
        assert "\nFix: " in text
        return text

    async def tried(self, tool: str, **arguments: Any) -> tuple[str, bool]:
        result = await self.client.call_tool(tool, json.loads(json.dumps(arguments)))
        assert isinstance(result, types.CallToolResult)
        return "\n".join(part.text for part in result.content if isinstance(part, types.TextContent)), bool(
            result.is_error
        )


Enter = Callable[..., AbstractAsyncContextManager[Assistant]]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def enter(tmp_path: Path, state: Path) -> Enter:
    """Start `flowdesk mcp` in an environment; ``allows`` is what the person says, ``None``: the program cannot ask."""

    @asynccontextmanager
    async def entered(
        environment: Mapping[str, str], *options: str, allows: bool | None = True, mode: str = "auto", **more: str
    ) -> AsyncIterator[Assistant]:
        asked: list[str] = []

        async def ask(context: Any, params: Any) -> types.ElicitResult:
            asked.append(params.message)
            return types.ElicitResult(action="accept", content={"allow": bool(allows)})

        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-m", "flowdesk", "mcp", "--port", "0", *options],
            env={
                **environment,
                "FLOWDESK_STATE_DIR": str(state),
                "FLOWDESK_FLOWS_DIR": str(tmp_path / "flows"),
                "PYTHONPATH": str(ROOT),
                **more,
            },
            cwd=tmp_path,
        )
        with (tmp_path / "errors.txt").open("a", encoding="utf-8") as errors:
            transport = stdio_client(parameters, errlog=errors)
            async with Client(transport, mode=mode, elicitation_callback=None if allows is None else ask) as client:
                yield Assistant(client, asked)
        with contextlib.suppress(FileNotFoundError):
            assert "Traceback" not in (tmp_path / "errors.txt").read_text("utf-8")

    return entered

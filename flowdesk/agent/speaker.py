"""The Model Context Protocol: the tools, spoken on standard input and output by the ``mcp`` SDK. The only module that knows it."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import mcp_types as types
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import NoBackChannelError

from flowdesk import __version__
from flowdesk.agent.building import BUILDING
from flowdesk.agent.running import RUNNING
from flowdesk.agent.screen import LOOKING
from flowdesk.agent.tool import PersonNeeded, Situation, Told, Tool
from flowdesk.model.errors import FlowdeskError

logger = logging.getLogger(__name__)

TOOLS: tuple[Tool, ...] = (*LOOKING, *BUILDING, *RUNNING)
MOST_QUESTIONS = 5
"""How often one call may ask a person."""

INSTRUCTIONS = """\
flowdesk automates desktop programs with flows: nodes on a canvas that people see, edit and run again without you.
Work in this order. 1 look: which windows there are, then the elements of one. 2 open_flow: a file, or a new flow by name.
3 node_types: the settings of what you need. 4 edit_flow: add all nodes in one call, set targets by the selectors that look told.
5 find: test each target that is on the screen now. 6 run_flow with rehearse, then run_flow. 7 watch, answer, record when
something is asked or failed; mend it by edit_flow. 8 save_flow.
The person is asked before a run, sees everything and may stop it at any time. Never try to get round a refusal: tell them."""

Context = ServerRequestContext[Any, Any]


def make_server(situation: Situation) -> Server[Any]:
    """Return a server that offers the tools."""
    tools = {tool.name: tool for tool in TOOLS}

    async def listed(context: Context, params: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[_declared(tool) for tool in TOOLS])

    async def called(
        context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        tool = tools.get(params.name)
        if tool is None:
            return _failed(f"There is no tool {params.name!r}.", f"There are {', '.join(tools)}.")
        return await _call(tool, situation, context, params)

    return Server("flowdesk", version=__version__, instructions=INSTRUCTIONS, on_list_tools=listed, on_call_tool=called)


async def speak(situation: Situation) -> None:
    """Serve until standard input ends."""
    server = make_server(situation)
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


def _declared(tool: Tool) -> types.Tool:
    return types.Tool(
        name=tool.name,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        annotations=types.ToolAnnotations(
            read_only_hint=not tool.changes, destructive_hint=tool.name == "run_flow", open_world_hint=False
        ),
    )


async def _call(
    tool: Tool, situation: Situation, context: Context, params: types.CallToolRequestParams
) -> types.CallToolResult | types.InputRequiredResult:
    """Carry out a call, and ask the person what it needs to know of them."""
    answers = dict(_given(params))
    for _ in range(MOST_QUESTIONS):
        try:
            told = await tool.call(
                replace(situation, can_ask=_can_ask(context), answers=answers), params.arguments or {}
            )
        except PersonNeeded as needed:
            try:
                answers[needed.key] = await _ask(context, needed)
            except NoBackChannelError:
                return _input_required(needed)
        except FlowdeskError as error:
            problems = "".join(f"\n- {one['message']} {one['fix']}" for one in error.details.get("problems", [])[:20])
            return _failed(f"{error.message}{problems}", str(error.fix))
        except Exception:
            logger.exception("the tool %s failed", tool.name)
            return _failed("Internal error in flowdesk.", "Try another way, and tell the person.")
        else:
            return _answered(told)
    return _failed("The person was asked too often.", "Ask them in your own words what they want.")


def _can_ask(context: Context) -> bool:
    capabilities = context.session.client_capabilities
    return capabilities is not None and capabilities.elicitation is not None


_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"allow": {"type": "boolean", "title": "Allow it", "default": False}},
    "required": ["allow"],
}


async def _ask(context: Context, needed: PersonNeeded) -> bool:
    """Ask the person in front of the assistant's program."""
    result = await context.session.elicit_form(needed.message, _SCHEMA, related_request_id=context.request_id)
    return result.action == "accept" and (result.content or {}).get("allow") is True


def _input_required(needed: PersonNeeded) -> types.InputRequiredResult:
    """Let a client that cannot be asked in between call again with the answer."""
    asked = types.ElicitRequest(params=types.ElicitRequestFormParams(message=needed.message, requested_schema=_SCHEMA))
    return types.InputRequiredResult(input_requests={needed.key: asked})


def _given(params: types.CallToolRequestParams) -> Mapping[str, bool]:
    """Return what a person answered, where a call comes again with that."""
    found = {}
    for key, response in (getattr(params, "input_responses", None) or {}).items():
        content = getattr(response, "content", None) or {}
        found[key] = getattr(response, "action", "") == "accept" and content.get("allow") is True
    return found


def _answered(told: Told) -> types.CallToolResult:
    pictures = [types.ImageContent(type="image", data=one.data, mime_type=one.mime) for one in told.pictures]
    return types.CallToolResult(content=[types.TextContent(type="text", text=told.text), *pictures])


_CALLED_HERE = {
    "`flow.open`": "open_flow",
    "`node.types`": "node_types",
    "`workflow.list` with `earlier`": "record",
    "reload the flow": "call read_flow",
    "Reload the flow": "Call read_flow",
}
"""What the protocol's fixes name, and the tool that does it."""


def _failed(message: str, fix: str) -> types.CallToolResult:
    for there, here in _CALLED_HERE.items():
        fix = fix.replace(there, here)
    text = f"{message}\nFix: {fix}" if fix else message
    return types.CallToolResult(content=[types.TextContent(type="text", text=text)], is_error=True)

"""A run that ended leaves nothing for the search for garbage: a thousand large ones take no more than one."""

import asyncio
import gc
import weakref
from typing import Any

from flowdesk.engine.context import Services
from flowdesk.engine.lettinggo import let_go
from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunEvent
from flowdesk.model.reading import read_flow
from flowdesk.nodes import builtin_catalogue
from tests.session.conftest import flow_json, wait_node


async def ended() -> tuple[Runner, "weakref.ref[Any]"]:
    events: list[RunEvent] = []
    runner = Runner(read_flow(flow_json(wait_node())), builtin_catalogue(), Services(), events.append)
    await runner.run()
    await asyncio.sleep(0)
    return runner, weakref.ref(vars(runner)["_scheduler"])


async def test_the_plan_is_freed_at_once() -> None:
    gc.disable()
    try:
        runner, scheduler = await ended()
        assert scheduler() is not None
        let_go(runner)
        assert scheduler() is None
        assert {state.value for state in runner.states.values()} == {"success"}
        known = weakref.ref(runner)
        del runner
        assert known() is None
    finally:
        gc.enable()

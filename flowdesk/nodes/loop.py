"""Repeat."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field

from flowdesk.engine.context import Run
from flowdesk.engine.texts import number
from flowdesk.engine.values import OPERATORS
from flowdesk.model.config import Duration
from flowdesk.model.errors import LimitReached, ValueUnusable
from flowdesk.model.nodetype import Outcome, node
from flowdesk.model.sentence import say
from flowdesk.nodes.condition import SCREEN_OPERATORS, ConditionConfig, holds


def _only_in_tests(schema: dict[str, Any]) -> None:
    """What is tested matters only while a test decides."""
    for key in ("selector", "value", "left", "right", "caseSensitive"):
        if key in (properties := schema["properties"]):
            properties[key]["when"] = {**properties[key].get("when", {}), "type": ["while", "until"]}


class LoopConfig(ConditionConfig):
    """Settings of `loop`."""

    model_config = ConfigDict(json_schema_extra=_only_in_tests)

    type: Literal["count", "while", "until", "forEach"] = Field(
        "count", title="Repeat",
        description="Repeat a number of times, while or until a condition is true, or for each item of a list.",
    )  # fmt: skip
    count: Any = Field(
        1, title="Times", description="Number of iterations; 0 = none.",
        json_schema_extra={"when": {"type": "count"}, "widget": "number"},
    )  # fmt: skip
    items: Any = Field(
        None, title="Items", description="List to loop over, such as the rows of a table: {{rows}}. A text is split into lines.",
        json_schema_extra={"when": {"type": "forEach"}, "widget": "json"},
    )  # fmt: skip
    max_iterations: int = Field(
        10_000,
        ge=0,
        title="Maximum",
        description="Maximum iterations; 0 = unlimited. Count and For each item are unlimited unless this is set.",
    )
    max_duration: Duration = Field(
        0.0,
        title="Time limit",
        description="No iteration begins after this time; the loop then continues from done. 0 = unlimited.",
    )
    item_variable: str = Field(
        "item", min_length=1, title="Item variable", description="Variable for the current item.",
        json_schema_extra={"when": {"type": "forEach"}},
    )  # fmt: skip
    index_variable: str = Field(
        "index", min_length=1, title="Index variable", description="Variable for the index, which starts at 0."
    )
    operator: str = Field(
        "exists", title="Operator", description="What to check before (While) or after (Until) each iteration.",
        json_schema_extra={"when": {"type": ["while", "until"]}, "widget": "operator", "enum": [*SCREEN_OPERATORS, *OPERATORS]},
    )  # fmt: skip

    @classmethod
    def later_keys(cls, raw: Mapping[str, Any]) -> frozenset[str]:
        """What `until` tests is looked up after the pass."""
        return frozenset({"left", "right", "value", "selector"}) if raw.get("type") == "until" else frozenset()

    def _check_test(self) -> None:
        if self.type in {"while", "until"}:
            super()._check_test()


@node(
    "loop",
    category="flow",
    title="Loop",
    also="for, for each, foreach, while, until, repeat, iterate, each row, 遍历, 重复, 逐行, 每一行, 当型循环, 循环",
    summary="{type} {count} {items}",
    icon="repeat",
    outputs=("body", "done"),
    kind="loop",
    uses={"target"},
)
async def loop(run: Run, config: LoopConfig) -> Outcome:
    """Repeat the nodes connected to the output body, then continue from done.

    `count` repeats so often. `while` tests its condition before each pass, `until` after, with what its references stand for then. `forEach` takes one item of
    `items` after another; the list is taken as it is when the loop begins. In the body `{{item}}`, `{{index}}` (from
    0), `{{number}}` (from 1) and `{{isLast}}` are set; with the loop's id before them, as `{{rows.item}}`, the first
    three are those of that loop inside an inner one, too; behind an inner loop they are the outer one's again. `break`
    and `continue` act on the innermost loop. The body need not lead back to the loop.

    Result: `iterationCount`, when done, and `timedOut`: whether the time limit ended it.

    Raises:
        LimitReached: If it ran `maxIterations` times.
        ValueUnusable: If `count` is not a number, or `items` not a list.
    """
    memory = run.memory
    index = memory.get("index", -1) + 1
    if not memory:
        memory["outer"] = _of_outer_loop(run, config)
        if config.type == "count":
            memory["total"] = times(config.count)
        elif config.type == "forEach":
            memory["items"] = items_of(config.items)
            memory["total"] = len(memory["items"])
    total = memory.get("total")
    began = memory.setdefault("began", run.now())
    is_late = bool(config.max_duration) and index > 0 and run.now() - began >= config.max_duration
    if is_late or not await _goes_on(run, config, index, total):
        await run.sleep(config.wait_time)
        return Outcome("done", {"iterationCount": index, "shouldLoop": False, "timedOut": is_late})
    memory["index"] = index
    run.set_variable(config.index_variable, index)
    run.set_variable("number", index + 1)
    run.set_variable("isLast", None if total is None else index == total - 1)
    passing = {"index": index, "number": index + 1}
    if "items" in memory:
        passing["item"] = memory["items"][index]
        run.set_variable(config.item_variable, passing["item"])
    return Outcome("body", passing)


def _of_outer_loop(run: Run, config: LoopConfig) -> dict[str, Any]:
    """What the loop around this one keeps in the same variables; the runner puts it back when this one is left."""
    names = {config.index_variable, config.item_variable, "number", "isLast"} if run.iteration else set()
    return {name: run.variables[name] for name in sorted(names) if name in run.variables}


async def _goes_on(run: Run, config: LoopConfig, index: int, total: int | None) -> bool:
    if total is not None:
        is_bounded = "max_iterations" in config.model_fields_set
        if index >= total:
            return False
    elif config.type == "until" and index == 0:
        return True
    else:
        is_bounded = True
        if await holds(run, config) is (config.type == "until"):
            return False
    if is_bounded and config.max_iterations and index >= config.max_iterations:
        raise LimitReached(
            say(
                'The loop "{node}" reached its maximum of {limit} iterations.',
                node=run.node.label,
                limit=config.max_iterations,
            ),
            say("Increase Maximum (0 = unlimited), or correct the condition."),
            limit=config.max_iterations,
        )
    return True


def times(count: Any) -> int:
    """How often a `count` repeats: fractions are cut, less than 1 and nothing are 0.

    Raises:
        ValueUnusable: If it is not a number.
    """
    if count in (None, ""):
        return 0
    found = number(count)
    if found is None:
        raise ValueUnusable(say('"{count}" is not a number of iterations.', count=count), say("Enter a whole number."))
    return max(0, int(found))


def items_of(items: Any) -> list[Any]:
    """The items of `forEach`: a list as it is, a table's rows, an object as `key` and `value`, a text's lines, nothing as none.

    Raises:
        ValueUnusable: If it is something else.
    """
    if items is None or items == "":
        return []
    if isinstance(items, list | tuple):
        return list(items)
    if isinstance(items, dict):
        if isinstance(items.get("rows"), list) and "columns" in items:
            return list(items["rows"])
        return [{"key": key, "value": value} for key, value in items.items()]
    if isinstance(items, str):
        return items.splitlines()
    raise ValueUnusable(
        say("Items is not a list: {items}.", items=repr(items)[:100]), say("Enter a list, such as {{rows}}.")
    )

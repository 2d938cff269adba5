"""Repeat."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field

from flowdesk.engine.context import Run
from flowdesk.engine.texts import as_text, number
from flowdesk.engine.values import OPERATORS
from flowdesk.model.config import Duration, Unfit
from flowdesk.model.errors import LimitReached, ValueUnusable
from flowdesk.model.nodetype import Outcome, node
from flowdesk.model.sentence import say
from flowdesk.nodes.condition import SCREEN_OPERATORS, ConditionConfig, holds


def _only_in_tests(schema: dict[str, Any]) -> None:
    """What is tested matters only while a test decides."""
    for key in ("selector", "value", "left", "right", "caseSensitive"):
        if key in (properties := schema["properties"]):
            properties[key]["when"] = {**properties[key].get("when", {}), "type": ["while", "until"]}


MOST_TESTED = 10_000
"""Iterations of `while` and `until` where no maximum is set: a test may never come true."""


class LoopConfig(ConditionConfig):
    """Settings of `loop`."""

    model_config = ConfigDict(json_schema_extra=_only_in_tests)

    type: Literal["count", "while", "until", "forEach"] = Field(
        "count", title="Repeat",
        description="Repeat a number of times, while or until a condition is true, or for each item of a list.",
    )  # fmt: skip
    count: Any = Field(
        1, title="Times", description="Number of iterations; 0 or less = none.",
        json_schema_extra={"when": {"type": "count"}, "widget": "number"},
    )  # fmt: skip
    items: Any = Field(
        None, title="Items", description="List to loop over, such as the rows of a table: {{rows}}. Of a text, its lines; of an object, its entries as key and value.",
        json_schema_extra={"when": {"type": "forEach"}, "widget": "json"},
    )  # fmt: skip
    max_iterations: int | None = Field(
        None,
        ge=0,
        title="Maximum",
        description="Maximum iterations; 0 = unlimited. Default: 10,000 for While and Until; unlimited for Count and For each item.",
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
        elif self.type == "count":
            found = number(self.count)
            if self.count not in (None, "") and (found is None or found != int(found)):
                raise Unfit("count", say("it must be a whole number"))
        elif self.type == "forEach" and "items" not in self.model_fields_set:
            raise Unfit("items", say("“For each item” requires items, such as the rows of a table: {{rows}}"))


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
    0), `{{number}}` (from 1) and `{{isLast}}` are set; with the loop's id before them, as `{{rows.item}}`, they are
    those of that loop inside an inner one, too; behind an inner loop they are the outer one's again. `isLast` is true
    in the last pass of `count` and `forEach`, and `null` for `while` and `until`, whose last pass nobody knows yet.
    `break` and `continue` act on the innermost loop. The body need not lead back to the loop.

    `forEach` also takes a table that Read table returned (its rows), a text (its lines, of an empty one none) and an object:
    its entries, as `{{item.key}}` and `{{item.value}}`. A number, yes or no, and `null` are errors;
    `{{ rows|default([]) }}` takes `null` as an empty list.

    Result: `iterationCount`, when done, and `timedOut`: whether the time limit ended it.

    Raises:
        LimitReached: If it ran `maxIterations` times.
        ValueUnusable: If `count` is not a number, or `items` nothing that has items.
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
    is_last = None if total is None else index == total - 1
    began = memory.setdefault("began", run.now())
    is_late = bool(config.max_duration) and index > 0 and run.now() - began >= config.max_duration
    if is_late or not await _goes_on(run, config, index, total):
        await run.sleep(config.wait_time)
        return Outcome("done", {"iterationCount": index, "shouldLoop": False, "timedOut": is_late})
    memory["index"] = index
    run.set_variable(config.index_variable, index)
    run.set_variable("number", index + 1)
    run.set_variable("isLast", is_last)
    passing = {"index": index, "number": index + 1, "isLast": is_last}
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
        if index >= total:
            return False
    elif config.type == "until" and index == 0:
        return True
    elif await holds(run, config) is (config.type == "until"):
        return False
    limit = config.max_iterations
    if limit is None:
        limit = MOST_TESTED if total is None else 0
    if limit and index >= limit:
        raise LimitReached(
            say('The loop "{node}" reached its maximum of {limit} iterations.', node=run.node.label, limit=limit),
            say("Increase Maximum (0 = unlimited), or correct the condition.")
            if total is None
            else say("Increase Maximum, or leave it empty: the loop has {count} iterations.", count=total),
            limit=limit,
        )
    return True


def times(count: Any) -> int:
    """How often a `count` repeats: less than 1 and nothing are 0.

    Raises:
        ValueUnusable: If it is not a whole number.
    """
    if count in (None, ""):
        return 0
    found = number(count)
    if found is None or found != int(found):
        raise ValueUnusable(
            say('"{count}" is not a number of iterations.', count=as_text(count)[:100]),
            say("Enter a whole number, or round it: {{ n|round }}."),
        )
    return max(0, int(found))


def items_of(items: Any) -> list[Any]:
    """The items of `forEach`: a list as it is, a table's rows, an object as `key` and `value`, a text's lines.

    Raises:
        ValueUnusable: If it is something else.
    """
    if isinstance(items, list | tuple):
        return list(items)
    if isinstance(items, dict):
        if isinstance(items.get("rows"), list) and "columns" in items:
            return list(items["rows"])
        return [{"key": key, "value": value} for key, value in items.items()]
    if isinstance(items, str):
        return items.splitlines()
    if items is None:
        raise ValueUnusable(
            say("Items is null, not a list."),
            say("Check where it comes from, or use {{ rows|default([]) }} to take null as an empty list."),
        )
    if isinstance(items, int | float) and not isinstance(items, bool):
        raise ValueUnusable(
            say("Items is a number, not a list: {items}.", items=as_text(items)),
            say("To repeat a number of times, set Repeat to Count."),
        )
    raise ValueUnusable(
        say("Items is not a list: {items}.", items=as_text(items)[:100]), say("Enter a list, such as {{rows}}.")
    )

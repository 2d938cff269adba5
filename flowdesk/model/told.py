"""What is told of runs and flows: the payloads of their events and problems, which go over the wire as they are here.

They are dictionaries with a type: whoever writes or reads a key that is not declared is refused by the type checker, and
nothing is copied between what tells and what is sent. Keys that are not required are left out where nothing is known.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from flowdesk.model.run import EndWord, NodeWord, RunWord

Box = Annotated[list[int], Field(min_length=4, max_length=4)]
"""x, y, width, height in pixels of the desktop."""
LogLevel = Literal["debug", "info", "warn", "error"]


class NodeEvent(TypedDict, closed=True):
    """A node changed its state."""

    node_id: str
    status: NodeWord
    run_id: str
    message: NotRequired[Annotated[str, Field(description="What happened, or what is waited for.")]]
    duration: NotRequired[Annotated[float, Field(description="Seconds; only at an end.")]]
    result: NotRequired[Annotated[Any, Field(description="JSON values; only on success.")]]
    error: NotRequired[Annotated[str, Field(description="The sentence; only on `error`.")]]
    error_details: NotRequired[
        Annotated[dict[str, Any], Field(description="`code`, `message`, `fix` and what is known beside.")]
    ]
    iteration: NotRequired[
        Annotated[list[int], Field(description="0-based index in each enclosing loop, outermost first.")]
    ]
    ways: NotRequired[
        Annotated[dict[str, int], Field(description="Edges taken since the last event: id, and how often so far.")]
    ]


class RunStatusEvent(TypedDict):
    """A run went to another state."""

    run_id: str
    status: RunWord
    rehearsal: NotRequired[Annotated[bool, Field(description="True where the run is a dry run.")]]


class ProgressEvent(TypedDict, closed=True):
    """How far the run is."""

    completed: int
    total: int
    percent: Annotated[float, Field(description="0 to 100, never backwards within a scope.")]
    node_id: str | None
    run_id: str
    iteration: NotRequired[list[int]]


class LogEvent(TypedDict, closed=True):
    """A line of the log."""

    level: LogLevel
    message: str
    node_id: NotRequired[str | None]
    run_id: NotRequired[str | None]
    gap: NotRequired[
        Annotated[
            dict[str, int],
            Field(
                description="`from`, `to`, `count`: messages that were left out here because the client reads too slowly."
            ),
        ]
    ]


class VerdictEvent(TypedDict, closed=True):
    """An `assert` node judged."""

    node_id: Annotated[str, Field(description="Of a flow that is called, the id in that flow.")]
    label: Annotated[str, Field(description="What people call the node.")]
    passed: bool
    message: Annotated[str, Field(description="What was to hold; where it does not, what is said of it.")]
    found: NotRequired[Annotated[str, Field(description="What was there instead, where that is known.")]]
    duration: Annotated[float, Field(description="Seconds.")]
    run_id: str
    iteration: NotRequired[
        Annotated[list[int], Field(description="0-based index in each enclosing loop, outermost first.")]
    ]
    within: NotRequired[
        Annotated[list[str], Field(description="Labels of the subflow nodes around it, outermost first.")]
    ]
    picture: NotRequired[Annotated[str, Field(description="A picture of the desktop then, on the server's machine.")]]


class VerdictsPayload(TypedDict, closed=True):
    """What was judged in a run."""

    passed: int
    failed: int
    failures: Annotated[list[str], Field(description="The sentences of those that failed, the first 100.")]


class MovedTarget(TypedDict, closed=True):
    """A target that a run found, but never by its first way."""

    node_id: str
    key: Annotated[str, Field(description="Which setting of the node it is.")]
    ways: Annotated[
        list[str], Field(description="Its ways with the one that found it first: what the setting may be from now on.")
    ]


class EndEvent(TypedDict, closed=True):
    """A run ended."""

    status: EndWord
    duration: Annotated[float, Field(description="Seconds.")]
    message: str
    run_id: str
    counts: Annotated[dict[str, int], Field(description="How many nodes ended in each state.")]
    result: NotRequired[Annotated[Any, Field(description="What an `end` node gave.")]]
    folder: NotRequired[Annotated[str, Field(description="The run's folder, on the server's machine.")]]
    error: NotRequired[Annotated[str, Field(description="The sentence, where the run did not succeed.")]]
    code: NotRequired[str]
    node_id: NotRequired[str | None]
    fix: NotRequired[str]
    verdicts: NotRequired[
        Annotated[VerdictsPayload, Field(description="What `assert` nodes found, where there are any.")]
    ]
    acted: NotRequired[
        Annotated[bool, Field(description="True where it sent input, ran a command, wrote a file or used the network.")]
    ]
    rehearsal: NotRequired[Annotated[bool, Field(description="True for a dry run: it sent no input.")]]
    moved: NotRequired[
        Annotated[list[MovedTarget], Field(description="Targets that only a fallback found, where there are any.")]
    ]


class ProblemPayload(TypedDict, closed=True):
    """A fault of a flow."""

    level: Literal["error", "warning"]
    code: str
    message: str
    fix: str
    node_id: NotRequired[str | None]
    edge_id: NotRequired[str | None]
    field: NotRequired[str | None]


class TargetSpot(TypedDict, closed=True):
    """A place where a target is."""

    x: int
    y: int
    box: Box
    score: float
    scale: float
    selector: str
    engine: str
    text: str | None


class PackageDeclaration(TypedDict):
    """The installed package that a node type comes from."""

    name: str
    version: str
    author: str
    summary: str
    may: Annotated[list[str], Field(description="What the node type declares to use, in words.")]


class FunctionDeclaration(TypedDict):
    """A function that may be called between braces."""

    name: str
    usage: Annotated[str, Field(description="How it is written.")]
    group: str
    help: str
    example: str
    gives: Annotated[str, Field(description="What the example gives.")]
    is_filter: bool


class EngineDeclaration(TypedDict):
    """A way of finding, as it is written in a selector."""

    name: Annotated[str, Field(description="What stands before `=`.")]
    title: str
    doc: Annotated[str, Field(description="What it finds.")]
    icon: str
    examples: Annotated[list[str], Field(description="Whole selectors, the plainest first.")]


class Phrase(TypedDict, closed=True):
    """A sentence that can be put into another language."""

    text: Annotated[str, Field(description="In English, its values filled in.")]
    key: Annotated[str, Field(description="In English, with `{name}` where values stand.")]
    values: dict[str, "str | Phrase"]

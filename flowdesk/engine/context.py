"""What a node function is given: one visit of one node in one run."""

import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from flowdesk.aio import in_thread
from flowdesk.engine.asking import question_of
from flowdesk.engine.brake import Brake
from flowdesk.engine.evidence import file_name, keep_picture
from flowdesk.engine.filling import reveal
from flowdesk.engine.lookup import assign
from flowdesk.engine.pauser import Pauser
from flowdesk.engine.ports import Act, Answer, Desktop, Elements, Eyes, Hands, Sight
from flowdesk.engine.seeking import POLL_INTERVAL, Seek, Surroundings
from flowdesk.engine.services import Called as Called
from flowdesk.engine.services import Permit as Permit
from flowdesk.engine.services import Question as Question
from flowdesk.engine.services import Services as Services
from flowdesk.engine.services import Trace as Trace
from flowdesk.engine.targeting import not_found, query_of
from flowdesk.engine.visits import Visit
from flowdesk.engine.waiting import Waiting
from flowdesk.model.config import TargetOptions
from flowdesk.model.errors import FlowdeskError, NodeError, RunStopped
from flowdesk.model.flow import Flow, Node
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say
from flowdesk.model.target import Query, Sighting, Spot
from flowdesk.model.templates import SECRET_PREFIX
from flowdesk.model.told import LogLevel

T = TypeVar("T")

ACTION_TIMEOUT = 3.0
"""Seconds an action looks for its target (contract §2)."""
WAIT_TIMEOUT = 10.0
"""Seconds a wait looks for its target (contract §2)."""
if TYPE_CHECKING:
    from flowdesk.engine.moved import MovedTargets

_BEFORE_ACTING = frozenset({"start", "launch", "readTable", "subflow", "call", "function", "wait"})
"""Nodes that use programs and files without doing anything yet: they open and read what later nodes act on."""
_STALE = 0.1
"""What was seen longer ago than so many seconds, before the desktop was had, is looked for again."""


class Calling(Protocol):
    """What runs other flows, and functions of this flow, for a node."""

    async def flow(self, called: Called, inputs: Mapping[str, Any], visit: Visit) -> Any:
        """Run another flow and return the result of its ``end`` node, else its variables."""

    async def function(self, name: str, inputs: Mapping[str, Any], visit: Visit) -> Any:
        """Run a function of this flow and return the result of its ``end`` node, else nothing."""


class RunCore(Protocol):
    """What a visit needs of the run that it belongs to (implemented by ``runner.Runner``)."""

    run_id: str
    flow: Flow
    services: Services
    brake: Brake
    pauser: Pauser
    variables: dict[str, Any]
    results: dict[str, Any]
    is_dry: bool

    @property
    def calls(self) -> Calling:
        """What runs other flows and functions."""

    moved: "MovedTargets"
    has_acted: bool
    """Whether anything was done: input, a command, a file, the network."""

    def log(self, message: str, level: LogLevel, node_id: str | None) -> None:
        """Add a line to the run's log."""

    def handle(self, visit: Visit, query: Query, times: int) -> None:
        """From now on run what hangs on a ``handle`` node whenever its target shows."""

    async def interlude(self, run: "Run") -> None:
        """Run what handlers are to run now, before a visit looks or acts."""

    def lookup(self, name: str) -> Any:
        """Return the value of a ``{{name}}``."""

    def desktop(self) -> Desktop:
        """Open the desktop, once per run."""

    def tell_acting(self, node_id: str) -> None:
        """Say that a node that may have waited for the desktop has it now."""


class Run:
    """One visit of one node: what a node function may do."""

    __slots__ = (
        "_core",
        "_has_looked_around",
        "_holds_hands",
        "_waiting",
        "iteration",
        "memory",
        "node",
        "services",
        "visit",
    )

    def __init__(self, core: RunCore, visit: Visit) -> None:
        """Made by the runner for each visit. ``memory`` lasts from a loop's entry to its end."""
        self._core = core
        self.services = core.services
        self.visit = visit
        self._holds_hands = False
        self._has_looked_around = False
        self._waiting: Waiting | None = None
        self.node: Node = visit.step.node
        self.iteration = visit.iteration
        self.memory = visit.memory

    def _waits(self) -> Waiting:
        """Return what waits for this visit. Made at its first use: the two know each other, and most visits wait for nothing."""
        if self._waiting is None:
            self._waiting = Waiting(self.now, self.sleep, self._look_around)
        return self._waiting

    # -- what is known ------------------------------------------------------------------------------------------------

    @property
    def is_dry(self) -> bool:
        """Whether targets are only looked for and no input is sent."""
        return self._core.is_dry

    @property
    def run_id(self) -> str:
        """The run that this visit belongs to."""
        return self._core.run_id

    @property
    def variables(self) -> Mapping[str, Any]:
        """The run's variables, to read. ``set_variable`` writes."""
        return self._core.variables

    @property
    def is_in_loop(self) -> bool:
        """Whether a loop stands around the node that may be left from here."""
        return self.visit.is_in_loop

    def set_variable(self, name: str, value: Any) -> None:
        """Set a variable. Values are JSON values."""
        self._core.variables[name] = value

    def assign(self, name: str, value: Any) -> None:
        """Set what a person named: a variable, or a part of one (``rows[0].Status``).

        Raises:
            ValueUnusable: If there is no such part.
        """
        assign(self._core.variables, name, value)

    def lookup(self, name: str) -> Any:
        """Return what ``{{name}}`` stands for: a variable, or a node's result and its fields.

        Raises:
            ValueUnusable: If there is no such value.
        """
        return self._core.lookup(name)

    @property
    def home(self) -> Path:
        """The folder in which relative paths of the flow start."""
        return self._core.services.home or Path.cwd()

    def log(self, message: str, level: LogLevel = "info") -> None:
        """Add a line to the run's log, at ``debug``, ``info``, ``warn`` or ``error``."""
        self._core.log(message, level, self.node.id)

    # -- time and threads -----------------------------------------------------------------------------------------------

    async def sleep(self, seconds: float) -> None:
        """Wait: never shorter, frozen while paused, ended at once by a stop."""
        core = self._core
        if seconds > 0 or core.brake.is_paused or core.brake.is_stopped:
            await core.pauser.sleep(seconds)

    def now(self) -> float:
        """Return monotonic seconds of the run's clock."""
        return self._core.services.clock.now()

    async def blocking(self, function: Callable[[], T]) -> T:
        """Run a function that blocks in a thread of its own and wait for it.

        A stop does not wait for it: the thread is left behind (a daemon), its result is dropped.
        """
        return await in_thread(function, f"flowdesk.{self.node.type}")

    # -- the desktop ------------------------------------------------------------------------------------------------------

    @property
    def eyes(self) -> Eyes:
        """Looking at the desktop; needs no lease.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
        return self._core.desktop()

    @property
    def elements(self) -> Elements:
        """Elements by what their programs tell of them. Take the desktop by ``hands`` before anything that acts."""
        return self._core.desktop()

    async def question(self) -> str:
        """Return the title of the dialog that waits for an answer; empty where none does, or there is no desktop."""
        with contextlib.suppress(FlowdeskError):
            return await question_of(self._core.desktop())
        return ""

    async def hands(self) -> Hands:
        """Take the desktop for input: waits for other runs, and for other branches of this one, until the visit ends.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
        desktop = self._core.desktop()
        if not self._has_looked_around:
            await self._look_around()
        if not self._holds_hands:
            await self.take_again()
        await self._core.pauser.go()
        return desktop

    async def take_again(self) -> None:
        """Take the desktop for input, without anything before it."""
        await self._core.services.lease.take(self._core.run_id, self.node.id)
        self._holds_hands = True
        self._begin_acting()
        self._core.tell_acting(self.node.id)

    def _begin_acting(self) -> None:
        """From now on the run counts as one that did something."""
        if self.node.type not in _BEFORE_ACTING:
            self._core.has_acted = True

    def let_go(self) -> bool:
        """Give the desktop to others, not in the middle of an action; returns whether it was held."""
        is_held = self._holds_hands
        self.release_hands()
        return is_held

    def handle(self, query: Query, times: int) -> None:
        """From now on, while the run goes on, run what hangs on this ``handle`` node whenever its target shows."""
        self._core.handle(self.visit, query, times)

    async def _look_around(self) -> None:
        """Pass, or wait while the run is paused; then let handlers run."""
        await self._core.pauser.go()
        self._has_looked_around = True
        await self._core.interlude(self)

    def release_hands(self) -> None:
        """Give the desktop back at the end of the visit (called by the runner)."""
        if self._holds_hands:
            self._core.services.lease.end_visit(self._core.run_id)
            self._holds_hands = False

    def query(self, options: TargetOptions, selector: str | list[str]) -> Query:
        """Turn a config's target into what drivers look for.

        Raises:
            SelectorError: If a selector cannot be parsed.
        """
        return query_of(options, selector, str(self._core.services.assets or ""))

    async def look(self, options: TargetOptions, selector: str | list[str], *, is_all: bool = False) -> Sighting:
        """Look once, now; with ``is_all`` for every place that fits. In ``wait_until`` no longer than there is time."""
        return await self._waits().look(self.eyes, replace(self.query(options, selector), is_all=is_all))

    async def read_text(self, region: Box, seconds: float | None = None) -> str:
        """Read the text in a region by OCR; in ``wait_until`` no longer than there is time, else than ``seconds``."""
        return await self._waits().read(self.eyes, region, seconds)

    async def locate(
        self,
        options: TargetOptions,
        selector: str | list[str],
        default_timeout: float = ACTION_TIMEOUT,
        *,
        has_minimized: bool = False,
        to_act: Act | bool = False,
        any_will_do: bool = False,
        may_hover: bool = True,
    ) -> Spot:
        """Look until the target is there; with ``has_minimized`` a window that is minimized will do.

        ``to_act`` says that it is acted on next, and how (``True``: pressed). Then it must pass the gate (``engine.gate``),
        too: enabled, in sight, at rest, not covered, not blocked; the desktop is taken for it, as for any input.
        Without ``may_hover`` the pointer stays where it is until then: it is to be seen on its way.

        Raises:
            TargetNotFound: If it is not within the timeout. Says the best score, where, at what scale, after how
                many looks; the picture of where was looked is kept in the run's folder.
            TargetAmbiguous: If nobody can tell which of several is meant (see ``strict``), unless ``any_will_do``.
            TargetCovered, TargetOutOfSight, TargetBlocked, TargetMoving: If it is there, but cannot be acted on in time.
        """
        act: Act | None = "press" if to_act is True else to_act or None
        act = None if self.is_dry else act
        query = replace(
            self.query(options, selector),
            has_minimized=has_minimized,
            is_to_act=act is not None and not options.force,
            is_distinct=not any_will_do and self._tells_apart(options),
        )
        timeout = default_timeout if options.timeout is None else options.timeout
        if self.is_dry:
            timeout = 0.0
        surroundings = Surroundings(self._core.desktop(), self.now, self.sleep, self._look_around, self._take_hands)
        seek = Seek(
            surroundings, query, timeout, act,
            is_forced=options.force, may_scroll=options.scroll == "auto", may_hover=may_hover,
        )  # fmt: skip
        found = await seek.go()
        if isinstance(found, Spot):
            self._mark(found, 1 if any_will_do else seek.sighting.alike)
            if self._core.moved.note(self.node, selector, found.selector):
                self.log(say('Found by a fallback: "{selector}".', selector=found.selector))
            return found
        raise found or self._not_found(query, seek.sighting, seek.looks, seek.waited)

    @property
    def surroundings(self) -> Surroundings:
        """What seeking a target needs of this visit."""
        return Surroundings(self._core.desktop(), self.now, self.sleep, self._core.pauser.go, self._take_hands)

    async def sight(self, spot: Spot) -> Sight | None:
        """Say how much of a target is shown now; None when it is gone."""
        return await self._core.desktop().sight(spot)

    async def _take_hands(self) -> bool:
        """Take the desktop for input. Returns whether others had it until now."""
        if self._holds_hands:
            return False
        begun = self.now()
        await self.hands()
        return self.now() - begun > _STALE

    async def wait_until(
        self, is_done: Callable[[], Awaitable[bool]], timeout: float, interval: float = POLL_INTERVAL
    ) -> bool:
        """Ask ``is_done`` until it says yes. Returns ``False`` when the timeout is over; a pause does not count.

        Raises:
            LookUnfinished: If no look was finished in time.
        """
        return await self._waits().until(is_done, timeout, interval)

    def _tells_apart(self, options: TargetOptions) -> bool:
        """Whether several that nobody can tell apart are an error. A flow may say ``"strict": false`` for all its nodes."""
        is_chosen = options.occurrence is not None
        is_lenient = (
            "strict" not in options.model_fields_set and (self._core.flow.model_extra or {}).get("strict") is False
        )
        return options.strict and not is_chosen and not is_lenient

    def _mark(self, spot: Spot, alike: int = 1) -> None:
        if alike > 1:
            self.log(
                say('"{selector}" has {count} equal matches; the first is used.', count=alike, selector=spot.selector),
                "warn",
            )
        if self.is_dry:
            self._core.services.places.add(spot.point, self.node.label)
        self.log(
            say(
                "found {selector} at {x},{y} (score {score})",
                selector=spot.selector, x=spot.point.x, y=spot.point.y, score=f"{spot.score:.2f}",
            ),
            "debug",
        )  # fmt: skip

    def _not_found(self, query: Query, sighting: Sighting, looks: int, waited: float) -> NodeError:
        name = f"not-found-{file_name(self.node.id)}.png"
        picture = keep_picture(self._core.services.folder, name, sighting.screenshot)
        return not_found(query, sighting.miss, looks, waited, picture)

    # -- the world around ---------------------------------------------------------------------------------------------

    def save(self, name: str, content: bytes) -> Path:
        """Write a file into the run's folder.

        Raises:
            NodeError: If the name would leave the folder, the quota is used up, or this run keeps no folder.
        """
        if self._core.services.folder is None:
            raise NodeError(say("This run has no folder for files."), say("Run the flow with --report DIR."))
        return self._core.services.folder.save(name, content)

    async def ask(self, question: Question) -> Answer:
        """Ask a person: in the window, in any editor, or on the command line's terminal.

        Raises:
            NodeError: If nobody can be asked.
            RunStopped: If the person stops the run instead.
        """
        if self._core.services.ask is None:
            raise NodeError(
                say("Nobody can answer here: {message}", message=question.message),
                say("Run the flow in the window, or connect an editor."),
            )
        answer = await self._core.services.ask(question)
        if answer.get("action") == "stop":
            self._core.brake.stop()
            raise RunStopped(say("The run was stopped."))
        return answer

    async def permit(self, what: str, detail: str, *, is_unseen: bool = False) -> None:
        """Ask for permission where the flow was not made here; returns when it is given.

        Args:
            what: What is used: programs, files, the network.
            detail: Which.
            is_unseen: Whether it can do anything without a trace on the screen, as a program that is run by ``command``.

        Raises:
            NodeError: If it is refused.
        """
        if self._core.services.permit is not None:
            await self._core.services.permit(what, detail, is_unseen=is_unseen)
        self._begin_acting()

    async def reveal(self, text: str) -> str:
        """Fill ``{{secret:name}}`` in a text, right before it is typed. Never log, store or return the outcome.

        A key store that is locked asks the person first: everything else goes on meanwhile.

        Raises:
            NodeError: If there is no such secret.
        """
        services = self._core.services
        if SECRET_PREFIX not in text:
            return reveal(text, services.secret, services.secret_names)
        return await in_thread(lambda: reveal(text, services.secret, services.secret_names), "flowdesk.secret")

    async def call(self, flow: str, inputs: Mapping[str, Any]) -> Any:
        """Run another flow file inside this run and return its result.

        Raises:
            NodeError: If it cannot be read, is invalid, or calls itself without end.
        """
        load, home = self._core.services.load_flow, self.home
        if load is None:
            raise NodeError(say("Subflows are not available here."), say("Save the flow to a file first."))
        called = await in_thread(lambda: load(home, flow), "flowdesk.subflow")
        if called.enter is not None:
            await called.enter()
        return await self._core.calls.flow(called, inputs, self.visit)

    async def call_function(self, name: str, inputs: Mapping[str, Any]) -> Any:
        """Run a function of this flow inside this run and return its result.

        Raises:
            NodeError: If it fails, or functions call each other without end.
        """
        return await self._core.calls.function(name, inputs, self.visit)

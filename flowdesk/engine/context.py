"""What a node function is given: one visit of one node in one run."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, TypeVar

from flowdesk.aio import in_thread
from flowdesk.engine.brake import Brake
from flowdesk.engine.clock import Clock, RealClock
from flowdesk.engine.evidence import Folder, file_name, keep_picture
from flowdesk.engine.lease import Lease
from flowdesk.engine.pauser import Pauser
from flowdesk.engine.ports import Answer, Desktop, DesktopDriver, Eyes, Hands
from flowdesk.engine.scheduler import Visit
from flowdesk.engine.values import reveal
from flowdesk.model.config import TargetOptions
from flowdesk.model.errors import DesktopUnavailable, NodeError, RunStopped, TargetAmbiguous, TargetNotFound
from flowdesk.model.flow import Flow, Node
from flowdesk.model.geometry import Box, Point
from flowdesk.model.selector import parse_selector
from flowdesk.model.sentence import say
from flowdesk.model.target import Miss, Query, Sighting, Spot, without_disabled

T = TypeVar("T")

ACTION_TIMEOUT = 3.0
"""Seconds an action looks for its target (contract §2)."""
WAIT_TIMEOUT = 10.0
"""Seconds a wait looks for its target (contract §2)."""
POLL_INTERVAL = 0.2
"""Seconds between the ends of two looks."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a run asks a person: a ``prompt``, a permission, or help with a target that is not there."""

    kind: str
    """``text``, ``choice``, ``confirm``, ``permission`` or ``help``."""
    message: str
    title: str = ""
    choices: tuple[str, ...] = ()
    default: Any = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Permit(Protocol):
    """Asks a person whether a flow may do something."""

    async def __call__(self, what: str, detail: str, *, is_unseen: bool) -> None:
        """Return when it is allowed; raise ``NodeError`` when not. The arguments are ``Run.permit``'s."""


class Trace(Protocol):
    """Keeps the variables that each visit of a node found and left."""

    def begun(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        """A visit begins."""

    def ended(self, visit: Visit, variables: Mapping[str, Any]) -> None:
        """A visit ended, each that began exactly once."""


@dataclass(frozen=True)
class Called:
    """A flow that another one calls, with what lies around its file."""

    flow: Flow
    home: Path | None = None
    assets: Path | None = None
    permit: Permit | None = None
    """Asks before what this flow does, in runs that ask at all."""


@dataclass
class Services:
    """What runs share or are given from outside. The defaults refuse with a clear sentence."""

    driver: DesktopDriver | None = None
    lease: Lease = field(default_factory=Lease)
    clock: Clock = field(default_factory=RealClock)
    folder: Folder | None = None
    trace: Trace | None = None
    assets: Path | None = None
    """Folder of the flow's pictures."""
    home: Path | None = None
    """Folder of the flow's file: relative paths of ``file``, ``readTable`` and ``subflow`` start here."""
    ask: Callable[[Question], Awaitable[Answer]] | None = None
    secret: Callable[[str], str] | None = None
    load_flow: Callable[[Path, str], Called] | None = None
    """Opens a flow that one in a folder names."""
    permit: Permit | None = None

    def of_subflow(self, called: Called) -> "Services":
        """Return what a called flow is given: its paths, its pictures and what it may do are those of its own file."""
        permit = called.permit if self.permit is not None else None
        return replace(self, home=called.home or self.home, assets=called.assets, permit=permit)


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

    def log(self, message: str, level: str, node_id: str | None) -> None:
        """Add a line to the run's log."""

    def lookup(self, name: str) -> Any:
        """Return the value of a ``{{name}}``."""

    def desktop(self) -> Desktop:
        """Open the desktop, once per run."""

    def tell_acting(self, node_id: str) -> None:
        """Say that a node that may have waited for the desktop has it now."""

    async def call(self, called: Called, inputs: Mapping[str, Any], node: Node) -> Any:
        """Run another flow inside this run and return its result."""


class Run:
    """One visit of one node: what a node function may do."""

    __slots__ = ("_core", "_holds_hands", "iteration", "memory", "node")

    def __init__(self, core: RunCore, node: Node, iteration: tuple[int, ...], memory: dict[str, Any]) -> None:
        """Made by the runner for each visit. ``memory`` lasts from a loop's entry to its end."""
        self._core = core
        self._holds_hands = False
        self.node = node
        self.iteration = iteration
        self.memory = memory

    # -- what is known ------------------------------------------------------------------------------------------------

    @property
    def is_dry(self) -> bool:
        """Whether targets are only looked for and no input is sent."""
        return self._core.is_dry

    @property
    def variables(self) -> Mapping[str, Any]:
        """The run's variables, to read. ``set_variable`` writes."""
        return self._core.variables

    def set_variable(self, name: str, value: Any) -> None:
        """Set a variable. Values are JSON values."""
        self._core.variables[name] = value

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

    def log(self, message: str, level: str = "info") -> None:
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

    async def hands(self) -> Hands:
        """Take the desktop for input: waits for other runs, and for other branches of this one, until the visit ends.

        Raises:
            DesktopUnavailable: If there is no desktop.
        """
        desktop = self._core.desktop()
        if not self._holds_hands:
            await self._core.services.lease.take(self._core.run_id, self.node.id)
            self._holds_hands = True
            self._core.tell_acting(self.node.id)
        await self._core.pauser.go()
        return desktop

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

    async def look(self, options: TargetOptions, selector: str | list[str]) -> Sighting:
        """Look once, now."""
        return await self.eyes.find(self.query(options, selector))

    async def locate(
        self,
        options: TargetOptions,
        selector: str | list[str],
        default_timeout: float = ACTION_TIMEOUT,
        *,
        has_minimized: bool = False,
        to_act: bool = False,
    ) -> Spot:
        """Look until the target is there; with ``has_minimized`` a window that is minimized will do.

        ``to_act``: until it takes input, too; a disabled button would swallow a click.

        Raises:
            TargetNotFound: If it is not within the timeout. Says the best score, where, at what scale, after how
                many looks; the picture of where was looked is kept in the run's folder.
            TargetAmbiguous: If ``strict`` is on and the last look still had several equal hits.
        """
        query = replace(self.query(options, selector), has_minimized=has_minimized)
        timeout = default_timeout if options.timeout is None else options.timeout
        if self.is_dry:
            timeout = 0.0
        waited, looks = 0.0, 0
        while True:
            await self._core.pauser.go()
            begin = self.now()
            is_last = waited >= timeout
            sighting = await self.eyes.find(query, want_picture=is_last)
            looks += 1
            if to_act and not self.is_dry:
                sighting = without_disabled(sighting)
            if sighting.spot is not None:
                self._mark(sighting.spot)
                return sighting.spot
            waited += self.now() - begin
            if is_last:
                raise self._not_found(query, sighting, looks, waited)
            pause = min(POLL_INTERVAL, max(0.0, timeout - waited))
            await self.sleep(pause)
            waited += pause

    async def wait_until(
        self, is_done: Callable[[], Awaitable[bool]], timeout: float, interval: float = POLL_INTERVAL
    ) -> bool:
        """Ask ``is_done`` until it says yes. Returns ``False`` when the timeout is over; a pause does not count."""
        waited = 0.0
        while True:
            await self._core.pauser.go()
            begin = self.now()
            if await is_done():
                return True
            waited += self.now() - begin
            if waited >= timeout:
                return False
            pause = min(interval, timeout - waited)
            await self.sleep(pause)
            waited += pause

    def _mark(self, spot: Spot) -> None:
        self.log(
            say(
                "found {selector} at {x},{y} (score {score})",
                selector=spot.selector, x=spot.point.x, y=spot.point.y, score=f"{spot.score:.2f}",
            ),
            "debug",
        )  # fmt: skip

    def _not_found(self, query: Query, sighting: Sighting, looks: int, waited: float) -> NodeError:
        miss = sighting.miss or Miss(reason=say("Nothing on the screen fits."))
        name = f"not-found-{file_name(self.node.id)}.png"
        picture = keep_picture(self._core.services.folder, name, sighting.screenshot)
        kind = TargetAmbiguous if miss.is_ambiguous else TargetNotFound
        nearest = (
            say(" The nearest scored {score} at {x},{y} (scale {scale}).", score=f"{miss.best_score:.2f}",
                x=miss.best_box.center.x, y=miss.best_box.center.y, scale=f"{miss.best_scale or 1:g}")
            if miss.best_score is not None and miss.best_box is not None
            else say(" Nearest: {names}.", names=", ".join(miss.candidates[:3]))
            if miss.candidates
            else ""
        )  # fmt: skip
        return kind(
            say(
                '{what}: "{selector}". {reason}{nearest} Looked {looks} times in {seconds} s.',
                what=say("Several targets fit equally well") if miss.is_ambiguous else say("The target was not found"),
                selector=query.text, reason=miss.reason, nearest=nearest, looks=looks, seconds=f"{waited:.1f}",
            ),
            say("Pick the target again, wait longer, or add a fallback."),
            selector=query.text,
            best_score=miss.best_score,
            best_box=list(miss.best_box) if miss.best_box else None,
            best_scale=miss.best_scale,
            similarity=query.similarity,
            looks=looks,
            candidates=list(miss.candidates),
            picture=picture,
        )  # fmt: skip

    # -- the world around ---------------------------------------------------------------------------------------------

    def save(self, name: str, content: bytes) -> Path:
        """Write a file into the run's folder.

        Raises:
            NodeError: If the name would leave the folder, the quota is used up, or this run keeps no folder.
        """
        if self._core.services.folder is None:
            raise NodeError(say("This run keeps no folder."), say("Run it with --report DIR."))
        return self._core.services.folder.save(name, content)

    async def ask(self, question: Question) -> Answer:
        """Ask a person: in the window, in any editor, or on the command line's terminal.

        Raises:
            NodeError: If nobody can be asked.
            RunStopped: If the person stops the run instead.
        """
        if self._core.services.ask is None:
            raise NodeError(
                say("Nobody can be asked here: {message}", message=question.message),
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

    def reveal(self, text: str) -> str:
        """Fill ``{{secret:name}}`` in a text, right before it is typed. Never log, store or return the outcome.

        Raises:
            NodeError: If there is no such secret.
        """
        return reveal(text, self._core.services.secret)

    async def call(self, flow: str, inputs: Mapping[str, Any]) -> Any:
        """Run another flow file inside this run and return its result.

        Raises:
            NodeError: If it cannot be read, is invalid, or calls itself without end.
        """
        if self._core.services.load_flow is None:
            raise NodeError(say("Subflows cannot be opened here."), say("Save the flow to a file first."))
        called = self._core.services.load_flow(self.home, flow)
        return await self._core.call(called, inputs, self.node)


def no_desktop() -> DesktopUnavailable:
    """The error of a run that was given no desktop driver."""
    return DesktopUnavailable(
        say("This flowdesk has no desktop to act on."), say("Start it in a desktop session, or run `flowdesk doctor`.")
    )


def query_of(options: TargetOptions, selector: str | list[str], assets: str) -> Query:
    """Turn a config's target into what drivers look for.

    Args:
        options: What stands beside the selector.
        selector: One selector, or several in order of preference.
        assets: Folder of the flow's pictures, empty for none.

    Raises:
        SelectorError: If a selector cannot be parsed.
    """
    texts = [selector] if isinstance(selector, str) else selector
    offset = options.offset or {}
    return Query(
        selectors=tuple(parse_selector(text) for text in texts),
        similarity=options.similarity,
        region=Box(*options.region) if options.region else None,
        occurrence=options.occurrence,
        offset=Point(int(offset.get("x", 0)), int(offset.get("y", 0))),
        anchor=options.anchor,
        monitor=options.monitor,
        strict=options.strict,
        tolerance=options.tolerance,
        assets=assets,
    )

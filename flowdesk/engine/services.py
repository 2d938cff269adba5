"""What runs share or are given from outside, and what they ask people."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from flowdesk.engine.clock import Clock, RealClock
from flowdesk.engine.dry import Places
from flowdesk.engine.evidence import Folder
from flowdesk.engine.lease import Lease
from flowdesk.engine.ports import Answer, DesktopDriver, PrivateDesktops
from flowdesk.engine.visits import Visit
from flowdesk.model.flow import Flow, Node


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

    def skipped(self, node: Node) -> None:
        """A node is not run, or not this time."""


@dataclass(frozen=True)
class Called:
    """A flow that another one calls, with what lies around its file."""

    flow: Flow
    home: Path | None = None
    assets: Path | None = None
    permit: Permit | None = None
    """Asks before what this flow does, in runs that ask at all."""
    enter: Callable[[], Awaitable[None]] | None = None
    """Asks before it runs at all where it is not what was allowed; raises ``NodeError`` when it may not."""


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
    keep_secret: Callable[[str, str], None] | None = None
    """Keeps a secret under a name in the system's key store; blocks."""
    hide: Callable[[str], None] | None = None
    """Takes a text out of all that is told or written of the run."""
    notify: Callable[[str, str], Awaitable[bool]] | None = None
    """Shows a person a title and a text; says whether anything took it. Never raises."""
    secret_names: frozenset[str] = frozenset()
    """The secrets that the flow, or one that calls it, asks for by itself: data cannot ask for any."""
    load_flow: Callable[[Path, str], Called] | None = None
    """Opens a flow that one in a folder names. Reads files: called in a thread."""
    permit: Permit | None = None
    private: PrivateDesktops | None = None
    """Starts desktops of flowdesk's own, for runs that ask for one."""
    places: Places = field(default_factory=Places)
    """Where a dry run would act."""

    def with_secrets(self, asked: frozenset[str]) -> "Services":
        """Return what a run of a flow is given: only the secrets that its own settings name can be read."""
        return replace(self, secret_names=self.secret_names | asked)

    def of_subflow(self, called: Called) -> "Services":
        """Return what a called flow is given: its paths, its pictures and what it may do are those of its own file."""
        return replace(self, home=called.home or self.home, assets=called.assets, permit=called.permit)

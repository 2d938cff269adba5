"""What a node shows, as whoever draws it sees it."""

from typing import Protocol

from PySide6.QtGui import QStaticText

from flowdesk.model.flow import Node
from flowdesk.model.nodetype import NodeType
from flowdesk.model.run import NodeState
from flowdesk.ui.canvas.card import CardShape
from flowdesk.ui.canvas.chips import Chip
from flowdesk.ui.canvas.look import Look


class NodeFace(Protocol):
    """The card of a node."""

    node: Node
    node_type: NodeType | None
    card: CardShape
    look: Look
    summary: str
    state: NodeState | None
    problem: str | None
    """``error`` or ``warning``."""
    hovered_port: str | None
    is_drop_target: bool
    is_disabled: bool
    has_breakpoint: bool
    open_outputs: frozenset[str]
    marks: tuple[tuple[str, str], ...]
    chips: tuple[Chip, ...]
    texts: tuple[QStaticText, QStaticText] | None
    """The title and the summary as they were laid out last."""

    def isSelected(self) -> bool:
        """Whether it is selected."""

    @property
    def category(self) -> str:
        """The category of its type."""

"""The shape of a node's card: its size and where its ports lie. Pure; lengths in scene pixels from the card's corner."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from flowdesk.model.flow import Node
from flowdesk.model.nodetype import DEFAULT_OUTPUT, ERROR_OUTPUT, Catalogue
from flowdesk.ui.theme import tokens

_TOKENS: dict[str, int] = tokens()["canvas"]
"""The measures that the browser editor draws by, too."""
GRID, WIDTH, HEIGHT = _TOKENS["grid"], _TOKENS["node_width"], _TOKENS["node_height"]
ROW = _TOKENS["port_row"]
"""Height of the row of an output with a label."""
GROUP_TOP, GROUP_SIDE = float(_TOKENS["group_top"]), float(_TOKENS["group_side"])
"""Room between a new group's border and its nodes; a collapsed group stands where the upper left one would."""
SIDE_OUTPUTS = frozenset({ERROR_OUTPUT, "timeout"})
"""Outputs taken when something goes wrong: drawn small, below the main one."""


@dataclass(frozen=True, slots=True)
class Port:
    """An output of a card."""

    handle: str
    y: float
    is_side: bool
    has_label: bool


@dataclass(frozen=True, slots=True)
class CardShape:
    """Size and ports of a card."""

    width: float
    height: float
    input_y: float | None
    """Height of the input; ``None`` if nothing may lead in."""
    outputs: tuple[Port, ...]

    def port(self, handle: str | None) -> Port | None:
        """Return the output that an edge's handle means, the first if it names none that exists."""
        for port in self.outputs:
            if port.handle == handle:
                return port
        return self.outputs[0] if self.outputs else None


@lru_cache(maxsize=512)
def shape_of(outputs: tuple[str, ...], has_input: bool) -> CardShape:
    """Return the shape of a card with these outputs.

    One main output leaves beside the title. Several get a labelled row each, below it.
    """
    main = [output for output in outputs if output not in SIDE_OUTPUTS]
    side = [output for output in outputs if output in SIDE_OUTPUTS]
    ports: list[Port] = []
    height = float(HEIGHT)
    if len(main) <= 1:
        ports += [Port(handle, HEIGHT / 2, False, False) for handle in main]
        for handle in side:
            ports.append(Port(handle, height - 10, True, False))
            height += ROW if handle != side[-1] else 0
    else:
        for row, handle in enumerate(main + side):
            ports.append(Port(handle, HEIGHT + ROW * row + ROW / 2 - 4, handle in SIDE_OUTPUTS, True))
        height = HEIGHT + ROW * len(ports)
    return CardShape(WIDTH, height, HEIGHT / 2 if has_input else None, tuple(ports))


def card_shape(node: Node, catalogue: Catalogue) -> CardShape:
    """Return the shape of a node's card. A node of an unknown type gets an input and one output."""
    node_type = catalogue.get(node.type)
    if node_type is None:
        return shape_of((DEFAULT_OUTPUT,), node.type not in {"start", "function"})
    return shape_of(_outputs(node, catalogue), node_type.kind not in {"start", "function"})


def _outputs(node: Node, catalogue: Catalogue) -> tuple[str, ...]:
    node_type = catalogue[node.type]
    try:
        return tuple(node_type.outputs_of(node.config))
    except (TypeError, ValueError, KeyError, AttributeError):  # a half-typed config
        return node_type.outputs


Box = tuple[float, float, float, float]
"""``x, y, width, height`` of a card in the scene."""


def boxes(nodes: Mapping[str, Node], catalogue: Catalogue) -> dict[str, Box]:
    """Return the box of every card by node id."""
    result: dict[str, Box] = {}
    for node_id, node in nodes.items():
        shape = card_shape(node, catalogue)
        result[node_id] = (node.position.x, node.position.y, shape.width, shape.height)
    return result


def snapped(value: float) -> float:
    """Return the nearest line of the grid; from the middle between two, the one to the right or below."""
    return float(math.floor(value / GRID + 0.5) * GRID)

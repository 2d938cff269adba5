"""What screen readers and other programs see of the canvas: a list of nodes with their ports, edges, groups and notes.

Qt asks for these when somebody looks; nothing is made before. A node's name is its label, so that flowdesk finds it as
``list_item[name='OK']`` and its port as ``list_item[name='OK'] >> button[name='error']``.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, QRect, QRectF
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget

from flowdesk.model.sentence import say
from flowdesk.ui.canvas.node_item import PORT_REACH, NodeItem
from flowdesk.ui.canvas.surface import Surface

if TYPE_CHECKING:
    from flowdesk.ui.canvas.scene import FlowScene

MOST_SHOWN = 1000
"""In a larger flow only what is in sight is told: whoever asks for the whole tree waits for all of it."""
Key = tuple[str, str]
"""Kind (``node``, ``edge``, ``frame``, ``in``, ``out``) and id; of a port the node's."""


class Face(QAccessibleInterface):
    """A thing on the canvas, by its id: it may go at any time, then it is no longer valid."""

    ROLE = QAccessible.Role.ListItem

    def __init__(self, canvas: "CanvasFace", key: Key) -> None:
        """Stand for a thing of a canvas."""
        super().__init__()
        self.canvas = canvas
        self.key = key

    @property
    def scene(self) -> "FlowScene":
        """The scene that the thing is in."""
        return self.canvas.view.flow_scene

    def isValid(self) -> bool:
        """Whether it is still there."""
        return self.key[1] in self.scene.node_items

    def object(self) -> QObject | None:  # type: ignore[override]
        """It is no object of Qt's."""
        return None

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The canvas."""
        return self.canvas

    def role(self) -> QAccessible.Role:
        """An entry of a list, a link or a button."""
        return self.ROLE

    def setText(self, t: QAccessible.Text, text: str) -> None:
        """Texts are edited elsewhere."""

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return a part by its place."""
        keys = self.parts()
        return self.canvas.face(keys[index]) if 0 <= index < len(keys) else None

    def childCount(self) -> int:
        """How many parts it has."""
        return len(self.parts())

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the place of a part, -1 if it is none."""
        keys = self.parts()
        return keys.index(child.key) if isinstance(child, Face) and child.key in keys else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the part at a place of the screen."""
        return self.canvas.part_at(self.parts(), x, y)

    def parts(self) -> list[Key]:
        """Return the keys of its parts."""
        return []

    def area(self) -> QRectF:
        """Return where it is, in the scene."""
        return QRectF()

    def rect(self) -> QRect:
        """Where it is on the screen, also when it is scrolled out of sight."""
        return self.canvas.on_screen(self.area())

    def state(self) -> QAccessible.State:
        """Return whether it is selected, in sight, busy."""
        state = QAccessible.State()
        state.invalid = not self.isValid()
        if not state.invalid:
            state.offscreen = not self.canvas.view.visible_rect().intersects(self.area())
        return state


class NodeFace(Face):
    """A node; its ports are its parts."""

    @property
    def item(self) -> NodeItem:
        """The node's picture."""
        return self.scene.node_items[self.key[1]]

    def text(self, t: QAccessible.Text) -> str:
        """Its label is its name; type, summary, state and problem are its description."""
        if not self.isValid():
            return ""
        if t == QAccessible.Text.Name:
            return self.item.label
        if t == QAccessible.Text.Description:
            return self.item.spoken().removeprefix(self.item.label).lstrip(", ")
        return self.key[1] if t == QAccessible.Text.Identifier else ""

    def parts(self) -> list[Key]:
        """The input and the outputs."""
        if not self.isValid():
            return []
        card, node_id = self.item.card, self.key[1]
        ins: list[Key] = [] if card.input_y is None else [("in", node_id)]
        return ins + [(f"out:{port.handle}", node_id) for port in card.outputs]

    def area(self) -> QRectF:
        """The card; of a hidden node the group's."""
        return self.scene.frames.anchor(self.key[1]).card_rect()

    def state(self) -> QAccessible.State:
        """Selected, focused, in sight, running."""
        state = super().state()
        if self.isValid():
            state.selectable = state.focusable = True
            state.selected = self.item.isSelected()
            state.focused = state.selected and self.canvas.view.hasFocus()
            state.invisible = not self.item.isVisible()
            state.busy = self.item.state is not None and self.item.state.value == "running"
            state.disabled = self.item.is_disabled
        return state


class PortFace(Face):
    """An input or an output of a node: drag from it to connect."""

    ROLE = QAccessible.Role.Button

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        """The node."""
        return self.canvas.face(("node", self.key[1]))

    def text(self, t: QAccessible.Text) -> str:
        """The name of the output as it is shown, or that it is the input."""
        if t != QAccessible.Text.Name or not self.isValid():
            return ""
        kind, _, handle = self.key[0].partition(":")
        return self.scene.look.translate(say("input") if kind == "in" else handle)

    def area(self) -> QRectF:
        """A square around the port."""
        item = self.scene.node_items[self.key[1]]
        kind, _, handle = self.key[0].partition(":")
        middle = item.input_point() if kind == "in" else item.output_point(handle)
        reach = PORT_REACH - 2
        return QRectF(middle.x() - reach, middle.y() - reach, 2 * reach, 2 * reach)


class EdgeFace(Face):
    """An edge."""

    ROLE = QAccessible.Role.Link

    def isValid(self) -> bool:
        """Whether it is still there."""
        return self.key[1] in self.scene.edge_items

    def text(self, t: QAccessible.Text) -> str:
        """From where to where, and by which output."""
        if t != QAccessible.Text.Name or not self.isValid():
            return ""
        item = self.scene.edge_items[self.key[1]]
        nodes = self.scene.node_items
        name = f"{nodes[item.edge.source].label} → {nodes[item.edge.target].label}"
        how = item.label + (f" ×{item.taken}" if item.taken else "")
        return f"{name} ({how.strip()})" if how else name

    def area(self) -> QRectF:
        """Around its way."""
        return self.scene.edge_items[self.key[1]].path().boundingRect().adjusted(-2, -2, 2, 2)


class FrameFace(Face):
    """A group or a note."""

    def isValid(self) -> bool:
        """Whether it is still there."""
        return self.key[1] in self.scene.frames.items

    def text(self, t: QAccessible.Text) -> str:
        """Its title or first line, and what it is."""
        if not self.isValid():
            return ""
        item = self.scene.frames.items[self.key[1]]
        if t == QAccessible.Text.Name:
            return item.label
        return item.spoken() if t == QAccessible.Text.Description else ""

    def area(self) -> QRectF:
        """The frame."""
        return self.scene.frames.items[self.key[1]].card_rect()

    def state(self) -> QAccessible.State:
        """Selected, in sight."""
        state = super().state()
        if self.isValid():
            item = self.scene.frames.items[self.key[1]]
            state.selectable = state.focusable = True
            state.selected = item.isSelected()
        return state


_KINDS: dict[str, type[Face]] = {
    "node": NodeFace,
    "edge": EdgeFace,
    "frame": FrameFace,
    "in": PortFace,
    "out": PortFace,
}


class CanvasFace(QAccessibleWidget):
    """The canvas as a list: nodes in the order of the flow, then groups and notes, then edges."""

    def __init__(self, view: Surface) -> None:
        """Stand for a view."""
        super().__init__(view, QAccessible.Role.List)
        self.view = view
        self._faces: dict[Key, Face] = {}

    def face(self, key: Key) -> Face:
        """Return what stands for a thing; the same each time."""
        found = self._faces.get(key)
        if found is None:
            found = self._faces[key] = _KINDS[key[0].partition(":")[0]](self, key)
            QAccessible.registerAccessibleInterface(found)
        return found

    def keys(self) -> list[Key]:
        """Return what is on the canvas; of a large flow what is in sight."""
        scene = self.view.flow_scene
        hidden = scene.frames.hidden
        nodes = [i for i in scene.node_items if i not in hidden]
        edges = [i for i, item in scene.edge_items.items() if item.isVisible()]
        if len(nodes) > MOST_SHOWN:
            seen = set(scene.items(self.view.visible_rect())) | set(scene.selectedItems())
            nodes = [i for i in nodes if scene.node_items[i] in seen]
            edges = [i for i in edges if scene.edge_items[i] in seen]
        result: list[Key] = [("node", i) for i in nodes]
        result += [("frame", i) for i in scene.frames.items]
        return result + [("edge", i) for i in edges]

    def childCount(self) -> int:
        """How many things are on the canvas."""
        return len(self.keys())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return a thing by its place."""
        keys = self.keys()
        return self.face(keys[index]) if 0 <= index < len(keys) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """Return the place of a thing, -1 if it is none of the canvas."""
        keys = self.keys()
        return keys.index(child.key) if isinstance(child, Face) and child.key in keys else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """Return the thing at a place of the screen."""
        return self.part_at(self.keys(), x, y)

    def part_at(self, keys: list[Key], x: int, y: int) -> QAccessibleInterface | None:
        """Return the first of several things that lies at a place of the screen."""
        view = self.view
        at = view.mapToScene(view.viewport().mapFromGlobal(QPointF(x, y).toPoint()))
        return next((face for face in map(self.face, keys) if face.area().contains(at)), None)

    def focusChild(self) -> QAccessibleInterface:
        """The selected node, if it is one; else what Qt says."""
        chosen = self.view.flow_scene.selected_ids()
        if chosen and self.view.hasFocus():
            return self.face(("node", chosen[-1]))
        return super().focusChild()

    def on_screen(self, rect: QRectF) -> QRect:
        """Return where a rectangle of the scene is on the screen."""
        shown = self.view.mapFromScene(rect).boundingRect()
        return QRect(self.view.viewport().mapToGlobal(shown.topLeft()), shown.size())


_canvases: dict[int, CanvasFace] = {}


def _make(key: str, thing: QObject) -> QAccessibleInterface | None:

    if not isinstance(thing, Surface):
        return None
    face = _canvases.get(id(thing))
    if face is None:
        face = _canvases[id(thing)] = CanvasFace(thing)
        number = id(thing)
        thing.destroyed.connect(lambda: _canvases.pop(number, None))
    return face


_is_installed = False


def show_faces() -> None:
    """Let programs that read the screen see into canvases, from now on."""
    global _is_installed
    if not _is_installed:
        _is_installed = True
        QAccessible.installFactory(_make)


def tell_focus(view: Surface, node_id: str) -> None:
    """Tell a screen reader, if there is one, which node the keys act on now."""
    face = _canvases.get(id(view))
    if face is not None and QAccessible.isActive() and view.hasFocus():
        QAccessible.updateAccessibility(QAccessibleEvent(face.face(("node", node_id)), QAccessible.Event.Focus))

"""The commands of the canvas, for keys, menus and the command list. Each ends in a request for changes."""

from typing import Literal

from PySide6.QtCore import QMimeData, QPointF
from PySide6.QtGui import QGuiApplication

from flowdesk.model.changes import MakeFunction
from flowdesk.model.sentence import say
from flowdesk.ui.canvas import arrange, editing, fragment, framing, placing
from flowdesk.ui.canvas.arrivals import Arrivals
from flowdesk.ui.canvas.card import GRID, HEIGHT, snapped
from flowdesk.ui.canvas.frame_item import FrameItem, GroupItem
from flowdesk.ui.canvas.gestures.resize import collapse
from flowdesk.ui.canvas.minimap import Minimap
from flowdesk.ui.canvas.navigator import ZOOM_STEP, Navigator
from flowdesk.ui.canvas.surface import Surface
from flowdesk.ui.canvas.tidying import tidy

Way = Literal["left", "right", "up", "down"]
STEPS: dict[Way, tuple[int, int]] = {"left": (-GRID, 0), "right": (GRID, 0), "up": (0, -GRID), "down": (0, GRID)}


class CanvasCommands:
    """What can be done with the selection of a view."""

    def __init__(self, view: Surface, navigator: Navigator, arrivals: Arrivals, minimap: Minimap) -> None:
        """Act on a view's selection.

        Args:
            view: The view.
            navigator: Moves and zooms it.
            arrivals: Goes on with what was asked for as soon as it is there.
            minimap: Is shown and hidden.
        """
        self.view, self._navigator, self._arrivals, self._minimap = view, navigator, arrivals, minimap
        self.scene = view.flow_scene
        self._nudges = 0
        self._pastes = 0

    def carry_out(self, command: str) -> None:
        """Carry out a command by its name; its arguments follow after colons, as in ``align:left``."""
        name, *arguments = command.split(":")
        getattr(self, name)(*arguments)

    # removing

    def delete(self) -> None:
        """Remove what is selected. Of a group only the frame goes; its nodes stay unless they are selected too."""
        draft = self.scene.draft
        ids, frames = self.scene.selected_ids(), self.scene.selected_frame_ids()
        changes = [*framing.without(draft, ids, frames), *framing.remove_frames(draft, frames)]
        changes += editing.delete(draft, ids, self.scene.selected_edge_ids())
        self.view.request(changes, say("Delete"))

    def delete_with_nodes(self) -> None:
        """Remove the selected groups together with their nodes, and whatever else is selected."""
        draft = self.scene.draft
        frames = self.scene.selected_frame_ids()
        ids = {*self.scene.selected_ids(), *framing.members(draft, frames)}
        changes = [*framing.without(draft, ids, frames), *framing.remove_frames(draft, frames)]
        self.view.request([*changes, *editing.delete(draft, ids)], say("Delete"))

    def delete_and_heal(self) -> None:
        """Remove the selected nodes and join what was before them to what was after."""
        ids = self.scene.selected_ids()
        changes = framing.without(self.scene.draft, ids)
        changes += editing.delete_and_heal(self.scene.draft, self.scene.catalogue, ids)
        self.view.request(changes, say("Delete and join"))

    # the clipboard

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as their own type and as JSON text."""
        ids, frames = self.scene.selected_ids(), self.scene.selected_frame_ids()
        if not ids and not frames:
            return
        text = fragment.copy_fragment(self.scene.draft, ids, self._whole(ids, frames))
        content = QMimeData()
        content.setData(fragment.MIME_TYPE, text.encode())
        content.setText(text)
        QGuiApplication.clipboard().setMimeData(content)
        self._pastes = 0

    def cut(self) -> None:
        """Put the selected nodes on the clipboard and remove them."""
        draft = self.scene.draft
        ids, frames = self.scene.selected_ids(), self.scene.selected_frame_ids()
        if ids or frames:
            self.copy()
            gone = {*ids, *framing.members(draft, frames)}
            changes = [*framing.without(draft, gone, frames), *framing.remove_frames(draft, frames)]
            self.view.request([*changes, *editing.delete(draft, gone)], say("Cut"))

    def can_paste(self) -> bool:
        """Whether the clipboard holds nodes."""
        return self._clipboard() is not None

    def paste(self, at: QPointF | None = None, *, keep_inputs: bool = False) -> None:
        """Add the nodes of the clipboard.

        Args:
            at: Where their top left corner goes, in the scene; ``None`` is at the pointer if it is over the canvas,
                else beside the originals.
            keep_inputs: Lead the edges that enter the originals into the copies too.
        """
        found = self._clipboard()
        if found is None:
            return
        self._pastes += 1
        at = at or self.view.pointer_in_scene()
        place = (at.x(), at.y()) if at is not None and not keep_inputs else None
        changes = fragment.paste(
            self.scene.draft,
            found,
            at=place,
            offset=2.0 * GRID * self._pastes,
            keep_inputs=keep_inputs,
            functions=self.scene.catalogue.functions,
            literals=self.scene.catalogue.literal_keys,
        )
        self.view.request(changes, say("Paste"), select=fragment.added_ids(changes))

    def paste_with_inputs(self) -> None:
        """Add the nodes of the clipboard, led to from where the originals are."""
        self.paste(keep_inputs=True)

    def duplicate(self) -> None:
        """Add copies of the selected nodes."""
        ids, frames = self.scene.selected_ids(), self.scene.selected_frame_ids()
        changes = fragment.duplicate(
            self.scene.draft,
            ids,
            self._whole(ids, frames),
            functions=self.scene.catalogue.functions,
            literals=self.scene.catalogue.literal_keys,
        )
        self.view.request(changes, say("Duplicate"), select=fragment.added_ids(changes))

    # selecting and walking

    def select_all(self) -> None:
        """Select every node, group and note."""
        self.scene.select(self.scene.node_items, (), self.scene.frames.items)

    def select_none(self) -> None:
        """Select nothing."""
        self.scene.select(())

    def select_upstream(self) -> None:
        """Select also what leads to the selected nodes."""
        self.scene.select(editing.select_along(self.scene.draft, self.scene.selected_ids(), "upstream"))

    def select_downstream(self) -> None:
        """Select also what the selected nodes lead to."""
        self.scene.select(editing.select_along(self.scene.draft, self.scene.selected_ids(), "downstream"))

    def select_connected(self) -> None:
        """Select also what leads to the selected nodes and what they lead to."""
        self.scene.select(editing.select_along(self.scene.draft, self.scene.selected_ids(), "both"))

    def walk(self, way: Way) -> None:
        """Select the next node in a direction along the graph and bring it into sight."""
        draft, frames = self.scene.draft, self.scene.frames
        chosen = self.scene.selected_ids()
        closed = [i for i in self.scene.selected_frame_ids() if i in frames.hidden.values()]
        if not chosen and not closed:
            first = next(iter(draft.nodes), None)
            following = next((n.id for n in draft.nodes.values() if n.type == "start"), first)
        elif chosen:
            following = editing.neighbour(draft, chosen[-1], way)
        else:
            inside = set(framing.members(draft, closed[-1:]))
            steps = (editing.neighbour(draft, i, way) for i in inside)
            following = next((i for i in steps if i is not None and i not in inside), None)
        if following is not None:
            self._arrivals.show_item(following)

    # arranging

    def nudge(self, way: Way, times: int = 1) -> None:
        """Move the selected nodes by steps of the grid. Nudges one after another are undone as one."""
        draft, frames = self.scene.draft, self.scene.selected_frame_ids()
        ids = [*dict.fromkeys([*self.scene.selected_ids(), *framing.members(draft, frames)])]
        dx, dy = STEPS[way][0] * times, STEPS[way][1] * times
        changes = editing.nudge(draft, ids, dx, dy) + framing.shift_frames(draft, frames, dx, dy)
        self.view.request(changes, say("Nudge"), gesture=f"nudge:{','.join(sorted([*ids, *frames]))}")

    def nudge_far(self, way: Way) -> None:
        """Move the selected nodes by five steps of the grid."""
        self.nudge(way, 5)

    def align(self, how: arrange.Alignment) -> None:
        """Align the selected nodes."""
        boxes = self.scene.card_boxes(self.scene.selected_ids())
        self.view.request(editing.move(self.scene.draft, arrange.align(boxes, how)), say("Align"))

    def distribute(self, way: Literal["horizontal", "vertical"]) -> None:
        """Give the selected nodes equal gaps."""
        boxes = self.scene.card_boxes(self.scene.selected_ids())
        self.view.request(editing.move(self.scene.draft, arrange.distribute(boxes, way)), say("Distribute"))

    def lay_out(self) -> None:
        """Tidy up the selected nodes, or all, for the view as it is, and show them."""
        ids = self.scene.selected_ids()
        port = self.view.viewport().rect()
        room = (float(port.width()), float(port.height()))
        places = tidy(self.scene.draft, self.scene.card_boxes(), room, ids if len(ids) > 1 else None)
        self._arrivals.fit_when_there()
        self.view.request(editing.move(self.scene.draft, places), say("Tidy up"))

    # groups and notes

    def group(self) -> None:
        """Put the selected nodes into a new group, whose title is then typed."""
        draft = self.scene.draft
        ids = [*dict.fromkeys([*self.scene.selected_ids(), *framing.members(draft, self.scene.selected_frame_ids())])]
        fresh = framing.fresh_id("group")
        title = self.scene.look.translate(say("Group"))
        changes = framing.group(draft, self.scene.card_boxes(ids), fresh, title)
        if changes:
            self.view.request(changes, say("Group"), select=[fresh])
            self._arrivals.write_when_there(fresh)

    def make_function(self) -> None:
        """Make a function of the selected nodes, and call it where they were."""
        ids = [*dict.fromkeys([*self.scene.selected_ids(), *framing.members(self.scene.draft, self.scene.selected_frame_ids())])]  # fmt: skip
        if ids:
            self.view.request([MakeFunction(nodes=tuple(ids))], say("Make a function"))

    def ungroup(self) -> None:
        """Take the frames of the selected groups away, or of the groups of the selected nodes; the nodes stay."""
        groups = {self.scene.frames.group_of.get(i, "") for i in self.scene.selected_ids()}
        self.view.request(
            framing.ungroup(self.scene.draft, groups | set(self.scene.selected_frame_ids())), say("Ungroup")
        )

    def leave_group(self) -> None:
        """Take the selected nodes out of their groups."""
        changes = framing.regroup(self.scene.draft, dict.fromkeys(self.scene.selected_ids()))
        self.view.request(changes, say("Remove from group"))

    def toggle_collapsed(self) -> None:
        """Collapse the selected groups, or those of the selected nodes, or expand them if all are collapsed."""
        of_nodes = [self.scene.frames.group_of[i] for i in self.scene.selected_ids() if i in self.scene.frames.group_of]
        collapse(self.view, [*dict.fromkeys([*self.scene.selected_frame_ids(), *of_nodes])])

    def open_frame(self, item: FrameItem, zone: str) -> None:
        """Write in a note or a title, which lie in the zone ``move``; a collapsed group opens."""
        if isinstance(item, GroupItem) and (item.shown.collapsed or zone == "toggle"):
            collapse(self.view, [item.frame.id])
        elif zone == "move":
            self._arrivals.write_in(item.frame.id)

    def color(self, name: str) -> None:
        """Give the selected groups and notes a colour."""
        changes = framing.set_frames(self.scene.draft, self.scene.selected_frame_ids(), "color", name)
        self.view.request(changes, say("Color"))

    def add_note(self) -> None:
        """Put a note at the pointer or in the middle, and begin to write."""
        at = self.view.pointer_in_scene() or self.view.visible_rect().center()
        fresh = framing.fresh_id("note")
        changes = framing.add_note(self.scene.draft, fresh, snapped(at.x()), snapped(at.y()))
        self.view.request(changes, say("Add a note"), select=[fresh])
        self._arrivals.write_when_there(fresh)

    # looking

    def fit_all(self) -> None:
        """Show the whole flow."""
        self._navigator.fit_all()

    def fit_selection(self) -> None:
        """Show what is selected."""
        self._navigator.fit_selection()

    def zoom_full(self) -> None:
        """Show the flow at its actual size."""
        self._navigator.zoom_to(1.0)

    def zoom_in(self) -> None:
        """Look closer."""
        self._navigator.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Look from further away."""
        self._navigator.zoom_by(1 / ZOOM_STEP)

    def toggle_minimap(self) -> None:
        """Show the minimap, or hide it."""
        self._minimap.set_wanted(not self._minimap.is_wanted)

    # single nodes

    def toggle_disabled(self) -> None:
        """Disable the selected nodes, or enable them."""
        self.view.request(editing.toggle_disabled(self.scene.draft, self.scene.selected_ids()), say("Disable"))

    def toggle_breakpoint(self) -> None:
        """Ask for a breakpoint on each selected node to be set or cleared."""
        for node_id in self.scene.selected_ids():
            self.view.breakpoint_toggled.emit(node_id)

    def rename(self) -> None:
        """Ask for another label for the selected node; a group or note is written in at its place."""
        chosen, frames = self.scene.selected_ids(), self.scene.selected_frame_ids()
        if len(frames) == 1 and not chosen:
            self._arrivals.write_in(frames[0])
        elif len(chosen) == 1:
            self.view.rename_requested.emit(chosen[0])

    def open(self) -> None:
        """Ask for the selected node's settings; a group opens or closes, a note is written in."""
        chosen, frames = self.scene.selected_ids(), self.scene.selected_frame_ids()
        if len(frames) == 1 and not chosen:
            if frames[0] in self.scene.frames.groups:
                collapse(self.view, frames)
            else:
                self._arrivals.write_in(frames[0])
        elif len(chosen) == 1:
            self.view.open_requested.emit(chosen[0])

    def quick_add(self) -> None:
        """Ask for the quick add: after the selected node, else at the pointer or in the middle."""
        chosen = self.scene.selected_ids()
        if len(chosen) == 1:
            card = self.scene.node_items[chosen[0]].card
            if card.outputs:
                x, y = placing.place_after(self.scene.draft, self.scene.catalogue, chosen[0])
                self.view.quick_add_requested.emit(QPointF(x, y + HEIGHT / 2), chosen[0], card.outputs[0].handle)
                return
        at = self.view.pointer_in_scene() or self.view.visible_rect().center()
        self.view.quick_add_requested.emit(QPointF(snapped(at.x()), snapped(at.y())), "", "")

    def _whole(self, ids: list[str], frames: list[str]) -> set[str]:
        """Return the selected frames and the groups all of whose nodes are selected."""
        return {*frames, *(found.id for found in framing.whole_groups(self.scene.draft, ids))}

    def _clipboard(self) -> fragment.Fragment | None:
        content: QMimeData | None = QGuiApplication.clipboard().mimeData()
        if content is None:  # a clipboard of which nothing was ever taken, or whose owner does not answer
            return None
        if content.hasFormat(fragment.MIME_TYPE):
            return fragment.read_fragment(bytes(content.data(fragment.MIME_TYPE).data()).decode("utf-8", "replace"))
        return fragment.read_fragment(content.text()) if content.hasText() else None

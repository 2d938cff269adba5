"""What a screen reader is told of the canvas."""

from typing import TYPE_CHECKING

from flowdesk.model.sentence import say
from flowdesk.ui.canvas.frame_item import FrameItem
from flowdesk.ui.canvas.node_item import NodeItem

if TYPE_CHECKING:
    from flowdesk.ui.canvas.view import CanvasView

MOST_NAMED = 20


def tell_reader(view: "CanvasView") -> None:
    """Name the canvas after what is selected, so that a screen reader says it while walking the graph."""
    scene = view.flow_scene
    items: list[NodeItem | FrameItem] = [scene.node_items[node_id] for node_id in scene.selected_ids()]
    items += [scene.frames.items[frame_id] for frame_id in scene.selected_frame_ids()]
    name = items[0].spoken() if len(items) == 1 else scene.look.translate(say("Canvas"))
    if len(items) > 1:
        name = f"{name}: {len(items)}"
    view.setAccessibleName(name)
    view.setAccessibleDescription("; ".join(item.label for item in items[:MOST_NAMED]))

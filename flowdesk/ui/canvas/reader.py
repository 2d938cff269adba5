"""What a screen reader is told of the canvas."""

from flowdesk.model.sentence import say
from flowdesk.ui.canvas.faces import tell_focus
from flowdesk.ui.canvas.frame_item import FrameItem
from flowdesk.ui.canvas.node_item import NodeItem
from flowdesk.ui.canvas.surface import Surface

MOST_NAMED = 20


def tell_reader(view: Surface) -> None:
    """Describe the canvas by what is selected, and tell which node the keys act on while the graph is walked."""
    scene = view.flow_scene
    items: list[NodeItem | FrameItem] = [scene.node_items[node_id] for node_id in scene.selected_ids()]
    items += [scene.frames.items[frame_id] for frame_id in scene.selected_frame_ids()]
    view.setAccessibleName(scene.look.translate(say("Canvas")))
    view.setAccessibleDescription(
        items[0].spoken() if len(items) == 1 else "; ".join(item.label for item in items[:MOST_NAMED])
    )
    if len(items) == 1 and isinstance(items[0], NodeItem):
        tell_focus(view, items[0].node.id)

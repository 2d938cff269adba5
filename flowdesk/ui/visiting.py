"""What is done with a visit in the window: go on from it, and make a target of the picture that shows why it failed."""

import base64
import re
from collections.abc import Callable
from typing import Any

from flowdesk.aio import spawn
from flowdesk.i18n import tr
from flowdesk.model.changes import SetNode
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.ui.bench import Bench


class Visiting:
    """Follows the panel of visits of a window."""

    def __init__(self, bench: Bench, start: Callable[..., object]) -> None:
        """Follow it; ``start`` starts the flow in front with options of ``workflow.start``."""
        self._bench, self._start = bench, start
        bench.visit.makes_target = lambda workflow_id, node_id: bool(self._target_key(workflow_id, node_id))
        bench.visit.run_wanted.connect(self._run)
        bench.visit.target_drawn.connect(
            lambda workflow_id, node_id, picture: spawn(
                self._take(workflow_id, node_id, bytes(picture)), "target from the image"
            )
        )

    def _target_key(self, workflow_id: str, node_id: str) -> str:
        tab = self._bench.tab_of(workflow_id)
        node = tab.scene.draft.nodes.get(node_id) if tab is not None else None
        declared = self._bench.session.catalogue.get(node.type) if node is not None else None
        return declared.main_target if declared is not None else ""

    def _run(self, workflow_id: str, node_id: str, visit: dict[str, Any]) -> None:
        tab = self._bench.tab_of(workflow_id)
        if tab is not None:
            self._bench.tabs.setCurrentWidget(tab)
            self._start(from_node=node_id, as_of=visit)

    async def _take(self, workflow_id: str, node_id: str, picture: bytes) -> None:
        tab, key = self._bench.tab_of(workflow_id), self._target_key(workflow_id, node_id)
        if tab is None or not key:
            return
        name = re.sub(r"[^\w\-. ]", "-", node_id)[:60]
        asset = {"name": f"{name}-target.png", "data": base64.b64encode(picture).decode()}
        try:
            stored = (await tab.peer.request("asset.put", asset, workflow_id))["name"]
        except FlowdeskError as error:
            self._bench.show_error(error)
            return
        change = SetNode(id=node_id, path=("data", "config", key), value=f"image={stored}")
        tab.edit([change], tr(say("Target from the image")))

"""Marking what has problems on the canvas."""

from collections.abc import Iterable

from flowdesk.model.problem import Problem
from flowdesk.ui.canvas.shown import Shown


class ProblemMarks:
    """Marks nodes and edges of a scene, and knows which are marked."""

    def __init__(self, scene: Shown) -> None:
        """Mark nothing yet."""
        self._scene = scene
        self.nodes: set[str] = set()
        self._edges: set[str] = set()

    def show(self, problems: Iterable[Problem]) -> set[str]:
        """Mark the nodes and edges that have problems, and no others. Returns the nodes that have errors."""
        scene = self._scene
        worst: dict[str, Problem] = {}
        bad_edges: set[str] = set()
        for problem in problems:
            known = worst.get(problem.node_id or "")
            if problem.node_id and (known is None or (problem.is_error and not known.is_error)):
                worst[problem.node_id] = problem
            if problem.edge_id:
                bad_edges.add(problem.edge_id)
        for node_id in self.nodes | worst.keys():
            item, found = scene.node_items.get(node_id), worst.get(node_id)
            text = f"{scene.look.translate(found.message)} {scene.look.translate(found.fix)}".strip() if found else ""
            if item is not None:
                item.set_problem(found.level if found else None, text)
        for edge_id in self._edges | bad_edges:
            edge_item = scene.edge_items.get(edge_id)
            if edge_item is not None and edge_item.is_problem != (edge_id in bad_edges):
                edge_item.is_problem = edge_id in bad_edges
                edge_item.update()
        self.nodes, self._edges = set(worst), bad_edges
        return {i for i, problem in worst.items() if problem.is_error and i in scene.node_items}

"""Files of tools that are no Python: which tool one is of, and what it becomes."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from flowdesk.importing import actiona, automa, n8n, pulover, uivision
from flowdesk.importing.drawing import Drawing
from flowdesk.importing.graphs import Graph
from flowdesk.importing.report import Report
from flowdesk.model.errors import FlowUnreadable
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.sentence import say

SUFFIXES = frozenset({".json", ".ascr", ".xml", ".pmc", ".ahk", ".automa"})
"""How the names of such files end."""


def read_foreign(path: Path, text: str, report: Report, catalogue: Catalogue) -> list[Flow] | None:
    """Return the flows of a file, ``None`` where it is of none of these tools.

    Raises:
        FlowUnreadable: If it is of one of them and cannot be read.
    """
    name, description = path.stem, str(say("Imported from {file}.", file=path.name))
    if pulover.HEAD.search(text):
        return _pulover(path, text, report, catalogue, description)
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<") and "<scriptfile" in start[:4000]:
        return [_actiona(path, start, report, catalogue, name, description)]
    if not start.startswith("{"):
        return None
    try:
        values = json.loads(start)
    except ValueError as error:
        raise FlowUnreadable(
            say("{path} is not valid JSON: {reason}", path=path.name, reason=str(error)), say("Export the file again.")
        ) from error
    return _of_json(path, values, report, catalogue, description)


def _of_json(
    path: Path, values: Mapping[str, Any], report: Report, catalogue: Catalogue, description: str
) -> list[Flow] | None:
    if isinstance(values.get("Commands"), list):
        drawing = Drawing(catalogue, str(values.get("Name") or path.stem))
        uivision.Macro(drawing, report, path.name).read(values["Commands"])
        return [drawing.flow(description)]
    if isinstance(values.get("nodes"), list) and "connections" in values:
        graph = Graph(catalogue, report, path.name, str(values.get("name") or path.stem))
        return [graph.flow(n8n.read_workflow(graph, values), description)]
    if "drawflow" in values:
        graph = Graph(catalogue, report, path.name, str(values.get("name") or path.stem))
        return [graph.flow(automa.read_workflow(graph, values), description)]
    return None


def _actiona(path: Path, text: str, report: Report, catalogue: Catalogue, name: str, description: str) -> Flow:
    if re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise FlowUnreadable(
            say("{path} contains a document type declaration, which scripts do not need.", path=path.name),
            say("Save the script again in Actiona."),
        )
    try:
        root = ElementTree.fromstring(text.encode())
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise FlowUnreadable(
            say("{path} is not valid XML: {reason}", path=path.name, reason=str(error)),
            say("Save the script again in Actiona."),
        ) from error
    drawing = Drawing(catalogue, name)
    actiona.Script(drawing, report, path.name).read(root)
    return drawing.flow(description)


def _pulover(path: Path, text: str, report: Report, catalogue: Catalogue, description: str) -> list[Flow]:
    parts = list(pulover.parts_of(text))
    names = {part.name: path.stem if len(parts) == 1 else f"{path.stem} - {part.name}" for part in parts}
    flows = {part: f"{file_stem(name)}.flow.json" for part, name in names.items()}
    found, begin = [], 1
    for part in parts:
        drawing = Drawing(catalogue, names[part.name])
        pulover.Macro(drawing, report, path.name, part, flows).read(begin)
        begin += len(part.rows)
        found.append(drawing.flow(description))
    return found


def file_stem(name: str) -> str:
    """Return how the file of a flow is called, without its ending."""
    return re.sub(r"[^\w .()-]", "_", name).strip(". ")[:120] or "flow"

"""Write what the window and the page must work out alike, from the core: ``tests/vectors/*.json``.

.venv/bin/python tools/vectors.py            (make docs does it, too)
.venv/bin/python tools/vectors.py --check    (make check does it, too: ends with 1 if a file is stale)

``tests/test_vectors.py`` holds the core to them, ``resources/editor/src/vectors.test.ts`` the page.
"""

import argparse
import itertools
import json
import random
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from flowdesk.model.changes import CHANGE, AnyChange, Draft, change_json
from flowdesk.model.errors import ChangeRefused
from flowdesk.model.fields import defaults_of
from flowdesk.model.flow import Flow, Node, new_node
from flowdesk.model.runlist import KINDS, UNDER_WAY, matching
from flowdesk.model.searching import Entry, rank
from flowdesk.model.selector import brief, is_bare_point
from flowdesk.nodes import builtin_catalogue
from flowdesk.pinyin import readings
from flowdesk.ui.canvas import framing, placing, wires
from flowdesk.ui.canvas.card import Box, boxes, card_shape, snapped
from flowdesk.ui.canvas.rules import refusal, wire_handle
from flowdesk.ui.canvas.tidying import tidy
from flowdesk.ui.typesearch import entry_of

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors"
CATALOGUE = builtin_catalogue()

SAMPLE: dict[str, Any] = {
    "flowdesk": 1, "id": "f", "name": "F", "description": "", "variables": {"a": 1},
    "groups": {"g": {"title": "G", "x": 0, "y": 0, "width": 400, "height": 200, "nodes": ["w", "c"]}},
    "nodes": [
        {"id": "s", "type": "start", "position": {"x": 0, "y": 0}, "data": {"label": "", "config": {}}},
        {"id": "w", "type": "wait", "position": {"x": 240, "y": 0}, "data": {"label": "W", "config": {"duration": 5, "note": "n"}}},
        {"id": "c", "type": "condition", "position": {"x": 480, "y": 0}, "data": {"label": "", "config": {"selector": "text=A"}}},
        {"id": "z", "type": "end", "position": {"x": 720, "y": 0}, "data": {"label": "", "config": {}}},
    ],
    "edges": [
        {"id": "e1", "source": "s", "target": "w", "sourceHandle": None, "targetHandle": None},
        {"id": "e2", "source": "w", "target": "c", "sourceHandle": "default", "targetHandle": None},
        {"id": "e3", "source": "c", "target": "z", "sourceHandle": "true", "targetHandle": None},
    ],
}  # fmt: skip

_NEW = {"id": "n", "type": "log", "position": {"x": 10, "y": 20}, "data": {"label": "", "config": {}}}
_EDGE = {"id": "e9", "source": "c", "target": "w", "sourceHandle": "false", "targetHandle": None}
_SETTINGS: list[list[dict[str, Any]]] = [
    [{"op": "addNode", "node": _NEW}], [{"op": "addNode", "node": _NEW, "index": 1}], [{"op": "addNode", "node": _NEW, "index": 99}],
    [{"op": "addNode", "node": {**_NEW, "id": "w"}}], [{"op": "removeEdge", "id": "e3"}, {"op": "removeNode", "id": "z"}],
    [{"op": "moveNode", "id": "w", "x": 20, "y": 40}], [{"op": "moveNode", "id": "gone", "x": 1, "y": 1}],
    [{"op": "renameNode", "id": "w", "to": "pause"}], [{"op": "renameNode", "id": "w", "to": "c"}],
    [{"op": "addEdge", "edge": _EDGE}], [{"op": "addEdge", "edge": _EDGE, "index": 0}], [{"op": "addEdge", "edge": {**_EDGE, "id": "e1"}}],
    [{"op": "removeEdge", "id": "e2"}], [{"op": "removeEdge", "id": "gone"}], [{"op": "setEdge", "id": "e1", "path": ["label"], "value": "L"}],
    [{"op": "setEdge", "id": "gone", "path": ["label"], "value": "L"}],
    [{"op": "setNode", "id": "w", "path": ["data", "config", "duration"], "value": 7}],
    [{"op": "setNode", "id": "w", "path": ["data", "config", "duration"], "remove": True}],
    [{"op": "setNode", "id": "w", "path": ["data", "config", "state"], "value": "disappear", "index": 0}],
    [{"op": "setNode", "id": "w", "path": ["data", "extra", "deep"], "value": 1},
     {"op": "setNode", "id": "w", "path": ["data", "extra", "deep"], "remove": True, "prune": 1}],
    [{"op": "setNode", "id": "w", "path": ["data", "config", "duration", "deep"], "value": 1}],
    [{"op": "setNode", "id": "gone", "path": ["data", "label"], "value": "x"}],
    [{"op": "setNode", "id": "w", "path": ["type"], "value": "log"}], [{"op": "setFlow", "path": ["name"], "value": "Other"}],
    [{"op": "setFlow", "path": ["variables", "b"], "value": [1, {"c": None}]}], [{"op": "setFlow", "path": ["variables", "a"], "remove": True}],
    [{"op": "setFlow", "path": ["notes", "n1"], "value": {"text": "T", "x": 0, "y": 0, "width": 200, "height": 120}}],
    [{"op": "setFlow", "path": ["groups", "g"], "remove": True, "prune": 1}],
]  # fmt: skip


def changed(given: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the sample after changes, as the core makes them; one that is refused is left out."""
    draft = Draft(Flow.model_validate(SAMPLE))
    for change in given:
        try:
            CHANGE.validate_python(change).apply(draft)
        except ChangeRefused:
            continue
    return draft.flow().to_json()


def changes() -> Any:
    """Return edits of a flow and what becomes of it."""
    return {"flow": SAMPLE, "cases": [{"changes": given, "after": changed(given)} for given in _SETTINGS]}


def wires_file() -> Any:
    """Return ways of wires and the heights of their detours."""
    chance = random.Random(11)
    ways, around = [], []
    for _ in range(40):
        start, end = [(float(chance.randrange(-40, 80) * 10), float(chance.randrange(-20, 40) * 10)) for _ in range(2)]
        height = chance.choice([None, float(chance.randrange(-30, 60) * 10), start[1] + 6])
        ways.append({"start": start, "end": end, "around": height, "way": wires.way(start, end, height)})
    for _ in range(40):
        cards: list[Box] = [
            (float(chance.randrange(0, 40) * 20), float(chance.randrange(0, 20) * 20), 200.0, 60.0) for _ in range(6)
        ]
        source, target = cards[:2]
        start, end = (source[0] + 200, source[1] + 30), (target[0], target[1] + 30)
        found = wires.way_around(source, target, start, end, cards)
        around.append({"boxes": cards, "start": start, "end": end, "around": found})
    return {"ways": ways, "around": around}


def _cards() -> list[Node]:
    plain = [new_node(node_type.id, id=node_type.id) for node_type in CATALOGUE]
    cases = [[], [{"id": "1"}], [{"id": "1"}, {"id": "2"}, {"id": "1"}, {"id": ""}, {}, None], "{{cases}}"]
    return [
        *plain,
        *(new_node("switch", {"cases": each}, id=f"switch{i}") for i, each in enumerate(cases)),
        new_node("strange", id="x"),
    ]


def canvas() -> Any:
    """Return snapping, the shapes of cards, which connections may be made and what is written for them, and groups."""
    types = {
        node_type.id: {
            "type": node_type.id, "kind": node_type.kind, "outputs": node_type.outputs, "summary": node_type.summary,
            "defaults": defaults_of(node_type.config), "fields": [
                {"key": spec.key, "kind": spec.kind, "choices": list(spec.choices), "when": spec.when} for spec in node_type.fields
            ],
        }
        for node_type in CATALOGUE
    }  # fmt: skip
    values = [0, 9.9, 10, 10.1, 30, 50, 70, -10, -30, -50, 123.4, 1e6 + 10]
    shapes = []
    for node in _cards():
        shape = card_shape(node, CATALOGUE)
        ports = [{"handle": p.handle, "y": p.y, "isSide": p.is_side, "hasLabel": p.has_label} for p in shape.outputs]
        shapes.append({
            "node": {"id": node.id, "type": node.type, "data": {"config": node.config}}, "width": shape.width, "height": shape.height,
            "hasInput": shape.input_y is not None, "ports": ports,
        })  # fmt: skip
    draft = Draft(Flow.model_validate(SAMPLE))
    connections = [
        {
            "source": source, "handle": handle, "target": target,
            "refusal": None if (said := refusal(draft, CATALOGUE, source, handle, target)) is None else str(said),
            "written": wire_handle(draft, CATALOGUE, source, handle) if source in draft.nodes else None,
        }
        for source, target in itertools.product(["s", "w", "c", "z", "gone"], repeat=2)
        for handle in (None, "default", "true", "error", "strange")
    ]  # fmt: skip
    return {
        "types": types, "snapped": [[value, snapped(value)] for value in values], "shapes": shapes, "flow": SAMPLE,
        "connections": connections, "drops": _drops(draft),
    }  # fmt: skip


def _drops(draft: Draft) -> list[dict[str, Any]]:
    areas: dict[str, Box] = {"g": (0.0, 0.0, 400.0, 200.0)}
    found = []
    for node_id, x, y in [("w", 20, 20), ("w", 900, 20), ("s", 100, 100), ("s", 900, 900), ("z", 190, 160)]:
        cards: dict[str, Box] = {node_id: (float(x), float(y), 200.0, 60.0)}
        made = framing.drop_moves(draft, cards, areas, ())
        told = [
            {key: value for key, value in change_json(change).items() if key in ("op", "path", "value")}
            for change in made
        ]
        found.append({"boxes": cards, "areas": areas, "changes": told})
    return found


def wording() -> Any:
    """Return the lines under titles, and what is shown of selectors."""
    values: list[Any] = [
        None, True, False, 0, 1, 1.0, 1.5, -3.0, 1e3, "", "text", "确定", "a  b", [], [1, {"a": 1}], [True, None, 2.0], {"a": [1, 2.0]},
        {"a": {"b": "x y"}},
    ]  # fmt: skip
    lines = [("setVariable", {"name": "x", "value": value}) for value in values]
    lines += [("click", {"selector": selector}) for selector in _SELECTORS]
    lines += [("click", {"selector": ["image=a.png", "text=B"], "clickType": "double"}), ("wait", {"duration": 500})]
    lines += [(node_type.id, {}) for node_type in CATALOGUE]
    return {
        "lines": [
            {"type": name, "config": config, "line": CATALOGUE[name].summarise(config)} for name, config in lines
        ],
        "bare_points": [
            [text, is_bare_point([text])]
            for text in (*_SELECTORS, "point=1,2", " 50%, 50% ", "window=A >> point=1,2", "point=+5,5")
        ],
        "briefs": [[text, brief(text)] for text in _SELECTORS],
    }


_SELECTORS = [
    "button[name='OK']", "app=a >> window=B >> button[name=\"O K\"]", "text=Password >> right-of=text_field", "button >> nth=2",
    "window=A >> text=\"a >> b\"", "[name='a >> b']", "100,200", "x" * 400 + " >> text=a", "text=It's", "active >> text=Yes",
]  # fmt: skip

_QUERIES = (
    "", "cl", "excel", "sleep", "delay", "ocr", "message", "hotkey", "image", "script", "if", "for each", "foreach", "dropdown",
    "clik", "wiat", "sceenshot", "scrsht", "tpye text", "open app", "email", "zzz", "é", "a", "延时", "截屏", "如果", "点一下", "填表",
    "xunhuan", "xh", "xhuan", "yanshi", "jp", "dqbg", "循环每行", "输入 文本", "Press  KEYS", "chongshi", "zhongshi", "jixu2", "Write to the log", "the",
)  # fmt: skip


def tidying() -> Any:
    """Return where nodes go when flows of several shapes are tidied up for several windows."""
    chance = random.Random(5)
    cases = []
    for count in (1, 4, 9, 20, 45):
        for way in ("chain", "loops", "random"):
            nodes = [
                new_node("loop" if way == "loops" and i % 6 == 2 else "log", id=f"n{i}", x=40.0, y=60.0)
                for i in range(count)
            ]
            edges = [
                _wire(f"e{i}", f"n{i}", f"n{i + 1}", "body" if nodes[i].type == "loop" else None)
                for i in range(count - 1)
            ]
            if way == "loops":
                edges += [_wire(f"b{i}", f"n{i + 2}", f"n{i}") for i in range(2, count - 2, 6)]
                edges += [_wire(f"d{i}", f"n{i}", f"n{i + 3}", "done") for i in range(2, count - 3, 6)]
            elif way == "random":
                edges = [
                    _wire(f"e{i}", f"n{chance.randrange(count)}", f"n{chance.randrange(count)}")
                    for i in range(count + 3)
                ]
            flow = Flow.model_validate(
                {"id": "t", "nodes": [n.model_dump(by_alias=True) for n in nodes], "edges": edges}
            )
            draft = Draft(flow)
            for room in ((1200.0, 700.0), (500.0, 900.0)):
                places = tidy(draft, boxes(draft.nodes, CATALOGUE), room)
                cases.append({"flow": flow.to_json(), "room": room, "places": places})
    return cases


def placing_file() -> Any:
    """Return what becomes of a flow when nodes are added where it goes on, or into its wires."""
    flow = Flow.model_validate({
        "id": "p",
        "nodes": [
            new_node(kind, id=name, x=float(x), y=float(y)).model_dump(by_alias=True)
            for name, kind, x, y in (
                ("s", "start", 0, 0), ("a", "log", 260, 0), ("b", "loop", 520, 0), ("c", "click", 780, 100), ("d", "log", 780, 0),
                ("near", "log", 860, 20), ("e", "end", 1040, 0), ("far", "log", 100, 300),
            )
        ],
        "edges": [
            _wire("e1", "s", "a"), _wire("e2", "a", "b"), _wire("e3", "b", "c", "body"), _wire("e4", "b", "d", "done"),
            _wire("e5", "c", "b"), _wire("e6", "d", "e"), _wire("e7", "e", "gone"),
        ],
    })  # fmt: skip
    draft = Draft(flow)
    cases = []
    for kind in ("log", "loop", "start", "end", "switch"):
        node = new_node(kind, id="n", x=300.0, y=20.0)
        for selected in (None, *draft.nodes):
            made = placing.go_on(draft, CATALOGUE, node, selected)
            cases.append({"type": kind, "selected": selected, "edge": None, "after": _drawn(flow, made)})
        for edge in ("e1", "e2", "e3", "e4", "e5", "e6"):
            made = placing.add_on_edge(draft, CATALOGUE, node, edge)
            cases.append({"type": kind, "selected": None, "edge": edge, "after": _drawn(flow, made)})
    return {"flow": flow.to_json(), "cases": cases}


def _drawn(flow: Flow, made: list[AnyChange]) -> dict[str, Any]:
    """Return where the nodes of a flow are after changes, and which outputs lead where."""
    draft = Draft(flow)
    for change in made:
        change.apply(draft)
    places = {node.id: [node.position.x, node.position.y] for node in draft.nodes.values()}
    return {
        "places": places,
        "wires": sorted([e.source, e.source_handle or "", e.target] for e in draft.edges.values()),
    }


def _wire(edge_id: str, source: str, target: str, handle: str | None = None) -> dict[str, Any]:
    return {"id": edge_id, "source": source, "target": target, "sourceHandle": handle, "targetHandle": None}


class Translation(dict[str, str]):
    """Texts in another language; what has none stays as it is."""

    def __call__(self, text: str) -> str:
        """Return a text in that language."""
        return self.get(text, text)


def search() -> Any:
    """Return what is found among the node types by what people type, in both languages."""
    chinese = json.loads((FOLDER.parent.parent / "resources" / "locale" / "zh_CN.json").read_text("utf-8"))
    languages: dict[str, dict[str, str]] = {"en": {}, "zh_CN": chinese}
    cases = []
    for language, texts in languages.items():
        entries = [entry_of(declared, Translation(texts)) for declared in CATALOGUE]
        entries.append(Entry("again", ("重试 A2",), ("继续2",)))
        found = [
            [query, (hit := rank(query, entries, readings())).keys, hit.is_nearest, hit.named] for query in _QUERIES
        ]
        told = [{"key": e.key, "titles": e.titles, "words": e.words, "texts": e.texts} for e in entries]
        cases.append({"language": language, "entries": told, "found": found})
    return cases


def runs() -> Any:
    """Return which runs a list holds for what people look for."""
    told = {"name": "Fill the form", "workflow_id": "f", "started_by": "Mei", "message": "The flow finished."}
    listed = [
        {**told, "run_id": "1", "status": "succeeded"}, {**told, "run_id": "2", "status": "failed", "message": "No Button OK"},
        {**told, "run_id": "3", "status": "interrupted"}, {**told, "run_id": "4", "status": "stopped", "name": "报表"},
        {**told, "run_id": "5", "status": "pending", "started_by": "trigger daily", "trigger": "daily"},
        {**told, "run_id": "6", "status": "paused", "name": ""},
    ]  # fmt: skip
    searches = ("", "  ", "form", "FORM mei", "form nobody", "button", "报", "daily", "[mei]")
    found = [
        [kind, search, [run["run_id"] for run in matching(listed, kind, search, lambda text: f"[{text}]")]]
        for kind in KINDS
        for search in searches
    ]
    return {"kinds": KINDS, "under_way": sorted(UNDER_WAY), "runs": listed, "found": found}


FILES: Mapping[str, Callable[[], Any]] = {
    "changes.json": changes,
    "wires.json": wires_file,
    "canvas.json": canvas,
    "wording.json": wording,
    "search.json": search,
    "runs.json": runs,
    "tidying.json": tidying,
    "placing.json": placing_file,
}


def text_of(name: str) -> str:
    """Return what a file of vectors holds."""
    return json.dumps(FILES[name](), ensure_ascii=False, separators=(",", ":")).replace("},{", "},\n{") + "\n"


def main() -> int:
    """Write the files, or compare them. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; end with 1 if a file is stale")
    is_check = parser.parse_args().check
    stale = [
        name for name in FILES if not (path := FOLDER / name).is_file() or path.read_text("utf-8") != text_of(name)
    ]
    for name in stale:
        if not is_check:
            (FOLDER / name).write_text(text_of(name), "utf-8")
            print(f"wrote {FOLDER / name}")
    if is_check and stale:
        print(f"stale: {', '.join(stale)}. Run: make docs")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

"""Strange flow files: unknown fields in every place, ids that stand twice, edges that lead to nowhere."""

from typing import Any

from hypothesis import strategies as st

texts = st.text(st.characters(codec="utf-8"), max_size=6) | st.sampled_from(["\u2028", "\r\n", "\x00", "👍"])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
NAMES = ["x", "copy", "json", "config", "label", "source_handle", "model_extra", "__class__", "", "node", "selected"]


def extras(*own: str) -> st.SearchStrategy[dict[str, Any]]:
    """Fields that flowdesk does not know, under names that something of its own has elsewhere."""
    return st.dictionaries(
        st.sampled_from([name for name in NAMES if name not in own]) | texts, values, max_size=3
    ).map(lambda found: {key: value for key, value in found.items() if key not in _KNOWN})


_KNOWN = {
    "id",
    "type",
    "position",
    "data",
    "nodes",
    "edges",
    "variables",
    "flowdesk",
    "name",
    "description",
    "y",
    "z",
    "target",
    "source",
}
ids = st.sampled_from(["a", "b", "a2", "note", ""])
numbers = st.floats(-1e6, 1e6, width=32) | st.integers(-(10**6), 10**6)
node = st.builds(
    lambda id, x, y, at, config, data, more: {
        "id": id, "type": "log", "position": {"x": x, "y": y, **at}, "data": {"label": id, "config": config, **data}, **more,
    },
    ids, numbers, numbers, extras("x"), st.dictionaries(texts, values, max_size=3), extras("label", "config"), extras(),
)  # fmt: skip
edge = st.builds(
    lambda id, source, target, more: {
        "id": id, "source": source, "target": target, "sourceHandle": None, "targetHandle": "in", **more,
    },
    ids, ids, ids, extras(),
)  # fmt: skip
flows = st.builds(
    lambda nodes, edges, variables, more: {
        "flowdesk": 1, "id": "doc", "name": "n", "description": "d", "variables": variables, "nodes": nodes, "edges": edges, **more,
    },
    st.lists(node, min_size=1, max_size=4), st.lists(edge, max_size=4), st.dictionaries(texts, values, max_size=3), extras(),
)  # fmt: skip


edge_ends = st.sampled_from(["a", "b", "c", "gone", "missing"])
shapes = st.builds(
    lambda nodes, edges: {
        "id": "doc", "name": "n",
        "nodes": [{"id": one, "type": "log", "data": {"label": label}} for one, label in nodes],
        "edges": [{"id": one, "source": source, "target": target} for one, source, target in edges],
    },
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy")), max_size=4),
    st.lists(st.tuples(st.sampled_from("efg"), edge_ends, edge_ends), max_size=4),
)  # fmt: skip

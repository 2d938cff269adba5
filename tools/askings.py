"""What a peer in the process asks, with the type of each answer: written for the type checker from the declarations."""

from flowdesk.protocol.replies import REPLIES

NOTE = '''"""What may be asked, with the type of each answer. Written by ``make docs`` from ``replies.py``; do not edit."""

# fmt: off
# ruff: noqa: I001

'''


def askings() -> str:
    """Return the module ``flowdesk/protocol/asking.py``."""
    kinds: dict[str, list[str]] = {}
    modules: dict[str, set[str]] = {}
    for kind, declared in REPLIES.items():
        kinds.setdefault(declared.__name__, []).append(kind)
        modules.setdefault(declared.__module__, set()).add(declared.__name__)
    lines = ["from collections.abc import Mapping", "from typing import Any, Literal, Protocol, overload", ""]
    lines += [f"from {module} import {', '.join(sorted(modules[module]))}" for module in sorted(modules)]
    lines += ["", "Given = Mapping[str, Any] | None", "", "", "class Asking(Protocol):"]
    lines += ['    """Asks the session something and returns the payload of its reply."""', ""]
    for name, asked in kinds.items():
        types = ", ".join(f'"{kind}"' for kind in asked)
        told = f'    async def __call__(self, type: Literal[{types}], payload: Given = None, workflow_id: str = "") -> {name}: ...'
        lines += ["    @overload", told, ""]
    rest = '    async def __call__(self, type: str, payload: Given = None, workflow_id: str = "") -> Mapping[str, Any]: ...'
    return NOTE + "\n".join([*lines, "    @overload", rest]) + "\n"

"""`flowdesk merge`: brings two changes of one flow file together, as git asks its merge drivers to."""

import argparse
import difflib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from flowdesk.exitcodes import FAILED, SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.flow import Flow
from flowdesk.model.merging import merge
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.reading import write_flow
from flowdesk.session.canonical import canonical
from flowdesk.session.storage import flow_in, read_content, write_atomically
from flowdesk.terminal import printable

MARK = 7
"""Signs of a conflict marker, as git has it."""


def merge_files(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Write what comes of two changes into the second file, and return the exit code: 0 merged, 1 with conflicts.

    What is in conflict stands there twice between git's markers; what is not is merged.

    Raises:
        FlowdeskError: If a file cannot be read or written.
    """
    paths = [Path(name) for name in (options.base, options.ours, options.theirs)]
    contents = [read_content(path) for path in paths]
    try:
        flows = [_flow(content, path.name) for content, path in zip(contents, paths, strict=True)]
    except FlowdeskError as error:
        print(printable(f"{options.path or paths[1]}: {tr(error.message)}"), file=sys.stderr)
        texts = [content.decode("utf-8", "surrogateescape") for content in contents[1:]]
        _write(paths[1], marked(texts[0], texts[1]))
        return FAILED
    merged = merge(flows[0], flows[1], flows[2], catalogue)
    ours, theirs = (write_flow(Flow.model_validate(side)) for side in (merged.ours, merged.theirs))
    if not merged.conflicts:
        flow_in(ours.encode(), options.ours)
        _write(paths[1], ours)
        return SUCCEEDED
    for sentence in merged.conflicts:
        print(printable(f"{options.path or paths[1]}: {tr(sentence)}"), file=sys.stderr)
    if ours == theirs:
        ours, theirs = (write_flow(flow) for flow in flows[1:])
    _write(paths[1], marked(ours, theirs))
    return FAILED


def _flow(content: bytes, name: str) -> Flow:
    """Read a flow that survives being written. An empty file, which git gives where there was none, is an empty flow."""
    return flow_in(canonical(content, name), name) if content.strip() else Flow(id="")


def _write(path: Path, text: str) -> None:
    write_atomically(path, text.encode("utf-8", "surrogateescape"))


def marked(ours: str, theirs: str) -> str:
    """Return both texts as one, with git's markers around what they differ in."""
    one, other = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    return "".join(_hunks(one, other))


def _hunks(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    for kind, begin, end, begin_other, end_other in matcher.get_opcodes():
        if kind == "equal":
            yield from one[begin:end]
            continue
        yield f"{'<' * MARK} ours\n"
        yield from map(_ended, one[begin:end])
        yield f"{'=' * MARK}\n"
        yield from map(_ended, other[begin_other:end_other])
        yield f"{'>' * MARK} theirs\n"


def _ended(line: str) -> str:
    return line if line.endswith("\n") else line + "\n"

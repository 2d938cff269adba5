"""`flowdesk nodes`: which node types there are, from which packages they come, and what those declare to use."""

import argparse
import json
import sys

from flowdesk.exitcodes import SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.model.nodetype import Catalogue
from flowdesk.nodes.plugins import REFUSED, left_out
from flowdesk.resource import is_packaged


def nodes(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """List the node types by category; with ``--json`` their declarations."""
    if options.json:
        print(json.dumps([node_type.describe() for node_type in catalogue], ensure_ascii=False, indent=2))
        return SUCCEEDED
    category = ""
    for node_type in catalogue:
        if node_type.category != category:
            category = node_type.category
            print(f"\n{category}")
        print(f"  {node_type.id:<14} {tr(node_type.first_line)}")
        for line in node_type.package.told(node_type.uses) if node_type.package is not None else ():
            print(f"  {'':<14} {tr(line)}")
    for one in () if is_packaged() else left_out():
        print(f"{one.package}: {tr(one.reason)}\n  {tr(one.fix)}", file=sys.stderr)
    if is_packaged():
        print(tr(REFUSED), file=sys.stderr)
    return SUCCEEDED

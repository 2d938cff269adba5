"""What of an installed package cannot be loaded is said, with the reason and the fix."""

import argparse
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from flowdesk import nodes as catalogues
from flowdesk.nodes import catalogue_with_plugins, plugins
from flowdesk.nodescommand import nodes


def test_a_package_that_cannot_be_loaded_is_named_with_the_fix(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [
        EntryPoint("weather", "lacking_library.here:node", plugins.NODES),
        EntryPoint("joined", "os.path:join", plugins.NODES),
    ]
    with monkeypatch.context() as patch:
        patch.setattr(catalogues, "entry_points", lambda: EntryPoints(entries))
        assert nodes(argparse.Namespace(json=False), catalogue_with_plugins()) == 0
    assert capsys.readouterr().err.splitlines() == [
        "lacking_library: weather cannot be loaded: ModuleNotFoundError: No module named 'lacking_library'",
        "  Run: pip install lacking_library",
        "os: joined is not a node type: its function is not under @node.",
        "  Tell the author of os, or remove it: pip uninstall os",
    ]
    catalogue_with_plugins()
    assert plugins.left_out() == ()

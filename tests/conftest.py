"""What holds for every test: the fast ones run first, so that a slip shows before the desktop is started."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that need the desktop last; the order is otherwise kept."""
    items.sort(key=lambda item: item.get_closest_marker("desktop") is not None)

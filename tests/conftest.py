"""What holds for every test: Qt draws into memory, and the fast tests run before those that need the desktop."""

import os

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that need the desktop last; the order is otherwise kept."""
    items.sort(key=lambda item: item.get_closest_marker("desktop") is not None)

"""What holds for every test: Qt draws into memory, and the fast tests run before those that need the desktop."""

import os
import sys

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that need the desktop last; the order is otherwise kept."""
    items.sort(key=lambda item: item.get_closest_marker("desktop") is not None)


_status: list[int] = []


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep the outcome for the end."""
    _status.append(int(exitstatus))


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End without taking Python apart under a living QApplication.

    WORKAROUND for PySide6 6.11 on Python 3.11: some runs end in a segmentation fault after the summary, when the
    interpreter destroys widgets in no particular order. Remove when PySide6 survives its own exit.
    """
    widgets = sys.modules.get("PySide6.QtWidgets")
    if _status and widgets is not None and widgets.QApplication.instance() is not None:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(_status[-1])

"""Scenes in Qt 5: ``qt5_scenes.py OUT SCENE``. What happened to the program stands in OUT, a line each."""

import sys
from typing import Any

from PyQt5.QtWidgets import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    QApplication,
    QTabWidget,
    QTextEdit,
)

OUT = open(sys.argv[1], "w", buffering=1)  # noqa: SIM115


def tabs() -> Any:
    """A bar of tabs, none of which says that it is in front."""
    made = QTabWidget()
    made.setWindowTitle("Scene five")
    for name in ("Plan", "Source", "Result"):
        made.addTab(QTextEdit(), name)
    made.currentChanged.connect(lambda at: OUT.write(f"front={made.tabText(at)}\n"))
    made.setGeometry(300, 200, 400, 300)
    return made


application = QApplication(sys.argv)
shown = globals()[sys.argv[2]]()
shown.show()
application.exec_()

"""The log: filtered by level and word, leading to nodes, and bounded."""

from PySide6.QtWidgets import QApplication

from flowdesk.ui.panels.log import LogPanel
from flowdesk.ui.panels.logmodel import DROPPED, LINES


def filled(qapp: QApplication) -> LogPanel:
    panel = LogPanel()
    panel.show_flow("f")
    for level, text in (("debug", "looked"), ("info", "Clicked OK"), ("warn", "slow"), ("error", "not found")):
        panel.add("f", level, "Click", text, "c")
    panel.add("other", "info", "", "elsewhere")
    return panel


def choose(panel: LogPanel, level: str) -> list[str]:
    panel.level.setCurrentIndex(panel.level.findData(level))
    panel.level.activated.emit(panel.level.currentIndex())
    return panel.texts()


def test_levels_hide_what_is_below_them(qapp: QApplication) -> None:
    panel = filled(qapp)
    assert panel.texts() == ["looked", "Clicked OK", "slow", "not found"]
    assert choose(panel, "warn") == ["slow", "not found"]
    assert choose(panel, "error") == ["not found"]
    panel.add("f", "info", "", "more")
    assert panel.texts() == ["not found"]
    assert choose(panel, "debug")[-1] == "more"


def test_a_word_finds_lines_by_message_and_by_node(qapp: QApplication) -> None:
    panel = filled(qapp)
    panel.add("f", "info", "Fill the name", "typed")
    panel.filter.setText("NAME")
    panel.filter.returnPressed.emit()
    assert panel.texts() == ["typed"]


def test_a_click_on_a_line_leads_to_its_node(qapp: QApplication) -> None:
    panel = filled(qapp)
    panel.texts()
    chosen: list[str] = []
    panel.node_chosen.connect(chosen.append)
    panel.view.clicked.emit(panel.model.index(1, 0))
    assert chosen == ["c"]


def test_each_flow_has_its_own_log_and_clearing_forgets_it(qapp: QApplication) -> None:
    panel = filled(qapp)
    panel.show_flow("other")
    assert panel.texts() == ["elsewhere"]
    panel.clear()
    assert panel.texts() == []
    panel.show_flow("f")
    assert len(panel.texts()) == 4


def test_very_many_lines_stay_bounded(qapp: QApplication) -> None:
    panel = LogPanel()
    panel.show_flow("f")
    panel.resize(700, 300)
    panel.show()
    for number in range(LINES + 2 * DROPPED):
        panel.add("f", "info", "Loop", f"pass {number}", "n")
        if number % 1000 == 0:
            panel.texts()
    shown = panel.texts()
    assert LINES <= len(shown) <= LINES + DROPPED
    assert shown[-1] == f"pass {LINES + 2 * DROPPED - 1}"
    panel.close()

"""The settings dialog: a change counts at once and is kept."""

from PySide6.QtWidgets import QCheckBox, QComboBox, QSpinBox

from flowdesk.i18n import language
from flowdesk.ui.preferences import PreferencesDialog
from flowdesk.ui.settings import SettingsFile
from flowdesk.ui.theme import theme
from tests.ui.conftest import Live, Rig


def shown(rig: Rig) -> PreferencesDialog:
    rig.window.carry_out("preferences")
    dialog = rig.window.findChild(PreferencesDialog)
    assert dialog is not None
    return dialog


def choose(dialog: PreferencesDialog, name: str, value: object) -> None:
    combo = dialog.rows[name]
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def test_language_theme_wheel_and_speed_count_at_once_and_are_kept(live: Live) -> None:
    async def story(rig: Rig) -> None:
        tab = await rig.window.flows.open_new()
        dialog = shown(rig)
        choose(dialog, "language", "zh_CN")
        assert language() == "zh_CN"
        assert dialog.windowTitle() == "flowdesk 设置"
        choose(dialog, "theme", "dark")
        assert theme().is_dark
        choose(dialog, "wheel", "pan")
        assert tab.view.habits.wheel == "pan"
        choose(dialog, "run_delay", 250)
        kept = SettingsFile(rig.settings.path).values
        assert (kept.language, kept.theme, kept.wheel, kept.run_delay) == ("zh_CN", "dark", "pan", 250)
        choose(dialog, "theme", "light")
        dialog.done_button.click()

    live(story)


def test_the_server_and_the_number_of_kept_runs_are_told_where_they_count(live: Live) -> None:
    async def story(rig: Rig) -> None:
        told: list[bool] = []
        rig.window.serving_changed.connect(lambda: told.append(rig.settings.values.serves))
        dialog = shown(rig)
        serves, kept = dialog.rows["serves"], dialog.rows["kept_runs"]
        assert isinstance(serves, QCheckBox)
        assert isinstance(kept, QSpinBox)
        serves.click()
        assert told == [False]
        kept.setValue(7)
        kept.editingFinished.emit()
        assert rig.session.runs.kept == 7
        dialog.done_button.click()

    live(story)

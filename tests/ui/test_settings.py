"""The settings survive a restart, and a broken file does no harm."""

from pathlib import Path

from flowdesk.ui.settings import RECENT, SettingsFile


def test_what_was_changed_is_read_again(tmp_path: Path) -> None:
    SettingsFile(tmp_path / "window.json").change(theme="dark", language="zh_CN")
    values = SettingsFile(tmp_path / "window.json").values
    assert (values.theme, values.language) == ("dark", "zh_CN")


def test_a_broken_file_counts_as_absent(tmp_path: Path) -> None:
    (tmp_path / "window.json").write_text('{"theme": 3', encoding="utf-8")
    assert SettingsFile(tmp_path / "window.json").values.theme == "system"


def test_recent_files_are_newest_first_without_doubles(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "window.json")
    for number in range(RECENT + 3):
        settings.remember(f"/{number}")
    settings.remember("/5")
    assert settings.values.recent[:2] == ["/5", f"/{RECENT + 2}"]
    assert len(settings.values.recent) == RECENT

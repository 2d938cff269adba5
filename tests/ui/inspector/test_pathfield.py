"""Paths below the flow's folder are written relative to it."""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from flowdesk.model.fields import FieldSpec
from flowdesk.ui.inspector.pathfield import PathField


def test_a_file_beside_the_flow_is_written_without_its_folder(qapp: QApplication, tmp_path: Path) -> None:
    field = PathField(FieldSpec("path", "File", "", "path"), tmp_path)
    edits: list[object] = []
    field.edited.connect(lambda: edits.append(field.value()))
    field.choose(str(tmp_path / "tables" / "rows.csv"))
    assert edits == ["tables/rows.csv"]


def test_a_file_elsewhere_keeps_its_whole_path(qapp: QApplication, tmp_path: Path) -> None:
    field = PathField(FieldSpec("path", "File", "", "path"), tmp_path / "flows")
    field.choose(str(tmp_path / "rows.csv"))
    assert field.value() == str(tmp_path / "rows.csv")

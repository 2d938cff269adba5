"""Each process keeps its unsaved edits in files of its own; what another left is never overwritten."""

import json
import os
from pathlib import Path

from flowdesk.model.reading import read_flow
from flowdesk.session.recovery import KEPT_EDITS, Recovery
from tests.session.conftest import flow_json, wait_node

FLOW = read_flow(flow_json(wait_node(), id="doc", name="Mine"))


def left_by_another(folder: Path, name: str = "other", **values: object) -> Path:
    """A file as another process left it when it was killed."""
    recovery = Recovery(folder)
    recovery.keep("doc", FLOW, None, hands=["guest"], edits=[f"e{n}" for n in range(2 * KEPT_EDITS)])
    recovery.wait("doc")
    mine = recovery._file("doc")
    kept = {**json.loads(mine.read_text("utf-8")), "pid": 2**22 + os.getpid(), **values}
    mine.unlink()
    file = folder / f"{name}.recovery.json"
    file.write_text(json.dumps(kept), "utf-8")
    return file


def test_who_opens_it_afresh_and_edits_overwrites_nothing(tmp_path: Path) -> None:
    file = left_by_another(tmp_path)
    before, recovery = file.read_bytes(), Recovery(tmp_path)
    recovery.keep("doc", FLOW.model_copy(update={"name": "Afresh"}), None)
    recovery.wait("doc")
    recovery.drop("doc")
    assert file.read_bytes() == before
    (left,) = recovery.unsaved()
    assert (left.workflow_id, left.flow.name, left.hands, left.is_foreign) == ("doc", "Mine", ("guest",), False)
    assert left.edits[-1] == f"e{2 * KEPT_EDITS - 1}"
    assert len(left.edits) == KEPT_EDITS
    recovery.forget(left)
    assert not file.exists()


def test_a_process_that_got_the_number_of_a_dead_one_is_not_taken_for_it(tmp_path: Path) -> None:
    left_by_another(tmp_path, pid=os.getpid(), birth="another time")
    assert len(Recovery(tmp_path).unsaved()) == 1
    left_by_another(tmp_path, pid=os.getpid(), birth=Recovery(tmp_path)._birth)
    assert Recovery(tmp_path).unsaved() == []


def test_damaged_files_hide_no_others_and_the_oldest_comes_first(tmp_path: Path) -> None:
    for name, at in (("b", 2.0), ("a", 3.0), ("c", 1.0)):
        left_by_another(tmp_path, name, time=at)
    (tmp_path / "x.recovery.json").write_text("{", "utf-8")
    assert [left.time for left in Recovery(tmp_path).unsaved()] == [1.0, 2.0, 3.0]


def test_a_version_that_told_less_counts_as_somebody_elses(tmp_path: Path) -> None:
    file = left_by_another(tmp_path)
    values = json.loads(file.read_text("utf-8"))
    for key in ("foreign", "hands", "edits", "birth"):
        del values[key]
    file.write_text(json.dumps(values), "utf-8")
    (left,) = Recovery(tmp_path).unsaved()
    assert left.is_foreign
    assert left.edits == ()

"""A run that cannot find its target asks; the person points at it, the run goes on, and the flow keeps the repair."""

import json
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, Start
from tests.journeys.person import Person
from tests.rig import Rig, until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(180)]


def test_a_missing_target_is_pointed_at_and_the_run_goes_on(
    flowdesk: Start, clean_desktop: Rig, tmp_path: Path
) -> None:
    practice = clean_desktop.start(
        [sys.executable, "-m", "flowdesk", "practice", "--lang", "en"],
        PYTHONPATH=str(ROOT), FLOWDESK_STATE_DIR=str(tmp_path / "practice"), QT_QPA_PLATFORM="xcb",
    )  # fmt: skip
    clean_desktop.wait_window(practice, "flowdesk practice")
    wrong = {"selector": "app=flowdesk practice >> button[name='Particulars']", "timeout": 100}
    path = tmp_path / "broken.flow.json"
    path.write_text(json.dumps({
        "flowdesk": 1, "id": "broken",
        "nodes": [
            {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {"config": {}}},
            {"id": "open", "type": "click", "position": {"x": 260, "y": 0}, "data": {"config": wrong}},
        ],
        "edges": [{"id": "e", "source": "start", "target": "open"}],
    }), "utf-8")  # fmt: skip
    before = path.read_bytes()
    program = flowdesk(str(path), "--no-server", QT_QPA_PLATFORM="xcb", LANG="C")
    main = clean_desktop.wait_window(program.process, "broken")
    person, pid = Person(clean_desktop), program.process.pid

    clean_desktop.xdotool("windowactivate", "--sync", str(main))
    person.presses("F5")
    again = person.finds(pid, "button[name='Pick again']")
    place = person.finds(practice.pid, "button[name^='Details']")
    popups = person.popups()
    person.clicks(again.center)
    person.waits_for_popup(popups)
    person.clicks(place.center)
    person.clicks(person.finds(pid, "button[name='Use']").center)
    person.clicks(person.finds(pid, "button[name='Use it and continue']").center)

    until(lambda: any("Details" in title for _, _, title in clean_desktop.windows()), "the dialog that was meant")
    until(lambda: any("broken*" in title for _, _, title in clean_desktop.windows()), "the repair in the flow")
    assert path.read_bytes() == before  # it is an edit: the file waits for Save

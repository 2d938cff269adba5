"""What a run's end makes of its job."""

import pytest

from flowdesk.fleet.states import JobState, Outcome, outcome_of, unable
from flowdesk.model.events import RunFinished, event_of
from flowdesk.model.run import RunState


def finished(state: RunState, code: str = "", *, acted: bool = False, **error: object) -> RunFinished:
    known = {"code": code, "message": "m", "fix": "f", "node_id": "n", **error} if code else None
    return RunFinished("r", state=state, message="m", error=known, result={"x": 1}, acted=acted)


def test_a_run_that_succeeded_keeps_its_result() -> None:
    made = outcome_of(finished(RunState.SUCCEEDED), "", is_repeatable=False)
    assert (made.state, made.kind, made.result, made.again) == (JobState.SUCCEEDED, "", {"x": 1}, False)


@pytest.mark.parametrize(
    ("acted", "repeatable", "again"),
    [(False, False, True), (True, False, False), (True, True, True), (False, True, True)],
)
def test_only_what_did_nothing_yet_or_may_be_repeated_is_run_again(acted: bool, repeatable: bool, again: bool) -> None:
    made = outcome_of(finished(RunState.FAILED, "target.not_found", acted=acted), "", is_repeatable=repeatable)
    assert (made.state, made.kind, made.again, made.code, made.node) == (JobState.FAILED, "application", again, "target.not_found", "n")  # fmt: skip


@pytest.mark.parametrize("acted", [True, False])
def test_what_is_wrong_with_the_row_is_business_and_never_run_again(acted: bool) -> None:
    made = outcome_of(
        finished(RunState.FAILED, "flow.business", acted=acted, result="no such customer"), "", is_repeatable=True
    )
    assert (made.kind, made.again, made.result) == ("business", False, "no such customer")


def test_what_the_robot_stopped_says_why_and_is_not_run_again() -> None:
    made = outcome_of(finished(RunState.STOPPED, "run.stopped"), "cancelled by Ann", is_repeatable=True)
    assert (made.state, made.message, made.again) == (JobState.CANCELLED, "cancelled by Ann", False)


def test_what_a_person_stopped_at_the_robot_is_cancelled() -> None:
    assert outcome_of(finished(RunState.STOPPED, "run.stopped"), "", is_repeatable=True).state is JobState.CANCELLED


def test_what_could_not_begin_is_a_failure_of_the_application() -> None:
    assert unable("m", "f", "c") == Outcome(JobState.FAILED, "application", "m", "c", "f")


def test_exactly_two_states_are_no_end_and_four_can_be_retried() -> None:
    assert {each for each in JobState if not each.is_end} == {JobState.WAITING, JobState.RUNNING}
    assert {each.value for each in JobState if each.can_be_retried} == {"failed", "cancelled", "expired", "lost"}
    assert unable("m", "f", "c").payload()["state"] == "failed"


def test_what_a_wrong_row_gave_survives_the_way_from_a_private_desktop() -> None:
    there = RunFinished("r", state=RunState.FAILED, message="No such customer", error={"code": "flow.business", "message": "No such customer", "result": {"customer": 7}})  # fmt: skip
    here = event_of(there.wire, there.payload(), "r")
    assert isinstance(here, RunFinished)
    made = outcome_of(here, "", is_repeatable=False)
    assert (made.kind, made.result) == ("business", {"customer": 7})

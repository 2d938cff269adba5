"""Due times: every one once, whatever the clocks do."""

import time
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowdesk.model.due import MOST_ROWS, is_over, past, resumed, spread, times, upcoming
from flowdesk.model.trigger import Schedule, instant

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
"""The last one moves its clocks by half an hour."""
CHANGES = {
    "Europe/Berlin": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 10, 3, 15, 30, tzinfo=UTC), datetime(2026, 4, 4, 15, tzinfo=UTC)),
}
"""When clocks go forward, and when they go back."""


def schedule(**fields: object) -> Schedule:
    return Schedule.model_validate({"id": "t", "type": "schedule", **fields})


def walked(made: Schedule, begin: datetime, end: datetime, step: timedelta) -> list[datetime]:
    """Return every start between two instants when the clock is looked at every so often."""
    started, cursor, now = [], begin, begin
    while now < end:
        now += step
        came = past(made, cursor, now, UTC, begin)
        if came is not None:
            cursor = came.last
            started += [came.last] if came.is_start else []
    return started


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("minute", range(0, 5 * 60, 30))
def test_a_fixed_time_comes_once_on_the_days_on_which_clocks_change(zone: str, which: int, minute: int) -> None:
    change = CHANGES[zone][which]
    begin, end = change - timedelta(days=2), change + timedelta(days=2)
    made = schedule(cron=f"{minute % 60} {minute // 60} * * *", timezone=zone)
    local = [due.astimezone(ZoneInfo(zone)) for due in times_until(made, begin, end)]
    days = [due.date() for due in local]
    assert len(days) == len(set(days))
    assert all((later - earlier).days == 1 for earlier, later in pairwise(days))
    # The same when the clock is looked at every half minute, each look beginning where the last one ended.
    begin, end = change - timedelta(hours=4), change + timedelta(hours=4)
    if minute % 60 == 30:
        assert walked(made, begin, end, timedelta(seconds=50)) == times_until(made, begin, end)


def times_until(made: Schedule, begin: datetime, end: datetime) -> list[datetime]:
    found = []
    for due in times(made, begin, UTC, begin):
        if due > end:
            break
        found.append(due)
    return found


def test_in_spring_a_time_that_is_left_out_comes_at_the_change_and_in_autumn_the_first_of_two() -> None:
    made = schedule(cron="30 2 * * *", timezone="Europe/Berlin")
    spring = upcoming(made, datetime(2026, 3, 28, 23, tzinfo=UTC), UTC, datetime(2026, 1, 1, tzinfo=UTC), 2)
    assert [due.astimezone(BERLIN).isoformat() for due in spring] == ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]  # fmt: skip
    autumn = upcoming(made, datetime(2026, 10, 24, 23, tzinfo=UTC), UTC, datetime(2026, 1, 1, tzinfo=UTC), 2)
    assert [due.astimezone(BERLIN).isoformat() for due in autumn] == ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]  # fmt: skip


def test_looked_at_between_both_halves_of_the_doubled_hour_it_does_not_come_again() -> None:
    made = schedule(at="02:30", timezone="Europe/Berlin")
    second_ten_past_two = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    (due,) = upcoming(made, second_ten_past_two, UTC, second_ten_past_two, 1)
    assert due.astimezone(BERLIN).isoformat() == "2026-10-26T02:30:00+01:00"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("which", [0, 1])
def test_every_so_many_minutes_goes_on_through_the_change(zone: str, which: int) -> None:
    change = CHANGES[zone][which]
    made = schedule(cron="*/10 * * * *", timezone=zone)
    found = times_until(made, change - timedelta(hours=5), change + timedelta(hours=5))
    assert len(found) == 60
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(minutes=10)}


expressions = st.builds(
    "{} {} {} * {}".format,
    st.sampled_from(["0", "30", "*/7", "15,45", "59"]),
    st.sampled_from(["*", "2", "1-3", "*/5", "0", "23"]),
    st.sampled_from(["*", "1", "15,28"]),
    st.sampled_from(["*", "mon-fri", "sun"]),
)
instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda value: value.replace(tzinfo=UTC))


@settings(max_examples=40, deadline=None)
@given(expressions, st.sampled_from(ZONES), instants, st.integers(0, 40), st.integers(0, 3_600_000))
def test_due_times_rise_and_do_not_depend_on_where_one_begins(
    cron: str, zone: str, begin: datetime, skip: int, jitter: int
) -> None:
    made = schedule(cron=cron, timezone=zone, jitter=jitter)
    found = list(islice(times(made, begin, UTC, begin), 60))
    assert all(begin < earlier < later for earlier, later in pairwise(found))
    assert list(islice(times(made, found[skip], UTC, begin), 10)) == found[skip + 1 : skip + 11]
    for due in found:
        start = spread(made, "k", due, UTC, begin)
        assert due <= start <= due + timedelta(milliseconds=jitter)
        assert start == spread(made, "k", due, UTC, begin)


@settings(max_examples=25, deadline=None)
@given(expressions, st.sampled_from(ZONES), instants, st.lists(st.integers(1, 200_000), max_size=8))
def test_however_rarely_the_clock_is_looked_at_no_time_is_lost_and_none_counts_twice(
    cron: str, zone: str, begin: datetime, gaps: list[int]
) -> None:
    made = schedule(cron=cron, timezone=zone)
    cursor, now, seen, unseen = begin, begin, [], 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        came = past(made, cursor, now, UTC, begin)
        if came is not None:
            seen += [*came.missed, came.last]
            unseen += came.uncounted
            cursor = came.last
    assert len(seen) + unseen == len(times_until(made, begin, now))
    assert seen == sorted(set(seen))


def test_after_a_night_the_last_time_is_caught_up_and_the_others_were_missed() -> None:
    made, begin = schedule(every=60_000), datetime(2026, 5, 1, 22, tzinfo=UTC)
    came = past(made, begin, begin + timedelta(hours=8, seconds=5), UTC, begin)
    assert came is not None
    assert came.is_start
    assert (came.last, len(came.missed)) == (begin + timedelta(hours=8), 479)


def test_a_missed_time_is_left_out_where_it_says_so_or_where_it_is_too_late() -> None:
    begin = datetime(2026, 5, 1, tzinfo=UTC)
    now = begin + timedelta(hours=9)
    for fields, is_start in (({}, True), ({"missed": "skip"}, False), ({"within": 1_800_000}, False), ({"within": 3_600_000}, True)):  # fmt: skip
        came = past(schedule(at="08:00", timezone="UTC", **fields), begin, now, UTC, begin)
        assert came is not None
        assert came.is_start is is_start
    just = past(schedule(at="08:00", timezone="UTC", missed="skip"), begin, begin + timedelta(hours=8, seconds=31), UTC, begin)  # fmt: skip
    assert just is not None
    assert just.is_start, "a look half a minute later is no miss"


def test_a_year_of_seconds_is_counted_at_once() -> None:
    made, begin = schedule(every=1000), datetime(2025, 1, 1, tzinfo=UTC)
    now = begin + timedelta(days=365, milliseconds=300)
    came = past(made, begin + timedelta(seconds=5), now, UTC, begin)
    assert came is not None
    assert len(came.missed) == MOST_ROWS
    assert len(came.missed) + came.uncounted + 1 == 365 * 86_400 - 5
    assert came.last == begin + timedelta(days=365)


def test_one_date_comes_once_and_in_the_zone_that_it_names() -> None:
    begin = datetime(2027, 1, 1, tzinfo=UTC)
    assert upcoming(schedule(at="2027-03-01T08:30", timezone="Asia/Shanghai"), begin, UTC, begin) == [
        datetime(2027, 3, 1, 0, 30, tzinfo=UTC)
    ]
    assert upcoming(schedule(at="2027-03-01T08:30+02:00"), begin, UTC, begin) == [datetime(2027, 3, 1, 6, 30, tzinfo=UTC)]  # fmt: skip
    assert upcoming(schedule(at="2026-03-01T08:30"), begin, UTC, begin) == []


def test_a_clock_that_is_set_back_does_nothing_twice_and_one_that_was_wrong_is_not_believed_for_ever() -> None:
    done = datetime(2026, 5, 1, 12, tzinfo=UTC)
    hour_before, year_before = done - timedelta(hours=1), done - timedelta(days=365)
    daily, often = schedule(at="12:00", timezone="UTC"), schedule(every=60_000)
    assert resumed(daily, done, done, done + timedelta(minutes=1)) == (done, done)
    assert resumed(daily, done, done, hour_before) == (done, done)
    assert resumed(daily, done, done, year_before) == (year_before, done)
    assert resumed(often, done, done, hour_before) == (hour_before, hour_before), "an interval goes on"


@pytest.mark.parametrize("fields", [{"every": 60_000}, {"cron": "*/5 * * * *"}, {"at": "08:30"}])
def test_a_spread_longer_than_the_pause_starts_every_time_once_and_in_order(fields: dict[str, object]) -> None:
    made, begin = schedule(**fields, jitter=1e12), datetime(2026, 6, 1, tzinfo=UTC)
    step = timedelta(hours=1) if "at" in fields else timedelta(seconds=10)
    started = walked(made, begin, begin + step * 300, step)
    wanted = times_until(made, begin, begin + step * 300)
    assert started == wanted[: len(started)]
    assert len(wanted) - len(started) <= 1, "the last one may still be to come"
    shown = upcoming(made, wanted[3], UTC, begin, 5)
    assert shown == sorted(shown)
    assert all(start > wanted[3] for start in shown)


@pytest.mark.parametrize("fields", [{"every": 1000}, {"cron": "* * * * *"}, {"cron": "0 9 29 2 *"}, {"at": "08:30"}])
def test_the_next_times_of_a_long_spread_cost_next_to_nothing(fields: dict[str, object]) -> None:
    made, armed = schedule(**fields, jitter=1e12), datetime(1996, 6, 1, tzinfo=UTC)
    now, began = datetime(2026, 6, 1, 12, 0, 30, tzinfo=UTC), time.thread_time()
    shown = upcoming(made, now, UTC, armed, 5)
    assert time.thread_time() - began < 1
    assert len(shown) == 5
    assert all(earlier < later for earlier, later in pairwise((now, *shown)))


@settings(max_examples=40, deadline=None)
@given(expressions, st.sampled_from(ZONES), instants, st.integers(1, 400_000), st.integers(1000, 300_000_000))
def test_the_next_starts_are_those_of_all_times(cron: str, zone: str, armed: datetime, ahead: int, jitter: int) -> None:
    made, now = schedule(cron=cron, timezone=zone, jitter=jitter), armed + timedelta(seconds=ahead)
    starts = (spread(made, "k", due, UTC, armed) for due in times(made, armed, UTC, armed))
    assert upcoming(made, now, UTC, armed, 3, "k") == list(islice((start for start in starts if start > now), 3))


@pytest.mark.parametrize("at", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_a_time_that_no_other_zone_has_is_none(at: str) -> None:
    assert instant(at) is None
    assert instant(at.replace("9999", "9998").replace("0001", "0002")) is not None


def test_a_time_that_has_passed_is_over_and_a_daily_one_never_is() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    assert is_over(schedule(at="2026-05-31T23:59"), now, UTC)
    assert not is_over(schedule(at="2026-06-01T00:01"), now, UTC)
    assert not is_over(schedule(at="08:30"), now, UTC)

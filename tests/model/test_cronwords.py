"""Times of a schedule in words."""

import pytest

from flowdesk.i18n import set_language, tr
from flowdesk.model.cronwords import spoken_cron


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("30 8 * * *", "every day at 08:30"),
        ("30 8 * * mon-fri", "Monday to Friday at 08:30"),
        ("30 8 * * 1-5", "Monday to Friday at 08:30"),
        ("0 0 * * sat,sun", "Saturdays and Sundays at 00:00"),
        ("0 9 * * 3", "every Wednesday at 09:00"),
        ("0 9 * * mon,wed,7", "every Monday, Wednesday, Sunday at 09:00"),
        ("0 9 1 * *", "on day 1 of every month at 09:00"),
        ("* * * * *", "every minute"),
        ("*/15 * * * *", "every 15 minutes"),
        ("5 * * * *", "every hour at minute 5"),
        ("0 */2 * * *", "every 2 hours at minute 0"),
    ],
)
def test_usual_times_are_said_in_words(cron: str, words: str) -> None:
    assert spoken_cron(cron) == words


@pytest.mark.parametrize(
    "cron", ["1 2 3 4 5", "0 9 * * 5-1", "0 9 * * mon-fri-sun", "0 9 1 * mon", "0-5 9 * * *", "x", "0 9 * * 1#2"]
)
def test_what_is_not_usual_is_left_as_it_is_written(cron: str) -> None:
    assert spoken_cron(cron) is None


def test_they_are_said_in_chinese() -> None:
    set_language("zh_CN")
    try:
        assert tr(spoken_cron("30 8 * * mon-fri") or "") == "周一至周五 08:30"
        assert tr(spoken_cron("0 9 * * mon,wed") or "") == "每周一、周三 09:00"
    finally:
        set_language("en")

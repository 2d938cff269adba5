"""What Windows' own rules say of command lines and marks; nothing of it needs Windows."""

import pytest

from flowdesk.system.windows import FOREIGN_ZONE, split_command, zone_in


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (r'"C:\Program Files\a b.exe" "x y" z', [r"C:\Program Files\a b.exe", "x y", "z"]),
        (r"notepad.exe C:\a\b.txt", ["notepad.exe", r"C:\a\b.txt"]),
        (r'say "he said \"no\"" C:\ "C:\\"', ["say", 'he said "no"', "C:\\", "C:\\"]),
        (r"a\\\"b", [r"a\"b"]),
        ('a "" b', ["a", "", "b"]),
        ("  名字.exe   值 ", ["名字.exe", "值"]),
        ("it's fine", ["it's", "fine"]),
        ("", []),
    ],
)
def test_quotes_hold_words_together_and_are_no_part_of_them(line: str, words: list[str]) -> None:
    assert split_command(line) == words


def test_a_quote_that_is_not_closed_is_refused() -> None:
    with pytest.raises(ValueError, match="No closing quotation"):
        split_command('"C:\\Program Files\\a.exe')


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        ("[ZoneTransfer]\nZoneId=3\nHostUrl=https://example.org/", 3),
        ("[ZoneTransfer]\r\nZoneId=0\r\n", 0),
        ("[ZoneTransfer]\nzoneid = 4", 4),
        ("no sense", FOREIGN_ZONE),
        ("ZoneId=x", FOREIGN_ZONE),
    ],
)
def test_a_mark_names_its_zone_and_counts_as_foreign_where_it_cannot_be_read(told: str, zone: int) -> None:
    assert zone_in(told) == zone

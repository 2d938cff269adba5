"""What the database says becomes a sentence, without a password in it."""

import pytest

from flowdesk.fleet.connection import first_line, meaning
from flowdesk.model.errors import HubUnavailable, NotAllowed


class Failure(Exception):
    """An error of a database."""

    def __init__(self, text: str, sqlstate: str | None = None) -> None:
        super().__init__(text)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (Failure("permission denied for table job", "42501"), NotAllowed, "not allowed"),
        (
            Failure('relation "flowdesk.job" does not exist\nLINE 1: SELECT', "42P01"),
            HubUnavailable,
            "not a flowdesk hub",
        ),
        (Failure("could not extend file: No space left on device", "53100"), HubUnavailable, "no room left"),
        (Failure("invalid input syntax for type json", "22P02"), HubUnavailable, "rejected the data"),
        (Failure("server closed the connection unexpectedly"), HubUnavailable, "cannot be reached"),
    ],
)
def test_each_kind_of_error_has_its_sentence(error: Failure, kind: type[Exception], sentence: str) -> None:
    told = meaning(error)
    assert type(told) is kind
    assert sentence in str(told.message)
    assert "\n" not in str(told.message)


def test_no_password_is_told() -> None:
    assert (
        first_line(Failure("bad: postgresql://a:hidden@h/x and password=hidden2 end."))
        == "bad: postgresql://a:…@h/x and password=… end"
    )

"""PostgreSQL's programs are found by the version that the data needs."""

from pathlib import Path

import pytest

from flowdesk.fleet.postgres import Place, find_programs
from flowdesk.model.errors import MissingPiece


def test_programs_of_the_version_that_made_the_data_are_taken() -> None:
    newest = find_programs()
    version = next(part for part in newest.parts if part.isdecimal())
    assert find_programs(version) == newest


def test_data_of_a_version_that_is_not_installed_is_not_touched() -> None:
    with pytest.raises(MissingPiece, match="PostgreSQL 9, which"):
        find_programs("9")


@pytest.mark.parametrize(
    ("host", "is_local"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("127.0.0.2", False)]
)
def test_only_this_machine_alone_needs_no_tls(host: str, is_local: bool, tmp_path: Path) -> None:
    assert Place(tmp_path, host).is_local is is_local

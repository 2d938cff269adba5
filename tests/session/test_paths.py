"""What names of files mean."""

from pathlib import Path

import pytest

from flowdesk.model.errors import RequestInvalid
from flowdesk.session.paths import read_path
from flowdesk.session.session import Session
from tests.session.conftest import Keeper, ask, flow_json


def test_a_relative_name_lies_in_the_folder_and_an_absolute_one_where_it_says(tmp_path: Path) -> None:
    assert read_path("a/../b.flow.json", tmp_path) == tmp_path.resolve() / "b.flow.json"
    assert read_path(str(tmp_path / "c"), Path("/elsewhere")) == tmp_path.resolve() / "c"


@pytest.mark.parametrize("name", ["\0", "a\0b", "~no-such-user-here/x", "\ud800"])
def test_a_name_that_no_file_can_have_is_refused_in_words(name: str, tmp_path: Path) -> None:
    with pytest.raises(RequestInvalid) as refused:
        read_path(name, tmp_path)
    assert refused.value.fix
    assert refused.value.details["field"] == "path"


@pytest.mark.parametrize("kind", ["flow.open", "flow.save"])
async def test_opening_and_saving_under_such_a_name_is_refused(session: Session, kind: str) -> None:
    peer = Keeper("a")
    await ask(session, peer, "flow.open", "w", flow=flow_json())
    with pytest.raises(RequestInvalid):
        await ask(session, peer, kind, "w", path="a\0b")

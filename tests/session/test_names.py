"""Names that one of the three systems cannot hold are refused with a better one; that one is always fine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowdesk.model.errors import RequestInvalid
from flowdesk.session.names import check_name, fault_of, file_name_of, safe_name, stem_of


@pytest.mark.parametrize(
    "name", ["Fill the form", "测试", "a.b", "v1.2 (copy)", "ü" * 100, "con1", "Konto", "a.flow.json"]
)
def test_names_that_every_system_holds(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", [
    "测试 a/b: 1?", "a/b", "a\\b", "a:b", "a*", "a?", 'a"b', "a<b", "a>b", "a|b", "a\x00b", "a\nb", "", " ", ".", "..",
    "CON", "con", "Con.flow.json", "NUL.txt", "aux .x", "COM1", "lpt9", "COM¹", "conin$", "ends.", "ends ", " begins", "a.flow.json.", "x\ud800",
    "ü" * 130, "名" * 90, "\u202egpj.exe", "a\u2067b", ".hidden", ". a", " .a",
])  # fmt: skip
def test_names_that_one_cannot_hold_come_with_one_that_all_can(name: str) -> None:
    with pytest.raises(RequestInvalid) as refused:
        check_name(name)
    suggestion = refused.value.details["suggestion"]
    assert fault_of(suggestion) is None
    assert suggestion in refused.value.fix


@given(st.text(max_size=300))
def test_a_safe_name_is_always_safe(name: str) -> None:
    assert fault_of(safe_name(name)) is None


def test_a_flow_and_its_file() -> None:
    assert file_name_of("a") == "a.flow.json"
    assert file_name_of("a.json") == "a.json"
    assert [stem_of(name) for name in ("a.flow.json", "a.json", "a.b.flow.json")] == ["a", "a", "a.b"]

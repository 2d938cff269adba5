"""Why the system, JSON and regular expressions refuse something is said in the reader's language."""

import errno
import json
import re
from pathlib import Path

import pytest

from flowdesk.i18n import set_language, tr
from flowdesk.model.causes import json_cause, pattern_cause, system_cause


def test_what_the_system_refuses_has_words_of_flowdesk(tmp_path: Path) -> None:
    with pytest.raises(OSError) as missing:
        (tmp_path / "none").read_bytes()
    with pytest.raises(OSError) as folder:
        tmp_path.read_bytes()
    assert [system_cause(each.value) for each in (missing, folder)] == [
        "the file or folder does not exist",
        "it is a folder",
    ]
    set_language("zh_CN")
    try:
        assert tr(system_cause(missing.value)) == "文件或文件夹不存在"
    finally:
        set_language("en")


def test_words_that_are_not_the_systems_are_kept() -> None:
    assert system_cause(PermissionError(errno.EACCES, "it is locked by mei")) == "it is locked by mei"
    assert system_cause(OSError("no number")) == "no number"


@pytest.mark.parametrize(
    ("text", "cause"),
    [("{", "a key in double quotes is missing"), ('{"a" 1}', "a colon is missing"), ("[1 2]", "a comma is missing"), ('"a', "a text has no closing quote")],
)  # fmt: skip
def test_json_is_explained(text: str, cause: str) -> None:
    with pytest.raises(json.JSONDecodeError) as refused:
        json.loads(text)
    assert json_cause(refused.value) == cause


@pytest.mark.parametrize(
    ("pattern", "cause"),
    [("a(", "a bracket is not closed (character 2)"), ("[a", "a [ is not closed (character 1)"), ("*", "there is nothing to repeat before *, + or ? (character 1)")],
)  # fmt: skip
def test_patterns_are_explained(pattern: str, cause: str) -> None:
    with pytest.raises(re.error) as refused:
        re.compile(pattern)
    assert pattern_cause(refused.value) == cause

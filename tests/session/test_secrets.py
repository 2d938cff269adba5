"""A secret is taken out of a text however it stands there."""

import json
from urllib.parse import quote

import pytest

from flowdesk.session.secrets import MASK, Secrets

SECRET = 'pa"ss wörd\n&'


@pytest.fixture
def secrets() -> Secrets:
    made = Secrets(lambda name: SECRET)
    made.read("door")
    return made


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        f"<{SECRET}>",
        json.dumps([SECRET]),
        json.dumps([SECRET], ensure_ascii=False),
        json.dumps({"body": json.dumps({"a": SECRET}, ensure_ascii=False)}),
        f"https://example.org/?key={quote(SECRET, safe='')}",
    ],
)
def test_no_form_of_it_is_left(secrets: Secrets, text: str) -> None:
    masked = secrets.without({"key": [text]})["key"][0]
    assert masked == secrets.without(text)
    assert MASK in masked
    assert "ss" not in masked.replace("https", "")
    assert "ss" not in secrets.mask_json(json.dumps(text)).replace("https", "")


def test_short_ones_are_left_for_they_would_black_out_every_text() -> None:
    secrets = Secrets(lambda name: "ab")
    secrets.read("door")
    assert secrets.without("a table") == "a table"

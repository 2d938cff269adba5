"""A secret is taken out of a text however it stands there."""

import json
from urllib.parse import quote

import httpx
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


@pytest.mark.parametrize("secret", ["my key/1", "p@ss {word}/1", "密码 1/2", "50% of/all", 'a "key"/|1'])
@pytest.mark.parametrize("address", ["https://h/x?key={}&b=1", "https://h/{}/x", "https://me:{}@h/x"])
def test_it_is_taken_out_of_an_address_that_was_written_whole(secret: str, address: str) -> None:
    secret = secret.replace("/", "") if "@h" in address else secret  # it would end the host
    told = str(httpx.URL(address.format(secret)))
    secrets = Secrets(lambda name: secret)
    secrets.read("door")
    assert secrets.without(told) == address.format(MASK)


def test_short_ones_are_left_for_they_would_black_out_every_text() -> None:
    secrets = Secrets(lambda name: "ab")
    secrets.read("door")
    assert secrets.without("a table") == "a table"

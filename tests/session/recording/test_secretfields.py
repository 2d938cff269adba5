"""Passwords are known by what fields are and are called, and their text is nowhere."""

import pickle
from dataclasses import replace

import pytest

from flowdesk.model.geometry import Box
from flowdesk.session.recording.secretfields import is_secret_name, secret_name
from tests.session.recording.person import Person, element

SECRET = "hunter2-Xyz"


@pytest.mark.parametrize(
    "name", ["Password", "Pass phrase:", "PIN", "API key", "密码", "请输入口令", "登录密碼", "New password"]
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["Name", "Pin yin", "Passenger", "City", "姓名", "Spinning", "tokenless" * 0])
def test_names_of_no_secrets(name: str) -> None:
    assert not is_secret_name(name)


def test_secrets_have_names_that_people_can_type() -> None:
    assert secret_name("Password", "Mail") == "mail_password"
    assert secret_name("密码", "邮件") == "password"
    assert secret_name("Password", "Mail", ["mail_password"]) == "mail_password_2"


def everything(person: Person) -> bytes:
    """Return all that a recording holds, and all that it made."""
    return pickle.dumps((person.intent.__dict__, person.steps)) + repr((person.intent.__dict__, person.steps)).encode()


@pytest.mark.parametrize("kind", ["role", "name", "mask", "hushed", "late"])
def test_the_text_of_a_password_is_nowhere(kind: str) -> None:
    person = Person()
    if kind == "role":
        person.focuses("Login", None, is_secret=True)
    elif kind == "name":
        person.focuses("密码", "")
    elif kind == "mask":
        person.focuses("Login", "")
    elif kind == "hushed":
        person.is_hushed = True
        person.looks()
    else:
        person.key("tab")
    if kind == "name":
        assert person.focus is not None
        person.focus = replace(person.focus, value="")
    for letter in SECRET:
        person.key(letter, text=letter)
    person.now += 0.1
    if kind == "mask":
        assert person.focus is not None
        person.focus = replace(person.focus, value="•" * len(SECRET))
    if kind == "late":
        person.focuses("Password", None, is_secret=True)
    person.looks()
    assert SECRET.encode() not in everything(person)
    person.key("enter")
    (step, config), enter = person.done()
    assert (step, enter) == ("input", ("keys", {"keys": ["enter"]}))
    assert config["text"].startswith("{{secret:")
    assert person.steps[0].secret in config["text"]
    assert SECRET.encode() not in everything(person)


def test_a_password_that_is_typed_before_anybody_looks_is_nowhere() -> None:
    person = Person()
    field = element("text_field", "Login", Box(10, 10, 200, 20), value="", is_editable=True)
    person.clicks(person.hit(field, secrets=(True,)))
    for letter in SECRET:
        person.key(letter, text=letter)
    assert SECRET.encode() not in everything(person)
    person.key("enter")
    assert [config.get("text", "")[:9] for _, config in person.done()] == ["{{secret:", ""]


def test_no_picture_of_a_password_is_asked_for() -> None:
    person = Person()
    field = element("text_field", "Login", Box(10, 10, 200, 20), value="", is_editable=True)
    person.clicks(person.hit(field, secrets=(True,)))
    person.focuses("Login", None, is_secret=True)
    person.types(SECRET)
    person.done()
    assert person.steps[0].aims["selector"].is_secret


@pytest.mark.parametrize("is_clear", [True, False])
def test_what_is_typed_where_no_field_is_told_is_a_password_unless_the_program_says_that_none_has_the_keyboard(
    is_clear: bool,
) -> None:
    person = Person(is_clear=is_clear)
    person.clicks(person.hit(element("table_cell", "Pear"), has_secrets=True))
    person.waits()
    person.types("20")
    person.key("enter")
    texts = [config["text"] for kind, config in person.done() if kind == "input"]
    assert texts == ["20"] if is_clear else texts[0].startswith("{{secret:")
    doubtful = Person(is_clear=False)
    doubtful.clicks(doubtful.hit(element("table_cell", "Pear"), has_secrets=True))
    doubtful.waits()
    doubtful.types("2")
    doubtful.is_clear = True
    doubtful.types("0")
    assert [config["text"][:9] for kind, config in doubtful.done() if kind == "input"] == ["{{secret:"]

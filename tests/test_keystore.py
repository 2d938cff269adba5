"""Secrets are kept, read and removed in the key store, and never shown."""

import gc
import io
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from flowdesk.cli import main
from flowdesk.keystore import SERVICE, read_secret
from flowdesk.model.errors import NodeError


class InMemory(KeyringBackend):
    """A key store for a test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def store() -> Iterator[InMemory]:
    before, thresholds, made = keyring.get_keyring(), gc.get_threshold(), InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)
    gc.unfreeze()  # a command collects less often, for its whole process
    gc.set_threshold(*thresholds)


def test_a_secret_is_kept_from_a_pipe_and_not_shown(
    store: InMemory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter2 \n"))
    assert main(["secret", "set", "door"]) == 0
    assert store.kept == {(SERVICE, "door"): "hunter2 "}
    assert read_secret("door") == "hunter2 "
    printed = capsys.readouterr()
    assert "{{secret:door}}" in printed.out
    assert "hunter2" not in printed.out + printed.err


def test_one_that_is_removed_is_no_longer_there(store: InMemory) -> None:
    store.set_password(SERVICE, "door", "x")
    assert [main(["secret", "delete", "door"]) for _ in range(2)] == [0, 2]
    with pytest.raises(NodeError) as missing:
        read_secret("door")
    assert "flowdesk secret set door" in missing.value.fix


def test_an_empty_one_and_a_missing_key_store_are_said(
    store: InMemory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["secret", "set", "door"]) == 2
    assert store.kept == {}
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]
    monkeypatch.setattr("sys.stdin", io.StringIO("x"))
    assert main(["secret", "set", "door"]) == 2
    assert "key store" in capsys.readouterr().err


def test_a_key_store_that_fails_as_it_likes_is_said(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(service: str, name: str) -> str:
        raise TypeError("no backend")

    monkeypatch.setattr(keyring, "get_password", fail)
    with pytest.raises(NodeError, match="no backend") as refused:
        read_secret("door")
    assert refused.value.fix
    caplog.clear()

import json
import os
import stat
from pathlib import Path

import pytest

from flowdesk.model.errors import FileUnwritable, NotAuthenticated
from flowdesk.protocol.messages import Auth, Role
from flowdesk.server.tokens import Bucket, Doorkeeper, TokenStore


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> TokenStore:
    return TokenStore(tmp_path / "state")


def test_the_token_is_made_at_first_use_and_stays(store: TokenStore, tmp_path: Path) -> None:
    token = store.show()
    assert len(token) >= 43
    assert TokenStore(tmp_path / "state").show() == token


def test_only_the_owner_can_read_it(store: TokenStore, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store.show()
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").iterdir()] == [0o600]


def test_a_new_token_makes_the_old_one_void(store: TokenStore) -> None:
    old = store.show()
    new = store.renew()
    assert store.check(old) is None
    grant = store.check(new)
    assert grant is not None
    assert grant.role == Role.RUN


def test_after_revoking_nobody_gets_in_until_a_new_one_is_made(store: TokenStore) -> None:
    token = store.show()
    store.revoke()
    assert store.check(token) is None
    with pytest.raises(NotAuthenticated, match="not found"):
        store.show()
    assert store.check(store.renew()) is not None


def test_another_process_can_revoke(store: TokenStore, tmp_path: Path) -> None:
    token = store.show()
    TokenStore(tmp_path / "state").revoke()
    assert store.check(token) is None


def test_a_named_token_has_its_own_role(store: TokenStore) -> None:
    store.show()
    grant = store.check(store.renew("wall-display", Role.VIEW))
    assert grant is not None
    assert grant.role == Role.VIEW
    assert store.names() == {"": Role.RUN, "wall-display": Role.VIEW}


def test_a_named_token_that_is_made_first_leaves_the_installation_its_own(store: TokenStore, tmp_path: Path) -> None:
    named = store.renew("mei", Role.VIEW)
    own = TokenStore(tmp_path / "state").show()
    assert own != named
    grant = store.check(own)
    assert grant is not None
    assert grant.is_owner


@pytest.mark.parametrize("wrong", ["", " ", "x", "\ud800", "é" * 43, "a" * 100_000])
def test_nothing_else_opens(store: TokenStore, wrong: str) -> None:
    store.show()
    assert store.check(wrong) is None
    assert store.check(store.show()[:-1]) is None


def test_a_broken_file_is_told_and_opens_to_nobody(store: TokenStore, tmp_path: Path) -> None:
    token = store.show()
    (tmp_path / "state" / "tokens.json").write_text(json.dumps({"tokens": [{"name": 1}]}))
    assert store.check(token) is None
    with pytest.raises(FileUnwritable, match="cannot be read"):
        TokenStore(tmp_path / "state").show()


def test_a_code_opens_once_and_hands_out_a_session_token(store: TokenStore) -> None:
    door = Doorkeeper(store, Time())
    code = door.mint_code(Role.EDIT)
    grant = door.prove(Auth(token=None, code=code))
    assert grant is not None
    assert grant.role == Role.EDIT
    assert grant.session_token is not None
    assert door.prove(Auth(token=None, code=code)) is None
    again = door.check_token(grant.session_token)
    assert again is not None
    assert again.role == Role.EDIT


def test_a_code_is_void_after_a_minute(store: TokenStore) -> None:
    time = Time()
    door = Doorkeeper(store, time)
    code = door.mint_code()
    time.now += 61
    assert door.prove(Auth(token=None, code=code)) is None


def test_revoking_makes_codes_and_session_tokens_void(store: TokenStore) -> None:
    door = Doorkeeper(store, Time())
    first, second = door.mint_code(), door.mint_code()
    grant = door.prove(Auth(token=None, code=first))
    assert grant is not None
    assert grant.session_token is not None
    store.renew()
    assert door.check_token(grant.session_token) is None
    assert door.prove(Auth(token=None, code=second)) is None


def test_codes_do_not_pile_up(store: TokenStore) -> None:
    door = Doorkeeper(store, Time())
    codes = [door.mint_code() for _ in range(100)]
    assert sum(door.prove(Auth(token=None, code=code)) is not None for code in codes) == 32


def test_five_failures_are_told_at_once_then_one_a_second() -> None:
    time = Time()
    bucket = Bucket(5, time)
    assert sum(bucket.take() for _ in range(100)) == 5
    time.now += 2
    assert sum(bucket.take() for _ in range(100)) == 2

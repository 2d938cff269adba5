"""Each error of flowdesk has a section that says what to do, in each language."""

from collections.abc import Iterator

import pytest

from flowdesk.client import Disconnected, RequestRefused
from flowdesk.explaining import explained, sections
from flowdesk.i18n import LANGUAGES, set_language
from flowdesk.model.errors import FlowdeskError, RequestInvalid


def codes(error: type[FlowdeskError]) -> set[str]:
    return {error.code}.union(
        *(codes(each) for each in error.__subclasses__() if each.__module__.startswith("flowdesk."))
    )


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield str(request.param)
    set_language("en")


def test_every_code_is_explained_and_nothing_else(language: str) -> None:
    assert sections().keys() == codes(FlowdeskError) | {RequestRefused.code, Disconnected.code}
    assert all(len(text) > 10 and "](" not in text for text in sections().values()), language


def test_a_code_with_a_typing_error_gets_the_nearest() -> None:
    with pytest.raises(RequestInvalid) as raised:
        explained("target.coverd")
    assert str(raised.value.fix) == 'Did you mean "target.covered"?'
    assert explained("target.covered").startswith("Another window, menu, or element covers the target.")

"""Faults of settings are told by the labels of the form, with what to do about them."""

import pytest

from flowdesk.model.config import MISSING
from flowdesk.model.faults import fault_of
from flowdesk.nodes import builtin


@pytest.mark.parametrize(
    ("node", "key", "fault", "message", "fix"),
    [
        ("click", "selector", MISSING, '"N" has no target.', "Choose Pick, or enter a selector such as text=OK."),
        ("input", "text", MISSING, 'Text of "N" is empty.', "Fill in Text."),
        ("click", "clicks", "Too many.", 'Clicks of "N" is not valid: too many.', "Correct Clicks."),
        ("click", "", "Two of them.", 'The settings of "N" are not valid: two of them.', "Correct the settings."),
    ],
)
def test_a_fault_names_the_label_and_the_next_step(node: str, key: str, fault: str, message: str, fix: str) -> None:
    (config,) = (known.config for known in builtin() if known.id == node)
    assert fault_of(config, key, fault, "N") == (message, fix)

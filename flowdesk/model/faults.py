"""What is wrong with a setting, in the words of its form and with what to do about it. Pure."""

from flowdesk.model.config import MISSING, Config
from flowdesk.model.sentence import Sentence, said_as, say


def fault_of(model: type[Config], key: str, fault: str, owner: str) -> tuple[Sentence, Sentence]:
    """Return the sentence and the fix for what ``read_config`` found.

    Args:
        model: The config that was read.
        key: The setting at fault as a flow file writes it; empty where it is none in particular.
        fault: ``MISSING``, or why the value cannot be used, as the end of a sentence.
        owner: What the setting belongs to, such as the label of a node.
    """
    field, widget = _field(model, key)
    if fault == MISSING and widget == "target":
        return say('"{node}" has no target.', node=owner), say("Choose Pick, or enter a selector such as text=OK.")
    if fault == MISSING:
        return say('{field} of "{node}" is empty.', field=field, node=owner), say("Fill in {field}.", field=field)
    reason = fault if isinstance(fault, Sentence) else fault[:1].lower() + fault[1:].rstrip(".")
    if not key:
        return say('The settings of "{node}" are not valid: {reason}.', node=owner, reason=reason), say(
            "Correct the settings."
        )
    return say('{field} of "{node}" is not valid: {reason}.', field=field, node=owner, reason=reason), say(
        "Correct {field}.", field=field
    )


def _field(model: type[Config], key: str) -> tuple[str, str]:
    """Return a setting's title on the form, its key where it has none, and its widget."""
    for name, field in model.model_fields.items():
        if (field.alias or name) == key:
            extra = field.json_schema_extra
            widget = str(extra.get("widget", "")) if isinstance(extra, dict) else ""
            return said_as(field.title, field.title) if field.title else f'"{key}"', widget
    return f'"{key}"', ""

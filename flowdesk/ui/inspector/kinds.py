"""Which field shows which kind of value."""

from flowdesk.ui.inspector.fields import (
    AnchorField,
    BoolField,
    ChoiceField,
    Field,
    FractionField,
    ModifiersField,
    MultilineField,
    NumberField,
    NumbersField,
    TextField,
)
from flowdesk.ui.inspector.valuefields import CommandField, JsonField, ListField, ProgramField, ValueField

KINDS: dict[str, type[Field]] = {
    "text": TextField,
    "number": NumberField,
    "duration": NumberField,
    "multiline": MultilineField,
    "json": JsonField,
    "value": ValueField,
    "list": ListField,
    "program": ProgramField,
    "command": CommandField,
    "bool": BoolField,
    "choice": ChoiceField,
    "modifiers": ModifiersField,
    "region": NumbersField,
    "offset": NumbersField,
    "anchor": AnchorField,
    "fraction": FractionField,
}
"""Every kind of field but the target's, which needs the session."""

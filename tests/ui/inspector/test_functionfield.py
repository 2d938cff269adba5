"""The field for a function offers those of the flow, and keeps a name that is no longer there."""

from pytestqt.qtbot import QtBot

from flowdesk.model.fields import fields_of
from flowdesk.nodes.call import CallConfig
from flowdesk.ui.inspector.functionfield import FunctionField


def test_it_offers_the_functions_of_the_flow(qtbot: QtBot) -> None:
    names = ["Price", "Total"]
    spec = next(spec for spec in fields_of(CallConfig) if spec.key == "function")
    assert spec.kind == "function"
    field = FunctionField(spec, lambda: names)
    qtbot.addWidget(field)
    field.set_value("Price")
    assert [field.combo.itemText(place) for place in range(field.combo.count())] == [
        "Choose a function…",
        "Price",
        "Total",
    ]
    assert field.value() == "Price"
    names.append("Tax")
    field.set_value("Gone")
    assert field.value() == "Gone"
    assert field.combo.count() == 5

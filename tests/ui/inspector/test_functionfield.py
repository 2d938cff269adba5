"""The field for a function offers those of the flow; what is given to it has a field for each parameter."""

from typing import Any

from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from flowdesk.model.fields import fields_of
from flowdesk.nodes.call import CallConfig
from flowdesk.ui.inspector.fields import ABSENT
from flowdesk.ui.inspector.functionfield import FunctionField, InputsField
from tests.ui.conftest import Live, Rig, node, until


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


def test_each_parameter_of_the_chosen_function_has_a_field(qtbot: QtBot) -> None:
    functions: dict[str, dict[str, Any]] = {"Price": {"net": None, "tax": 0.19}, "Total": {"net": ""}}
    watched: list[QPlainTextEdit] = []
    spec = next(spec for spec in fields_of(CallConfig) if spec.key == "inputs")
    field = InputsField(spec, functions.get, watched.append)
    qtbot.addWidget(field)
    field.set_value(ABSENT)
    assert list(field.parts) == [""]
    field.follow({"function": "Price"})
    assert {name: part.box.placeholderText() for name, part in field.parts.items()} == {
        "net": "Required",
        "tax": "0.19",
    }
    field.set_value({"net": "{{row.net}}", "gross": 3})
    assert list(field.parts) == ["net", "tax", "gross"]
    field.parts["tax"].box.setPlainText("0.07")
    assert field.value() == {"net": "{{row.net}}", "tax": 0.07, "gross": 3}
    field.follow({"function": "Total"})
    assert list(field.parts) == ["net", "tax", "gross"]
    assert field.value() == {"net": "{{row.net}}", "tax": 0.07, "gross": 3}
    field.set_value("{{all}}")
    assert (list(field.parts), field.value()) == ([""], "{{all}}")
    assert field.parts[""].box in watched


def test_what_is_written_for_a_parameter_is_in_the_flow(live: Live) -> None:
    async def story(rig: Rig) -> None:
        declared = node("price", "function", 0, function="Price", parameters={"net": None, "tax": 0.19})
        path = rig.file([node("start", "start", 0), node("call", "call", 260), declared], [("start", "call")])
        tab = await rig.window.flows.open_path(path)
        assert tab is not None
        tab.scene.select(["call"])
        form = rig.window.bench.inspector.form
        assert form is not None
        chosen = form.rows["function"].field
        assert isinstance(chosen, FunctionField)
        chosen.combo.setCurrentIndex(chosen.combo.findText("Price"))
        chosen.combo.activated.emit(chosen.combo.currentIndex())
        inputs = form.rows["inputs"].field
        assert isinstance(inputs, InputsField)
        await until(lambda: list(inputs.parts) == ["net", "tax"])
        inputs.parts["net"].box.setPlainText("100")
        rig.window.bench.inspector.flush()
        await until(lambda: tab.scene.draft.nodes["call"].config == {"function": "Price", "inputs": {"net": 100}})

    live(story)

from pathlib import Path

import pytest
from check_style import breaches, page_breaches, untested


def found(text: str, name: str = "flowdesk/engine/scheduler.py") -> list[str]:
    return list(breaches(Path(name), text))


def test_clean_code_has_no_breach() -> None:
    assert found("class Scheduler:\n    def plan(self) -> None:\n        return None\n") == []


def test_a_file_of_more_than_500_lines_is_told() -> None:
    assert "501 lines" in found("x = 1\n" * 501)[0]
    assert found("x = 1\n" * 500) == []


@pytest.mark.parametrize("name", ["FlowManager", "RunInfo", "DataHolder", "NodeUtils"])
def test_empty_words_in_a_class_name_are_told(name: str) -> None:
    assert name in found(f"class {name}:\n    pass\n")[0]


@pytest.mark.parametrize("name", ["Database", "Informer", "BaseModel", "Datum"])
def test_words_that_only_begin_alike_are_not(name: str) -> None:
    assert found(f"class {name}:\n    pass\n") == []


def test_a_long_function_is_told_in_the_package_only() -> None:
    text = "def run() -> None:\n" + "    x = 1\n" * 50
    assert "run has 51 lines" in found(text)[0]
    assert found(text, "tests/test_x.py") == []


def test_an_ignore_without_a_code_is_told() -> None:
    assert "error code" in found("import x  # type: " + "ignore\n")[0]
    assert found("import x  # type: " + "ignore[import-not-found]\n") == []


def test_a_module_without_a_test_module_is_reported() -> None:
    files = [Path("flowdesk/a.py"), Path("flowdesk/b/c.py"), Path("tests/b/test_c.py"), Path("flowdesk/__init__.py")]
    assert untested(files) == [Path("flowdesk/a.py")]


@pytest.mark.parametrize(
    "line",
    [
        "QLabel(name)",
        "QMessageBox(parent)",
        "view.setHtml(text)",
        "item.setToolTip(0, name)",
        "box.setToolTip(tr(name))",
    ],
)
def test_a_text_of_others_that_could_be_read_as_html_is_told(line: str) -> None:
    assert len(found(f"{line}\n", "flowdesk/ui/panels/runs.py")) == 1
    assert found(f"{line}\n", "flowdesk/session/runs.py") == []


@pytest.mark.parametrize("line", ["PlainLabel(name)", "item.setToolTip(0, tip(name))", 'box.setToolTip("text=OK")'])
def test_a_text_that_is_shown_as_it_is_is_not(line: str) -> None:
    assert found(f"{line}\n", "flowdesk/ui/panels/runs.py") == []


def test_html_in_the_page_is_told() -> None:
    text = (
        "const a = <p dangerouslySetInnerHTML={{ __html: said }} />;\nbox.innerHTML = said;\nconst b = <p>{said}</p>;\n"
    )
    assert len(list(page_breaches(Path("resources/editor/src/App.tsx"), text))) == 2

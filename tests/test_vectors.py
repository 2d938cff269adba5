"""What the window and the page work out alike: the core gives what the committed vectors say, and the page is held to them."""

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import vectors  # noqa: E402 - a tool, beside the package


@pytest.mark.parametrize("name", sorted(vectors.FILES))
def test_the_core_gives_what_the_vectors_say(name: str) -> None:
    committed = json.loads((vectors.FOLDER / name).read_text("utf-8"))
    assert json.loads(vectors.text_of(name)) == committed


def test_no_file_of_vectors_is_forgotten() -> None:
    assert {path.name for path in vectors.FOLDER.glob("*.json")} == set(vectors.FILES)
    page = (ROOT / "resources" / "editor" / "src" / "vectors.test.ts").read_text("utf-8")
    assert all(name in page for name in vectors.FILES)

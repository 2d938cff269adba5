"""A person who tries everything in the page: commands in any order leave it whole, and undo leads back to the file."""

import json
import random
import shutil
from pathlib import Path

import pytest

from flowdesk.resource import resource_path
from tests.journeys.conftest import Start
from tests.journeys.editor import EditorPage, Visit, answered
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.rig import until

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]
KEYS = (
    "Control+z", "Control+z", "Control+Shift+z", "Control+a", "Control+d", "Control+g", "Control+Shift+g", "Delete",
    "Alt+g", "Shift+s", "d", "F9", "f", "Escape", "Control+c", "Control+v", "Alt+ArrowRight", "Alt+ArrowDown", "ArrowRight",
)  # fmt: skip
UNDO_ALL = """async () => {
  for (let round = 0; round < 400; round++) {
    const button = [...document.querySelectorAll("button")].find((one) => one.getAttribute("aria-label")?.startsWith("Undo"));
    if (!button || button.disabled) return round;
    button.click();
    await new Promise((done) => setTimeout(done, 20));
  }
  return -1;
}"""


def one_step(page: EditorPage, dice: random.Random) -> str:
    """Click on something of the flow or press a key. Returns what it was."""
    cards = page.page.locator(".react-flow__node, .react-flow__edge").all()
    if cards and dice.random() < 0.35:
        card = dice.choice(cards)
        box = card.bounding_box()
        if box is not None:
            modifiers = ["Control"] if dice.random() < 0.3 else []
            for key in modifiers:
                page.page.keyboard.down(key)
            page.page.mouse.click(box["x"] + min(12, box["width"] / 2), box["y"] + min(12, box["height"] / 2))
            for key in modifiers:
                page.page.keyboard.up(key)
            return f"click {box}"
    key = dice.choice(KEYS)
    page.page.keyboard.press(key)
    return key


def test_keys_in_any_order_are_undone_to_the_file(flowdesk: Start, visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "functions.flow.json"
    shutil.copy(resource_path("flows", path.name), path)
    before = json.loads(path.read_text("utf-8"))
    page = visit(answered(flowdesk("serve", "--port", "0", str(path))))
    page.nodes.first.wait_for()
    dice = random.Random(7)
    steps = [one_step(page, dice) for _ in range(120)]
    page.page.keyboard.press("Escape")
    until(lambda: page.page.evaluate(UNDO_ALL) == 0, f"everything undone after {steps}")
    page.page.keyboard.press("Control+s")
    until(lambda: json.loads(path.read_text("utf-8")) == before, f"the file is as it was after {steps}")

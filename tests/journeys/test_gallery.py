"""The page without a flow is a gallery: an example is tried with one press."""

from pathlib import Path

import pytest

from tests.journeys.conftest import Start
from tests.journeys.editor import MILLISECONDS, Visit, answered, barriers, expect
from tests.journeys.editor import browser as browser
from tests.journeys.editor import visit as visit
from tests.rig import PATIENCE

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(240)]


def test_an_example_is_found_and_opened_from_the_first_page(flowdesk: Start, visit: Visit, tmp_path: Path) -> None:
    page = visit(answered(flowdesk("serve", "--port", "0")))
    examples = page.page.get_by_role("region", name="Examples")
    expect(examples.locator(".flow-card").first).to_be_visible(timeout=PATIENCE * 1000)
    assert barriers(page) == []
    page.page.get_by_label("Search flows…").fill("csv form")
    examples.locator(".flow-card").first.click()
    expect(page.node("start")).to_be_visible(timeout=MILLISECONDS)
    assert (tmp_path / "flows" / "form-from-csv.flow.json").is_file()
    assert (tmp_path / "flows" / "visitors.csv").is_file()
    page.page.locator(".flow-name").click()
    page.page.locator(".menu-body > button", has_text="Gallery").click()
    own = page.page.get_by_role("region", name="Your flows")
    expect(own.locator(".flow-card")).to_have_count(1)
    page.quiet()

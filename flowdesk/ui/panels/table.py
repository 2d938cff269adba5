"""The panels of the window: each is declared in its own module, and named here."""

from flowdesk.ui.inspector import inspector
from flowdesk.ui.panels import fleet, log, palette, problems, runs, variables, visit
from flowdesk.ui.panels.place import Place

PANELS: tuple[Place, ...] = (
    palette.PLACE,
    visit.PLACE,
    inspector.PLACE,
    log.PLACE,
    problems.PLACE,
    variables.PLACE,
    runs.PLACE,
    fleet.PLACE,
)
"""In the order of the menu *View*, and of the tabs below the canvas."""

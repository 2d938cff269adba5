"""What watches the world for triggers on this machine, put together; a part of the composition root."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from flowdesk.drivers.filewatch import watch_files
from flowdesk.drivers.notices import notify
from flowdesk.i18n import tr
from flowdesk.session.triggering import Surroundings

if TYPE_CHECKING:
    from flowdesk.engine.ports import DesktopDriver
    from flowdesk.model.nodetype import Catalogue
    from flowdesk.session.fleet import Counter


def make_counter(catalogue: "Catalogue") -> "Counter":
    """Return what asks the hub that ``FLOWDESK_HUB`` names.

    Raises:
        HubUnavailable: If it names none.
    """
    from flowdesk.fleet.counter import HubCounter
    from flowdesk.reporting.writing import report_writer

    return HubCounter(os.environ.get("FLOWDESK_HUB", ""), catalogue, report_writer(catalogue))


def make_surroundings(driver: "DesktopDriver", command: Callable[[], tuple[str, ...]]) -> Surroundings:
    """Return what the drivers do for triggers. ``command`` tells by what command a person hears of failures."""
    from flowdesk.drivers.appearing import appearing
    from flowdesk.drivers.presence import hindrance
    from flowdesk.drivers.x11.hotkeys import watch_hotkey

    async def tell(title: str, text: str) -> None:
        await notify(tr(title), tr(text), command())

    watchers = {"file": watch_files, "hotkey": watch_hotkey, "appears": appearing(driver)}
    return Surroundings(watchers, hindrance, tell)

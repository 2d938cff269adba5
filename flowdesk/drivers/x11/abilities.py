"""What flowdesk does on X11."""

from flowdesk.drivers.abilities import FUNCTIONS, Ability

ABILITIES = {"x11": dict.fromkeys(FUNCTIONS, Ability("works"))}

"""`flowdesk doctor`: what this desktop lacks, and the fix."""

import argparse
import json
from collections.abc import Iterator, Sequence

from flowdesk.engine.ports import Check
from flowdesk.exitcodes import NO_DESKTOP, SUCCEEDED
from flowdesk.i18n import tr
from flowdesk.model.sentence import say


def doctor(options: argparse.Namespace) -> int:
    """Print what this desktop lacks. Returns the exit code."""
    from flowdesk.drivers.doctor import checks
    from flowdesk.nodes import catalogue_with_plugins
    from flowdesk.nodes.plugins import left_out

    catalogue_with_plugins()
    packages = [Check(one.package, False, one.reason, one.fix, False) for one in left_out()]
    found = [*checks(), *packages]
    if options.json:
        print(json.dumps([
            {"name": check.name, "ok": check.is_ok, "required": check.is_required, "message": str(check.message), "fix": str(check.fix)}
            for check in found
        ], ensure_ascii=False, indent=2))  # fmt: skip
    else:
        print("\n".join(doctor_lines(found)))
    return SUCCEEDED if all(check.is_ok for check in found if check.is_required) else NO_DESKTOP


def doctor_lines(checks: Sequence[Check]) -> Iterator[str]:
    """Yield what the doctor found as lines for a person. A cause of several faults is explained once."""
    told: dict[str, str] = {}
    for check in checks:
        state = say("ok") if check.is_ok else say("MISSING") if check.is_required else say("absent")
        word = tr(state)
        head = word + " " * (8 - sum(1 if ord(letter) < 0x2E80 else 2 for letter in word)) + tr(check.name)
        if check.message in told:
            yield f"{head}: {tr(say('for the same reason as {name}', name=tr(told[check.message])))}"
            continue
        yield f"{head}: {tr(check.message)}"
        if not check.is_ok:
            told[check.message] = check.name
            if check.fix and check.fix not in told:
                told[check.fix] = check.name
                yield f"        {tr(check.fix)}"
    if not all(check.is_ok for check in checks if check.is_required):
        yield tr(say("flowdesk cannot use this desktop until the items marked MISSING are available."))
    elif all(check.is_ok for check in checks):
        yield tr(say("This desktop has everything that flowdesk can use."))
    else:
        yield tr(say("flowdesk can use this desktop. The items marked absent are optional."))

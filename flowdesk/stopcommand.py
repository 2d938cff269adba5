"""`flowdesk stop`: ends every run of this desktop. Loads little, so that a system shortcut acts at once."""

import argparse
import json
import sys

from flowdesk.drivers.platforms import platform
from flowdesk.drivers.stopped import Answer
from flowdesk.exitcodes import FAILED, NO_DESKTOP, SUCCEEDED
from flowdesk.i18n import set_language, tr
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import Sentence, say


def stop(options: argparse.Namespace) -> int:
    """Stop every run of this desktop and say what was stopped.

    Returns:
        The exit code: 0 where all that there was is stopped, 1 where a process did not answer, 3 without a desktop.
    """
    set_language("system")
    try:
        answers = platform().stop_everywhere()
    except FlowdeskError as error:
        print(f"flowdesk: {tr(error.message)}\n  {tr(error.fix)}", file=sys.stderr)
        return NO_DESKTOP
    if options.json:
        print(json.dumps([
            {"process": one.process, "pid": one.pid, "answered": one.count is not None, "count": one.count or 0, "runs": one.runs}
            for one in answers
        ], ensure_ascii=False))  # fmt: skip
    else:
        for answer in answers:
            if answer.count != 0:
                print(_printable(tr(_sentence(answer))))
        if not any(answer.count != 0 for answer in answers):
            print(tr(say("No flow is running on this desktop.")))
    return SUCCEEDED if all(answer.count is not None for answer in answers) else FAILED


def _sentence(answer: Answer) -> Sentence:
    if answer.count is None:
        return say("flowdesk {process} ({pid}) does not respond.", process=answer.process, pid=answer.pid)
    names = ", ".join(f'"{name}"' for name in answer.runs)
    if answer.count == 1:
        return say("flowdesk {process} ({pid}): stopped {names}.", process=answer.process, pid=answer.pid, names=names)
    return say(
        "flowdesk {process} ({pid}): stopped {count} runs: {names}.",
        process=answer.process, pid=answer.pid, count=answer.count, names=names,
    )  # fmt: skip


def _printable(text: str) -> str:
    """Return a text of others without what would move the cursor of the terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)

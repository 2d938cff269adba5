"""The help of the command line in the reader's language: flowdesk's own texts and those of argparse."""

import argparse

from flowdesk.i18n import set_language, tr
from flowdesk.model.sentence import say

ARGPARSE = (
    say("usage: "),
    say("options"),
    say("positional arguments"),
    say("show this help message and exit"),
    say("show program's version number and exit"),
    say("the following arguments are required: %s"),
    say("invalid choice: %(value)r (choose from %(choices)s)"),
    say("unrecognized arguments: %s"),
    say("expected one argument"),
    say("expected at least one argument"),
    say("argument %(argument_name)s: %(message)s"),
    say("%(prog)s: error: %(message)s\n"),
)
"""What argparse says itself, as its versions from 3.11 on write it; what is not here stays English."""


def translate(parser: argparse.ArgumentParser) -> None:
    """Put a parser and its commands into the system's language."""
    set_language("system")
    argparse._ = tr  # type: ignore[attr-defined]  # the name under which it looks its texts up
    _translate(parser)


def _translate(parser: argparse.ArgumentParser) -> None:
    parser.description = tr(parser.description) if parser.description else None
    parser.epilog = tr(parser.epilog) if parser.epilog else None
    for group in parser._action_groups:
        group.title = tr(group.title) if group.title else None
    for action in parser._actions:
        action.help = tr(action.help) if action.help else action.help
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                choice.help = tr(choice.help) if choice.help else choice.help
            for command in dict.fromkeys(action.choices.values()):
                _translate(command)

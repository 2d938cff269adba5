"""How values of options are read from the command line."""

import argparse

MOST = 1_000_000
"""The largest number of things that can be asked for."""


def port(text: str) -> int:
    """Read the number of a port; 0 takes a free one.

    Raises:
        argparse.ArgumentTypeError: If it is none.
    """
    if not text.isascii() or not text.isdecimal() or int(text) > 65_535:
        from flowdesk.model.sentence import say

        raise _refused(say('"{text}" is not a port: a number from 0 to 65535', text=text))
    return int(text)


def count(text: str) -> int:
    """Read how many things are wanted.

    Raises:
        argparse.ArgumentTypeError: If it is no whole number, or none that is possible.
    """
    digits = text if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST)) else ""
    if not digits or not 1 <= int(digits) <= MOST:
        from flowdesk.model.sentence import say

        raise _refused(say('"{text}" is not a number from 1 to {most}', text=text, most=MOST))
    return int(digits)


def _refused(sentence: str) -> argparse.ArgumentTypeError:
    from flowdesk.i18n import tr  # only where something is wrong: the help answers at once

    return argparse.ArgumentTypeError(tr(sentence))

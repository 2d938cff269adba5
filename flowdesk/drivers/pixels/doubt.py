"""How likely a reader's own network holds another text than the one it settled on. Pure.

What OCR errs in it is unsure of: of "Save As..." read as "Save ASs..." its network holds both for likely, of "100" it never
holds "10" for likely. So a text is taken for another exactly where the network itself cannot tell them apart.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

UNSURE = 2.5
"""By so much less (natural logarithm) may a text be likely than the likeliest."""

_NEVER = -1e9


def likelihood(chances: NDArray[np.float32], text: str, places: Mapping[str, int]) -> float:
    """Return the logarithm of how likely a text is, over all ways to spell it in time steps (CTC).

    Args:
        chances: For each step and sign how likely it is (0 to 1); the first sign is the pause.
        text: What may stand there.
        places: The column of each sign.
    """
    if not text or any(sign not in places for sign in text):
        return _NEVER
    signs = np.zeros(2 * len(text) + 1, np.intp)
    signs[1::2] = [places[sign] for sign in text]
    logs = np.log(np.maximum(chances[:, signs], 1e-9)).astype(np.float64)
    may_skip = np.zeros(len(signs), bool)
    may_skip[2:] = (signs[2:] != 0) & (signs[2:] != signs[:-2])
    ways = np.full(len(signs), _NEVER)
    ways[:2] = logs[0, :2]
    for step in logs[1:]:
        before = np.concatenate([[_NEVER], ways[:-1]])
        skipped = np.where(may_skip, np.concatenate([[_NEVER, _NEVER], ways[:-2]]), _NEVER)
        ways = np.logaddexp(np.logaddexp(ways, before), skipped) + step
    return float(np.logaddexp(ways[-1], ways[-2]))


def is_in_doubt(wanted: str, seen: str, chances: NDArray[np.float32], places: Mapping[str, int]) -> bool:
    """Whether what was read as ``seen`` may as well be ``wanted``. Never where their digits differ."""
    if _digits(wanted) != _digits(seen):
        return False
    likeliest = likelihood(chances, seen, places)
    return likeliest > _NEVER / 2 and likelihood(chances, wanted, places) >= likeliest - UNSURE


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())

"""Which files of a flow's picture folder a name in a selector means."""

import re
from pathlib import Path

SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
"""How the names of pictures end."""


def alternatives(path: Path) -> list[Path]:
    """Return the files that a name stands for: that of its own first, then those of other themes and scales.

    Args:
        path: The name in its folder; ``.png`` may be left out.
    """
    if not path.suffix or path.suffix.lower() not in SUFFIXES:
        path = path.with_name(path.name + ".png")
    try:
        siblings = sorted(entry for entry in path.parent.iterdir() if entry.suffix.lower() in SUFFIXES)
    except (OSError, ValueError):
        return []
    variant = re.compile(re.escape(path.stem) + r"(\.[^.@]+)?(@[0-9.]+x)?")
    others = [entry for entry in siblings if entry.name != path.name and variant.fullmatch(entry.stem)]
    return [entry for entry in siblings if entry.name == path.name] + others

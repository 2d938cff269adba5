"""Sentences that only assistants read: they are English, and in no table of translations."""


def words(text: str, /, **values: object) -> str:
    """Return a sentence with its values filled in."""
    return text.format(**values)

"""Whether a flow file came from somebody else: by the mark that browsers leave, its owner, and where it lies."""

from pathlib import Path

from flowdesk.system import is_marked_as_foreign, is_of_another

REMOVABLE = ("/media", "/run/media", "/Volumes")
"""Where sticks and the folders of other machines are mounted."""


def is_from_elsewhere(file: Path) -> bool:
    """Whether a file bears a sign that it was not made here.

    Signs are a download's mark, an owner who is neither this user nor the machine's administrator, and a place in the
    folder of downloads or on a medium that can be taken out. A file without any may still be a stranger's.
    """
    path = file.resolve()
    return (
        is_marked_as_foreign(path) or is_of_another(path) or any(path.is_relative_to(folder) for folder in _folders())
    )


def _folders() -> list[Path]:
    import platformdirs  # the file that names the folders is read each time

    return [platformdirs.user_downloads_path(), *map(Path, REMOVABLE)]

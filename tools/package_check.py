"""Build the packaged application and prove that it works: its size, its parts, a flow run by it, its window.

    .venv/bin/python tools/package_check.py            (make package)
    .venv/bin/python tools/package_check.py --no-build

Everything happens on a virtual desktop of its own, so that it works on a machine without a screen.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event

from flowdesk.drivers.virtual import VirtualDesktop

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "dist" / "flowdesk"
PROGRAM = FOLDER / ("flowdesk.exe" if os.name == "nt" else "flowdesk")
MAX_BYTES = 475_000_000
WINDOW_SECONDS = 30.0
BARE = ROOT / "build" / "bare" / "bare_window" / "bare_window"
STARTS = 3
"""How often each window is started; the fastest counts, for what else the machine does only ever adds."""


def build() -> None:
    """Build the application into ``dist/flowdesk``."""
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR"]
    subprocess.run([*command, str(ROOT / "flowdesk.spec")], cwd=ROOT, check=True, stdin=subprocess.DEVNULL)


def build_bare() -> None:
    """Freeze a window with nothing in it, to compare with."""
    command = [
        sys.executable,
        "-m",
        "PyInstaller",
        "--noconfirm",
        "--log-level",
        "ERROR",
        "--specpath",
        str(ROOT / "build"),
    ]
    places = ["--distpath", str(BARE.parent.parent), "--workpath", str(ROOT / "build" / "bare-work")]
    subprocess.run(
        [*command, *places, str(ROOT / "tools" / "bare_window.py")], cwd=ROOT, check=True, stdin=subprocess.DEVNULL
    )


def unpacked_bytes() -> int:
    """Return how many bytes the application takes, links counted as nothing."""
    return sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink())


def call(desktop: VirtualDesktop, *arguments: str, timeout: float = 120.0) -> subprocess.CompletedProcess[str]:
    """Run the packaged program on the virtual desktop, far from the checkout."""
    return subprocess.run(
        [str(PROGRAM), *arguments],
        cwd=tempfile.gettempdir(),
        env=desktop.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def run_flow(desktop: VirtualDesktop, report: Path) -> list[Path]:
    """Run the packaged example with the packaged program. Returns its pictures.

    Raises:
        SystemExit: If the run did not succeed or left no picture.
    """
    flow = FOLDER / "_internal" / "resources" / "flows" / "practice-form.flow.json"
    done = call(desktop, "run", str(flow), "--json", "--report", str(report))
    if done.returncode != 0:
        sys.exit(
            f"The packaged program could not run the example (exit {done.returncode}):\n{done.stdout}\n{done.stderr}"
        )
    last = json.loads(done.stdout.splitlines()[-1])
    if last["type"] != "execution.complete":
        sys.exit(f"The run ended with {last['type']}")
    pictures = sorted(report.rglob("*.png"))
    if not pictures:
        sys.exit("The run left no picture")
    return pictures


def run_expressions(desktop: VirtualDesktop, folder: Path) -> None:
    """Run a flow whose settings are expressions.

    Raises:
        SystemExit: If what they give is not in the run's log.
    """
    written = {
        '{{ rows|where("n", ">", 0.1)|sum("n") }}': "12.7",
        '{{ "31.01.2026"|parse_date("%d.%m.%Y")|add(1, "month") }}': "2026-02-28",
        '{{ "2026-11-29T12:00:00+00:00"|zone("Asia/Shanghai") }}': "2026-11-29T20:00:00+08:00",
        '{{ "INV-0042 x"|regex_find("[0-9]+") }}': "0042",
    }
    flow = {
        "flowdesk": 1,
        "variables": {"rows": [{"n": 12.5}, {"n": 0.1}, {"n": 0.2}]},
        "nodes": [
            {"id": "start", "type": "start", "position": {"x": 0, "y": 0}, "data": {}},
            {
                "id": "log",
                "type": "log",
                "position": {"x": 240, "y": 0},
                "data": {"config": {"message": " ; ".join(written)}},
            },
        ],
        "edges": [{"id": "e", "source": "start", "target": "log"}],
    }
    path = folder / "expressions.flow.json"
    path.write_text(json.dumps(flow), "utf-8")
    done = call(desktop, "run", str(path), "--json", "--report", str(folder / "expressions"))
    wanted = " ; ".join(written.values())
    if done.returncode != 0 or wanted not in done.stdout:
        sys.exit(f"Expressions do not give {wanted} (exit {done.returncode}):\n{done.stdout}\n{done.stderr}")


def seconds_to_window(desktop: VirtualDesktop, program: Path) -> float:
    """Start a program as a double-click does and return after how many seconds its window shows.

    Raises:
        SystemExit: If no window shows, or it does not end when asked to.
    """
    from Xlib.display import Display

    display = Display(desktop.env["DISPLAY"])
    atom = display.intern_atom("_NET_CLIENT_LIST")

    def windows() -> set[int]:
        clients = display.screen().root.get_full_property(atom, 0)
        return set() if clients is None else set(clients.value)

    before = windows()  # The practice window of the run stays open.
    begin = time.monotonic()
    with subprocess.Popen([str(program)], env=desktop.environment(), stdin=subprocess.DEVNULL) as process:
        while not windows() - before:
            if process.poll() is not None or time.monotonic() - begin > WINDOW_SECONDS:
                process.kill()
                sys.exit(f"The window of {program.name} did not show (exit {process.returncode})")
            Event().wait(0.005)
        shown = time.monotonic() - begin
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            sys.exit(f"The window of {program.name} did not end on SIGTERM")
    while windows() - before and time.monotonic() - begin < WINDOW_SECONDS:
        Event().wait(0.005)
    display.close()
    return shown


def compare_starts(desktop: VirtualDesktop) -> None:
    """Print how long the window takes to show, beside a window with nothing in it."""
    ours = min(seconds_to_window(desktop, PROGRAM) for _ in range(STARTS))
    text = f"window: shows after {ours:.2f} s and ends on SIGTERM"
    if BARE.exists():
        bare = min(seconds_to_window(desktop, BARE) for _ in range(STARTS))
        text += f"; a window with nothing in it after {bare:.2f} s, so {ours / bare:.1f} times"
    print(text)


def main() -> int:
    """Build and check. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--no-build", action="store_true", help="check what dist/flowdesk holds")
    options = parser.parse_args()
    if not options.no_build:
        build()
        build_bare()
    size = unpacked_bytes()
    print(f"size: {size / 1e6:.0f} MB in {FOLDER}")
    if size > MAX_BYTES:
        sys.exit(f"That is more than {MAX_BYTES / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory() as folder, VirtualDesktop() as desktop:
        begin = time.monotonic()
        if call(desktop, "--help").returncode != 0:
            sys.exit("The packaged program cannot even print its help")
        print(f"help: {time.monotonic() - begin:.2f} s")
        pictures = run_flow(desktop, Path(folder))
        print(f"example flow: succeeded, {len(pictures)} picture(s)")
        run_expressions(desktop, Path(folder))
        print("expressions: succeeded")
        compare_starts(desktop)
    return 0


if __name__ == "__main__":
    sys.exit(main())

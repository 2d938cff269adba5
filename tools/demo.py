"""Show flowdesk: the window with the example flow, or, without a display, the example on a virtual desktop.

.venv/bin/python tools/demo.py            (make run)
.venv/bin/python tools/demo.py --serve    (make serve)
"""

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flowdesk.drivers.virtual import VirtualDesktop
from flowdesk.resource import resource_path

ROOT = Path(__file__).resolve().parent.parent
FLOWDESK = [sys.executable, "-m", "flowdesk"]


def example() -> Path:
    """Return the example flow in the language of the system."""
    language = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    name = "练习-填表" if language.startswith("zh") else "practice-form"
    return resource_path("flows", f"{name}.flow.json")


@contextlib.contextmanager
def desktop() -> Iterator[tuple[dict[str, str], bool]]:
    """Yield the environment of a desktop, and whether it is a virtual one."""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux":
        yield dict(os.environ), False
        return
    print("There is no display here: starting a virtual desktop.", flush=True)
    with VirtualDesktop() as virtual:
        yield virtual.environment(), True


def run_example(environment: dict[str, str]) -> int:
    """Run the example on a virtual desktop and say where its pictures are. Returns the exit code."""
    flow = example()
    folder = ROOT / ".flowdesk-run" / datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    print(f"Running {flow}", flush=True)
    code = subprocess.run(
        [*FLOWDESK, "run", str(flow), "--report", str(folder)], env=environment, check=False
    ).returncode
    pictures = sorted(folder.rglob("*.png"))
    print(f"\nThe run's record: {folder}")
    for picture in pictures:
        print(f"  picture: {picture}")
    print("\nTo watch and steer runs from a browser on this machine: make serve")
    return code


def main() -> int:
    """Read the command line and do it. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help="serve browsers until Ctrl+C")
    parser.add_argument("rest", nargs="*", help="arguments for `flowdesk serve`, after --")
    options = parser.parse_args()
    with desktop() as (environment, is_virtual):
        if options.serve:
            with contextlib.suppress(KeyboardInterrupt):
                return subprocess.run([*FLOWDESK, "serve", *options.rest], env=environment, check=False).returncode
            return 130
        if is_virtual:
            return run_example(environment)
        return subprocess.run([*FLOWDESK, str(example())], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

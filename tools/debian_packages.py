"""Debian packages for the rigs: what is missing is installed, and nothing is asked of apt where nothing is."""

import os
import subprocess


def require(*names: str) -> None:
    """Install the packages of these that are missing (root, or sudo).

    Raises:
        subprocess.CalledProcessError: If apt cannot install them; it has said why.
    """
    told = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${Status}\n", *names], capture_output=True, text=True, check=False
    )
    there = {line.split()[0] for line in told.stdout.splitlines() if line.endswith("ok installed")}
    missing = [name for name in names if name not in there]
    if not missing:
        return
    print("installing", *missing, flush=True)
    front = [] if os.geteuid() == 0 else ["sudo"]
    apt = [*front, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=900"]
    subprocess.run([*apt, "update"], check=False)
    subprocess.run([*apt, "install", "-y", "--no-install-recommends", *missing], stdout=subprocess.DEVNULL, check=True)

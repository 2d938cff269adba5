"""The node packages outside the core, installed as pip does it, and the mail servers that they talk to."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowdesk.engine.options import RunOptions
from flowdesk.engine.runner import Runner
from flowdesk.model.events import RunFinished
from flowdesk.model.flow import Flow
from flowdesk.model.nodetype import Catalogue
from flowdesk.nodes import catalogue_with_plugins
from tests.nodes.conftest import Bench
from tests.packages.servers import Dovecot, certificate

PACKAGES = Path(__file__).parents[2] / "resources" / "packages"


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed all packages; their libraries are those of the tests."""
    folder = tmp_path_factory.mktemp("packages")
    for source in sorted(PACKAGES.iterdir()):
        shutil.copytree(source, folder / "sources" / source.name)
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--target", str(folder / "site"), "--no-deps", "--no-build-isolation",
         "--no-index", "--disable-pip-version-check", "-q", *map(str, sorted((folder / "sources").iterdir()))],
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture
def catalogue(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """The node types, those of the packages among them."""
    monkeypatch.syspath_prepend(str(shelf))
    return catalogue_with_plugins()


class PackageBench(Bench):
    """Runs nodes of packages."""

    def __init__(self, home: Path, catalogue: Catalogue) -> None:
        super().__init__(home)
        self.catalogue = catalogue

    async def run_flow(self, flow: Flow, dry: bool = False, **variables: object) -> RunFinished:
        options = RunOptions(variables=variables, is_dry=dry)
        self.runner = Runner(flow, self.catalogue, self.services, self.events.append, options)
        return await self.runner.run()


@pytest.fixture
def bench(tmp_path: Path, catalogue: Catalogue) -> PackageBench:
    return PackageBench(tmp_path, catalogue)


@pytest.fixture(scope="session")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate of this computer and its key."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(secured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is one that this computer trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(secured / "certificate.pem"))


@pytest.fixture(scope="session")
def dovecot(secured: Path) -> Iterator[Dovecot]:
    """A real IMAP server."""
    # Beside pytest's own folders, which every other pytest of this account makes private again: Dovecot has accounts of its own.
    with tempfile.TemporaryDirectory(prefix="flowdesk-dovecot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Dovecot(folder, secured)
        yield server
        server.end()

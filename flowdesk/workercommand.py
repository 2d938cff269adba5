"""`flowdesk hub` and `flowdesk worker`: the two that stay (contract §8)."""

import argparse
import asyncio
import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flowdesk import __version__
from flowdesk.consent import has_terminal
from flowdesk.exitcodes import SUCCEEDED
from flowdesk.fleet.addresses import known_as, reached_at
from flowdesk.fleet.bundle import freeze
from flowdesk.fleet.certificates import fetch_certificate
from flowdesk.fleet.items import read_labels, read_pool
from flowdesk.fleet.joining import MINUTES, invite, join, joined, read_code, revoke
from flowdesk.fleet.labels import found_labels, robot_name
from flowdesk.fleet.line import About
from flowdesk.fleet.postgres import PORT, OwnPostgres, Place
from flowdesk.fleet.preparing import prepare
from flowdesk.fleet.robot import Robot
from flowdesk.fleetcommand import hub_address
from flowdesk.i18n import tr
from flowdesk.model.errors import ConsentNeeded, DesktopUnavailable, FileUnwritable, HubUnavailable, RequestInvalid
from flowdesk.model.place import SIZE
from flowdesk.model.sentence import say
from flowdesk.session.plainfiles import read_plain_file
from flowdesk.session.session import Session
from flowdesk.session.storage import make_private, write_atomically
from flowdesk.signals import SignalThread
from flowdesk.system import try_lock

ALLOWED = "allowed.json"
"""What a robot may run for a hub; it is there once the robot worked for it."""
MOST_DESKTOPS = 64
"""Private desktops of one robot."""


# -- hub --------------------------------------------------------------------------------------------------------------


def hub(options: argparse.Namespace, state: Path) -> int:
    """Keep a hub, or prepare one, or invite to one. Returns the exit code."""
    if options.dsn:
        prepare(options.dsn)
        if options.invite is None and options.revoke is None:
            _say(options, {"dsn": options.dsn}, say("This database is now a flowdesk hub."))
            return SUCCEEDED
        return _admit(options, options.dsn, None)
    place = _place(options, state)
    own = OwnPostgres(place)
    if options.invite is not None or options.revoke is not None:
        if not own.is_running():
            raise RequestInvalid(say("No hub runs in {path}.", path=place.folder), say("Start it first: flowdesk hub"))
        return _admit(options, own.dsn, place)
    return _keep(options, own)


def _place(options: argparse.Namespace, state: Path) -> Place:
    """Return the place that is asked for; for an invitation the one that the running hub has."""
    folder = Path(options.data).resolve() if options.data else state / "fleet" / "hub"
    known = folder / "place.json"
    if (options.invite is not None or options.revoke is not None) and known.exists():
        values = json.loads(known.read_text("utf-8"))
        return Place(folder, values["host"], values["port"])
    port = options.port or PORT
    if not 0 < port < 65_536:
        raise RequestInvalid(
            say("{port} is not a port.", port=port), say("Name a number from 1 to 65535."), field="port"
        )
    return Place(folder, options.host, port)


def _keep(options: argparse.Namespace, own: OwnPostgres) -> int:
    ended = threading.Event()
    with SignalThread(lambda _: ended.set()), _held(own.place.folder):
        own.start()
        try:
            own.make_database()
            prepare(own.dsn)
            place = own.place
            write_atomically(place.folder / "place.json", json.dumps({"host": place.host, "port": place.port}).encode())
            hint = say(
                "Set FLOWDESK_HUB to this address for flowdesk worker, submit, and jobs. It contains the password."
            )
            _say(options, {"dsn": own.dsn}, say("The hub is running: {dsn}", dsn=own.dsn), hint)
        except BaseException:
            own.stop()
            raise
        own.keep(ended, lambda sentence: print(tr(sentence), file=sys.stderr, flush=True))
    return SUCCEEDED


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a hub's folder for this process.

    Raises:
        HubUnavailable: If another one keeps the hub in it.
    """
    with (_own_folder(folder) / "keeper").open("ab") as file:
        if not try_lock(file):
            raise HubUnavailable(
                say("The hub in {path} is running already.", path=folder),
                say("For robots: flowdesk hub --invite. For another hub: flowdesk hub --data DIR --port N"),
            )
        yield


def _admit(options: argparse.Namespace, dsn: str, place: Place | None) -> int:
    if options.revoke is not None:
        if not revoke(dsn, options.revoke):
            raise RequestInvalid(
                say('There is no robot with the account "{account}".', account=options.revoke),
                say("See flowdesk jobs robots."),
            )
        _say(options, {"revoked": options.revoke}, say("{account} can no longer connect.", account=options.revoke))
        return SUCCEEDED
    host, port, certificate = _reached_at(dsn, place, options.invite)
    code = str(invite(dsn, host, port, certificate))
    fix = say("Run at the robot within {minutes} minutes: flowdesk worker --join CODE", minutes=MINUTES)
    _say(options, {"code": code}, code, fix)
    return SUCCEEDED


def _reached_at(dsn: str, place: Place | None, address: str) -> tuple[str, int, str]:
    """Return by which address and port robots reach the hub, and its certificate."""
    if place is not None:
        own = place.host if place.host not in {"0.0.0.0", "::"} else socket.gethostname()
        return address or own, place.port, "" if place.is_local else (place.folder / "cert.pem").read_text("utf-8")
    host, port = reached_at(dsn)
    return address or host, port, fetch_certificate(host, port)


def _say(options: argparse.Namespace, values: dict[str, Any], sentence: str, hint: str = "") -> None:
    if options.json:
        print(json.dumps(values, ensure_ascii=False), flush=True)
        return
    print(tr(sentence), flush=True)
    if hint:
        print(f"  {tr(hint)}", file=sys.stderr, flush=True)


# -- worker -----------------------------------------------------------------------------------------------------------


def worker(options: argparse.Namespace, make_session: Callable[[], Session], state: Path) -> int:
    """Be a robot until a signal ends it. Returns the exit code."""
    if not 0 <= options.desktops <= MOST_DESKTOPS:
        raise RequestInvalid(
            say("{count} is not a possible number of desktops.", count=options.desktops),
            say("Name a number from 1 to {most}, or leave it out to use this desktop.", most=MOST_DESKTOPS),
            field="desktops",
        )
    labels, pool = read_labels(options.label), read_pool(options.pool)
    dsn, may_all = _hub_of(options, state / "fleet")
    folder = _own_folder(state / "fleet" / known_as(dsn))
    is_known = (folder / ALLOWED).exists()
    allows = _allowed(options, folder, may_all=may_all)
    is_private = options.desktops > 0
    about = About(
        options.name or robot_name(), pool, {**found_labels(os.environ, is_private=is_private), **labels},
        __version__, max(1, options.desktops), allows,
    )  # fmt: skip
    return _work(options, make_session(), dsn, about, folder, waits=is_known)


def _own_folder(folder: Path) -> Path:
    """Make a folder of the robot's own.

    Raises:
        FileUnwritable: If that is impossible.
    """
    try:
        make_private(folder)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=folder, reason=error.strerror or str(error)),
            say("Set FLOWDESK_STATE_DIR to a folder that you may write to."),
        ) from error
    return folder


def _work(options: argparse.Namespace, session: Session, dsn: str, about: About, folder: Path, *, waits: bool) -> int:
    if options.desktops and session.services.private is not None:
        session.services.private.check()
        session.services.private.keep_ready(SIZE, 1)
    robots: list[Robot] = []

    def end(name: str) -> None:
        for robot in robots:
            robot.end()

    async def work(signals: SignalThread) -> None:
        if not options.desktops:
            await asyncio.to_thread(_open_here, session)
        robot = Robot(session, dsn, about, folder, _tell, is_private=options.desktops > 0)
        robots.append(robot)
        if signals.asked is not None:
            robot.end()
        try:
            await robot.run(max(0.0, options.drain), waits=waits)
        finally:
            await session.close()

    with SignalThread(end) as signals:
        asyncio.run(work(signals))
    return SUCCEEDED


def _open_here(session: Session) -> None:
    """Look that this desktop can be driven before any job is taken.

    Raises:
        DesktopUnavailable: If not.
    """
    from flowdesk.engine.brake import Brake

    try:
        assert session.services.driver is not None
        session.services.driver.open(Brake())
    except DesktopUnavailable as error:
        raise DesktopUnavailable(error.message, say("Use private desktops: flowdesk worker --desktops 1")) from error


def _tell(sentence: str) -> None:
    print(tr(sentence), file=sys.stderr, flush=True)


def _hub_of(options: argparse.Namespace, folder: Path) -> tuple[str, bool]:
    """Return the hub, and whether any of its flows may run by what was chosen when joining."""
    if options.join:
        return join(read_code(options.join), _own_folder(folder), any_flow=options.any_flow), options.any_flow
    if options.hub or os.environ.get("FLOWDESK_HUB"):
        return hub_address(options), False
    known = joined(folder)
    return known if known is not None else (hub_address(options), False)


def _allowed(options: argparse.Namespace, folder: Path, *, may_all: bool) -> tuple[str, ...] | None:
    """Return the hashes of the flows that this robot runs, ``None`` for any from this hub. What is chosen is remembered.

    Raises:
        ConsentNeeded: If nothing was allowed, and nobody is there to ask.
    """
    place = folder / ALLOWED
    known: dict[str, Any] = {"any": may_all, "flows": []}
    if place.exists():
        known = json.loads(read_plain_file(place, 10_000_000))
    known["any"] = bool(known["any"] or options.any_flow or may_all)
    known["flows"] = list(dict.fromkeys([*known["flows"], *(_hash_of(given) for given in options.allow)]))
    if not known["any"] and not known["flows"]:
        if not (has_terminal() and _asks()):
            raise ConsentNeeded(
                say("This robot is not allowed to run anything yet."),
                say("Allow one flow with --allow FILE, or any flow from this hub with --any-flow."),
            )
        known["any"] = True
    write_atomically(place, json.dumps(known, indent=2).encode())
    return None if known["any"] else tuple(known["flows"])


def _hash_of(given: str) -> str:
    is_hash = len(given) == 64 and all(letter in "0123456789abcdef" for letter in given)
    return given if is_hash and not Path(given).exists() else freeze(Path(given)).hash


def _asks() -> bool:
    print(tr("Allow this robot to run any flow from this hub, including programs and files? Type yes or no: "), end="", file=sys.stderr, flush=True)  # fmt: skip
    return sys.stdin.readline().strip().casefold() in {"yes", "y", tr("yes").casefold()}

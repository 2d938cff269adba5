"""`flowdesk triggers`: what starts by itself on this machine, armed and disarmed, and what was due (contract §7)."""

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowdesk.consent import has_terminal
from flowdesk.exitcodes import INVALID, SUCCEEDED
from flowdesk.i18n import tr, tr_all
from flowdesk.installing import install, uninstall
from flowdesk.model.errors import ConsentNeeded, FlowdeskError
from flowdesk.model.sentence import say
from flowdesk.protocol.events import TriggerRow
from flowdesk.session.arming import Candidate, arm, candidate, check, passed, told_triggers
from flowdesk.session.dueledger import Row
from flowdesk.session.session import Session
from flowdesk.session.triggering import listing, local_zone, row_json, summary
from flowdesk.session.trust import told
from flowdesk.terminal import printable, problem_line


def triggers(options: argparse.Namespace, session: Session) -> int:
    """Carry out one of the actions and return the exit code."""
    actions: dict[str, Callable[[argparse.Namespace, Session], int]] = {
        "enable": _enable,
        "disable": _disable,
        "list": _list,
        "history": _history,
        "pause": _pause,
        "resume": _pause,
        "notify": _notify,
        "install": lambda given, _: install(given),
        "uninstall": lambda given, _: uninstall(given),
    }
    return actions[options.action](options, session)


def _enable(options: argparse.Namespace, session: Session) -> int:
    armed: list[Candidate] = []
    now = datetime.now(UTC)
    code = SUCCEEDED
    for file in options.files:
        try:
            armed.append(_arm(Path(file), options, session, now))
        except FlowdeskError as error:
            if len(options.files) == 1:
                raise
            code = INVALID
            print(f"{file}: {tr_all(error.message, error.fix)}", file=sys.stderr)
    if options.json:
        _print([{**found.payload(), "armed": True} for found in armed])
        return code
    for found in armed:
        print(tr(say('"{name}" now starts automatically:', name=found.flow.name)))
        for line in told_triggers(found):
            print(f"  {printable(tr(line))}")
    if armed and session.triggering.watch.hold.holder() is None:
        print(tr(say("No flowdesk is watching yet: start flowdesk, or flowdesk serve. flowdesk triggers install starts it at each login.")))  # fmt: skip
    return code


def _arm(file: Path, options: argparse.Namespace, session: Session, now: datetime) -> Candidate:
    """Let the flow of a file start by itself, after a person agreed.

    Raises:
        ConsentNeeded: If nobody did.
    """
    ledger = session.triggering.ledger
    found = candidate(file, session.catalogue)
    check(found, session.catalogue, ledger)
    for problem in (*found.declared.problems, *passed(found.flow, now, local_zone())):
        print(problem_line(problem), file=sys.stderr)
    if not options.yes and not (has_terminal() and _asks(found)):
        raise ConsentNeeded(
            say('"{name}" would start automatically, and this is not allowed yet.', name=found.flow.name),
            say("Check what it does, then enable it with --yes, or in a terminal, which asks you."),
            **found.payload(),
        )
    arm(found, ledger, session.trust, now)
    return found


def _asks(found: Candidate) -> bool:
    """Show what a flow may do and when it starts; return whether a person allows it."""
    print(tr(say('"{name}" would start automatically:', name=found.flow.name)), file=sys.stderr)
    for line in told_triggers(found):
        print(f"  {printable(tr(line))}", file=sys.stderr)
    if found.doings:
        print(tr(say("It may do this without asking again:")), file=sys.stderr)
        for line in told(list(found.doings)):
            print(f"  {printable(tr(line))}", file=sys.stderr)
    print(tr("Allow it? Type yes or no: "), end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in {"yes", "y", tr("yes").casefold()}


def _disable(options: argparse.Namespace, session: Session) -> int:
    ledger, code, done = session.triggering.ledger, SUCCEEDED, []
    for file in options.files:
        path = Path(file).resolve()
        was = ledger.exists and ledger.disarm(path)
        done.append({"path": str(path), "armed": False, "was_armed": bool(was)})
        if not was:
            code = INVALID
    if options.json:
        _print(done)
        return code
    for entry in done:
        sentence = say("{path} no longer starts automatically.", path=entry["path"])
        print(tr(sentence if entry["was_armed"] else say("{path} was not armed.", path=entry["path"])))
    return code


def _list(options: argparse.Namespace, session: Session) -> int:
    triggering = session.triggering
    holder = triggering.watch.hold.holder()
    known = listing(triggering.ledger, datetime.now(UTC), local_zone(), is_watched=holder is not None)
    is_paused = bool(triggering.ledger.fact("paused")) if triggering.ledger.exists else False
    if options.json:
        _print({"armed": known, "paused": is_paused, "holder": holder, "timezone": str(local_zone())})
        return SUCCEEDED
    if not known:
        print(tr(say("No flow is armed. Run flowdesk triggers enable FILE to let a flow start automatically.")))
        return SUCCEEDED
    _tell_watch(is_paused=is_paused, holder=holder)
    for entry in known:
        print(f"{printable(entry['flow'])}  {entry['path']}")
        if entry["note"]:
            print(f"  {tr(_sentence(entry['phrase']))}")
        for trigger in entry["triggers"]:
            coming = f"  {_local(trigger['next'][0])}" if trigger["next"] else ""
            off = f" ({tr(say('switched off'))})" if trigger["disabled"] else ""
            print(f"  {trigger['id']}: {printable(tr(_sentence(trigger['phrase'])))}{off}{coming}")
            if fault := trigger.get("fault"):
                print(f"    {tr(say('It cannot start now: {reason}', reason=tr(fault)))}")
        if entry["last"]:
            print(f"  {tr(say('last'))}: {_row_line(entry['last'])}")
    return SUCCEEDED


def _tell_watch(*, is_paused: bool, holder: dict[str, Any] | None) -> None:
    if is_paused:
        print(tr(say("All triggers are paused. To resume, run flowdesk triggers resume.")))
    if holder is None:
        print(tr(say("No flowdesk is watching: start flowdesk, or flowdesk serve.")))
    else:
        print(tr(say("flowdesk {process} ({pid}) is watching.", process=holder.get("process", ""), pid=holder.get("pid", ""))))  # fmt: skip


def _history(options: argparse.Namespace, session: Session) -> int:
    path = Path(options.file).resolve() if options.file else None
    rows: list[Row] = session.triggering.ledger.history(path, options.limit)
    if options.json:
        _print([row_json(row) for row in rows])
        return SUCCEEDED
    if not rows:
        print(tr(say("No trigger was due so far.")))
    for row in rows:
        more = summary(row.given)
        print(f"{_row_line(row_json(row))}{'  ' + printable(more) if more else ''}")
    return SUCCEEDED


def _row_line(row: TriggerRow) -> str:
    state = row["outcome"] if not row["status"] else f"{row['outcome']}, {row['status']}"
    times = f" ×{row['count']}" if row["count"] > 1 else ""
    return f"{_local(row['due'])}  {printable(row['flow'])} / {row['trigger']}  {state}{times}  {printable(tr(_sentence(row['phrase'])))}".rstrip()


def _pause(options: argparse.Namespace, session: Session) -> int:
    is_paused = options.action == "pause"
    session.triggering.ledger.set_fact("paused", is_paused)
    if options.json:
        _print({"paused": is_paused})
    else:
        print(
            tr(
                say("No flow starts automatically for now.")
                if is_paused
                else say("Armed flows start automatically again.")
            )
        )
    return SUCCEEDED


def _notify(options: argparse.Namespace, session: Session) -> int:
    session.triggering.ledger.set_fact("notice_command", list(options.words))
    if options.json:
        _print({"command": list(options.words)})
    elif options.words:
        print(tr(say("This command runs after a failure, with the title and the text in FLOWDESK_TITLE and FLOWDESK_TEXT: {command}", command=" ".join(options.words))))  # fmt: skip
    else:
        print(tr(say("No command runs after a failure.")))
    return SUCCEEDED


def _sentence(told_phrase: Any) -> str:
    if isinstance(told_phrase, dict):
        values = {name: _sentence(value) for name, value in told_phrase["values"].items()}
        return say(told_phrase["key"], **values)
    return str(told_phrase)


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _print(values: Any) -> None:
    print(json.dumps(values, ensure_ascii=False, indent=2))

"""`flowdesk submit` and `flowdesk jobs`: what people do at a hub (contract §8)."""

import argparse
import csv
import getpass
import json
import os
import platform
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowdesk.engine.beginning import obstacles
from flowdesk.engine.options import RunOptions
from flowdesk.exitcodes import FAILED, INVALID, SUCCEEDED
from flowdesk.fleet.bundle import Bundle, freeze
from flowdesk.fleet.client import Hub, Order, Submitted, hub_at
from flowdesk.fleet.items import Item, items_of, read_deadline, read_labels, read_pool, read_rows
from flowdesk.fleet.states import JobState
from flowdesk.fleet.wording import about, cancelled, retried, told_job, waiting_for
from flowdesk.i18n import tr
from flowdesk.model.errors import FileUnwritable, HubUnavailable, RequestInvalid
from flowdesk.model.nodetype import Catalogue
from flowdesk.model.place import read_place
from flowdesk.model.sentence import say
from flowdesk.terminal import printable, problem_line, read_variables

LOOKS = 0.3
"""Seconds between looks at a batch that is waited for."""
SHARE = 10.0
"""How much longer than a look the pause after it is: a large batch is looked at less often."""
AWAY = 3.0
"""Seconds between attempts while the hub is away."""
_OPEN = (JobState.WAITING.value, JobState.RUNNING.value)


def hub_address(options: argparse.Namespace) -> str:
    """Return the hub that is meant: ``--hub``, else ``FLOWDESK_HUB``.

    Raises:
        RequestInvalid: If none is named.
    """
    address = options.hub or os.environ.get("FLOWDESK_HUB", "")
    if not address:
        raise RequestInvalid(
            say("No hub is named."),
            say("Write --hub DSN or set FLOWDESK_HUB; flowdesk hub prints the address."),
            field="hub",
        )
    return str(address)


# -- submit -----------------------------------------------------------------------------------------------------------


def submit(options: argparse.Namespace, catalogue: Catalogue) -> int:
    """Put a flow into the queue, and wait for it if that is asked for. Returns the exit code."""
    address = hub_address(options)
    bundle = freeze(Path(options.file))
    order, notes = _order(options, bundle)
    variables = read_variables(options.var)
    errors = obstacles(bundle.flow, catalogue, RunOptions(variables=variables))
    for problem in errors:
        print(problem_line(problem), file=sys.stderr)
    if errors:
        return INVALID
    for note in notes:
        print(tr(note), file=sys.stderr)
    results = _results_file(options)
    with hub_at(address) as hub:
        done = hub.submit(order)
    if not options.json or options.wait:
        _tell_submitted(done, sys.stderr if options.json else sys.stdout)
    if not options.wait:
        if options.json:
            _print(
                {
                    "batch": done.batch,
                    "jobs": done.jobs,
                    "doubles": [job for _, job in done.doubles],
                    "flow": bundle.hash,
                }
            )
        return SUCCEEDED
    try:
        return _wait(address, done, order.items, results, as_json=options.json)
    except KeyboardInterrupt:
        print(
            tr(say("The jobs stay in the queue: flowdesk jobs list --batch {batch}", batch=done.batch)), file=sys.stderr
        )
        raise


def _order(options: argparse.Namespace, bundle: Bundle) -> tuple[Order, list[str]]:
    rows, notes = read_rows(Path(options.rows)) if options.rows else (None, [])
    read_place(options.desktop, None)
    items = items_of(read_variables(options.var), rows, bundle.hash, options.key, again=options.again)
    return Order(
        bundle, items, read_pool(options.pool), read_labels(options.label), options.priority,
        read_deadline(options.deadline, datetime.now(UTC)), options.desktop, f"{getpass.getuser()}@{platform.node()}",
    ), notes  # fmt: skip


def _tell_submitted(done: Submitted, stream: Any) -> None:
    if len(done.jobs) == 1:
        print(tr(say("Job {id} is in the queue (batch {batch}).", id=done.jobs[0], batch=done.batch)), file=stream)
    elif done.jobs:
        print(
            tr(say("{count} jobs are in the queue (batch {batch}).", count=len(done.jobs), batch=done.batch)),
            file=stream,
        )
    if len(done.doubles) == 1:
        one = say("One is already job {id} and is skipped. Use --again to submit it anyway.", id=done.doubles[0][1])
        print(tr(one), file=stream)
    elif done.doubles:
        print(tr(say("{count} are already jobs and are skipped; the first is job {id}. Use --again to submit them anyway.",
                     count=len(done.doubles), id=done.doubles[0][1])), file=stream)  # fmt: skip


def _wait(address: str, done: Submitted, items: Sequence[Item], results: Path | None, *, as_json: bool) -> int:
    """Wait until nothing of a batch is open, nor a job that one of its rows was already; a hub that is away is waited for, too."""
    jobs, others = _await(address, done)
    doubles = {number: others[job] for number, job in done.doubles if job in others}
    told = {job["id"]: job for job in (*jobs, *doubles.values())}.values()
    if results is not None:
        _write_results(results, items, {**{job["number"]: job for job in jobs}, **doubles})
        print(tr(say("The results are in {path}.", path=results)), file=sys.stderr)
    if as_json:
        _print({"batch": done.batch, "jobs": [*told]})
    else:
        for job in (job for job in told if job["state"] != JobState.SUCCEEDED):
            print(_line(job))
    return SUCCEEDED if all(job["state"] == JobState.SUCCEEDED for job in told) else FAILED


def _await(address: str, done: Submitted) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:
    """Wait for the end; return the jobs of the batch, and by their numbers those that rows were already."""
    doubles = [job for _, job in done.doubles]
    told, is_away = "", False
    while True:
        try:
            with hub_at(address) as hub:
                is_away = False
                told = _watch(hub, done.batch, doubles, told)
                known = {number: told_job(job) for number, job in hub.those(doubles).items()}
                return [told_job(job) for job in hub.results(done.batch)], known
        except HubUnavailable as error:
            if not is_away:
                print(tr(say("{message} Waiting until it is back.", message=error.message)), file=sys.stderr)
            is_away = True
            threading.Event().wait(AWAY)


def _watch(hub: Hub, batch: str, doubles: Sequence[int], told: str) -> str:
    while True:
        begun = time.monotonic()
        counts = hub.counts(batch)
        line = ", ".join(f"{tr(about(state))}: {count}" for state, count in sorted(counts.items()))
        if line and line != told:
            told = line
            print(line, file=sys.stderr, flush=True)
        if not any(counts.get(state) for state in _OPEN) and not (doubles and hub.open_among(doubles)):
            return told
        hub.sweep()
        threading.Event().wait(max(LOOKS, SHARE * (time.monotonic() - begun)))


def _results_file(options: argparse.Namespace) -> Path | None:
    """Return where the results of rows go. It is tried before anything is submitted.

    Raises:
        FileUnwritable: If it could not be written.
    """
    if not (options.wait and options.rows):
        return None
    path = Path(options.rows)
    results = path.with_name(f"{path.stem}.results.csv")
    if not os.access(results if results.exists() else results.absolute().parent, os.W_OK):
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=results, reason="Permission denied"),
            say("Copy the rows to a folder that you may write to."),
        )
    return results


def _write_results(path: Path, items: Sequence[Item], jobs: Mapping[int, Mapping[str, Any]]) -> None:
    """Write each row as it was given, in order, and what became of its job."""
    columns = list(dict.fromkeys(name for item in items for name in (item.row or {})))
    extra = ("job", "state", "kind", "message", "result", "robot")
    heads = [name if name not in columns else f"flowdesk {name}" for name in extra]
    draft = path.with_name(f".{path.name}.draft")
    try:
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*columns, *heads])
            for item in items:
                if (job := jobs.get(item.number)) is None:
                    continue  # its job was removed meanwhile
                result = "" if job["result"] is None else job["result"]
                text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
                row = item.row or {}
                own = (job["id"], job["state"], job["kind"], str(job["message"]), text, job["robot"] or "")
                writer.writerow([*(row.get(name, "") for name in columns), *own])
        draft.replace(path)
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=path, reason=error.strerror or str(error)),
            say("Make room, then look at the jobs: flowdesk jobs list"),
        ) from error


# -- jobs -------------------------------------------------------------------------------------------------------------


def jobs(options: argparse.Namespace) -> int:
    """Carry out one of the actions and return the exit code."""
    actions: dict[str, Callable[[argparse.Namespace, Hub], int]] = {
        "list": _list, "show": _show, "cancel": _cancel, "retry": _retry, "robots": _robots,
    }  # fmt: skip
    with hub_at(hub_address(options)) as hub:
        return actions[options.action](options, hub)


def _list(options: argparse.Namespace, hub: Hub) -> int:
    found = [
        told_job(job)
        for job in hub.jobs(
            state=options.state,
            pool=options.pool,
            batch=options.batch,
            before=options.before,
            limit=max(1, options.limit),
        )
    ]
    if options.json:
        _print(found)
    else:
        for job in found:
            print(_line(job))
        if not found:
            print(tr(say("There are no such jobs.")))
    return SUCCEEDED


def _line(job: Mapping[str, Any]) -> str:
    state = f"{tr(about(job['state']))} ({tr(about(job['kind']))})" if job["kind"] else tr(about(job["state"]))
    row = f"  {tr(say('row {number}', number=job['number']))}" if job["number"] else ""
    message = f"  {printable(tr(job['message']))}" if job["message"] and job["state"] != JobState.SUCCEEDED else ""
    robot = f"  {printable(job['robot'])}" if job["robot"] else ""
    return f"{job['id']:>7}  {_local(job['submitted'])}  {state}  {printable(job['flow'])}{row}{robot}{message}"


def _show(options: argparse.Namespace, hub: Hub) -> int:
    found = hub.job(options.job)
    if found is None:
        raise _no_job(options.job)
    job = told_job(found)
    if options.files:
        job["files_in"] = str(_put_files(hub, options.job, Path(options.files)))
    if options.json:
        _print(job)
        return SUCCEEDED
    print(_line(job))
    if job["fix"]:
        print(f"  {tr(job['fix'])}")
    if job["waits_for"]:
        print(f"  {tr(waiting_for(job))}")
    names = ("batch", "pool", "labels", "priority", "deadline", "attempt", "retry_of", "retried_by", "started", "ended", "key",
             "node", "code", "variables", "row", "result", "bundle")  # fmt: skip
    for name in names:
        if job[name] not in (None, "", {}):
            value = job[name] if isinstance(job[name], str) else json.dumps(job[name], ensure_ascii=False)
            print(f"  {name}: {printable(value)}")
    for file in job["files"]:
        print(f"  {file['size']:>10}  {printable(file['name'])}")
    return SUCCEEDED


def _put_files(hub: Hub, number: int, folder: Path) -> Path:
    root = folder.resolve()
    try:
        root.mkdir(parents=True, exist_ok=True)
        for name, content in hub.files(number):
            target = (root / name).resolve()
            if not target.is_relative_to(root) or target == root:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise FileUnwritable(
            say("{path} cannot be written: {reason}.", path=root, reason=error.strerror or str(error)),
            say("Choose a folder that you can write to."),
        ) from error
    return root


def _chosen(options: argparse.Namespace, hub: Hub) -> list[int]:
    numbers = [*options.jobs, *(hub.in_batch(options.batch) if options.batch else [])]
    if not numbers:
        missing = say('There is no batch "{batch}".', batch=options.batch) if options.batch else say("No job is named.")
        raise RequestInvalid(missing, say("Name jobs by their numbers, or a batch: flowdesk jobs list"))
    return numbers


def _cancel(options: argparse.Namespace, hub: Hub) -> int:
    reason = say("cancelled by {name}", name=f"{getpass.getuser()}@{platform.node()}")
    answers = [{"id": number, "answer": hub.cancel(number, str(reason))} for number in _chosen(options, hub)]
    return _tell(options, answers, cancelled, {"cancelled", "asked"})


def _retry(options: argparse.Namespace, hub: Hub) -> int:
    answers = []
    for number in _chosen(options, hub):
        found = hub.retry(number)
        answers.append({"id": number, "answer": found and found[0], "job": found and found[1]})
    good = {state.value for state in JobState if state.can_be_retried}
    return _tell(options, answers, retried, good)


def _tell(
    options: argparse.Namespace,
    answers: Sequence[Mapping[str, Any]],
    sentence: Callable[[Mapping[str, Any]], str],
    good: Iterable[str],
) -> int:
    good = set(good)
    if options.json:
        _print(answers)
    for answer in answers:
        is_good = answer["answer"] in good
        if not options.json and (is_good or not options.batch):
            print(tr(sentence(answer)), file=sys.stdout if is_good else sys.stderr)
    missed = [answer for answer in answers if answer["answer"] not in good]
    return INVALID if missed and (not options.batch or len(missed) == len(answers)) else SUCCEEDED


def _robots(options: argparse.Namespace, hub: Hub) -> int:
    found = hub.robots()
    if options.json:
        _print(found)
        return SUCCEEDED
    for robot in found:
        labels = " ".join(
            f"{name}={value}" for name, value in sorted(robot["labels"].items()) if not name.startswith("program.")
        )
        busy = f"{robot['busy']}/{robot['desktops']}"
        print(f"{robot['id']:>5}  {tr(about(robot['state']))}  {busy}  {printable(robot['name'])}  {robot['pool']}  {robot['version']}  {printable(labels)}  {robot['account']}")  # fmt: skip
    if not found:
        print(tr(say("There are no robots. flowdesk worker starts one.")))
    return SUCCEEDED


def _no_job(number: int) -> RequestInvalid:
    return RequestInvalid(say("There is no job {id}.", id=number), say("See flowdesk jobs list."), field="job")


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _print(values: Any) -> None:
    print(json.dumps(values, ensure_ascii=False, indent=2, default=str))

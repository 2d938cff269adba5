"""The options of `flowdesk hub`, `worker`, `submit` and `jobs`. Nothing heavy is imported here."""

import argparse


def add_fleet_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the four commands."""
    _hub(commands)
    _worker(commands)
    _submit(commands)
    _jobs(commands)


def _hub(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    hub = commands.add_parser("hub", help="keep the queue that robots take jobs from")
    hub.add_argument("--dsn", default="", help="make this PostgreSQL a hub instead of starting one, then end")
    hub.add_argument("--data", metavar="DIR", default="", help="where the hub keeps its PostgreSQL")
    hub.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1); others get TLS")
    hub.add_argument("--port", type=int, default=0, help="port to listen on (8433)")
    hub.add_argument(
        "--invite",
        metavar="ADDRESS",
        nargs="?",
        const="",
        help="print a code with which one robot joins, good once and for ten minutes; ADDRESS is this machine's for it",
    )
    hub.add_argument(
        "--revoke", metavar="ACCOUNT", help="let a robot in no more; flowdesk jobs robots shows its account"
    )
    hub.add_argument("--json", action="store_true", help="print the answer as JSON")


def _worker(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    worker = commands.add_parser("worker", help="be a robot: take jobs from a hub and run them here")
    _hub_option(worker)
    worker.add_argument("--join", metavar="CODE", help="join a hub by the code that flowdesk hub --invite printed")
    worker.add_argument("--pool", default="default", help="which jobs to take: those submitted to this pool (default)")
    worker.add_argument(
        "--desktops",
        type=int,
        default=0,
        metavar="N",
        help="run N jobs at once, each on a private desktop (0: on this one)",
    )
    worker.add_argument("--name", default="", help="what the robot is called (this user and machine)")
    worker.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="say what the robot is or has, for jobs that ask",
    )
    worker.add_argument(
        "--allow", action="append", default=[], metavar="FILE|HASH", help="let the robot run this flow from now on"
    )
    worker.add_argument(
        "--any-flow", action="store_true", help="let the robot run whatever this hub gives it, from now on"
    )
    worker.add_argument(
        "--drain", type=float, default=60.0, metavar="SECONDS", help="how long running jobs may take when it ends (60)"
    )


def _submit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    submit = commands.add_parser("submit", help="put a flow into the queue, once or once for each row of a table")
    submit.add_argument("file", metavar="FILE", help="the flow file")
    _hub_option(submit)
    submit.add_argument(
        "--var", action="append", default=[], metavar="NAME=VALUE", help="set a variable (JSON, else text)"
    )
    submit.add_argument("--rows", metavar="TABLE", help="make one job of each row: CSV, XLSX, JSON or JSON Lines")
    submit.add_argument(
        "--key",
        default="",
        metavar="COLUMN",
        help="the column that tells rows apart (the whole row); without --rows a key",
    )
    submit.add_argument(
        "--again", action="store_true", help="make new jobs although the same rows were submitted before"
    )
    submit.add_argument("--pool", default="default", help="which robots may take them (default)")
    submit.add_argument(
        "--label", action="append", default=[], metavar="NAME=VALUE", help="only robots with this label"
    )
    submit.add_argument("--desktop", default="", metavar="private[:WxH]", help="the size of the private desktop")
    submit.add_argument("--priority", type=int, default=0, help="higher ones are taken first (0)")
    submit.add_argument(
        "--deadline", default="", metavar="TIME", help="begin until then or not at all: 90m, 2h, or a time"
    )
    submit.add_argument(
        "--wait", action="store_true", help="wait for the end, and write TABLE.results.csv beside the rows"
    )
    submit.add_argument("--json", action="store_true", help="print the answer as JSON")


def _jobs(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    jobs = commands.add_parser("jobs", help="show, cancel and retry what is in the queue")
    actions = jobs.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="show jobs, the newest first")
    states = ("waiting", "running", "succeeded", "failed", "cancelled", "expired", "lost")
    listing.add_argument("--state", default="", choices=states, help="only those")
    listing.add_argument("--pool", default="", help="only of this pool")
    listing.add_argument("--batch", default="", help="only of this submission")
    listing.add_argument("--before", type=int, default=None, metavar="ID", help="only older ones than this job")
    listing.add_argument("--limit", type=int, default=50, help="how many (50)")
    show = actions.add_parser("show", help="show one job with all that is known of it")
    show.add_argument("job", type=int, metavar="ID", help="the job")
    show.add_argument("--files", metavar="DIR", help="put its messages, pictures and files there")
    cancel = actions.add_parser("cancel", help="take jobs out of the queue; those that run are stopped")
    retry = actions.add_parser("retry", help="have jobs run again, as new jobs")
    for one in (cancel, retry):
        one.add_argument("jobs", type=int, nargs="*", metavar="ID", help="the jobs")
        one.add_argument("--batch", default="", help="all of this submission")
    robots = actions.add_parser("robots", help="show the robots of the hub")
    for one in (listing, show, cancel, retry, robots):
        _hub_option(one)
        one.add_argument("--json", action="store_true", help="print the answer as JSON")


def _hub_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hub", metavar="DSN", default="", help="the hub's address (FLOWDESK_HUB)")

"""The options of `flowdesk hub`, `worker`, `submit` and `jobs`. Nothing heavy is imported here."""

import argparse

from flowdesk.arguments import count, port


def add_fleet_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the four commands."""
    _hub(commands)
    _worker(commands)
    _submit(commands)
    _jobs(commands)


def _hub(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    hub = commands.add_parser("hub", help="run the queue that robots take jobs from")
    hub.add_argument("--dsn", default="", help="set up this PostgreSQL database as a hub, then exit")
    hub.add_argument("--data", metavar="DIR", default="", help="folder for the hub's PostgreSQL data")
    hub.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1); other addresses use TLS")
    hub.add_argument("--port", type=port, default=0, help="port to listen on (8433)")
    hub.add_argument(
        "--invite",
        metavar="ADDRESS",
        nargs="?",
        const="",
        help="print a join code for one robot, valid once and for ten minutes; ADDRESS is how the robot reaches this machine",
    )
    hub.add_argument(
        "--revoke", metavar="ACCOUNT", help="revoke a robot's account; flowdesk jobs robots lists the accounts"
    )
    hub.add_argument("--json", action="store_true", help="print JSON")


def _worker(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    worker = commands.add_parser("worker", help="run this machine as a robot that takes jobs from a hub")
    _hub_option(worker)
    worker.add_argument("--join", metavar="CODE", help="join a hub with a code from flowdesk hub --invite")
    worker.add_argument("--pool", default="default", help="pool to take jobs from (default)")
    worker.add_argument(
        "--desktops",
        type=int,
        default=0,
        metavar="N",
        help="run N jobs at once, each on a private desktop (0: one at a time on this desktop)",
    )
    worker.add_argument("--name", default="", help="name of the robot (user and machine)")
    worker.add_argument(
        "--label",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="label of the robot, for jobs that require it",
    )
    worker.add_argument(
        "--allow", action="append", default=[], metavar="FILE|HASH", help="allow this flow on this robot from now on"
    )
    worker.add_argument("--any-flow", action="store_true", help="allow every flow from this hub from now on")
    worker.add_argument(
        "--drain",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="time for running jobs to finish when the robot ends (60)",
    )


def _submit(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    submit = commands.add_parser("submit", help="add a flow to the queue, once or once per table row")
    submit.add_argument("file", metavar="FILE", help="flow file")
    _hub_option(submit)
    submit.add_argument(
        "--var", action="append", default=[], metavar="NAME=VALUE", help="set a variable (JSON, else text)"
    )
    submit.add_argument("--rows", metavar="TABLE", help="create one job per row: CSV, XLSX, JSON, or JSON Lines")
    submit.add_argument(
        "--key",
        default="",
        metavar="COLUMN",
        help="column that identifies a row (the whole row); without --rows, a key for the job",
    )
    submit.add_argument("--again", action="store_true", help="submit rows again that were submitted before")
    submit.add_argument("--pool", default="default", help="pool of robots for the jobs (default)")
    submit.add_argument(
        "--label", action="append", default=[], metavar="NAME=VALUE", help="use only robots with this label"
    )
    submit.add_argument("--desktop", default="", metavar="private[:WxH]", help="size of the private desktop")
    submit.add_argument("--priority", type=int, default=0, help="jobs with a higher number run first (0)")
    submit.add_argument(
        "--deadline",
        default="",
        metavar="TIME",
        help="latest start: 90m, 2h, or a time; a job that has not started by then expires",
    )
    submit.add_argument(
        "--wait", action="store_true", help="wait until all jobs end, then write TABLE.results.csv next to the table"
    )
    submit.add_argument("--json", action="store_true", help="print JSON")


def _jobs(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    jobs = commands.add_parser("jobs", help="list, show, cancel, and retry jobs in the queue")
    actions = jobs.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list jobs, newest first")
    states = ("waiting", "running", "succeeded", "failed", "cancelled", "expired", "lost")
    listing.add_argument("--state", default="", choices=states, help="filter by state")
    listing.add_argument("--pool", default="", help="filter by pool")
    listing.add_argument("--batch", default="", help="filter by submission")
    listing.add_argument("--before", type=int, default=None, metavar="ID", help="list only jobs before this one")
    listing.add_argument("--limit", type=count, default=50, help="number of jobs (50)")
    show = actions.add_parser("show", help="show one job in full")
    show.add_argument("job", type=int, metavar="ID", help="job")
    show.add_argument("--files", metavar="DIR", help="save its messages, images, and files to DIR")
    cancel = actions.add_parser("cancel", help="remove jobs from the queue; running jobs are stopped")
    retry = actions.add_parser("retry", help="run jobs again as new jobs")
    for one in (cancel, retry):
        one.add_argument("jobs", type=int, nargs="*", metavar="ID", help="jobs")
        one.add_argument("--batch", default="", help="all jobs of a submission")
    robots = actions.add_parser("robots", help="list the robots of the hub")
    for one in (listing, show, cancel, retry, robots):
        _hub_option(one)
        one.add_argument("--json", action="store_true", help="print JSON")


def _hub_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hub", metavar="DSN", default="", help="address of the hub (FLOWDESK_HUB)")

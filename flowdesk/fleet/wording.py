"""What is said of jobs and robots to people."""

from collections.abc import Mapping
from typing import Any

from flowdesk.fleet.states import LOST_AFTER
from flowdesk.model.sentence import say


def about(word: str) -> str:
    """Return a state, or a kind of failure, as people read it."""
    words = {
        "waiting": say("waiting"), "running": say("running"), "succeeded": say("succeeded"), "failed": say("failed"),
        "cancelled": say("cancelled"), "expired": say("expired"), "lost": say("lost"),
        "business": say("business"), "application": say("application"),
        "idle": say("idle"), "busy": say("busy"), "draining": say("ending"), "gone": say("gone"),
    }  # fmt: skip
    return words.get(word, word)


def told_job(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job with the sentences that the hub leaves to its clients."""
    told = dict(job)
    if job["code"] == "fleet.lost":
        told["message"] = say(
            "Its robot has been silent for {seconds} s. Whether the job finished is unknown.", seconds=LOST_AFTER
        )
        told["fix"] = say("Check what it did, then retry it: flowdesk jobs retry {id}", id=job["id"])
    elif job["code"] == "fleet.expired":
        told["message"] = say("No robot started it before its deadline.")
        told["fix"] = say("Retry it: flowdesk jobs retry {id}", id=job["id"])
    return told


def waiting_for(job: Mapping[str, Any]) -> str:
    """Return what keeps a job waiting, as a sentence."""
    match job["waits_for"]:
        case "robot":
            return say('No robot is in the pool "{pool}". Start one: flowdesk worker --pool {pool}', pool=job["pool"])
        case "label":
            labels = ", ".join(f"{name}={value}" for name, value in job["labels"].items())
            return say("No robot in the pool has all of these labels: {labels}", labels=labels)
        case "permission":
            return say(
                "No robot is allowed to run this flow. Allow it at a robot: flowdesk worker --allow {hash}",
                hash=job["bundle"],
            )
        case _:
            return say("It is waiting for its turn.")


def cancelled(answer: Mapping[str, Any]) -> str:
    """Return what came of cancelling a job, as a sentence."""
    match answer["answer"]:
        case None:
            return say("There is no job {id}.", id=answer["id"])
        case "cancelled":
            return say("Job {id} is cancelled.", id=answer["id"])
        case "asked":
            return say("Job {id} is being stopped at its robot.", id=answer["id"])
        case state:
            return say("Job {id} has ended already: {state}.", id=answer["id"], state=about(state))


def retried(answer: Mapping[str, Any]) -> str:
    """Return what came of retrying a job, as a sentence."""
    match answer["answer"]:
        case None:
            return say("There is no job {id}.", id=answer["id"])
        case "retried":
            return say("Job {id} was retried before, as job {job}.", id=answer["id"], job=answer["job"])
        case "double":
            return say("Job {id} is not retried: job {job} has the same key.", id=answer["id"], job=answer["job"])
        case "waiting" | "running" | "succeeded" as state:
            return say("Job {id} is not retried: it is {state}.", id=answer["id"], state=about(state))
        case _:
            return say("Job {id} is retried as job {job}.", id=answer["id"], job=answer["job"])

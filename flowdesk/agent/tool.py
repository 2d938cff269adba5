"""Tools of an assistant: each declared once, by the model of its arguments and the function that carries it out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from flowdesk.agent.link import Link
from flowdesk.agent.words import words
from flowdesk.model.errors import RequestInvalid
from flowdesk.model.nodetype import Catalogue


class Arguments(BaseModel):
    """The arguments of a tool."""

    model_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in an answer."""

    data: str
    """Base64."""
    mime: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a tool answers: a text, and pictures."""

    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class Situation:
    """What a tool works with."""

    link: Link
    catalogue: Catalogue
    runs_unasked: bool = False
    """Whether a person said beforehand that flows may run."""
    can_ask: bool = False
    """Whether the program of the assistant can ask its person something."""
    answers: Mapping[str, bool] = field(default_factory=dict)
    """What a person answered to questions of this call, by their keys."""


class PersonNeeded(Exception):  # not an error: the call goes on with the answer
    """A person has to answer first."""

    def __init__(self, key: str, message: str) -> None:
        """``key`` names what exactly is asked, ``message`` asks it."""
        super().__init__(message)
        self.key = key
        self.message = message


@dataclass(frozen=True)
class Tool:
    """A tool: what assistants see of it, and what it does."""

    name: str
    arguments: type[Arguments]
    act: Callable[[Situation, Any], Awaitable[Told]]
    changes: bool = False
    """Whether it changes a flow or acts on the desktop."""

    @property
    def description(self) -> str:
        """What an assistant reads to choose it: the docstring of its arguments."""
        return " ".join((self.arguments.__doc__ or "").split())

    async def call(self, situation: Situation, values: Mapping[str, Any]) -> Told:
        """Check the arguments and carry it out.

        Raises:
            FlowdeskError: If the arguments are wrong, or flowdesk refuses.
            PersonNeeded: If a person has to be asked first.
        """
        try:
            arguments = self.arguments.model_validate(values)
        except ValidationError as error:
            raise RequestInvalid(
                words("The arguments of {tool} are not right: {reason}", tool=self.name, reason=faults(error)),
                words("{tool} takes: {names}.", tool=self.name, names=", ".join(self.arguments.model_fields)),
            ) from None
        return await self.act(situation, arguments)


def faults(error: ValidationError) -> str:
    """Return what is wrong with arguments, in one line: at most five faults."""
    told = [
        f"{'.'.join(str(part) for part in fault['loc']) or 'arguments'}: {fault['msg']}" for fault in error.errors()[:5]
    ]
    return "; ".join(told)[:600]

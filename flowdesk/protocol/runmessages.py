"""What is asked about the record of a run."""

from typing import Literal

from pydantic import Field

from flowdesk.protocol.payload import Payload


class KeepRun(Payload):
    """Mark the record of a run, so that it is kept however old it gets, or take the mark away."""

    run_id: str = Field(description="The run, as `workflow.list` has it.")
    kept: bool = Field(True, description="Whether it is kept.")


class GetReport(Payload):
    """Fetch the report of a run: one HTML page with steps, pictures, values, log and what failed."""

    run_id: str = Field(description="The run, as `workflow.list` has it.")
    language: Literal["en", "zh_CN"] = Field("en", description="The language of the page.")

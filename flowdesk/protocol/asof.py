"""With which values a run from the middle begins, where not with the last run's."""

from pydantic import Field

from flowdesk.protocol.payload import Payload


class AsOf(Payload):
    """A visit of a run whose values a run from the same node goes on with."""

    run_id: str = Field(description="The run, as `workflow.list` has it.")
    visit: int = Field(1, ge=1, description="Which visit of the node, from 1.")

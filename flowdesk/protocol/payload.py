"""What the payloads of requests are made of."""

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """The payload of a request. Unknown keys are ignored, as clients may send their own."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True, defer_build=True)


class Nothing(Payload):
    """No fields."""

"""What the payloads of requests are made of."""

from typing import Any, cast

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema


class Payload(BaseModel):
    """The payload of a request. Unknown keys are ignored, as clients may send their own.

    What is declared as a number, a whole number, or true or false is that in JSON: ``true`` is no 1, ``"5"`` no 5.
    """

    model_config = ConfigDict(extra="ignore", populate_by_name=True, frozen=True, defer_build=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return how a payload is read."""
        return cast("CoreSchema", _exact(handler(source)))


class Nothing(Payload):
    """No fields."""


def _exact(schema: Any) -> Any:
    """Return a schema that takes no JSON value for one of another kind. What belongs to flow files keeps its own rules."""
    if isinstance(schema, list | tuple):
        return type(schema)(_exact(part) for part in schema)
    if not isinstance(schema, dict):
        return schema
    match schema.get("type"):
        case "int":
            whole = cast("CoreSchema", {**schema, "strict": True})
            return core_schema.no_info_before_validator_function(_whole, whole)
        case "float" | "bool":
            return {**schema, "strict": True}
        case "model" if not issubclass(schema["cls"], Payload):
            return schema
    return {key: part if key in {"metadata", "default", "config"} else _exact(part) for key, part in schema.items()}


def _whole(value: Any) -> Any:
    """Return a number without a fraction as a whole one: JSON knows one kind of number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value

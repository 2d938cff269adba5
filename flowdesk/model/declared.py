"""What editors are told of what there is: node types, functions, ways of finding, and triggers."""

from typing import Annotated, Any

from pydantic import Field, GetPydanticSchema
from typing_extensions import TypedDict

from flowdesk.model.fields import FieldSpec
from flowdesk.model.kind import Kind
from flowdesk.model.told import EngineDeclaration, FunctionDeclaration, PackageDeclaration

ToldField = Annotated[dict[str, Any], GetPydanticSchema(lambda _source, schema_of: schema_of(FieldSpec))]
"""What ``FieldSpec.payload`` returns."""


class NodeTypeDeclaration(TypedDict):
    """The declaration of a node type."""

    type: str
    title: str
    category: str
    icon: str
    words: Annotated[list[str], Field(description="What else people call it, in English and Chinese.")]
    kind: Kind
    summary: Annotated[str, Field(description="Template of the line under a node's title.")]
    description: str
    documentation: str
    outputs: list[str]
    uses: list[str]
    package: Annotated[
        PackageDeclaration | None, Field(description="Where it comes from, if it is not flowdesk's own.")
    ]
    drawing: Annotated[str, Field(description="The lines of its icon in SVG, if flowdesk has none of that name.")]
    defaults: dict[str, Any]
    fields: Annotated[list[ToldField], Field(description="The fields of its form, in their order.")]
    schema: Annotated[dict[str, Any], Field(description="JSON Schema of its settings.")]


class TriggerDeclaration(TypedDict):
    """The declaration of a type of trigger."""

    type: str
    title: str
    description: str
    icon: str
    begins: Annotated[dict[str, Any], Field(description="What a new one holds beside its name.")]
    alternatives: Annotated[
        dict[str, Any], Field(description="Fields of which exactly one is given, each with what it begins with.")
    ]
    defaults: dict[str, Any]
    fields: Annotated[list[ToldField], Field(description="The fields of its form, in their order.")]


class LeftOutDeclaration(TypedDict):
    """Something of an installed package that flowdesk could not take."""

    package: str
    reason: str
    fix: str


class NodeTypes(TypedDict):
    """All that there is to build of."""

    types: list[NodeTypeDeclaration]
    categories: list[str]
    engines: list[EngineDeclaration]
    triggers: list[TriggerDeclaration]
    functions: list[FunctionDeclaration]
    left_out: Annotated[
        list[LeftOutDeclaration], Field(description="What could not be taken of installed packages, and why.")
    ]

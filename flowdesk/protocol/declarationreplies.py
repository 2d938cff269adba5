"""What is answered to requests about what there is: node types, functions, engines, and triggers."""

from typing import Any

from pydantic import Field

from flowdesk.model.fields import FieldSpec
from flowdesk.model.nodetype import Kind
from flowdesk.protocol.events import OpenPayload


class PackageDeclaration(OpenPayload):
    """The installed package that a node type comes from."""

    name: str
    version: str
    author: str
    summary: str
    may: list[str] = Field(description="What the node type declares to use, in words.")


class NodeTypeDeclaration(OpenPayload):
    """The declaration of a node type."""

    type: str
    title: str
    category: str
    icon: str
    words: list[str] = Field(description="What else people call it, in English and Chinese.")
    kind: Kind
    summary: str = Field(description="Template of the line under a node's title.")
    description: str
    documentation: str
    outputs: list[str]
    uses: list[str]
    package: PackageDeclaration | None = Field(description="Where it comes from, if it is not flowdesk's own.")
    drawing: str = Field(description="The lines of its icon in SVG, if flowdesk has none of that name.")
    defaults: dict[str, Any]
    fields: list[FieldSpec] = Field(description="The fields of its form, in their order.")
    schema_: dict[str, Any] = Field(alias="schema", description="JSON Schema of its settings.")


class FunctionDeclaration(OpenPayload):
    """A function that may be called between braces."""

    name: str
    usage: str = Field(description="How it is written.")
    group: str
    help: str
    example: str
    gives: str = Field(description="What the example gives.")
    is_filter: bool


class EngineDeclaration(OpenPayload):
    """A way of finding, as it is written in a selector."""

    name: str = Field(description="What stands before `=`.")
    title: str
    doc: str = Field(description="What it finds.")
    icon: str
    examples: list[str] = Field(description="Whole selectors, the plainest first.")


class TriggerDeclaration(OpenPayload):
    """The declaration of a type of trigger."""

    type: str
    title: str
    description: str
    icon: str
    begins: dict[str, Any] = Field(description="What a new one holds beside its name.")
    alternatives: dict[str, Any] = Field(
        description="Fields of which exactly one is given, each with what it begins with."
    )
    defaults: dict[str, Any]
    fields: list[FieldSpec] = Field(description="The fields of its form, in their order.")


class LeftOutDeclaration(OpenPayload):
    """Something of an installed package that flowdesk could not take."""

    package: str
    reason: str
    fix: str


class NodeTypes(OpenPayload):
    """All that there is to build of."""

    types: list[NodeTypeDeclaration]
    categories: list[str]
    engines: list[EngineDeclaration]
    triggers: list[TriggerDeclaration]
    functions: list[FunctionDeclaration]
    left_out: list[LeftOutDeclaration] = Field(description="What could not be taken of installed packages, and why.")

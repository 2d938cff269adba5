"""The functions and filters of expressions: one module a group, and the explicit ordered table of them."""

from collections.abc import Mapping
from types import MappingProxyType

from flowdesk.engine.functions import dates, lists, numbers, patterns, text, values
from flowdesk.model.function import Function

FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        function.name: function
        for module in (text, numbers, dates, lists, patterns, values)
        for function in module.FUNCTIONS
    }
)
"""Every function by its name, in the order in which they are told."""

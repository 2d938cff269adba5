"""What a name stands for in a run: a variable, or a node's result, or a part of either."""

from collections.abc import Mapping
from typing import Any, Final

from flowdesk.model.elsewhere import VALUES
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.templates import cut_path

MISSING: Final = object()
"""There is no such value."""
WORDS: Final[Mapping[str, Any]] = {
    "true": True, "True": True, "false": False, "False": False, "none": None, "None": None,
}  # fmt: skip
"""What stands for itself in an expression does so alone, too, unless a variable has that name."""


class Values:
    """The values of one run, to read."""

    __slots__ = ("results", "variables")

    def __init__(self, variables: Mapping[str, Any], results: Mapping[str, Any]) -> None:
        """Read from these two, as they are at each time; variables come first."""
        self.variables = variables
        self.results = results

    def whole(self, name: str) -> Any:
        """Return the variable or result of exactly this name, or ``MISSING``."""
        if name in self.variables:
            return self.variables[name]
        return self.results.get(name, MISSING)

    def find(self, name: str, head: str, parts: tuple[str, ...]) -> Any:
        """Return the value of a path, or ``MISSING``: a whole name first, then the parts of its head."""
        found = self.whole(name)
        if found is not MISSING or not parts:
            return found
        found = self.whole(head)
        for part in parts:
            if found is MISSING:
                return MISSING
            found = part_of(found, part)
        return found

    def look_up(self, name: str) -> Any:
        """Return the value of ``name``: a whole variable name first, then ``variable.part`` and ``node_id.field``.

        Parts are keys of objects and 0-based places of lists, which may stand in brackets: ``rows[0].name``.

        Raises:
            ValueUnusable: If there is no such value. The fix names the nearest that there is.
        """
        head, parts = cut_path(name)
        found = self.find(name, head, parts)
        if found is not MISSING:
            return found
        value = self.whole(head)
        if value is MISSING:
            if name in WORDS:
                return WORDS[name]
            raise self.unknown(head, name)
        path = head
        for part in parts:
            inner = part_of(value, part)
            if inner is MISSING:
                raise ValueUnusable(
                    say('"{name}" has no part "{part}".', name=name, part=part), what_it_has(path, value), name=name
                )
            path, value = f"{path}.{part}", inner
        return value

    def unknown(self, head: str, name: str) -> ValueUnusable:
        """Return the error of a name that stands for nothing."""
        import difflib

        near = difflib.get_close_matches(head, [*map(str, self.variables), *map(str, self.results)], n=1)
        word = VALUES.get(head.casefold())
        near = [word] if word and word != head else near
        return ValueUnusable(
            say('Variable or result "{name}" not found.', name=name),
            say('Did you mean "{near}"?', near=near[0])
            if near
            else say("Set it in a Set variable node first, or add it to the flow's variables."),
            name=name,
        )


def part_of(value: Any, part: Any) -> Any:
    """Return one part of a value, or ``MISSING``: an object's key, or a list's 0-based place as a number or its digits."""
    if type(value) is dict and type(part) is str:
        return value.get(part, MISSING)
    if isinstance(value, Mapping):
        if part in value:
            return value[part]
        return value.get(str(part), MISSING) if isinstance(part, int) and not isinstance(part, bool) else MISSING
    if isinstance(value, list | tuple):
        if isinstance(part, str) and part.removeprefix("-").isdecimal() and len(part) < 16:
            part = int(part)
        if isinstance(part, int) and not isinstance(part, bool) and -len(value) <= part < len(value):
            return value[part]
    return MISSING


def assign(variables: dict[str, Any], name: str, value: Any) -> None:
    """Set a variable, or the part of one that a path names: ``rows[0].Status``. What else holds the old value keeps it.

    Raises:
        ValueUnusable: If a path leads nowhere. A new key of an object that is there is no fault.
    """
    if name in variables:
        variables[name] = value
        return
    head, parts = _cut(name)
    if not parts:
        variables[name] = value
        return
    if head not in variables:
        import difflib

        near = difflib.get_close_matches(head, variables, n=1)
        raise ValueUnusable(
            say('"{name}" cannot be set: the variable "{head}" does not exist.', head=head, name=name),
            say('Did you mean "{near}"?', near=near[0]) if near else say('Set "{head}" first.', head=head),
            name=name,
        )
    variables[head] = _with_part(variables[head], head, parts, value, name)


def assigned(variables: Mapping[str, Any], name: str) -> Any:
    """Return what ``assign`` would replace, ``None`` where nothing is there yet."""
    head, parts = _cut(name)
    if name in variables:
        return variables[name]
    value = variables.get(head, MISSING)
    for part in parts:
        value = MISSING if value is MISSING else part_of(value, part)
    return None if value is MISSING else value


def _cut(name: str) -> tuple[str, tuple[str, ...]]:
    """Cut the name of what is set; keys that are odd may stand in brackets and quotes: ``rows[0]["No."]``."""
    if '"' not in name and "'" not in name:
        head, plain = cut_path(name)
        if not any(sign in part for part in (head, *plain) for sign in "[]"):
            return head, plain
        raise _no_place(name)
    from flowdesk.model.jinja import parse
    from flowdesk.model.syntax import Literal, Name, Part

    parts: list[str] = []
    expression = parse(name)
    while isinstance(expression, Part) and isinstance(expression.key, Literal):
        parts.insert(0, str(expression.key.value))
        expression = expression.of
    if not isinstance(expression, Name):
        raise ValueUnusable(
            say('"{name}" is not a part of a variable.', name=name), say("Use a form such as rows[0].Status.")
        )
    return expression.name, tuple(parts)


def _no_place(name: str) -> ValueUnusable:
    return ValueUnusable(
        say('"{name}" is not a part of a variable.', name=name), say("Use a form such as rows[0].Status."), name=name
    )


def _with_part(holder: Any, path: str, parts: tuple[str, ...], value: Any, name: str) -> Any:
    """Return a copy of a value in which one part is another."""
    part, rest = parts[0], parts[1:]
    inner = part_of(holder, part)
    is_new_key = isinstance(holder, Mapping) and not rest and part != ""
    if inner is MISSING and not is_new_key:
        raise ValueUnusable(
            say('"{name}" cannot be set: {path} has no part "{part}".', name=name, path=path, part=part),
            what_it_has(path, holder), name=name,
        )  # fmt: skip
    new = _with_part(inner, f"{path}.{part}", rest, value, name) if rest else value
    if isinstance(holder, Mapping):
        key: Any = part if part in holder or not part.isdecimal() or int(part) not in holder else int(part)
        return {**holder, key: new}
    items = list(holder)
    items[int(part)] = new
    return items


def what_it_has(name: str, value: Any) -> Sentence:
    """Say what parts a value has."""
    if isinstance(value, Mapping) and value:
        return say("{name} has: {parts}.", name=name[:80], parts=_listed(value))
    if isinstance(value, list | tuple):
        if not value:
            return say("{name} is an empty list.", name=name[:80])
        return say("{name} is a list with the items 0 to {last}.", name=name[:80], last=len(value) - 1)
    kinds = {str: say("a text"), bool: say("true or false"), int: say("a number"), float: say("a number")}
    return say("{name} is {kind}.", name=name[:80], kind=kinds.get(type(value), say("empty")))


def _listed(value: Mapping[str, Any]) -> str:
    """The keys of an object, as many as a sentence holds."""
    shown: list[str] = []
    length = 0
    for key in value:
        length += len(str(key)) + 2
        if length > 200:
            return ", ".join(shown) + ", …"
        shown.append(str(key))
    return ", ".join(shown)

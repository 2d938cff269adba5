"""What nodes are set to: configs and options, read once, or filled anew at each visit where they hold ``{{references}}``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flowdesk.engine.filling import Filler, fill, prepare
from flowdesk.engine.lookup import Values
from flowdesk.engine.plan import Plan, Step, read_options
from flowdesk.engine.texts import as_text
from flowdesk.model.config import Config, has_template, literal_keys, part_keys, read_keys, text_keys
from flowdesk.model.errors import ValueUnusable
from flowdesk.model.fields import defaults_of, own_fields
from flowdesk.model.options import FILLED_KEYS, NodeOptions, given_options


class Settings:
    """The settings of one run's nodes."""

    def __init__(self, plan: Plan, configs: Mapping[str, Config], values: Values) -> None:
        """Take over the configs that are known already, by node id; the others are filled from the run's values."""
        self._configs = {plan.index(node_id): config for node_id, config in configs.items()}
        self._values = values
        self._prepared: dict[int, list[_Prepared]] = {}
        self._repairs: dict[int, dict[str, Any]] = {}

    def config(self, step: Step, *, is_first: bool = False) -> Config:
        """Return a node's config. At the first visit, what only later ones read stays as it is written.

        Raises:
            ValueUnusable: If a reference stands for nothing.
            ValidationError: If what it stands for does not fit.
        """
        known = self._configs.get(step.index)
        if known is not None:
            return known
        prepared = self._prepared.get(step.index)
        if prepared is None:
            prepared = self._prepared[step.index] = _prepare(step)
        values, raw = self._values, {}
        for each in prepared:
            is_left = each.filler is None or (each.is_later and is_first)
            raw[each.key] = each.value if is_left else each.filled(values)
        return step.type.config.model_validate(raw).model_copy(update=self._repairs.get(step.index))

    def options(self, step: Step) -> NodeOptions:
        """Return a node's options.

        Raises:
            ValueUnusable: If a reference stands for nothing.
            ValidationError: If what it stands for does not fit.
        """
        if step.options is not None:
            return step.options
        given = given_options(step.node, FILLED_KEYS)
        return read_options({key: fill(value, self._values) for key, value in given.items()})

    def amend(self, steps: Iterable[Step], configs: Mapping[str, Config]) -> None:
        """Read nodes again that are set otherwise now; ``configs`` are those of nodes that hold no references."""
        for step in steps:
            for known in (self._configs, self._prepared, self._repairs):
                known.pop(step.index, None)
            if step.node.id in configs:
                self._configs[step.index] = configs[step.node.id]

    def repair(self, step: Step, changes: Mapping[str, Any]) -> None:
        """Change a node's config for the rest of the run, by the names of its fields."""
        if changes:
            self._repairs.setdefault(step.index, {}).update(changes)
            known = self._configs.get(step.index)
            if known is not None:
                self._configs[step.index] = known.model_copy(update=dict(changes))


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A setting of a node, read once."""

    key: str
    value: Any
    filler: Filler | None
    is_text: bool
    """Whether it must be a text."""
    has_texts: bool
    """Whether what it consists of must be texts."""
    is_later: bool
    """Whether the first visit leaves it as it is."""
    is_wanted: bool
    """Whether it matters beside the others: where it does not, what it refers to need not be there."""

    def filled(self, values: Values) -> Any:
        """Return the value with its references replaced.

        Raises:
            ValueUnusable: If one stands for nothing.
        """
        assert self.filler is not None
        try:
            found = self.filler(values)
        except ValueUnusable:
            if self.is_wanted:
                raise
            return self.value
        if self.is_text:
            return as_text(found)
        return _texts(self.value, found) if self.has_texts else found


def _texts(written: Any, filled: Any) -> Any:
    """Return the parts of a list or an object as texts, where they were written as such."""
    if isinstance(written, list) and isinstance(filled, list):
        return [as_text(new) if isinstance(old, str) else new for old, new in zip(written, filled, strict=True)]
    if isinstance(written, dict) and isinstance(filled, dict):
        return {key: as_text(new) if isinstance(written.get(key), str) else new for key, new in filled.items()}
    return filled


def _prepare(step: Step) -> list[_Prepared]:
    """Read the settings of a node once."""
    model, given = step.type.config, step.node.config
    keys, texts, later, literal = read_keys(model), text_keys(model), model.later_keys(given), literal_keys(model)
    parts, idle = part_keys(model), _idle_keys(step)
    return [
        _Prepared(
            key, value, None if key in literal else prepare(value), key in texts and isinstance(value, str), key in parts,
            key in later, key not in idle,
        )
        for key, value in given.items()
        if key in keys
    ]  # fmt: skip


def _idle_keys(step: Step) -> frozenset[str]:
    """The settings that do not matter beside the others; one that depends on a reference may."""
    given, defaults = step.node.config, defaults_of(step.type.config)
    return frozenset(
        spec.key
        for spec in own_fields(step.type.config)
        if spec.key in given and not any(has_template(given.get(key)) for key in spec.when)
        and not spec.is_wanted(given, defaults)
    )  # fmt: skip

"""What nodes are set to: configs and options, read once, or filled anew at each visit where they hold ``{{references}}``."""

from collections.abc import Iterable, Mapping
from typing import Any

from flowdesk.engine.filling import Filler, fill, prepare
from flowdesk.engine.lookup import Values
from flowdesk.engine.plan import Plan, Step, read_options
from flowdesk.engine.texts import as_text
from flowdesk.model.config import Config, literal_keys, read_keys, text_keys
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
        for key, value, filler, is_text, is_later in prepared:
            filled = value if filler is None or (is_later and is_first) else filler(values)
            raw[key] = as_text(filled) if is_text else filled
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


_Prepared = tuple[str, Any, Filler | None, bool, bool]
"""A key, its value, what fills it, whether it must be a text, whether the first visit leaves it as it is."""


def _prepare(step: Step) -> list[_Prepared]:
    """Read the settings of a node once."""
    model, given = step.type.config, step.node.config
    keys, texts, later, literal = read_keys(model), text_keys(model), model.later_keys(given), literal_keys(model)
    return [
        (key, value, None if key in literal else prepare(value), key in texts and isinstance(value, str), key in later)
        for key, value in given.items()
        if key in keys
    ]

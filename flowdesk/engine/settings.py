"""What nodes are set to: configs and options, read once, or filled anew at each visit where they hold ``{{references}}``."""

from collections.abc import Callable, Mapping
from typing import Any

from flowdesk.engine.plan import OPTION_NAMES, Options, Plan, Step, read_options
from flowdesk.engine.values import as_text, fill
from flowdesk.model.config import Config, read_keys, text_keys


class Settings:
    """The settings of one run's nodes."""

    def __init__(self, plan: Plan, configs: Mapping[str, Config], look_up: Callable[[str], Any]) -> None:
        """Take over the configs that are known already, by node id; the others are filled by ``look_up``."""
        self._configs = {plan.index(node_id): config for node_id, config in configs.items()}
        self._look_up = look_up
        self._repairs: dict[int, dict[str, Any]] = {}

    def config(self, step: Step) -> Config:
        """Return a node's config.

        Raises:
            ValueUnusable: If a reference stands for nothing.
            ValidationError: If what it stands for does not fit.
        """
        known = self._configs.get(step.index)
        if known is not None:
            return known
        model = step.type.config
        keys = read_keys(model)
        raw = {key: fill(value, self._look_up) for key, value in step.node.config.items() if key in keys}
        for key in text_keys(model) & raw.keys():
            if isinstance(step.node.config[key], str):
                raw[key] = as_text(raw[key])
        return model.model_validate(raw).model_copy(update=self._repairs.get(step.index))

    def options(self, step: Step) -> Options:
        """Return a node's options.

        Raises:
            ValueUnusable: If a reference stands for nothing, or for what does not fit.
        """
        if step.options is not None:
            return step.options
        return read_options({name: fill(step.node.option(name), self._look_up) for name in OPTION_NAMES})

    def repair(self, step: Step, changes: Mapping[str, Any]) -> None:
        """Change a node's config for the rest of the run, by the names of its fields."""
        if changes:
            self._repairs.setdefault(step.index, {}).update(changes)
            known = self._configs.get(step.index)
            if known is not None:
                self._configs[step.index] = known.model_copy(update=dict(changes))

"""Elements that are almost what a selector asks for: of a kind that people take for it, or with another name."""

import re

from flowdesk.drivers import elements
from flowdesk.drivers.matching import nearest
from flowdesk.drivers.places import Scope
from flowdesk.drivers.standing import Standing
from flowdesk.model.target import Step


def shown(css: str, scope: Scope, standing: Standing) -> list[elements.Found]:
    """Return what looks the same to people in a scope, where only another window has the kind that is asked for."""
    for other in elements.kindred(css):
        try:
            found = elements.find(other, elements.applications(scope.pids))
        except elements.ElementsUnanswered:
            return []
        here, _ = standing.uncovered_of(found, scope)
        if here:
            return here
    return []


def names(step: Step, scope: Scope, standing: Standing) -> tuple[str, ...]:
    """Return the elements of the same kind, else those of any kind, as a person would write them."""
    role = re.match(r"[a-z_]+|\*", re.split(r"[\s>](?![^\[]*\])", step.body.strip())[-1])
    kind = role.group() if role else "*"
    name = re.search(r"name[*^$]?=(['\"])(.*?)\1", step.body)
    found_names: list[str] = []
    try:
        programs = elements.applications(scope.pids)
        of_kind = elements.find(kind, programs)
        # Else of another kind.
        same = elements.find(f"[name={name.group(1)}{name.group(2)}{name.group(1)}]", programs) if name else []
        for found in (of_kind + same, elements.find("*", programs) if not of_kind + same else []):
            shown, _ = standing.uncovered_of([one for one in found if one.state.name], scope)
            found_names = found_names or [f"{one.state.role}[name='{one.state.name}']" for one in shown]
    except elements.ElementsUnanswered:
        return ()
    return nearest(f"{kind}[name='{name.group(2) if name else ''}']", found_names)

"""Why a look found nothing, said for people."""

from typing import TYPE_CHECKING

from flowdesk.drivers import screens
from flowdesk.drivers.places import Scope
from flowdesk.drivers.wayland import plane, session
from flowdesk.model.engines import ENGINES
from flowdesk.model.sentence import Sentence, say
from flowdesk.model.target import Miss, Step

if TYPE_CHECKING:
    from flowdesk.drivers.pixels.pictures import Hit


def picture_miss(name: str, similarity: float, best: "Hit | None") -> Miss:
    """Return why a picture was not found: the best place, and what it scored."""
    short = name if len(name) < 60 else name[:20] + "…"
    if best is None:
        return Miss(say('Image "{name}" not found: nothing similar at any scale.', name=short), best_score=0.0)
    reason: Sentence = say(
        'Image "{name}" not found. The best place, {box} at scale {scale}, scores {score}; the minimum is {wanted}.',
        name=short,
        box=list(best.box),
        scale=f"{best.scale:g}",
        score=f"{best.score:.2f}",
        wanted=f"{similarity:g}",
    )
    return Miss(reason, best_score=best.score, best_box=best.box, best_scale=best.scale)


def blind_miss(step: Step, scope: Scope) -> Miss | None:
    """Return why a step finds nothing that needs pictures, or places on the screen, in a session that has none."""
    is_seen = ENGINES[step.engine].looks_at == {"pixels"} or (step.engine == "point" and scope.is_whole)
    if not is_seen or screens.has_pictures():
        return None
    return Miss(say("{reason} {fix}", reason=plane.no_pictures(), fix=session.elsewhere()))

"""What a trigger cannot watch now is told to every process of the machine."""

from datetime import UTC

from flowdesk.model.sentence import say
from flowdesk.session.dueledger import DueLedger
from flowdesk.session.triggering import listing
from tests.session.test_triggers import EVERY_MINUTE, World
from tests.session.test_triggers import world as world
from tests.waiting import comes


async def test_what_cannot_be_watched_is_read_by_other_processes_as_long_as_somebody_watches(world: World) -> None:
    world.arm(world.write("a", {"id": "come", "type": "file", "path": "in"}, EVERY_MINUTE))
    world.session.triggering.watch.begin()
    await comes(lambda: "come" in world.watched)
    world.watched["come"].fault(say("Folder not found: {path}.", path="in"))
    other = DueLedger(world.ledger.file)
    await comes(lambda: bool(other.faults()))
    (told,) = listing(other, world.clock.time, UTC, is_watched=True)
    faults = {trigger["id"]: trigger["fault"] for trigger in told["triggers"]}
    assert faults == {"come": "Folder not found: in.", "tick": None}
    (told,) = listing(other, world.clock.time, UTC, is_watched=False)
    assert told["triggers"][0]["fault"] is None
    other.close()

"""The scheduler decides which node is next. Pure: what happened in, what to do out; no clock, no task, no file.

::

    start() ----------------> Begin(visit)
    finished(visit, port) --> Begin(visit) ...   nodes that became ready, one for each free lane
                              Again(visit)       the loop's body is through: ask the loop what next
                              Close(visit)       a loop ended by ``break``, by an edge out of it; or a parallel by its branches
    interrupt(step) --------> Reenter(visit)     a ``handle`` node's body runs beside what is under way
                              Handled(visit)     it is through
    failed(visit) ----------> Caught(visit)      the ``try`` around it leaves by its output ``error``
                              Skip(step)         all edges into it are dead, or it is disabled
                              Wait(step)         ready, but a sibling branch goes first
                              Cancel(visit)      another lane's visit that a break or jump made void
                              LimitHit(step)     a jump was taken too often
                              Done()             nothing is left to do

Sequential runs have one lane, a stack: branches of a fan-out run one after another, each to its end, in edge order.
``parallel`` opens a lane for each of its branches. A frame is one passage through a scope; it holds which edges are
resolved there and is thrown away with its iteration, so loops hold no memory.
"""

from typing import Any

from flowdesk.engine.plan import ROOT, EdgeKind, Plan, PlanEdge, Step
from flowdesk.engine.visits import (
    Again,
    Begin,
    Cancel,
    Caught,
    Close,
    Done,
    Effect,
    Frame,
    Handled,
    Item,
    Lane,
    LimitHit,
    Reenter,
    Skip,
    Visit,
    Wait,
    is_inside,
)


class Scheduler:
    """Decides for one run of one plan."""

    def __init__(self, plan: Plan, iteration: tuple[int, ...] = ()) -> None:
        """Stand before the first node. ``iteration``: of a function, the path of the call."""
        self.plan = plan
        self._root = Frame(ROOT, None, None, iteration)
        self._lanes = [Lane()]
        self._under_way: set[Visit] = set()
        self._effects: list[Effect] = []
        self._entering: list[Step] = []
        self._is_done = False

    # -- what happened ------------------------------------------------------------------------------------------------

    def start(self, memories: dict[str, dict[str, Any]] | None = None) -> list[Effect]:
        """Begin at the plan's first node.

        Args:
            memories: For a run from inside loops, what their functions remembered in the last run, by node id. A loop
                without one is entered anew, and its first pass begins at the plan's first node.
        """
        plan = self.plan
        first = plan.steps[plan.first]
        scopes = [scope for scope in reversed(plan.enclosing(first.scope)) if scope != ROOT]
        path = [plan.steps[plan.scopes[scope].owner] for scope in scopes] + [first]
        self._go_in(self._root, self._lanes[0], path, memories or {})
        return self._drain()

    def finished(self, visit: Visit, port: str | None) -> list[Effect]:
        """A node ended and leaves by ``port`` (``None``: its path ends here)."""
        if visit.is_over:
            return []
        step = visit.step
        if step.body_port and port == step.body_port:
            self._enter_body(visit)
        elif step.type.kind not in {"break", "continue"} or not self._leave_loop(visit):
            self._complete(visit, port)
        return self._drain()

    def failed(self, visit: Visit) -> list[Effect]:
        """A node failed, and a ``try`` around it is to deal with that (``visit.catcher``)."""
        owner = visit.catcher
        if visit.is_over or owner is None or owner.body is None:
            return []
        visit.is_over = True
        visit.lane.is_busy = False
        self._under_way.discard(visit)
        self._close(owner.body)
        self._effects.append(Caught(owner))
        self._complete(owner, owner.caught)
        return self._drain()

    def interrupt(self, step: Step, frame: Frame, count: int) -> tuple[Visit, list[Effect]]:
        """Run the body of a ``handle`` node, which was run in ``frame``, beside what is under way; ``count``: for which time."""
        lane = Lane()
        self._lanes.append(lane)
        visit = self._visit(step, frame, lane)
        visit.is_aside, visit.passes = True, count
        self._effects.append(Reenter(visit))
        self._begin_body(visit, self._open_body(visit))
        return visit, self._drain()

    def abandon(self, visit: Visit) -> list[Effect]:
        """Make void what ``interrupt`` began."""
        if not visit.is_over:
            if visit.body is not None:
                self._close(visit.body)
            self._effects.append(Cancel(visit))
            self._put_aside(visit)
        return self._drain()

    def end(self) -> None:
        """Forget everything: the run is over."""
        self._is_done = True
        for visit in self._under_way:
            visit.is_over = True
        self._under_way.clear()
        for lane in self._lanes:
            lane.stack.clear()

    # -- visits -------------------------------------------------------------------------------------------------------

    def _visit(self, step: Step, frame: Frame, lane: Lane) -> Visit:
        visit = Visit(step, frame, lane)
        frame.started.add(step.index)
        frame.work += 1
        self._under_way.add(visit)
        return visit

    def _complete(self, visit: Visit, port: str | None, exit_edge: PlanEdge | None = None) -> None:
        """End a visit and resolve its edges: ``exit_edge`` alone live, or those of ``port``."""
        visit.is_over = True
        visit.lane.is_busy = False
        self._under_way.discard(visit)
        self._leave(visit.frame, visit.lane, visit.step, port, exit_edge)
        visit.frame.work -= 1
        self._settle(visit.frame)

    def _leave(self, frame: Frame, lane: Lane, step: Step, port: str | None, exit_edge: PlanEdge | None = None) -> None:
        """Resolve the edges out of a step that is through."""
        ready: list[Item] = []
        if step.is_plain and exit_edge is None:
            for edge in step.out:
                self._resolve(frame, edge, edge.port == port, ready)
            self._push(lane, ready)
            return
        if exit_edge is not None:
            live = [exit_edge]
        else:
            live = [edge for edge in (*step.exits, *step.out) if edge.port == port and edge.source == step.index]
        leaving = next((edge for edge in live if edge.scope != frame.scope), None)
        if leaving is not None:
            self._exit(frame, leaving)
            return
        if any(edge.kind is EdgeKind.JUMP for edge in live):
            # What is dead beside a jump lies downstream of its target and becomes pending again.
            for edge in live:
                if edge.kind is EdgeKind.JUMP:
                    ready.append(Item(frame, step, edge))
                elif edge.kind is EdgeKind.FORWARD:
                    self._resolve(frame, edge, True, ready)
        else:
            for edge in step.out:
                if edge.kind is EdgeKind.FORWARD and edge.scope == frame.scope:
                    self._resolve(frame, edge, edge in live, ready)
        self._push(lane, ready)

    def _resolve(self, frame: Frame, edge: PlanEdge, is_live: bool, ready: list[Item]) -> None:
        """Mark an edge live or dead; whatever is decided by that becomes ready or is skipped."""
        waiting = [(edge, is_live)]
        while waiting:
            edge, is_live = waiting.pop()
            frame.resolved[edge.index] = is_live
            target = self.plan.steps[edge.target]
            if target.index in frame.started:
                if target.join == "each" and is_live:
                    ready.append(Item(frame, target))
                continue
            is_ready = self._join(frame, target, is_live)
            if is_ready is None:
                continue
            frame.started.add(target.index)
            if is_ready:
                ready.append(Item(frame, target))
                continue
            self._effects.append(Skip(target, frame.iteration))
            waiting.extend(
                (out, False)
                for out in reversed(target.out)
                if out.kind is EdgeKind.FORWARD and out.scope == frame.scope
            )

    def _join(self, frame: Frame, target: Step, is_live: bool) -> bool | None:
        """Whether a node is ready (``True``), dead (``False``) or still waits, now that an edge into it is resolved."""
        if is_live and (target.join != "all" or len(target.joins) == 1):
            return True
        states = [frame.resolved.get(join.index) for join in target.joins]
        return None if None in states else any(states)

    # -- bodies -------------------------------------------------------------------------------------------------------

    def _go_in(self, frame: Frame, lane: Lane, path: list[Step], memories: dict[str, dict[str, Any]]) -> None:
        """Begin at the last step of ``path`` in the bodies of the ones before it."""
        for position, step in enumerate(path):
            self._begin_midway(frame, step)
            memory = memories.get(step.node.id)
            is_last = position == len(path) - 1
            if is_last or (step.type.kind == "loop" and memory is None and not step.is_disabled):
                self._entering = path[position + 1 :]
                self._push(lane, [Item(frame, step)])
                return
            visit = self._visit(step, frame, lane)
            visit.memory = dict(memory or {})
            visit.passes = int(visit.memory.get("index", 0)) + 1
            if not step.is_disabled:
                self._effects.append(Reenter(visit))
            frame = self._open_body(visit)

    def _begin_midway(self, frame: Frame, first: Step) -> None:
        """Take as dead, in this passage, what does not lie downstream of ``first``."""
        region = self.plan.downstream(first.index)
        for edge in self.plan.edges:
            if edge.scope == frame.scope and edge.kind is EdgeKind.FORWARD and edge.owner not in region:
                frame.resolved[edge.index] = False
        frame.started.update(index for index in self.plan.scopes[frame.scope].nodes if index not in region)
        frame.started.add(first.index)

    def _enter_body(self, visit: Visit) -> None:
        visit.passes += 1
        visit.lane.is_busy = False
        if visit.step.body == -1:
            self._go_on(visit)
            return
        frame = self._open_body(visit)
        scope = self.plan.scopes[visit.step.body]
        if self._entering:
            path, self._entering = self._entering, []
            self._go_in(frame, visit.lane, path, {})
            return
        leaving = next((edge for edge in scope.entries if edge.scope != scope.index), None)
        if leaving is not None:
            self._exit(frame, leaving)
            return
        self._begin_body(visit, frame)

    def _begin_body(self, visit: Visit, frame: Frame) -> None:
        """Make ready what the body begins with."""
        scope = self.plan.scopes[frame.scope]
        ready: list[Item] = []
        for edge in scope.entries:
            if edge.kind is EdgeKind.FORWARD:
                self._resolve(frame, edge, True, ready)
        if scope.is_parallel:
            visit.lane.is_busy = True
            for item in ready:
                lane = Lane()
                self._lanes.append(lane)
                self._push(lane, [item])
        else:
            self._push(visit.lane, ready)
        self._settle(frame)

    def _open_body(self, visit: Visit) -> Frame:
        is_pass = visit.step.type.kind == "loop"
        path = (*visit.frame.iteration, visit.passes - 1) if is_pass else visit.frame.iteration
        visit.body = Frame(visit.step.body, visit.frame, visit, path)
        return visit.body

    def _settle(self, frame: Frame) -> None:
        """If nothing is left to do in a frame, its owner goes on."""
        if frame.work == 0 and not frame.is_closed and frame.owner is not None:
            frame.is_closed = True
            frame.owner.body = None
            self._go_on(frame.owner)

    def _go_on(self, owner: Visit) -> None:
        """A body is through: a loop decides whether it runs again, a parallel node is done."""
        if owner.step.type.kind == "loop" and not owner.step.is_disabled:
            owner.lane.is_busy = True
            self._effects.append(Again(owner))
        elif owner.is_aside:
            self._effects.append(Handled(owner))
            self._put_aside(owner)
        elif owner.step.type.kind == "handle":  # the run began inside its body: it came from nowhere
            self._close_owner(owner)
            self._complete(owner, None)
        else:
            self._close_owner(owner)
            self._complete(owner, "done")

    def _put_aside(self, visit: Visit) -> None:
        """End a visit whose body ran in between: its edges were taken when the node was run."""
        visit.is_over = True
        self._under_way.discard(visit)
        visit.frame.work -= 1
        self._settle(visit.frame)

    def _close_owner(self, owner: Visit) -> None:
        """Tell of a loop or parallel node that it ended from inside; one that is passed through was never run."""
        is_run = not owner.step.is_disabled
        self._effects.append(Close(owner) if is_run else Skip(owner.step, owner.iteration))

    def _leave_loop(self, visit: Visit) -> bool:
        """``break`` and ``continue``: act on the innermost loop. Returns ``False`` where there is none to be left."""
        if not visit.is_in_loop:
            return False
        frame: Frame | None = visit.frame
        while frame is not None and (frame.owner is None or frame.owner.step.type.kind != "loop"):
            frame = frame.parent
        if frame is None or frame.owner is None:
            return False
        visit.is_over = True
        visit.lane.is_busy = False
        self._under_way.discard(visit)
        owner = frame.owner
        self._close(frame)
        if visit.step.type.kind == "break":
            self._close_owner(owner)
            self._complete(owner, "done")
        else:
            self._go_on(owner)
        return True

    def _exit(self, frame: Frame, edge: PlanEdge) -> None:
        """Take an edge out of one or more bodies: they end, and the outermost of their loops leaves by this edge."""
        inner = frame
        while inner.parent is not None and inner.parent.scope != edge.scope:
            inner = inner.parent
        if inner.owner is None:
            return
        owner = inner.owner
        self._close(inner)
        self._close_owner(owner)
        self._complete(owner, None, None if edge.kind is EdgeKind.RETURN else edge)

    def _close(self, frame: Frame) -> None:
        """Make void what is ready or under way in a frame and in the bodies inside it."""
        for visit in [visit for visit in self._under_way if is_inside(visit.frame, frame)]:
            visit.is_over = True
            visit.lane.is_busy = False
            self._under_way.discard(visit)
            if visit.body is not None:
                visit.body.is_closed = True
                self._close_owner(visit)
            else:
                self._effects.append(Cancel(visit))
        for lane in self._lanes:
            dropped = [item for item in lane.stack if is_inside(item.frame, frame)]
            if dropped:
                lane.stack = [item for item in lane.stack if not is_inside(item.frame, frame)]
                self._effects.extend(Skip(item.step, item.frame.iteration) for item in dropped if item.jump is None)
        self._effects.extend(
            Skip(self.plan.steps[index], frame.iteration)
            for index in self.plan.scopes[frame.scope].nodes
            if index not in frame.started
        )
        frame.is_closed = True
        if frame.owner is not None:
            frame.owner.body = None

    # -- jumps --------------------------------------------------------------------------------------------------------

    def _jump(self, lane: Lane, frame: Frame, edge: PlanEdge) -> None:
        count = frame.jumps[edge.index] = frame.jumps.get(edge.index, 0) + 1
        source = self.plan.steps[edge.source]
        if source.jump_limit and count > source.jump_limit:
            self._effects.append(LimitHit(source, source.jump_limit))
            return
        target = self.plan.steps[edge.target]
        self._reset(frame, target)
        frame.started.add(target.index)
        self._push(lane, [Item(frame, target)])

    def _reset(self, frame: Frame, target: Step) -> None:
        """Make pending again what lies downstream of a node: its edges, and whether it ran."""
        region = self.plan.downstream(target.index)
        for index in region:
            for edge in self.plan.steps[index].out:
                if edge.scope == frame.scope:
                    frame.resolved.pop(edge.index, None)
        region = region - {target.index}
        frame.started -= region
        for lane in self._lanes:
            kept = [item for item in lane.stack if item.frame is not frame or item.step.index not in region]
            frame.work -= len(lane.stack) - len(kept)
            lane.stack = kept
        for visit in [visit for visit in self._under_way if visit.frame is frame and visit.step.index in region]:
            if visit.body is not None:
                self._close(visit.body)
            visit.is_over = True
            visit.lane.is_busy = False
            self._under_way.discard(visit)
            frame.work -= 1
            self._effects.append(Cancel(visit))

    # -- lanes --------------------------------------------------------------------------------------------------------

    def _push(self, lane: Lane, items: list[Item]) -> None:
        """Put items on a stack, the first uppermost."""
        for item in reversed(items):
            item.frame.work += 1
            lane.stack.append(item)
        for item in items[1:]:
            if item.jump is None:
                self._effects.append(Wait(item.step, item.frame.iteration))

    def _drain(self) -> list[Effect]:
        """Fill the free lanes and return what to do."""
        is_moving = True
        while is_moving and not self._is_done:
            is_moving = False
            for lane in tuple(self._lanes):
                if lane.stack and not lane.is_busy:
                    is_moving = True
                    self._advance(lane)
        if len(self._lanes) > 1:
            self._lanes = [self._lanes[0], *(lane for lane in self._lanes[1:] if lane.stack or lane.is_busy)]
        if not self._is_done and not self._under_way and not any(lane.stack for lane in self._lanes):
            self._is_done = True
            self._effects.append(Done())
        effects, self._effects = self._effects, []
        return effects

    def _advance(self, lane: Lane) -> None:
        item = lane.stack.pop()
        frame, step = item.frame, item.step
        if item.jump is not None:
            self._jump(lane, frame, item.jump)
        elif step.is_disabled:
            self._effects.append(Skip(step, frame.iteration))
            self._leave(frame, lane, step, step.type.bypass_output)
        else:
            if step.join == "each":
                self._reset(frame, step)
            lane.is_busy = True
            self._effects.append(Begin(self._visit(step, frame, lane)))
        frame.work -= 1
        self._settle(frame)

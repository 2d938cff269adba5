"""One run's desktop: its eyes and its hands in one object."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from flowdesk.drivers import cells, elements, forms, meant, programs
from flowdesk.drivers.atspi import fields
from flowdesk.drivers.atspi.calls import Place
from flowdesk.drivers.atspi.fields import Field
from flowdesk.drivers.atspi.operating import RealElements
from flowdesk.drivers.atspi.roles import State
from flowdesk.drivers.gated import GatedDesktop
from flowdesk.drivers.programs import Habit
from flowdesk.drivers.x11.pasting import Witness
from flowdesk.drivers.x11.typing import NotTaken
from flowdesk.engine.ports import Attempts, TypingMethod, TypingReport
from flowdesk.model.arrival import Arrival, arrival, completion, excerpt, first_difference, indentation
from flowdesk.model.errors import FlowdeskError, InputFailed
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot

_SHOWN_SECONDS = 1.5
"""How long a program may take to tell what arrived in a field."""

_LATE_SECONDS = 4.0
"""How long nothing, or only the beginning, may have arrived: a browser that is busy tells late."""

_CELL_SECONDS = 0.2
"""How long a sheet may take to show what is typed into one of its cells."""

_CLICKED_SECONDS = 0.7
"""After so long a click is over, and another one makes no double click of it."""

_SELECTED_SECONDS = 0.5
"""How long a program may take to tell that a field's text is selected."""

_LOOK_SECONDS = 0.05
"""Between two looks at it."""

_FOCUS_SECONDS = 0.3
"""How long a program may take to give the keyboard to a field, where it tells of its fields and none has it."""

_STARTING_SECONDS = 3.0
"""The same for a program that has just started: its first window shows before its fields do."""

_YOUNG_SECONDS = 15.0
"""Up to this age a program counts as one that has just started."""


@dataclass(frozen=True, slots=True)
class _Where:
    """What has the keyboard."""

    owner: int
    """The window."""
    habit: Habit
    title: str
    field: Field | None
    """The field in it, where the program tells."""
    app: elements.Application | None
    is_told: bool = True
    """Whether the program publishes its elements."""
    pid: int = 0
    """The program's process, where it is known."""
    is_sheet: bool = False
    """Whether it is known for a spreadsheet."""
    is_elsewhere: bool = False
    """Whether the field that it is for tells that it does not have the keyboard."""


class RealDesktop(GatedDesktop, RealElements):
    """Implements ``engine.ports.Desktop`` on this machine's desktop, bound to a run's brake."""

    async def type_text(
        self,
        text: str,
        method: TypingMethod = "auto",
        key_delay: float = 0.01,
        spot: Spot | None = None,
        *,
        replaces: bool = False,
        attempts: Attempts | None = None,
    ) -> TypingReport:
        """Deliver text exactly into the focused field, and read the field's value back into the report."""
        where = await (self._where(spot, may_click=not replaces) if spot is not None else self._where_at_last())
        field = where.field
        if replaces and where.is_told and field is None and not set("\n\t").isdisjoint(text):
            raise InputFailed(
                say(
                    "It is unknown whether a field has the keyboard focus, so Enter and Tab in the text could do harm."
                ),
                say("Remove them from the text, and use a Press keys node."),
            )
        attempts = attempts or Attempts()
        if attempts.may_have_left and not replaces:
            return await self._left(text, attempts, field)
        if not attempts.may_have_left:
            attempts.field = field
        unknown = where.app if replaces and field is None else None
        held = await self._run(fields.holding, unknown, text) if unknown is not None else set()
        try:
            report = await self._typed(text, method, key_delay, where, is_over_selected=replaces)
        except FlowdeskError as failure:
            has_begun = bool(failure.details.get("typed") or failure.details.get("mayArrive"))
            attempts.may_have_left |= has_begun
            if spot is not None or replaces or has_begun or await self._run(self._is_there, where.owner):
                raise
            # A dialog that was closing had the keyboard for a last moment.
            return await self.type_text(text, method, key_delay, attempts=attempts)
        if unknown is not None and await self._run(fields.holding, unknown, text) - held:
            raise InputFailed(
                say("No field had the keyboard in {title}: the text opened one, such as a search.", title=where.title),
                say("Set the field as the target, or open it first."),
            )
        found = arrival(text, report.read_back, report.role, report.before, report.selected)
        attempts.may_have_left = report.is_open or found in ("cut", "other")
        return report

    async def _typed(
        self, text: str, method: TypingMethod, key_delay: float, where: _Where, *, is_over_selected: bool
    ) -> TypingReport:
        field = where.field
        if (
            field is None
            and where.app is not None
            and not is_over_selected
            and where.habit == "plain"
            and method != "paste"
        ):
            if await self._run(fields.is_in_rows, where.app):
                raise meant.in_rows(where.title)
            if method == "auto" and (report := await self._pasted_where_drawn(text, key_delay, where)) is not None:
                return report
            return await self._typed_into_cells(text, method, key_delay, where, where.app)
        report = await self._type(
            text,
            method,
            key_delay,
            owner=where.owner,
            is_multiline=field is not None and field.role == "text_area",
            is_told=where.is_told,
            overwrites=is_over_selected and field is None,
            witness=_witness(field, text),
            has_moved=_look_for_moves(where),
        )
        if field is None or (field.is_paragraph and "\n" in text):
            return report
        report = await self._read_back(text, report, field)
        if method == "auto" and report.is_open and self._is_untouched(report, field, text):
            # The program took the paste and did not let it in, as pages do that forbid it; or it is not that far yet.
            return await self._by_keys_after_all(text, report, field, key_delay, where)
        return report

    async def _pasted_where_drawn(self, text: str, key_delay: float, where: _Where) -> TypingReport | None:
        """Paste indented lines into what a program draws itself: an editor of code indents what is typed. None for others: a sheet has cells for them."""
        if where.app is None or where.is_sheet or not cells.is_indented(text):
            return None
        if not await self._run(fields.is_drawn, where.app):
            return None
        try:
            return await self._type(text, "auto", key_delay, owner=where.owner, is_multiline=True)
        except NotTaken:
            return None

    async def _typed_into_cells(
        self, text: str, method: TypingMethod, key_delay: float, where: _Where, app: elements.Application
    ) -> TypingReport:
        """Type where no field has the keyboard: into one cell of a sheet after the other, or else where nothing can be read (see ``cells``)."""
        pieces = cells.pieces_of(text)
        ways: set[str] = set()
        sent = 0
        is_in_cell = False
        try:
            while pieces:
                piece = pieces.pop(0)
                is_text = cells.is_for_cell(piece)
                held = await self._run(fields.holding, app, piece) if is_text and not where.is_sheet else set()
                report = await self._type(piece, method, key_delay, owner=where.owner)
                ways.add(report.method)
                sent += len(piece)
                # What is pasted is in the cell already, and the next key would replace it.
                is_in_cell = is_text and report.method == "keys" and await self._is_in_cell(piece, where, app, held)
                where = replace(where, is_sheet=where.is_sheet or is_in_cell)
                if is_text and report.method == "keys" and not where.is_sheet:
                    pieces = ["".join(pieces)] if pieces else []
        except InputFailed as failure:
            failure.details["typed"] = sent + int(failure.details.get("typed") or 0)
            raise
        report = TypingReport(ways.pop() if len(ways) == 1 else "mixed", len(text))
        return replace(report, read_back=text, role="text_field", before="") if is_in_cell and piece == text else report

    async def _is_in_cell(self, piece: str, where: _Where, app: elements.Application, held: set[Place]) -> bool:
        """Whether what was typed is seen to stand in a cell; what the sheet completed it with is taken out.

        Raises:
            InputFailed: If that cannot be taken out.
        """
        patience = _SHOWN_SECONDS if where.is_sheet else _CELL_SECONDS
        if await self._echoed(piece, app, held, patience, is_whole=False) is None:
            return False
        if await self._run(fields.shows_whole, app, piece):
            return True
        await self._type(cells.PROOF, "keys", 0.0, owner=where.owner)
        await self.press_keys(["backspace"])
        now = await self._echoed(piece, app, held, _SHOWN_SECONDS, is_whole=True)
        if now is None or now == piece:
            return now is not None
        at = first_difference(piece, now)
        raise InputFailed(
            say(
                'The field contains "{arrived}" instead of "{wanted}" (from character {position}).',
                arrived=excerpt(now, at), wanted=excerpt(piece, at), position=at + 1,
            ),
            say("Change Method to Paste or Keys. If the field changes what is typed, adapt the text."),
            arrived=now,
        )  # fmt: skip

    async def _echoed(
        self, piece: str, app: elements.Application, held: set[Place], seconds: float, *, is_whole: bool
    ) -> str | None:
        """Return what a cell that is being written to shows of a text and behind it, with ``is_whole`` once that is nothing; None: none does."""
        deadline = time.monotonic() + seconds
        while True:
            told = await self._run(fields.being_written, app, held)
            shown = [now for now in told if now.startswith(piece)]
            if piece in shown or (shown and not is_whole) or time.monotonic() > deadline:
                return piece if piece in shown else next(iter(shown), None)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _by_keys_after_all(
        self, text: str, report: TypingReport, field: Field, key_delay: float, where: _Where
    ) -> TypingReport:
        """Type what was pasted and did not arrive: the first character proves whether the program still has the paste before it."""
        first = text[: len(text) - len(text.lstrip()) + 1]
        tried = await self._read_back(first, await self._keyed(first, key_delay, where), field)
        if arrival(first, tried.read_back, tried.role, tried.before, tried.selected) == "arrived":
            if text != first:
                await self._keyed(text[len(first) :], key_delay, where)
            return await self._read_back(text, TypingReport("keys", len(text)), field)
        if arrival(text + first, tried.read_back, tried.role, tried.before, tried.selected) == "arrived":
            await self.press_keys(["backspace"], len(first))
            return await self._read_back(text, TypingReport("paste", len(text)), field)
        return replace(report, read_back=tried.read_back)

    async def _keyed(self, text: str, key_delay: float, where: _Where) -> TypingReport:
        return await self._type(text, "keys", key_delay, owner=where.owner, has_moved=_look_for_moves(where))

    async def _left(self, text: str, attempts: Attempts, field: Field | None) -> TypingReport:
        """Report a text that earlier attempts have typed after all.

        Raises:
            InputFailed: If it is not there whole, or that cannot be known: typed again, it might stand there twice.
        """
        before = attempts.field
        if isinstance(before, Field) and before.value is not None:
            begun = time.monotonic()
            report = TypingReport("paste", len(text), None, before.role, before.value, before.selected or 0)
            while time.monotonic() < begun + _LATE_SECONDS:
                now = await self._run(fields.read, before.place, before.role, before.box) or field
                report = replace(report, read_back=now.value if now else None)
                if arrival(text, report.read_back, report.role, report.before, report.selected) == "arrived":
                    attempts.may_have_left = False
                    return report
                await asyncio.sleep(_LOOK_SECONDS)
        raise InputFailed(
            say("Part of this text may already be in the field, so flowdesk does not type it again."),
            say("Check the field. Clear first replaces its content."),
        )

    @staticmethod
    def _is_untouched(report: TypingReport, field: Field, text: str) -> bool:
        """Whether a field is known to be as it was."""
        if not set("\n\t").isdisjoint(text):
            return False  # as keys, these would leave the field, or indent
        is_same = field.value is not None and report.read_back == field.value and not field.selected
        return is_same and arrival(text, field.value, field.role, field.value) == "nothing"

    async def _read_back(self, text: str, report: TypingReport, before: Field) -> TypingReport:
        """Add to a report what the field holds now, as soon as that is right; at last as it is."""
        report = replace(report, role=before.role, before=before.value, selected=before.selected or 0)
        begun = time.monotonic()
        has_helped = False
        indented = 0
        while True:
            now = await self._run(fields.read, before.place, before.role, before.box)
            if now is None:
                return report  # The field closed on what was typed, as a dialog does on Return.
            added = indentation(text, now.value or "", before.value, before.selected or 0)
            if added and now.has(State.FOCUSED) and not 0 < indented <= added:
                indented = added
                await self.press_keys(["backspace"])  # one may take several spaces
                continue
            report = replace(report, read_back=now.value)
            found = arrival(text, now.value, now.role, before.value, before.selected or 0)
            is_late = found in ("nothing", "cut") and not report.is_open
            patience = _LATE_SECONDS if is_late else _SHOWN_SECONDS
            if found in ("arrived", "unknown") or time.monotonic() > begun + patience:
                return report
            if not has_helped and self._is_completed(text, now, before):
                has_helped = True
                await self._delete_selected(None)
            await asyncio.sleep(_LOOK_SECONDS)

    @staticmethod
    def _is_completed(text: str, now: Field, before: Field) -> bool:
        """Whether a field has completed what was typed, and has selected what it added."""
        if now.value is None or not now.selected or not now.is_at_end or not now.has(State.FOCUSED):
            return False
        kept = "" if before.selected else before.value or ""
        return completion(text, now.value, kept) == now.selected

    async def clear_field(self, spot: Spot | None = None, *, is_followed: bool = False) -> None:
        """Empty the focused field; where text follows, only select what it takes the place of."""
        where = await self._where(spot, may_click=True)
        if where.habit == "terminal":
            await self._select_all(where.owner)
        elif where.habit in ("modal", "emacs"):
            raise InputFailed(
                say("{title} does not replace selected text, so the field was not cleared.",
                    title=where.title),
                say("Clear it with a Press keys node, using keys that this program supports."),
            )  # fmt: skip
        elif where.field is not None:
            await self._clear_known(where, where.field, is_followed=is_followed)
        else:
            await self._check_unknown(where, spot, is_followed=is_followed)
            is_thorough = not where.is_told and where.habit != "viewer"
            await self._select_all(where.owner, is_thorough=is_thorough)

    async def _check_unknown(self, where: _Where, spot: Spot | None, *, is_followed: bool) -> None:
        """Fail where no field is known to have the keyboard, and selecting all could do harm or would be of no use."""
        if where.is_told and where.app is not None and await self._run(fields.has_no_field, where.app):
            raise InputFailed(
                say("No editable field in {title} has the keyboard focus, so nothing was cleared.", title=where.title),
                say("Set the field as the target, or open it first."),
            )
        if not where.is_told and spot is None:
            raise InputFailed(
                say(
                    "{title} does not report whether a field has the keyboard focus, so nothing was cleared.",
                    title=where.title,
                ),
                say("Set a target, so that the field is clicked first."),
            )
        if not is_followed:
            raise InputFailed(
                say("{title} does not report whether a field has the keyboard focus, so nothing was deleted.",
                    title=where.title),
                say("Enter at least one character to replace the current content."),
            )  # fmt: skip
        if not where.is_told and spot is not None and spot.is_window:
            await self.click(spot.point)

    async def _clear_known(self, where: _Where, field: Field, *, is_followed: bool) -> None:
        if not field.is_writable:
            raise InputFailed(
                say("The field with the keyboard focus is read-only, so nothing was cleared."),
                say("Check that this is the right field, and that it can be changed."),
            )
        if field.value == "":
            return
        for is_thorough in (False, True):
            await self._select_all(where.owner, is_thorough=is_thorough)
            now = await self._field_when(field, lambda now: now.is_whole_selected)
            if now is not None and now.is_whole_selected:
                break
        else:
            if now is None or now.selected is not None or not is_followed:
                raise InputFailed(
                    say("The content of the field could not be selected, so nothing was cleared."),
                    say("Clear it with a Press keys node, using keys that this program supports."),
                )
        if is_followed:
            return
        await self._delete_selected(where.owner)
        now = await self._field_when(field, lambda now: not (now.value or "").strip("\n"))
        if now is not None and (now.value or "").strip("\n"):
            raise InputFailed(
                say("The field cannot be cleared."), say("Check whether the program allows the field to be changed.")
            )

    async def _field_when(self, field: Field, is_so: Callable[[Field], bool]) -> Field | None:
        """Read a field until something is so, or half a second is over; None where it is gone."""
        deadline = time.monotonic() + _SELECTED_SECONDS
        while True:
            now = await self._run(fields.read, field.place, field.role, field.box)
            if now is None or is_so(now) or time.monotonic() > deadline:
                return now
            await asyncio.sleep(0.01)

    async def _where(self, spot: Spot | None, *, may_click: bool = False) -> _Where:
        """Find out what has the keyboard; with a spot, its window must.

        With ``may_click`` a field that did not get it is clicked once more: a list of suggestions that opens late takes the first click.

        Raises:
            InputFailed: If another window has, or another field than the one that the spot is.
        """
        owner = spot.owner if spot is not None else None
        window, habit, title = await self._do(lambda devices, steps: devices.keyboard_place(steps, owner))
        where = await self._run(self._look_where, window, habit, title, spot)
        if spot is None or not meant.must_have_it(spot) or _has_it(where, spot):
            return where
        begun = time.monotonic()
        may_click = may_click and meant.is_field(spot)
        while time.monotonic() < begun + _SHOWN_SECONDS:
            await asyncio.sleep(_LOOK_SECONDS)
            where = await self._run(self._look_where, window, habit, title, spot)
            if _has_it(where, spot):
                return where
            if may_click and time.monotonic() > begun + _CLICKED_SECONDS:
                await self.click(spot.point)
                may_click, begun = False, time.monotonic()
        if where.field is None:
            message = say("The field did not get the keyboard focus, so nothing was typed.")
        else:
            message = say("The field did not get the keyboard focus: another field in {title} has it.", title=title)
        raise InputFailed(message, say("Check that the field is editable, and that nothing else opened."))

    async def field_of(self, spot: Spot) -> Spot | None:
        """Return the field that a label names, or the one in the middle of a window in which no field has the keyboard."""
        if not spot.is_window:
            return await super().field_of(spot)
        where = await self._where_at_last(spot)
        if where.field is not None or where.app is None:
            return None
        found = await self._run(forms.field_at, spot.point, where.app)
        return await self.spot_of(spot, found.place) if found is not None and found.place is not None else None

    async def _where_at_last(self, spot: Spot | None = None) -> _Where:
        """Find out what has the keyboard, once a field has it, or it is clear that none will get it.

        What is typed before a program has its fields is lost, and nobody could tell.
        """
        begun = time.monotonic()
        while True:
            where = await self._where(spot)
            if where.field is not None or where.habit != "plain":
                return where
            age = await self._run(programs.age, where.pid) if where.pid else None
            is_young = age is not None and age < _YOUNG_SECONDS
            patience = _STARTING_SECONDS if is_young else _FOCUS_SECONDS if where.is_told else 0.0
            if time.monotonic() > begun + patience:
                return where
            await asyncio.sleep(_LOOK_SECONDS)

    def _is_there(self, window: int) -> bool:
        """Whether a window is still one of the desktop's."""
        return any(each.id == window for each in self._windows.list())

    def _look_where(self, window: int, habit: Habit, title: str, spot: Spot | None) -> _Where:
        try:
            active = next((each for each in self._windows.list() if each.id == window), None) or self._windows.active()
            apps = elements.applications({active.pid}) if active is not None and active.pid else []
        except FlowdeskError:
            return _Where(window, habit, title, None, None, is_told=False)
        pid = active.pid if active is not None else 0
        if not apps:
            return _Where(window, habit, title, None, None, is_told=False, pid=pid)
        field, is_elsewhere = None, False
        if spot is not None and meant.is_field(spot) and isinstance(spot.handle, tuple):
            field = fields.read(spot.handle, spot.element.role if spot.element else "", spot.box)
            is_elsewhere = field is not None and field.has(State.FOCUSABLE) and not field.has(State.FOCUSED)
            field = field if field is not None and field.has(State.FOCUSED) else None
        is_sheet = active is not None and active.app.lower() in programs.SHEETS
        where = _Where(window, habit, title, field or fields.focused(apps[0]), apps[0], pid=pid, is_sheet=is_sheet)
        return replace(where, is_elsewhere=is_elsewhere and where.field is None)


def _witness(field: Field | None, text: str) -> Witness | None:
    """Return what reads a field while a text goes into it; None where that tells nothing."""
    if field is None or field.value is None or (field.is_paragraph and "\n" in text):
        return None

    def look(so_far: str) -> Arrival:
        now = fields.read(field.place, field.role, field.box)
        return arrival(so_far, now.value if now else None, field.role, field.value, field.selected or 0)

    return look


def _look_for_moves(where: _Where) -> Callable[[], bool] | None:
    """Return what tells whether the keyboard went to another field; None where the program does not tell of it."""
    field, app = where.field, where.app
    if field is None or app is None or field.is_paragraph or not field.has(State.FOCUSED):
        return None
    return lambda: fields.has_moved(field, app)


def _has_it(where: _Where, spot: Spot) -> bool:
    """Whether the field that a spot means has the keyboard, or its program does not tell whether it has."""
    return not where.is_elsewhere if where.field is None else meant.is_at(where.field, spot)

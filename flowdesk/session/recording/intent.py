"""From what mouse and keyboard did to what a person meant: the decisions of a recording, one observation at a time. Pure.

Each method takes one observation and returns the steps that are decided by it. What may still become something else (a click a
double click, a press on a combo box a choice) is held back until the next observation, or a look some time later, decides.
"""

from collections import deque
from dataclasses import replace

from flowdesk.engine.observing import FieldSeen, Hit, KeyDown, Look, Pressed, Released, Turned
from flowdesk.engine.ports import Window
from flowdesk.session.recording.appearing import Appearing, wait_for
from flowdesk.session.recording.meaning import (
    field_of,
    is_document,
    joined,
    meaning,
    meant_level,
    menu_names,
    name_of,
    program_of,
    text_of,
)
from flowdesk.session.recording.pending import (
    DOUBLE_SECONDS,
    NEAR,
    Click,
    Combo,
    Keys,
    Menu,
    Wheel,
    activation,
    aim_at,
    apart,
    way_by_tabs,
)
from flowdesk.session.recording.secretfields import is_secret_name, secret_name
from flowdesk.session.recording.steps import Aim, Step
from flowdesk.session.recording.typed import Typing, as_written, edits

SETTLED = 0.6
"""Seconds after which what nothing followed is over."""
KEPT_LOOKS = 6
OPENING = 3.0
"""Seconds that a busy program may take to open what was pressed for."""
CALM = 2
"""So many looks without a menu make sure that none is on its way."""
NO_LOOK = Look(float("-inf"))
_NAMING_ROLES = frozenset({"combo_box"})


class Intent:
    """What a recording knows, and what it has not decided yet."""

    def __init__(self) -> None:
        """Know nothing yet: the first look tells what is there."""
        self._look = NO_LOOK
        self._click: Click | None = None
        self._combo: Combo | None = None
        self._menu: Menu | None = None
        self._wheel: Wheel | None = None
        self._keys: Keys | None = None
        self._typing: Typing | None = None
        self._tabs: list[Keys] = []
        self._appearing = Appearing()
        self._moved = float("-inf")
        """When the keyboard may have gone to another field last."""
        self._last_input = float("-inf")
        self._copies = self._has_secrets = False
        self._has_opened = False
        """Whether a menu was seen since the last press."""
        self._calm = 0
        """How many looks one after the other have seen no menu."""
        self._is_switching = False
        self._is_own = False
        self._is_swallowed = False
        """Whether the release of a press that is decided already is to come."""
        self._secrets: dict[tuple[str, str], str] = {}
        self._held: deque[tuple[float, str, str | None]] = deque(maxlen=KEPT_LOOKS)
        """What fields held: when that was looked at, the field, its text."""

    @property
    def watched(self) -> Hit | None:
        """What was pressed last, of which is to be told what became of it."""
        held = self._click or self._combo
        return held.hit if held is not None else None

    # -- what comes in

    def see(self, look: Look, *, settles: bool = True) -> list[Step]:
        """Take a look in; with ``settles`` it decides what nothing followed for a while."""
        steps = self._note_windows(look)
        if look.is_torn:
            self._note_value(look)
            return self._appearing.timed(steps)
        if look.is_own != self._is_own and look.at > self._last_input:
            self._is_own = look.is_own
        steps += self._note_field(look)
        if look.field is not None:
            self._held.append((look.at, look.field.key, look.field.value))
        self._look = look
        if self._is_switching and look.active is not None and look.at > self._last_input:
            self._is_switching = False
            steps.append(activation(look.active, look))
        self._calm = 0 if look.has_popup else self._calm + 1
        self._has_opened = self._has_opened or look.has_popup
        if settles and look.at - self._last_input > SETTLED:
            steps += self._settle(look)
        return self._appearing.timed(steps)

    def press(self, event: Pressed, hit: Hit, look: Look) -> list[Step]:
        """Take the press of a button in; ``look`` is of right then."""
        last = self._click
        is_again = (
            last is not None
            and event.at - last.at < DOUBLE_SECONDS
            and (event.button, event.modifiers) == (last.button, last.modifiers)
            and apart(event.point, last.hit.point) <= NEAR
            and last.meaning != "frame"
        )
        if is_again and last is not None and not hit.is_own:
            last.count, last.at, last.is_down = last.count + 1, event.at, True
            self._input(event.at, hit.window)
            return self._appearing.timed(self._note_windows(look))
        steps = self.see(look, settles=False)
        was_active = hit.window is None or (look.active is not None and look.active.id == hit.window.id)
        if hit.is_own:
            steps += self._flush(look)
            self._tabs.clear()
            self._is_own, self._is_swallowed = True, True
            return self._appearing.timed(steps)
        self._is_own, self._is_switching = False, False
        self._has_secrets = hit.has_secrets or (self._has_secrets and not hit.path)
        is_plain = event.button == "left" and not event.modifiers
        kind = meaning(hit) if is_plain else "frame" if hit.is_frame else "thing"
        self._has_opened = look.has_popup and hit.is_popup
        steps += self._begin(event, hit, kind, look) + wait_for(hit)
        if self._click is not None and self._click.hit is hit:
            self._click.was_active = was_active
        self._input(event.at, hit.window)
        self._moved = event.at
        return self._appearing.timed(steps)

    def release(self, event: Released, hit: Hit | None) -> list[Step]:
        """Take the release of a button in; ``hit`` is given where the pointer has moved since the press."""
        if self._is_swallowed:
            self._is_swallowed = False
            return []
        steps: list[Step] = []
        if self._menu is not None and self._menu.is_down:
            self._menu.is_down = False
            if hit is not None and meaning(hit) in ("menu", "entry"):
                self._menu.names = joined(self._menu.names, menu_names(hit))
        elif self._combo is not None and self._combo.is_down:
            self._combo.is_down = False
            if hit is not None and meaning(hit) in ("entry", "menu") and (option := text_of(hit)):
                steps.append(self._combo.chosen(option))
                self._combo = None
        elif self._click is not None and self._click.is_down:
            self._click.is_down = False
            if hit is not None and apart(event.point, self._click.hit.point) > NEAR:
                dragged, self._click = self._click.drag(hit), None
                steps += [dragged] if dragged is not None else []
        self._input(event.at, None)
        return self._appearing.timed(steps)

    def wheel(self, event: Turned, hit: Hit, look: Look) -> list[Step]:
        """Take a click of the wheel in."""
        if hit.is_own:
            return []
        steps: list[Step] = []
        if self._wheel is None or not self._wheel.takes(event.dx, event.dy, event.modifiers, hit.window):
            steps += self.see(look, settles=False) + self._flush(look)
            self._wheel = Wheel(hit, event.at, modifiers=event.modifiers)
        self._wheel.dx, self._wheel.dy = self._wheel.dx + event.dx, self._wheel.dy + event.dy
        self._input(event.at, hit.window)
        return self._appearing.timed(steps)

    def key(self, event: KeyDown) -> list[Step]:
        """Take a key in."""
        if self._is_own:
            return []
        steps: list[Step] = []
        if self._combo is not None or self._menu is not None:
            if self._takes_in_popup(event):
                self._input(event.at, None)
                return []
            steps += self._flush(self._look)
        field = self._field_now()
        if event.key == "tab" and event.modifiers == ("alt",):
            steps += self._flush(self._look)
            self._is_switching = True
        elif event.key == "tab" and set(event.modifiers) <= {"shift"} and not self._is_in_lines():
            steps += self._flush_typing()
            self._tabs.append(Keys((*event.modifiers, "tab"), event.at, self._look.active))
            self._moved = event.at
        elif event.key in ("enter", "numenter") and not event.modifiers:
            steps += self._enter(event)
        elif self._is_typed(event, field):
            steps += self._type(event)
        else:
            steps += self._shortcut(event)
        self._input(event.at, None)
        return self._appearing.timed(steps)

    def end(self, look: Look) -> list[Step]:
        """Decide all that is left."""
        return self._appearing.timed([*self.see(look), *self._flush(look), *self._tabbed()])

    def forget_since(self, at: float) -> None:
        """Forget what was begun since then and is not decided: it ended the recording, and is no part of it."""
        for name in ("_click", "_combo", "_menu", "_wheel", "_keys"):
            held = getattr(self, name)
            if held is not None and held.at >= at:
                setattr(self, name, None)
        self._tabs = [tab for tab in self._tabs if tab.at < at]

    # -- the mouse

    def _begin(self, event: Pressed, hit: Hit, kind: str, look: Look) -> list[Step]:
        """Begin what a press is the first of, or go on with what is open."""
        if kind == "entry" and self._combo is None and not hit.is_popup and meant_level(hit, "combo_box") is not None:
            kind = "combo"  # Qt tells the entries of a closed list, too, where the box is
        is_bar = any(one.state.role == "menu_bar" for one in hit.path)
        if self._combo is not None and not is_bar and (hit.is_popup or kind in ("entry", "menu")):
            self._is_swallowed = True
            option = text_of(hit) if kind in ("entry", "menu") else ""
            if not option:  # between two entries: what is chosen afterwards tells
                return []
            combo, self._combo = self._combo, None
            return [combo.chosen(option)]
        if kind == "menu":
            names = menu_names(hit)
            if self._menu is not None:
                self._menu.names, self._menu.is_down = joined(self._menu.names, names), True
                self._menu.at = event.at
                return []
            opener = self._opener(hit)
            self._click = None if opener is not None else self._click
            steps = self._flush(look)
            self._menu = Menu(hit, event.at, names, opener.aim() if opener is not None else None)
            return steps
        target = aim_at(hit)
        is_combo_again = self._combo is not None and kind == "combo"
        steps = self._flush(look, until=target if kind not in ("frame", "ground") else None, window=hit.window)
        self._tabs.clear()
        if kind == "combo" and not is_combo_again:
            self._combo = Combo(hit, event.at)
        elif is_combo_again:
            self._is_swallowed = True
        else:
            self._click = Click(hit, event.at, event.button, event.modifiers, kind)  # type: ignore[arg-type]
        return steps

    def _opener(self, hit: Hit) -> Click | None:
        """Return the click that opened the menu of which an entry is pressed: with the right button, or on a button."""
        roles = [each.state.role for each in hit.path]
        click = self._click
        if click is None or "menu_bar" in roles or click.meaning in ("frame", "field", "ground"):
            return None
        return click if click.button == "right" or hit.is_popup else None

    # -- the keyboard

    def _takes_in_popup(self, event: KeyDown) -> bool:
        """Whether a key goes to the list or the menu that is open."""
        if event.key == "esc":
            self._combo = self._menu = None
            return True
        return self._combo is not None and not set(event.modifiers) - {"shift"}

    def _is_in_lines(self) -> bool:
        """Whether the keyboard is in a field of several lines, in which Tab and Enter are characters."""
        field = self._typing.field if self._typing is not None else self._field_now()
        return field is not None and field.role == "text_area" and not field.is_terminal and field.value is not None

    def _is_typed(self, event: KeyDown, field: FieldSeen | None) -> bool:
        """Whether a key goes into a text."""
        if not edits(event, copies=self._copies):
            return False
        if event.key == "a" and event.modifiers and self._look.at <= self._moved:
            return True  # nobody has seen yet where the keyboard is now
        if self._typing is not None:
            return self._typing.is_told or self._typing.is_secret or bool(event.text) or event.key == "backspace"
        if field is not None:
            is_text = field.is_editable and (bool(event.text) or not field.is_terminal)
            return is_text or (field.role in _NAMING_ROLES and field.value is not None)
        return bool(event.text)

    def _field_now(self) -> FieldSeen | None:
        """Return the field that has the keyboard: as it was seen since that may have gone elsewhere, or as it was clicked."""
        if self._look.at > self._moved and self._look.field is not None:
            return self._look.field
        return field_of(self._click.hit) if self._click is not None and self._click.button == "left" else None

    def _type(self, event: KeyDown) -> list[Step]:
        steps: list[Step] = []
        if self._typing is None:
            steps += self._begin_typing(event)
        assert self._typing is not None
        self._typing.take(event)
        return steps

    def _begin_typing(self, event: KeyDown) -> list[Step]:
        is_seen = self._look.at > self._moved
        field = self._field_now()
        typing = Typing(field, event.at, before=self._held_before(field, event.at))
        steps: list[Step] = []
        click = self._click
        if click is not None and click.button == "left" and not click.modifiers:
            is_into = click.meaning == "field" or (field is None and click.count == 1 and self._is_still_in(click))
            if is_into:
                typing.aim, self._click = replace(click.aim(), is_field=not click.hit.path), None
                if typing.before is None and field is not None and not click.hit.is_late:
                    typing.before = (field_of(click.hit) or field).value
                if any(click.hit.secrets) or is_secret_name(name_of(click.hit)):
                    typing.hush()
        steps += self._flush(self._look)
        self._set_field(typing, field)
        if is_seen:
            typing.note_clear(self._look.is_clear)
        if self._look.is_hushed and is_seen:
            typing.hush()
        self._typing = typing
        return steps

    def _is_still_in(self, click: Click) -> bool:
        """Whether the keyboard may be in what was clicked, of which nothing is told."""
        window, active = click.hit.window, self._look.active
        is_same = window is None or active is None or window.id == active.id
        return is_same and not click.hit.is_popup and not self._tabs

    def _held_before(self, field: FieldSeen | None, at: float) -> str | None:
        """Return what a field held before a time; None where nobody looked then."""
        return next(
            (value for seen, key, value in reversed(self._held) if field and key == field.key and seen < at), None
        )

    def _set_field(self, typing: Typing, field: FieldSeen | None) -> None:
        typing.field = field
        if field is None:
            return
        if field.is_secret or is_secret_name(field.name):
            typing.hush()
        typing.is_document = is_document(field, self._look.windows)
        if typing.aim is None and field.moment:
            typing.aim = Aim(field.moment, field.box.center, "element", None, typing.is_secret)

    def _enter(self, event: KeyDown) -> list[Step]:
        if self._is_in_lines():
            return self._type(replace(event, text="\n"))
        steps = self._flush(self._look)
        steps += self._tabbed()
        self._keys = Keys(("enter",), event.at, self._look.active)
        self._moved = event.at
        return steps

    def _shortcut(self, event: KeyDown) -> list[Step]:
        if event.modifiers == ("ctrl",) and event.key in ("c", "x"):
            self._copies = True
        keys = (*event.modifiers, event.key)
        if self._keys is not None and self._keys.keys == keys and self._typing is None:
            self._keys.times += 1
            return []
        steps = self._flush(self._look) + self._tabbed()
        self._keys = Keys(keys, event.at, self._look.active)
        self._moved = event.at
        return steps

    # -- what became of it

    def _note_value(self, look: Look) -> None:
        """Take in what the field that is typed into holds, if it is still the same."""
        typing, now = self._typing, look.field
        if typing is not None and typing.field is not None and now is not None and now.key == typing.field.key:
            typing.see(now, look.at)

    def _note_field(self, look: Look) -> list[Step]:
        typing = self._typing
        if typing is None:
            return []
        now = look.field
        if look.is_hushed and (now is None or now.is_terminal):
            typing.hush()
        if typing.field is None:
            typing.note_clear(look.is_clear if now is None else not now.is_secret)
            if now is not None and look.at > self._moved and (now.is_editable or now.role in _NAMING_ROLES):
                self._set_field(typing, now)
                typing.see(now, look.at)
            return []
        if now is None:
            return []
        if now.key == typing.field.key:
            typing.see(now, look.at)
            return []
        if look.at <= self._last_input:
            return []
        if typing.is_told and typing.count and typing.value in (None, typing.before) and now.is_editable:
            typing.aim = None  # the keyboard was there already: nothing arrived in the field before
            self._set_field(typing, now)
            typing.before = None
            typing.see(now, look.at)
            return []
        return self._flush_typing()

    def _note_windows(self, look: Look) -> list[Step]:
        """Return the starts of the programs that appeared, whatever brought that about."""
        steps: list[Step] = []
        for window, program in self._appearing.note(look, self._last_input):
            if self._click is not None and self._click.hit.window is None:
                self._click = None  # on the desktop's own menu, which the start takes the place of
            config: dict[str, object] = {"command": list(program.command)}
            if program.cwd:
                config["cwd"] = program.cwd
            self._appearing.touch(window.pid)
            steps += [*self._flush(look), Step("launch", config, {}, look.at, window)]
        return steps

    # -- deciding

    def _settle(self, look: Look) -> list[Step]:
        """Decide what nothing followed for a while; a field that was clicked may still be typed into."""
        if self._typing is not None or (self._click is not None and self._click.may_be_typed_into(look.at)):
            return []
        if self._calm < CALM and (self._menu is not None or self._combo is not None or self._click is not None):
            return []  # a menu is open, or has just closed
        is_awaited = (self._menu is not None or self._combo is not None) and not self._has_opened
        if is_awaited and look.at - self._last_input < OPENING:
            return []
        if self._wheel is not None:
            return []
        return self._flush(look)

    def _flush(self, look: Look, until: Aim | None = None, window: Window | None = None) -> list[Step]:
        """Decide all that is held back, by how things look."""
        steps = self._flush_typing()
        found: list[Step | None] = []
        if self._wheel is not None:
            is_same = (
                window is not None and self._wheel.hit.window is not None and window.id == self._wheel.hit.window.id
            )
            found.append(self._wheel.step(until if is_same and not self._wheel.modifiers else None))
        if self._click is not None:
            found.append(self._click.step(look))
        if self._combo is not None:
            found.append(self._combo.step(look))
        if self._menu is not None:
            found.append(self._menu.step())
        if self._keys is not None:
            found.append(self._keys.step())
        self._wheel = self._click = self._combo = self._menu = self._keys = None
        return steps + [step for step in found if step is not None]

    def _flush_typing(self) -> list[Step]:
        typing, self._typing = self._typing, None
        if typing is None:
            return []
        if typing.field is None and typing.aim is None and self._has_secrets and not typing.is_clear:
            typing.hush()  # nobody saw where it went, and it may have been a password
        tabs = self._tabbed()
        typed = typing.result()
        if typed is None and typing.field is None and typing.selects:
            return [*tabs, Keys(("ctrl", "a"), typing.begun, self._look.active).step()]
        if typed is None:
            return []
        config: dict[str, object] = {"text": as_written(typed.text)}
        aims = {"selector": typing.aim} if typing.aim is not None else {}
        field, active = typing.field, self._look.active
        if field is not None and field.role == "combo_box" and not field.is_editable:
            return [Step("choose", {"option": typed.text}, aims, typing.begun, active)]
        secret = self._secret(typing, active) if typing.is_secret else ""
        if secret:
            config["text"] = "{{secret:" + secret + "}}"
        if typed.clears:
            config["clearFirst"] = True
        before: list[Step] = tabs if typing.aim is None else []  # what has a name needs no way to it
        if typing.selects and field is None and not typed.clears:
            before = [*tabs, Keys(("ctrl", "a"), typing.begun, active).step()]
        if typed.at_end:
            is_long = field is not None and field.role == "text_area"
            before = [Step("keys", {"keys": ["ctrl", "end"] if is_long else ["end"]}, aims, typing.begun, active)]
            aims = {}
        return [*before, Step("input", config, aims, typing.begun, active, "", secret, typed.is_certain)]

    def _secret(self, typing: Typing, window: Window | None) -> str:
        name = typing.field.name if typing.field is not None else ""
        known = (program_of(window), name)
        if known not in self._secrets:
            self._secrets[known] = secret_name(name, known[0], self._secrets.values())
        return self._secrets[known]

    def _tabbed(self) -> list[Step]:
        """Return the tabs that led to what has no name of its own."""
        tabs, self._tabs = self._tabs, []
        return way_by_tabs(tabs)

    def _input(self, at: float, window: Window | None) -> None:
        self._last_input = max(self._last_input, at)
        pid = window.pid if window is not None else self._look.active.pid if self._look.active is not None else 0
        self._appearing.touch(pid)

"""How a text gets into a program under Wayland: by a keymap of its own, or by paste.

No program can be asked whether it has read its keys. But it gets each keymap and the keys after it in one order, so a character
cannot arrive as another; whether a field holds the text is read back by the caller, where the field can be read.
"""

import time
from collections.abc import Callable

from flowdesk.drivers.steps import Steps
from flowdesk.drivers.stretches import CONTROL_KEYS, Aim, Stretch, checked, plan
from flowdesk.drivers.wayland import keymap
from flowdesk.drivers.wayland.clipboard import Clipboard
from flowdesk.drivers.wayland.focus import Focus, habit_of
from flowdesk.drivers.wayland.keyboard import Keyboard
from flowdesk.drivers.wayland.tree import Facts
from flowdesk.drivers.x11.pasting import Witness
from flowdesk.engine.ports import TypingMethod, TypingReport
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

TAKEN_SECONDS = 5.0
"""How long a program may take to fetch what is pasted."""
SHOWN_SECONDS = 4.0
"""How long a field that can be read may take to show it."""
QUIET_SECONDS = 0.3
"""How long nobody must fetch it any more, where no field can be read."""
WATCHER_SECONDS = 0.1
"""How long programs that collect clipboards have to fetch what is offered, before it is pasted."""
LOOK_AT_FIELD = 3
"""Strokes after which is looked whether the field still has the keyboard."""
POLL = 0.01
OFFERS = 3


class Typist:
    """Delivers texts. Used on the input thread only."""

    def __init__(self, keyboard: Keyboard, clipboard: Clipboard, focus: Focus) -> None:
        """Use these."""
        self._keyboard, self._clipboard, self._focus = keyboard, clipboard, focus
        self._sent = self._total = 0
        self._text = ""
        self._witness: Witness | None = None
        self._has_moved: Callable[[], bool] | None = None

    def type(
        self,
        text: str,
        method: TypingMethod,
        key_delay: float,
        steps: Steps,
        *,
        is_multiline: bool = False,
        is_told: bool = True,
        overwrites: bool = False,
        owner: int | None = None,
        witness: Witness | None = None,
        has_moved: Callable[[], bool] | None = None,
    ) -> TypingReport:
        """Deliver a text, or fail; see ``drivers.x11.typing.Typist``.

        Raises:
            InputFailed: If a character cannot be delivered, or the keyboard went elsewhere.
            RunStopped: If the run was stopped on the way.
        """
        text = checked(text)
        if not text:
            return TypingReport("keys", 0)
        window = self._focus.wait_for(owner, steps.sleep)
        aim = Aim(habit_of(window), is_multiline and not overwrites, is_told)
        if aim.habit == "viewer" and not text.isascii():
            raise InputFailed(
                say("{title} shows another desktop, and the keyboard has no key for {text}.",
                    title=window.title, text=" ".join(dict.fromkeys(each for each in text if not each.isascii()))),
                say("Use a keyboard layout with these characters on both sides."),
            )  # fmt: skip
        planned = plan(text, method, set(text), keymap.MOST, aim)
        self._sent, self._total, self._text = 0, len(text), text
        self._witness, self._has_moved = witness, has_moved
        for stretch in planned:
            self._deliver(stretch, window, key_delay, steps)
        ways = {"paste" if each.way == "paste" else "keys" for each in planned}
        return TypingReport(ways.pop() if len(ways) == 1 else "mixed", len(text))

    def _deliver(self, stretch: Stretch, window: Facts, key_delay: float, steps: Steps) -> None:
        if stretch.way == "paste":
            self._paste(stretch.text, window, steps)
        elif stretch.way == "control":
            self._watch(window)
            self._has_moved = None  # these keys lead to another field
            self._keyboard.press([CONTROL_KEYS[stretch.text]], 1, 0.0, steps)
            self._sent += 1
            steps.sleep(key_delay)
        else:
            for piece in keymap.pieces_of(stretch.text):
                self._keys(piece, window, key_delay, steps)

    def _keys(self, text: str, window: Facts, key_delay: float, steps: Steps) -> None:
        self._watch(window)
        codes = self._keyboard.prepare(text)
        for letter in text:
            self._watch(window)
            self._keyboard.stroke(codes[letter], steps)
            self._sent += 1
            if key_delay > 0:
                steps.sleep(key_delay)

    def _watch(self, window: Facts) -> None:
        """Return when the next stroke would go to a window.

        Raises:
            InputFailed: If the keyboard is another window's now; says how much was typed.
        """
        now = self._focus.now()
        if now is None or now.id != window.id:
            raise self._broken_off(
                say("The keyboard focus moved from {before} to {now} while typing.",
                    before=window.title, now=now.title if now is not None else say("a layer of the desktop")),
                say("Check what opened, or type the parts in separate nodes."),
            )  # fmt: skip
        if self._has_moved is not None and self._sent and self._sent % LOOK_AT_FIELD == 0 and self._has_moved():
            raise self._broken_off(
                say("The keyboard focus moved to another field of {title} while typing.", title=window.title),
                say("Use a separate node for the text of each field."),
            )

    # -- paste

    def _paste(self, text: str, window: Facts, steps: Steps) -> None:
        """Paste a stretch, and put back what was on the clipboard once the program has it."""
        self._watch(window)
        if (habit := habit_of(window)) in ("viewer", "modal"):
            raise self._broken_off(
                say("{title} does not paste with Ctrl+V.", title=window.title),
                say("Change Method to Automatic or Keys."),
            )
        kept = self._clipboard.keep()
        if not kept.is_whole:
            raise self._broken_off(
                say("The clipboard contains something that cannot be restored after a paste, so nothing was pasted."),
                say("Copy something else, or change Method to Keys."),
            )
        keys = {"terminal": ["ctrl", "shift", "v"], "emacs": ["shift", "insert"]}.get(habit, ["ctrl", "v"])
        try:
            self._offer(text, steps)
            self._watch(window)
            self._keyboard.press(keys, 1, 0.0, steps)
            self._wait_until_taken(window, self._text[: self._sent] + text, steps)
        finally:
            self._clipboard.put(kept)
        self._sent += len(text)

    def _offer(self, text: str, steps: Steps) -> None:
        """Offer a text until nobody who only collects takes it."""
        for _ in range(OFFERS):
            with steps.step():
                self._clipboard.offer(text)
            steps.sleep(WATCHER_SECONDS)
            if not self._clipboard.fetches():
                return
        raise self._broken_off(
            say("A clipboard tool takes every paste, so it is unknown whether the text arrives."),
            say("Close the tool while flows run, or change Method to Keys."),
        )

    def _wait_until_taken(self, window: Facts, so_far: str, steps: Steps) -> None:
        deadline = time.monotonic() + TAKEN_SECONDS
        while not self._clipboard.fetches():
            if time.monotonic() > deadline:
                raise self._broken_off(
                    say("{title} did not accept the pasted text.", title=window.title),
                    say("Check that the field is editable, or change Method to Keys."),
                )
            steps.sleep(POLL)
        deadline = time.monotonic() + SHOWN_SECONDS
        while time.monotonic() < deadline:
            last = max(self._clipboard.fetches())
            if self._witness is not None and self._witness(so_far) == "arrived":
                return
            if self._witness is None and time.monotonic() - last > QUIET_SECONDS:
                return
            steps.sleep(POLL)

    def _broken_off(self, reason: str, fix: str) -> InputFailed:
        """Return the error of a text that is not typed to its end."""
        told = say(
            "{reason} Typed so far: {count} of {total} characters.", reason=reason, count=self._sent, total=self._total
        )
        return InputFailed(told, fix, typed=self._sent)

r"""Text arrives exactly: how each stretch of a text is delivered and awaited.

After each stretch the application is asked whether it has read everything (a ping that it answers in order), because a map
that changes too early, or a key that overtakes a paste, is how text arrives wrong. Before every stroke is looked who has the
keyboard: a window that opens, or a screen locker that takes it to itself, gets no more of the text.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence

from flowdesk.drivers import programs
from flowdesk.drivers.steps import Steps
from flowdesk.drivers.stretches import CONTROL_KEYS, Aim, Stretch, checked, key_stretches, plan
from flowdesk.drivers.x11 import inputmethods
from flowdesk.drivers.x11.barrier import ClickBarrier
from flowdesk.drivers.x11.clipboard import X11Clipboard
from flowdesk.drivers.x11.grabs import Grabs
from flowdesk.drivers.x11.keyboard import Keyboard
from flowdesk.drivers.x11.pasting import Paster, Witness
from flowdesk.engine.ports import TypingMethod, TypingReport
from flowdesk.model.errors import DesktopUnavailable, InputFailed
from flowdesk.model.sentence import say

SETTLE_EVERY = 32
"""Keys after which the application must have read all of them: what a stop can leave in its queue."""
CLEAN_UP_SECONDS = 0.5
"""Seconds that an application gets to read what was typed before a stop."""
GRAB_PATIENCE = 0.3
"""Seconds that a grab may last that begins in the middle of a text."""
LOOK_AT_FIELD = 3
"""Strokes after which is looked whether the field still has the keyboard."""
LOOK_AGAIN = 4
"""Strokes under one and the same grab after which is looked whose it is."""


class NotTaken(InputFailed):
    """The application answered, and asked for nothing of what was to be pasted: nothing arrived."""


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


class Typist:
    """Delivers text to the focused window. Belongs to the input thread."""

    def __init__(self, keyboard: Keyboard, clipboard: X11Clipboard, barrier: ClickBarrier, grabs: Grabs) -> None:
        """Use a keyboard and a clipboard; ``barrier`` tells when the window manager has caught up, ``grabs`` who has the keys."""
        self._barrier = barrier
        self._keyboard = keyboard
        self._paster = Paster(keyboard, clipboard)
        self._grabs = grabs
        self._focus = keyboard.focus
        self._sent = self._total = self._grabbed = 0
        self._text = ""
        self._witness: Witness | None = None
        self._is_open = False
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
        """Deliver a text exactly, or fail.

        Args:
            text: Any Unicode; line ends and tabs are keys unless the method is ``paste``.
            method: See ``stretches.plan``.
            key_delay: Seconds between keys.
            steps: The run's brake.
            is_multiline: See ``stretches.Aim``.
            is_told: See ``stretches.Aim``.
            overwrites: Whether the first character is to take the place of what is selected, which only a key does everywhere.
            owner: The window that it is for; by default the one that has the keyboard.
            witness: See ``pasting.Witness``; None where no field can be read.
            has_moved: Tells whether another field of that window has the keyboard now; not asked any more after a tab or line end.

        Raises:
            InputFailed: If a character cannot be delivered; nothing was typed then if the text itself is at fault.
            DesktopUnavailable: If the screen was locked on the way.
            RunStopped: If the run was stopped on the way.
        """
        text = checked(text)
        if not text:
            return TypingReport("keys", 0)
        window = self._focus.wait_for(owner, steps.sleep)
        self._text, self._witness, self._is_open = text, witness, False
        self._has_moved = has_moved
        self._keyboard.wait_until_free(steps)
        with self._keyboard.plain():
            return self._typed(text, method, key_delay, steps, window, is_multiline, is_told, overwrites)

    def _typed(
        self,
        text: str,
        method: TypingMethod,
        key_delay: float,
        steps: Steps,
        window: int,
        is_multiline: bool,
        is_told: bool,
        overwrites: bool,
    ) -> TypingReport:
        names = self._focus.names(window)
        has_method = inputmethods.is_active(self._keyboard.display)
        is_editor = bool(names & programs.EDITOR_WINDOWS)
        aim = Aim(programs.habit_of(names), is_multiline, is_told, is_editor, has_method)
        stretches = plan(text, method, set(self._keyboard.strokes()), self._keyboard.spare_count(), aim)
        if overwrites and stretches[0].way == "paste" and method == "auto":
            first = key_stretches(text[0], set(self._keyboard.strokes()), self._keyboard.spare_count())
            stretches = [*first, *self._without_first(stretches)]
            is_proven = first[0].way == "borrow" and [each.way for each in stretches[1:]] == ["paste"]
        else:
            is_proven = False
        # Who asks for what is pasted right after has read the lent key: no ping is needed.
        self._check_ways(stretches[is_proven:], method, aim, window)
        self._sent, self._total, self._grabbed = 0, len(text), 0
        ways = self._deliver_all(stretches, method, window, key_delay, steps)
        way = ways.pop() if len(ways) == 1 else "mixed"
        return TypingReport(way, len(text), is_open=self._is_open)

    @staticmethod
    def _without_first(stretches: Sequence[Stretch]) -> Iterator[Stretch]:
        first, *rest = stretches
        if len(first.text) > 1:
            yield Stretch(first.way, first.text[1:])
        yield from rest

    def _check_ways(self, stretches: Sequence[Stretch], method: TypingMethod, aim: Aim, window: int) -> None:
        """Fail before anything is typed where a way leads nowhere.

        Raises:
            InputFailed: If so.
        """
        ways = {stretch.way for stretch in stretches}
        title = self._focus.title(window)
        if "paste" in ways and aim.habit == "viewer":
            raise InputFailed(
                say("{title} shows another desktop, so it is unknown whether pasted text arrives there.", title=title),
                say("Change Method to Keys, or transfer the text to that desktop another way."),
            )
        if "paste" in ways and aim.habit == "modal":
            raise InputFailed(
                say("{title} does not paste with Ctrl+V.", title=title), say("Change Method to Automatic or Keys.")
            )
        if "borrow" in ways and aim.habit == "viewer":
            lacking = "".join(dict.fromkeys("".join(each.text for each in stretches if each.way == "borrow")))
            missing = [each for each in lacking if each not in self._keyboard.strokes()]
            raise InputFailed(
                say("{title} shows another desktop, and the keyboard has no key for {text}.",
                    title=title, text=" ".join(missing)),
                say("Use a keyboard layout with these characters on both sides."),
            )  # fmt: skip
        if "borrow" in ways and not self._focus.answers(window):
            raise InputFailed(
                say("{title} does not report when it has read a key, so typed characters could be wrong.",
                    title=title),
                say("Change Method to Paste, or use a keyboard layout that has these characters.")
                if method == "auto"
                else say("Change Method to Automatic or Paste."),
            )  # fmt: skip
        if aim.prefers_paste and method == "auto" and aim.habit in ("viewer", "modal"):
            raise InputFailed(
                say("An input method is on and would intercept the keys for {title}.", title=title),
                say("Turn off the input method before typing."),
            )

    def _deliver_all(
        self, stretches: Sequence[Stretch], method: TypingMethod, window: int, key_delay: float, steps: Steps
    ) -> set[str]:
        """Deliver all stretches; return by which ways."""
        ways: set[str] = set()
        kept = self._paster.keep(window) if any(stretch.way == "paste" for stretch in stretches) else {}
        try:
            for number, stretch in enumerate(stretches):
                ahead = "".join(each.text for each in stretches[number + 1 :])
                try:
                    self._deliver(stretch, ahead, window, key_delay, steps)
                except NotTaken:
                    # As keys, tabs and line ends would leave a field, or indent.
                    if method != "auto" or not CONTROL_KEYS.keys().isdisjoint(stretch.text):
                        raise
                    if not self._by_keys_instead(stretch, ahead, window, key_delay, steps):
                        raise
                    ways.add("keys")
                else:
                    ways.add("paste" if stretch.way == "paste" else "keys")
                self._sent += len(stretch.text) if stretch.way == "paste" else 0
        finally:
            has_borrowed = self._keyboard.has_borrowed
            self._return_keys(window)
            self._paster.put_back(kept)
        if has_borrowed:
            # A window manager that is still reading keyboard maps is deaf to what comes next.
            self._barrier.wait(steps.sleep)
        return ways

    def _by_keys_instead(self, stretch: Stretch, ahead: str, window: int, key_delay: float, steps: Steps) -> bool:
        """Type what was to be pasted into a program that asked for nothing; ``False`` where that could arrive wrong."""
        pieces = plan(stretch.text, "keys", set(self._keyboard.strokes()), self._keyboard.spare_count())
        if any(piece.way == "borrow" for piece in pieces) and not self._focus.answers(window):
            return False
        for number, piece in enumerate(pieces):
            rest = "".join(each.text for each in pieces[number + 1 :]) + ahead
            self._deliver(piece, rest, window, key_delay, steps)
        self._sent -= len(stretch.text)  # counted again as one stretch
        return True

    def _deliver(self, stretch: Stretch, ahead: str, window: int, key_delay: float, steps: Steps) -> None:
        if stretch.way == "paste":
            self._paste(stretch.text, ahead, window, steps)
        elif stretch.way == "control":
            self._watch(window, steps)
            self._has_moved = None  # these keys lead to another field
            self._keyboard.tap(CONTROL_KEYS[stretch.text], steps)
            self._sent += 1
            steps.sleep(key_delay)
        elif stretch.way == "borrow":
            self._lend(stretch.text, ahead, window, key_delay, steps)
        else:
            self._keys(stretch.text, window, key_delay, steps)
        if not ahead and stretch.way != "paste":
            self._focus.settle(window, steps.sleep)

    # -- keys

    def _keys(self, text: str, window: int, key_delay: float, steps: Steps) -> None:
        for count, character in enumerate(text, 1):
            self._watch(window, steps)
            stroke = self._keyboard.strokes().get(character)
            if stroke is None:
                raise self._broken_off(
                    say('The keyboard layout changed while typing: "{character}" has no key now.', character=character),
                    say("Do not change the layout during a run, or change Method to Paste."),
                )
            self._keyboard.stroke(*stroke, steps)
            self._sent += 1
            if key_delay > 0:
                steps.sleep(key_delay)
            if count % SETTLE_EVERY == 0:
                self._focus.settle(window, steps.sleep)

    def _lend(self, text: str, ahead: str, window: int, key_delay: float, steps: Steps) -> None:
        typeable = self._keyboard.strokes()
        if not typeable.keys() >= set(text):
            self._keyboard.borrow(text, lambda: self._focus.settle(window, steps.sleep), ahead)
            self._focus.settle(window, steps.sleep)
        self._keys(text, window, key_delay, steps)

    def _return_keys(self, window: int) -> None:
        """Take lent keys back once the application has read them, even after a stop."""
        if self._keyboard.has_borrowed:
            with contextlib.suppress(InputFailed):
                self._focus.settle(window, _pause, CLEAN_UP_SECONDS)
            self._keyboard.give_back()

    # -- who has the keyboard

    def _watch(self, window: int, steps: Steps) -> None:
        """Return when the next stroke would go to a window; two questions to the server.

        Raises:
            InputFailed: If the keyboard is another window's or another program's now; says how much was typed.
            DesktopUnavailable: If the screen is locked now.
        """
        try:
            now = self._focus.window(window)
        except InputFailed as failure:
            raise self._broken_off(
                say("The window closed while text was being typed. The remaining text was not sent."),
                say("Check why it closed. Type less, or find the window again before the next part."),
            ) from failure
        if now != window:
            raise self._broken_off(
                say("The keyboard focus moved from {before} to {now} while typing.",
                    before=self._focus.title(window), now=self._focus.title(now)),
                say("Check what opened, or type the parts in separate nodes."),
            )  # fmt: skip
        if self._has_moved is not None and self._sent and self._sent % LOOK_AT_FIELD == 0 and self._has_moved():
            raise self._broken_off(
                say(
                    "The keyboard focus moved to another field of {title} while typing.",
                    title=self._focus.title(window),
                ),
                say("Use a separate node for the text of each field."),
            )
        if not self._grabs.is_held("keyboard"):
            self._grabbed = 0
            return
        self._grabbed += 1
        if self._grabbed % LOOK_AGAIN == 1:
            self._check_grab(window, steps)

    def _check_grab(self, window: int, steps: Steps) -> None:
        try:
            self._grabs.check("keyboard", steps.sleep, GRAB_PATIENCE, (window,))
        except InputFailed as failure:
            raise self._broken_off(failure.message, failure.fix) from failure
        except DesktopUnavailable as failure:
            raise DesktopUnavailable(self._so_far(failure.message), failure.fix, typed=self._sent) from failure

    def _so_far(self, reason: str) -> str:
        if not self._total:
            return reason
        return say(
            "{reason} Typed so far: {count} of {total} characters.", reason=reason, count=self._sent, total=self._total
        )

    def _broken_off(self, reason: str, fix: str) -> InputFailed:
        """Return the error of a text that is not typed to its end."""
        return InputFailed(self._so_far(reason), fix, typed=self._sent)

    # -- paste

    def _paste(self, text: str, ahead: str, window: int, steps: Steps) -> None:
        """Paste a stretch.

        Raises:
            NotTaken: If the program asked for nothing, and cannot get it any more.
            InputFailed: If it has the text, which may still arrive, and more was to follow.
        """
        self._watch(window, steps)
        self._focus.settle(window, steps.sleep)
        self._paster.begin(text, window, steps)
        self._watch(window, steps)
        so_far = self._text[: self._sent] + text
        found = self._paster.finish(window, so_far, self._witness, steps)
        if found is None:
            raise self._not_taken(window, steps)
        if found == "nothing":
            self._paster.withdraw(window)
            self._is_open = True
            if ahead or self._witness is None:
                raise InputFailed(
                    self._so_far(
                        say("{title} received the pasted text, but does not show it yet. It may still appear.",
                            title=self._focus.title(window))
                    ),
                    say("Check the field before you type the text again."),
                    typed=self._sent, mayArrive=True,
                )  # fmt: skip
        self._focus.settle(window, steps.sleep)

    def _not_taken(self, window: int, steps: Steps) -> InputFailed:
        """Return the error of a paste that nobody asked for: of the kind that lets try keys where the program has read ctrl+v."""
        if self._paster.is_refused:
            self._paster.withdraw(window)
            return InputFailed(
                self._so_far(
                    say("{title} does not support all characters of this text.", title=self._focus.title(window))
                ),
                say("Remove characters other than Western European letters: this program supports no others."),
                typed=self._sent,
            )
        has_read = self._focus.settle(window, steps.sleep)
        has_nothing = self._paster.withdraw(window)
        kind = NotTaken if has_read and has_nothing else InputFailed
        return kind(
            self._so_far(say("{title} did not accept the pasted text.", title=self._focus.title(window))),
            say("Check that the field is editable, or change Method to Keys."),
            typed=self._sent,
            **({} if has_nothing else {"mayArrive": True}),
        )

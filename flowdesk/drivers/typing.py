r"""Text arrives exactly: how a text is cut into stretches, and how each is delivered and awaited.

Two ways lead into another program. Keys: the strokes that give the characters in the layout in force, and, for the
characters that no key gives, spare keys that are lent a meaning. Paste: the clipboard. In ``auto`` a line's stretch
goes by keys when it is short and the layout has all of it, else by paste; ``\\n`` and ``\\t`` are the keys Return and
Tab, but for those inside a text that goes to a field of several lines. After each stretch the application is asked
whether it has read everything (a ping that it answers in order), because a map that changes too early, or a key that
overtakes a paste, is how text arrives wrong.
"""

import contextlib
import threading
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from flowdesk.drivers.barrier import ClickBarrier
from flowdesk.drivers.clipboard import Content, X11Clipboard
from flowdesk.drivers.focus import PRIMARY_PASTERS, TERMINALS
from flowdesk.drivers.keyboard import Keyboard
from flowdesk.drivers.steps import Steps
from flowdesk.engine.ports import TypingMethod, TypingReport
from flowdesk.model.errors import InputFailed
from flowdesk.model.sentence import say

CONTROL_KEYS = {"\n": "enter", "\t": "tab"}
"""Characters that are keys when typed."""
KEYS_AT_MOST = 200
"""Characters of one stretch that ``auto`` sends by keys; longer ones are pasted."""
SETTLE_EVERY = 32
"""Keys after which the application must have read all of them: what a stop can leave in its queue."""
QUIET = 0.08
"""Seconds without a further fetch after which a paste counts as done (some programs fetch twice)."""
UNTOLD = 0.5
"""Seconds after which a program that was handed what is pasted, and does not say that it took it (Tk), has taken it."""
PASTE_PATIENCE = 3.0
"""Seconds in which the application must begin to fetch what is pasted."""


CLEAN_UP_SECONDS = 0.5
"""Seconds that an application gets to read what was typed before a stop."""


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text and its way: ``keys``, ``borrow`` (lent keys), ``paste``, or ``control`` (one key)."""

    way: Literal["keys", "borrow", "paste", "control"]
    text: str


def checked(text: str) -> str:
    r"""Return the text with line ends as ``\n``.

    Raises:
        InputFailed: If it holds what no program can receive: half a surrogate pair, a control character.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for position, character in enumerate(text):
        kind = unicodedata.category(character)
        is_bad = kind in {"Cc", "Cs"} or (ord(character) & 0xFFFE) == 0xFFFE
        if is_bad and character not in CONTROL_KEYS:
            raise InputFailed(
                say(
                    "The text holds a character that cannot be typed: U+{code} at position {position}.",
                    code=f"{ord(character):04X}",
                    position=position + 1,
                ),
                say("Take it out, or press the key that you mean with a keys node."),
                position=position,
            )
    return text


def plan(
    text: str,
    method: TypingMethod,
    typeable: set[str],
    spare: int,
    *,
    prefers_paste: bool = False,
    is_multiline: bool = False,
) -> list[Stretch]:
    """Cut a checked text into stretches.

    Args:
        text: The text.
        method: ``keys``, ``paste`` (all of it, line ends too) or ``auto``.
        typeable: Characters that the layout in force gives.
        spare: How many keys may be lent a character at a time.
        prefers_paste: Whether an input method (for Chinese and others) would swallow keys.
        is_multiline: Whether the field is known to hold lines. Then line ends and tabs inside the text are text (a tab key
            may leave the field, and an editor may indent after Return); those at the end are keys.
    """
    if method == "paste":
        return [Stretch("paste", text)] if text else []
    stretches: list[Stretch] = []
    body = text.rstrip("".join(CONTROL_KEYS))
    if method == "auto" and is_multiline and not CONTROL_KEYS.keys().isdisjoint(body):
        stretches.append(Stretch("paste", body))
        text = text[len(body) :]
    for piece in _split_controls(text):
        if piece in CONTROL_KEYS:
            stretches.append(Stretch("control", piece))
        elif method == "auto":
            is_easy = not prefers_paste and len(piece) <= KEYS_AT_MOST and typeable.issuperset(piece)
            stretches.append(Stretch("keys" if is_easy else "paste", piece))
        else:
            stretches += _key_stretches(piece, typeable, spare)
    return stretches


def _split_controls(text: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for position, character in enumerate(text):
        if character in CONTROL_KEYS:
            pieces += [text[start:position], character]
            start = position + 1
    return [piece for piece in [*pieces, text[start:]] if piece]


def _key_stretches(text: str, typeable: set[str], spare: int) -> list[Stretch]:
    """Cut so that each stretch needs at most ``spare`` lent keys."""
    stretches: list[Stretch] = []
    start, lent = 0, set[str]()
    for position, character in enumerate(text):
        if character in typeable or character in lent:
            continue
        if len(lent) == max(1, spare):
            stretches.append(Stretch("borrow", text[start:position]))
            start, lent = position, set()
        lent.add(character)
    stretches.append(Stretch("borrow" if lent else "keys", text[start:]))
    return stretches


class Typist:
    """Delivers text to the focused window. Belongs to the input thread."""

    def __init__(self, keyboard: Keyboard, clipboard: X11Clipboard, barrier: ClickBarrier) -> None:
        """Use a keyboard and a clipboard; ``barrier`` tells when the window manager has caught up."""
        self._barrier = barrier
        self._keyboard = keyboard
        self._clipboard = clipboard
        self._focus = keyboard.focus

    def type(
        self, text: str, method: TypingMethod, key_delay: float, steps: Steps, *, is_multiline: bool = False
    ) -> TypingReport:
        """Deliver a text exactly, or fail.

        Args:
            text: Any Unicode; line ends and tabs are keys unless the method is ``paste``.
            method: See ``plan``.
            key_delay: Seconds between keys.
            steps: The run's brake.
            is_multiline: See ``plan``.

        Raises:
            InputFailed: If a character cannot be delivered; nothing was typed then if the text itself is at fault.
            RunStopped: If the run was stopped on the way.
        """
        text = checked(text)
        if not text:
            return TypingReport("keys", 0)
        window = self._focus.window()
        self._keyboard.wait_until_free(steps)
        stretches = plan(
            text,
            method,
            set(self._keyboard.strokes()),
            self._keyboard.spare_count(),
            prefers_paste=self._has_input_method(),
            is_multiline=is_multiline,
        )
        kept = self._keep(window) if any(stretch.way == "paste" for stretch in stretches) else {}
        try:
            ahead = text
            for stretch in stretches:
                ahead = ahead[len(stretch.text) :]
                self._deliver(stretch, ahead, window, key_delay, steps)
        finally:
            self._return_keys(window)
            self._put_back(kept)
        if any(stretch.way == "borrow" for stretch in stretches):
            # A window manager that is still reading keyboard maps is deaf to what comes next.
            self._barrier.wait(steps.sleep)
        ways = {"paste" if stretch.way == "paste" else "keys" for stretch in stretches}
        return TypingReport(ways.pop() if len(ways) == 1 else "mixed", len(text))

    def _deliver(self, stretch: Stretch, ahead: str, window: int, key_delay: float, steps: Steps) -> None:
        if stretch.way == "paste":
            self._paste(stretch.text, window, steps)
        elif stretch.way == "control":
            self._check_focus(window)
            self._keyboard.tap(CONTROL_KEYS[stretch.text], steps)
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
            self._check_focus(window)
            stroke = self._keyboard.strokes().get(character)
            if stroke is None:
                raise InputFailed(
                    say('The keyboard layout changed while typing: "{character}" has no key now.', character=character),
                    say('Leave the layout alone during a run, or use the method "paste".'),
                )
            self._keyboard.stroke(*stroke, steps)
            if key_delay > 0:
                steps.sleep(key_delay)
            if count % SETTLE_EVERY == 0:
                self._focus.settle(window, steps.sleep)

    def _lend(self, text: str, ahead: str, window: int, key_delay: float, steps: Steps) -> None:
        if not self._focus.answers(window):
            raise InputFailed(
                say("{title} does not tell when it has read a key, so these characters could arrive wrong by keys.",
                    title=self._focus.title(window)),
                say('Use the method "auto" or "paste".'),
            )  # fmt: skip
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

    def _check_focus(self, window: int) -> None:
        now = self._focus.window()
        if now != window:
            raise InputFailed(
                say("The keyboard moved to another window while typing: from {before} to {now}.",
                    before=self._focus.title(window), now=self._focus.title(now)),
                say("See what opened, or type the parts in separate nodes."),
            )  # fmt: skip

    def _has_input_method(self) -> bool:
        """Whether an input method server runs, which would take Latin keys for the spelling of other characters."""
        from flowdesk.drivers import x11

        display = self._keyboard.display
        servers = x11.property_values(display, x11.root_of(display).id, "XIM_SERVERS")
        return any(display.get_selection_owner(server) for server in servers)

    # -- paste

    def _selections(self, window: int) -> tuple[str, ...]:
        # Not PRIMARY elsewhere: taking it makes programs drop the very selection that the paste is to replace.
        return ("CLIPBOARD", "PRIMARY") if self._focus.names(window) & PRIMARY_PASTERS else ("CLIPBOARD",)

    def _keep(self, window: int) -> dict[str, Content]:
        return {selection: self._clipboard.keep(selection) for selection in self._selections(window)}

    def _put_back(self, kept: dict[str, Content]) -> None:
        for selection, content in kept.items():
            self._clipboard.put(selection, content)

    def _paste_keys(self, window: int) -> Sequence[str]:
        names = self._focus.names(window)
        has_v = self._keyboard.strokes().get("v", (0, 1))[1] == 0
        if names & PRIMARY_PASTERS or not has_v:
            return ("shift", "insert")
        return ("ctrl", "shift", "v") if names & TERMINALS else ("ctrl", "v")

    def _paste(self, text: str, window: int, steps: Steps) -> None:
        self._check_focus(window)
        self._focus.settle(window, steps.sleep)
        content = Content.of_text(text)
        with steps.step():
            self._clipboard.offer(self._selections(window), content, window)
        self._keyboard.press(self._paste_keys(window), 1, 0.0, steps)
        started = time.monotonic()
        while True:
            count, last = self._clipboard.fetched()
            now = time.monotonic()
            if count and now - last >= QUIET:
                break
            if not count and self._has_left_it(window, steps):
                break
            if not count and now - started > PASTE_PATIENCE:
                raise InputFailed(
                    say("{title} did not take the pasted text.", title=self._focus.title(window)),
                    say('Check that the field can be written to, or use the method "keys".'),
                )
            steps.sleep(0.005)
        self._focus.settle(window, steps.sleep)

    def _has_left_it(self, window: int, steps: Steps) -> bool:
        """Whether the application was handed the content a while ago, goes on working, and will not tell that it has it."""
        handed = self._clipboard.handed()
        if not handed or time.monotonic() - handed < UNTOLD:
            return False
        # It answers in order: what was handed over before the question has been read.
        self._focus.settle(window, steps.sleep)
        return True

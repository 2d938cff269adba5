"""The one thread that owns mouse and keyboard, and a run's hands on it.

Jobs come from the event loop and run one after another. A job is made of steps; each passes the run's brake, so a
stop or a pause acts within 20 ms, from whatever thread it comes. When the awaiting task goes away, its job ends
before the next step.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from flowdesk.drivers import launching, programs
from flowdesk.drivers.steps import Steps
from flowdesk.drivers.windowsystem import WindowSystem
from flowdesk.drivers.x11.barrier import ClickBarrier
from flowdesk.drivers.x11.clipboard import X11Clipboard
from flowdesk.drivers.x11.focus import MOVE_PATIENCE
from flowdesk.drivers.x11.grabber import Device
from flowdesk.drivers.x11.grabs import Grabs
from flowdesk.drivers.x11.held import HeldDown
from flowdesk.drivers.x11.inputthread import InputThread
from flowdesk.drivers.x11.keyboard import Keyboard
from flowdesk.drivers.x11.keynames import MODIFIERS
from flowdesk.drivers.x11.pasting import Witness
from flowdesk.drivers.x11.pointer import Pointer
from flowdesk.drivers.x11.typing import Typist
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Attempts, Button, TypingMethod, TypingReport, Window, WindowAction
from flowdesk.model.errors import InputFailed
from flowdesk.model.geometry import Box, Point
from flowdesk.model.keynames import canonical, shortcut
from flowdesk.model.sentence import say
from flowdesk.model.target import Spot

T = TypeVar("T")
BUTTONS = ("left", "middle", "right")
GIVE_UP_SECONDS = 1.1
"""How long a cancelled caller waits for its job to end before it goes: longer than a run waits for what it stopped."""


class Devices:
    """Mouse, keyboard and text on X11. Made and used on the input thread."""

    def __init__(self, held: HeldDown, clipboard: X11Clipboard) -> None:
        """Connect everything.

        Raises:
            DesktopUnavailable, MissingPiece: If a part cannot work.
        """
        # Before the first input: what a flowdesk that was killed left held down would bend everything that follows.
        held.release_leftovers()
        self.pointer = Pointer(held)
        self.keyboard = Keyboard(held)
        self.barrier = ClickBarrier(self.keyboard.display)
        self._grabs = Grabs(self.keyboard.display)
        self.typist = Typist(self.keyboard, clipboard, self.barrier, self._grabs)

    def check_free(self, device: Device, steps: Steps, driven: Collection[int] = ()) -> None:
        """Return when input of a device would arrive; fail when the screen is locked or another program has the device.

        ``driven`` are the windows that it is for, where that is known.
        """
        self._grabs.check(device, steps.sleep, driven=driven)

    def press(self, names: Sequence[str], times: int, hold: float, steps: Steps, owner: int | None = None) -> None:
        """Press keys together, each time only while the keyboard is with the window that they are for."""
        if owner is None:
            self.keyboard.press(names, times, hold, steps)
            return
        self.keyboard.press(names, times, hold, steps, lambda number: self._check_owner(owner, number, steps))

    def _check_owner(self, owner: int, number: int, steps: Steps) -> None:
        try:
            if number > 0:
                self.keyboard.focus.settle(owner, steps.sleep)  # the last press may have closed it
            self.keyboard.focus.wait_for(owner, steps.sleep, MOVE_PATIENCE if number == 0 else 0.0)
        except InputFailed as failure:
            if number == 0:
                raise
            raise InputFailed(
                say("{reason} The keys were pressed {count} times before.", reason=failure.message, count=number),
                failure.fix,
                pressed=number,
            ) from failure

    def keyboard_place(self, steps: Steps, owner: int | None = None) -> tuple[int, programs.Habit, str]:
        """Return the window that has the keyboard, what its program takes, and its title.

        Raises:
            InputFailed: If it is not the one that input is for, or none has it.
        """
        window = self.keyboard.focus.wait_for(owner, steps.sleep)
        focus = self.keyboard.focus
        return window, programs.habit_of(focus.names(window)), focus.title(window)

    def select_all(self, steps: Steps, owner: int | None = None, *, is_thorough: bool = False) -> None:
        """Select all of the focused field, which changes nothing; in a terminal, empty its line.

        Args:
            steps: The run's brake.
            owner: The window that it is in, where that is known.
            is_thorough: Whether ctrl+a may mean something else in this program than to select all (Tk, Emacs).
        """
        window, habit, _ = self.keyboard_place(steps, owner)
        self.keyboard.wait_until_free(steps)
        keys: tuple[list[str], ...] = (["ctrl", "a"],)
        if habit == "terminal":
            keys = (["ctrl", "e"], ["ctrl", "u"])
        elif is_thorough:
            keys = (["ctrl", "home"], ["ctrl", "shift", "end"])
        for names in keys:
            self.press(names, 1, 0.0, steps, window)
        self.keyboard.focus.settle(window, steps.sleep)

    def delete_selected(self, steps: Steps, owner: int | None = None) -> None:
        """Press Delete. Only where it is known that a field's text is selected; a terminal has nothing left to delete."""
        window, habit, _ = self.keyboard_place(steps, owner)
        if habit == "terminal":
            return
        self.press(["delete"], 1, 0.0, steps, window)
        self.keyboard.focus.settle(window, steps.sleep)

    def close(self) -> None:
        """Disconnect."""
        self.keyboard.close()


class RealHands:
    """One run's hands: implements ``engine.ports.Hands``."""

    def __init__(
        self,
        brake: Brake,
        thread: InputThread,
        held: HeldDown,
        clipboard: X11Clipboard,
        windows: WindowSystem,
    ) -> None:
        """Bind the shared devices to a run's brake."""
        self._brake = brake
        self._thread = thread
        self._held = held
        self._clipboard = clipboard
        self._window_system = windows
        self._kept: dict[str, Sequence[Any]] = {}
        """Keys that are left down, by their names."""

    async def _do(
        self, job: Callable[[Any, Steps], T], device: Device | None = None, driven: Collection[int] = ()
    ) -> T:
        """Run a job on the input thread and wait for it; end it if the caller is cancelled.

        ``device`` is what it sends input with, which must be free for the windows ``driven`` that it is for.
        """
        steps = Steps(self._brake)

        def act(devices: Any) -> T:
            with steps.step():
                pass
            if device is not None:
                devices.check_free(device, steps, driven)
            return job(devices, steps)

        submitted = self._thread.submit(act)
        future = asyncio.wrap_future(submitted)
        future.add_done_callback(_look_at)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            steps.cancel()
            # Until the job has ended, so that nothing is typed after the caller was told that it is over.
            _, unfinished = await asyncio.wait([future], timeout=GIVE_UP_SECONDS)
            if unfinished:
                self._thread.abandon(submitted)
            raise

    async def move(self, point: Point, duration: float = 0.0) -> None:
        """Move the pointer, and check by reading it back."""
        await self._do(lambda devices, steps: devices.pointer.move(point, duration, steps), "mouse")

    async def click(
        self,
        point: Point,
        button: Button = "left",
        clicks: int = 1,
        modifiers: Sequence[str] = (),
        duration: float = 0.0,
    ) -> None:
        """Move to a point and click, holding modifiers."""
        _check_button(button)

        def job(devices: Any, steps: Steps) -> None:
            devices.pointer.move(point, duration, steps)
            devices.pointer.click(button, clicks, steps)
            devices.barrier.wait(steps.sleep)

        await self._holding(modifiers, job)

    async def drag(
        self,
        start: Point,
        end: Point,
        button: Button = "left",
        modifiers: Sequence[str] = (),
        duration: float = 0.5,
    ) -> None:
        """Press at ``start``, move to ``end``, release."""
        _check_button(button)

        def job(devices: Any, steps: Steps) -> None:
            devices.pointer.drag(start, end, button, duration, steps)
            devices.barrier.wait(steps.sleep)

        await self._holding(modifiers, job)

    async def scroll(self, dx: int, dy: int, point: Point | None = None, modifiers: Sequence[str] = ()) -> None:
        """Turn the wheel: ``dy`` clicks down, ``dx`` clicks right."""

        def job(devices: Any, steps: Steps) -> None:
            if point is not None:
                devices.pointer.move(point, 0.0, steps)
            devices.pointer.scroll(dx, dy, steps)

        await self._holding(modifiers, job)

    async def _holding(self, modifiers: Sequence[str], job: Callable[[Any, Steps], None]) -> None:
        names = [canonical(name) for name in modifiers]
        for name in names:
            if name not in MODIFIERS:
                raise InputFailed(
                    say('"{name}" cannot be held during a mouse action.', name=name),
                    say("Choose among ctrl, shift, alt and super."),
                )

        def act(devices: Any, steps: Steps) -> None:
            if not names:
                job(devices, steps)
                return
            codes: list[int] = []
            try:
                codes = devices.keyboard.hold(names, steps)
                job(devices, steps)
            finally:
                devices.keyboard.release(codes)

        await self._do(act, "mouse")

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
        """Deliver text exactly into the focused field; see ``typing.Typist``."""
        return await self._type(text, method, key_delay, owner=_owner(spot), overwrites=replaces)

    async def _type(
        self,
        text: str,
        method: TypingMethod,
        key_delay: float,
        *,
        owner: int | None = None,
        is_multiline: bool = False,
        is_told: bool = True,
        overwrites: bool = False,
        witness: Witness | None = None,
        has_moved: Callable[[], bool] | None = None,
    ) -> TypingReport:
        report: TypingReport = await self._do(
            lambda devices, steps: devices.typist.type(
                text, method, key_delay, steps,
                is_multiline=is_multiline, is_told=is_told, overwrites=overwrites, owner=owner, witness=witness,
                has_moved=has_moved,
            ),
            "keyboard",
            _driven(owner),
        )  # fmt: skip
        return report

    async def press_keys(
        self, keys: Sequence[str], times: int = 1, hold: float = 0.0, spot: Spot | None = None
    ) -> None:
        """Press keys together, in order, and release them in reverse; names as in ``keynames``."""
        names, owner = shortcut(list(keys)), _owner(spot)
        await self._do(
            lambda devices, steps: devices.press(names, times, hold, steps, owner), "keyboard", _driven(owner)
        )

    async def hold_keys(self, keys: Sequence[str], spot: Spot | None = None) -> None:
        """Press keys and leave them down."""
        names, owner = [name for name in shortcut(list(keys)) if name not in self._kept], _owner(spot)

        def job(devices: Any, steps: Steps) -> None:
            if owner is not None:
                devices.keyboard_place(steps, owner)
            for name in names:
                self._kept[name] = devices.keyboard.hold([name], steps)

        await self._do(job, "keyboard", _driven(owner))

    async def let_go_keys(self, keys: Sequence[str]) -> None:
        """Release keys that were left down, the last first."""
        names = [name for name in reversed(shortcut(list(keys))) if name in self._kept]

        def job(devices: Any, steps: Steps) -> None:
            for name in names:
                devices.keyboard.release(self._kept.pop(name, ()))

        if names:
            await self._do(job)

    async def hold_button(self, point: Point, button: Button = "left", duration: float = 0.0) -> None:
        """Move to a point, press a button and leave it down."""
        _check_button(button)

        def job(devices: Any, steps: Steps) -> None:
            devices.pointer.move(point, duration, steps)
            devices.pointer.hold(button, steps)

        await self._do(job, "mouse")

    async def let_go_button(self, point: Point, button: Button = "left", duration: float = 0.0) -> None:
        """Move to a point and release a button."""
        _check_button(button)

        def job(devices: Any, steps: Steps) -> None:
            devices.pointer.move(point, duration, steps)
            devices.pointer.let_go(button)
            devices.barrier.wait(steps.sleep)

        await self._do(job)

    async def clear_field(self, spot: Spot | None = None, *, is_followed: bool = False) -> None:
        """Select all of the focused field, and delete it unless text follows that takes its place."""
        owner = _owner(spot)
        await self._select_all(owner)
        if not is_followed:
            await self._delete_selected(owner)

    async def _select_all(self, owner: int | None, *, is_thorough: bool = False) -> None:
        await self._do(
            lambda devices, steps: devices.select_all(steps, owner, is_thorough=is_thorough),
            "keyboard",
            _driven(owner),
        )

    async def _delete_selected(self, owner: int | None) -> None:
        await self._do(lambda devices, steps: devices.delete_selected(steps, owner), "keyboard", _driven(owner))

    async def window(self, window: Window, action: WindowAction, box: Box | None = None) -> None:
        """Act on a window and wait until the window system says it is done."""

        def job(devices: Any, steps: Steps) -> None:
            self._window_system.act(window, action, box, steps.sleep)

        await self._do(job)

    async def launch(self, command: Sequence[str], cwd: str | None = None) -> int:
        """Start a program detached from flowdesk and return its process id."""

        def job(devices: Any, steps: Steps) -> int:
            with steps.step():
                return launching.launch(command, cwd)

        return await self._do(job)

    async def ended(self, pid: int) -> tuple[int, str] | None:
        """Return how a program that was started here ended; None while it runs."""
        return await asyncio.to_thread(launching.ended, pid)

    async def clipboard_text(self) -> str:
        """Return the clipboard's text."""
        return await asyncio.to_thread(self._clipboard.text)

    async def set_clipboard_text(self, text: str) -> None:
        """Put text on the clipboard."""
        await asyncio.to_thread(self._clipboard.set_text, text)

    async def release_all(self) -> None:
        """Release every key and button that is held down."""
        self._kept.clear()
        await asyncio.to_thread(self._held.release_all)


def _look_at(future: "asyncio.Future[Any]") -> None:
    """Take note of a job's error, which nobody waits for after a cancel, so that it is not reported as lost."""
    if not future.cancelled():
        future.exception()


def _owner(spot: Spot | None) -> int | None:
    """Return the window that keys for a spot are for, where that is known."""
    return spot.owner if spot is not None else None


def _driven(owner: int | None) -> tuple[int, ...]:
    return (owner,) if owner is not None else ()


def _check_button(button: str) -> None:
    if button not in BUTTONS:
        raise InputFailed(say('Unknown mouse button "{button}".', button=button), say("Choose left, middle, or right."))

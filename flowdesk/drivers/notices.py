"""Telling somebody who does not look at flowdesk: a notification of the desktop, and a command where one was chosen."""

import asyncio
import contextlib
import json
import os
from collections.abc import Sequence

from flowdesk.aio import in_thread

PATIENCE = 10.0
"""Seconds that a command may take."""


async def notify(title: str, text: str, command: Sequence[str] = ()) -> bool:
    """Tell a person something. Return whether anybody took it; never raises."""
    told = await in_thread(lambda: _on_desktop(title, text), "flowdesk.notice")
    if command:
        told = await _by_command(title, text, command) or told
    return told


async def _by_command(title: str, text: str, command: Sequence[str]) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "FLOWDESK_TITLE": title, "FLOWDESK_TEXT": text},
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(PATIENCE):
            await process.communicate(json.dumps({"title": title, "text": text}, ensure_ascii=False).encode())
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return process.returncode == 0


def _on_desktop(title: str, text: str) -> bool:
    """Send a notification over the session bus (Desktop Notifications Specification 1.2)."""
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return False
    try:
        from jeepney import DBusAddress, MessageType, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        place = DBusAddress(
            "/org/freedesktop/Notifications", "org.freedesktop.Notifications", "org.freedesktop.Notifications"
        )
        plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        body: tuple[object, ...] = ("flowdesk", 0, "flowdesk", title, plain, [], {"urgency": ("y", 1)}, -1)
        with open_dbus_connection("SESSION") as connection:
            reply = connection.send_and_get_reply(new_method_call(place, "Notify", "susssasa{sv}i", body), timeout=5)
        return bool(reply.header.message_type is MessageType.method_return)
    except Exception:  # noqa: BLE001 - a desktop without notifications is no fault of the run's
        return False

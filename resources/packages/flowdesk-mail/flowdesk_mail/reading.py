"""Read a mailbox."""

import asyncio
import contextlib
import datetime
import imaplib
import re
import ssl
from pathlib import Path
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.message import MailAttachment, MailMessage
from imap_tools.query import AND
from pydantic import Field, field_validator

from flowdesk.engine.context import Run
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk_mail.account import AccountConfig, check_account, late, refused, unreachable

LARGEST = 25_000_000
"""Bytes of one message that is read at most."""
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')


class ReadMailConfig(AccountConfig):
    """Settings of `readMail`."""

    folder: str = Field("INBOX", min_length=1, title="Folder", description="Folder of the mailbox.")
    unread_only: bool = Field(True, title="Unread only", description="Read only messages that nobody has read.")
    sender: str = Field("", title="From", description="Text in the sender's name or address.")
    subject: str = Field("", title="Subject", description="Text in the subject.")
    since: str = Field("", title="Since", description="First day, such as 2026-03-31.")
    limit: int = Field(20, ge=1, le=1000, title="Limit", description="Read at most this many, the newest ones.")
    mark_read: bool = Field(False, title="Mark as read", description="Mark the messages as read after reading them.")
    save_to: str = Field(
        "", title="Save attachments in", description="Folder for the attachments. Existing files are kept.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip

    @field_validator("since")
    @classmethod
    def _is_a_day(cls, text: str) -> str:
        if text and "{{" not in text:
            try:
                datetime.date.fromisoformat(text[:10])
            except ValueError:
                raise ValueError(say("it must be a date such as 2026-03-31")) from None
        return text


@node(
    "readMail",
    category="network",
    title="Read mail",
    also="email, e-mail, imap, inbox, mailbox, attachment, 邮件, 收信, 收件箱, 附件, 邮箱",
    summary="{folder} {subject}",
    icon="mail",
    uses={"network", "files"},
)
async def read_mail(run: Run, config: ReadMailConfig) -> dict[str, Any]:
    """Read messages of a mailbox by IMAP.

    Result: `count` and `messages`, the oldest first: `uid`, `from`, `to`, `cc`, `subject`, `date`, `text`, `html`, `unread`,
    and `attachments` with `name`, `size` and, where they are saved, `path`. The mailbox stays as it is unless *Mark as read* is on.

    Raises:
        NodeError: If the mailbox cannot be read whole, or an attachment cannot be saved.
    """
    check_account(config)
    where = f"{config.server}: {config.folder}"
    if run.is_dry:
        run.log(say("would read the mail in {where}", where=where))
        return {"count": 0, "messages": []}
    await run.permit("network", where)
    if config.save_to:
        await run.permit("files", config.save_to)
    reading = _Reading(config, await run.reveal(config.password), run.home)
    try:
        async with asyncio.timeout(config.timeout or None):
            messages = await run.blocking(reading.messages)
    except TimeoutError as error:
        raise late(config.server, config.timeout)() from error
    finally:
        reading.hang_up()
    return {"count": len(messages), "messages": messages}


class _Reading:
    """One look into a mailbox, in a thread."""

    def __init__(self, config: ReadMailConfig, password: str, home: Path) -> None:
        self._config, self._password, self._home = config, password, home
        self._mailbox: BaseMailBox | None = None

    def hang_up(self) -> None:
        """End what still goes on, from any thread."""
        if self._mailbox is not None:
            with contextlib.suppress(Exception):
                self._mailbox.client.shutdown()

    def messages(self) -> list[dict[str, Any]]:
        """Return the messages.

        Raises:
            NodeError: If they cannot be read.
        """
        config = self._config
        try:
            mailbox = self._mailbox = self._connected()
            mailbox.login(config.user, self._password, initial_folder=None)
            mailbox.folder.set(config.folder, readonly=not config.mark_read)
            return self._read(mailbox)
        except MailboxLoginError:
            raise refused(config.server, config.user) from None
        except MailboxFolderSelectError as error:
            raise NodeError(
                say('{server} has no folder "{folder}".', server=config.server, folder=config.folder),
                say("Check the folder; its name may be another one than the mail program shows."),
            ) from error
        except (ImapToolsError, imaplib.IMAP4.error, OSError, ssl.SSLError) as error:
            raise unreachable(config.server, error) from error

    def _connected(self) -> BaseMailBox:
        config, patience = self._config, self._config.timeout or None
        if config.security == "none":
            return MailBoxUnencrypted(config.server, config.port or 143, timeout=patience)
        context = ssl.create_default_context()
        if config.security == "starttls":
            return MailBoxStartTls(config.server, config.port or 143, timeout=patience, ssl_context=context)
        return MailBox(config.server, config.port or 993, timeout=patience, ssl_context=context)

    def _read(self, mailbox: BaseMailBox) -> list[dict[str, Any]]:
        wanted = self._wanted()
        charset = "US-ASCII" if str(wanted).isascii() else "UTF-8"
        uids = sorted(mailbox.uids(wanted if charset == "US-ASCII" else str(wanted).encode(), charset), key=int)
        uids = uids[-self._config.limit :]
        found = [self._told(mailbox, uid) for uid in uids]
        if self._config.mark_read and uids:
            mailbox.flag(uids, MailMessageFlags.SEEN, True)
        return found

    def _wanted(self) -> AND:
        config = self._config
        criteria: dict[str, Any] = {}
        if config.unread_only:
            criteria["seen"] = False
        if config.sender:
            criteria["from_"] = config.sender
        if config.subject:
            criteria["subject"] = config.subject
        if config.since:
            criteria["date_gte"] = datetime.date.fromisoformat(config.since[:10])
        return AND(**criteria) if criteria else AND(all=True)

    def _told(self, mailbox: BaseMailBox, uid: str) -> dict[str, Any]:
        message = next(iter(mailbox.fetch(AND(uid=uid), mark_seen=False, headers_only=True)), None)
        if message is not None and message.size_rfc822 <= LARGEST:
            message = next(iter(mailbox.fetch(AND(uid=uid), mark_seen=False)), None)
        if message is None:
            raise NodeError(say("A message was taken away while it was read."), say("Run the flow again."))
        if message.size_rfc822 > LARGEST:
            raise NodeError(
                say(
                    'The message "{subject}" is too large: {size} bytes.',
                    subject=message.subject,
                    size=message.size_rfc822,
                ),
                say("Move it to another folder."),
            )
        return {
            "uid": uid, "from": message.from_, "to": list(message.to), "cc": list(message.cc), "subject": message.subject,
            "date": message.date.isoformat(), "text": message.text, "html": message.html,
            "unread": MailMessageFlags.SEEN not in message.flags, "attachments": self._attachments(message),
        }  # fmt: skip

    def _attachments(self, message: MailMessage) -> list[dict[str, Any]]:
        told = []
        for number, attachment in enumerate(message.attachments, 1):
            name = safe_name(attachment.filename, number)
            one: dict[str, Any] = {"name": name, "size": len(attachment.payload)}
            if self._config.save_to:
                one["path"] = str(self._save(name, attachment))
            told.append(one)
        return told

    def _save(self, name: str, attachment: MailAttachment) -> Path:
        folder = (self._home / self._config.save_to).expanduser()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            stem, dot, ending = name.rpartition(".")
            for number in range(1, 10_000):
                path = folder / (
                    name if number == 1 else f"{stem if dot else ending} ({number}){dot}{ending if dot else ''}"
                )
                with contextlib.suppress(FileExistsError), path.open("xb") as file:
                    file.write(attachment.payload)
                    return path
        except OSError as error:
            raise NodeError(
                say('The attachment "{name}" cannot be saved: {reason}', name=name, reason=str(error)),
                say("Choose another folder."),
            ) from error
        raise NodeError(say('Too many files are called "{name}".', name=name), say("Choose another folder."))


def safe_name(given: str, number: int) -> str:
    """Return the name of an attachment as that of a file: whoever sent it cannot choose the folder."""
    name = _FORBIDDEN.sub("_", given.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, ending = name.rpartition(".")
    name = f"{stem[:100]}{dot}{ending[:20]}" if dot else name[:120]
    return name or f"attachment-{number}"

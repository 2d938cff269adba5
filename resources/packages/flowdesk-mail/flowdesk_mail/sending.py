"""Send a message."""

import asyncio
import contextlib
import mimetypes
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import getaddresses, localtime, make_msgid
from pathlib import Path
from typing import Any

import aiosmtplib
from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.errors import NodeError
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say
from flowdesk_mail.account import AccountConfig, check_account, late, refused, unreachable

PORTS = {"tls": 465, "starttls": 587, "none": 25}
LARGEST = 25_000_000
"""Bytes of all attachments at most; hardly a server takes more."""


class SendMailConfig(AccountConfig):
    """Settings of `sendMail`."""

    sender: str = Field(..., min_length=3, title="From", description="Sender, such as Ada <ada@example.org>.")
    to: str = Field(..., min_length=3, title="To", description="Recipients, with commas between.")
    cc: str = Field("", title="Copy", description="Recipients of a copy, with commas between.")
    bcc: str = Field("", title="Blind copy", description="Recipients whom the others do not see, with commas between.")
    subject: str = Field("", title="Subject", description="Subject of the message.")
    text: str = Field("", title="Text", description="Text of the message.", json_schema_extra={"widget": "multiline"})
    html: str = Field(
        "",
        title="HTML",
        description="The text as HTML, beside the plain one.",
        json_schema_extra={"widget": "multiline"},
    )
    attachments: list[str] = Field(
        default_factory=list, title="Attachments", description="Files to attach, relative to the flow's folder."
    )


@node(
    "sendMail",
    category="network",
    title="Send mail",
    also="email, e-mail, smtp, message, 邮件, 发信, 发邮件, 发送邮件",
    summary="{to} {subject}",
    icon="send",
    uses={"network", "files"},
)
async def send_mail(run: Run, config: SendMailConfig) -> dict[str, Any]:
    """Send a message by SMTP, to all recipients or to nobody.

    Result: `messageId`, and `recipients`, whom the server has taken it for.

    Raises:
        NodeError: If the server does not take the message. It says so where nobody can know whether it was sent.
    """
    check_account(config)
    recipients = [address for given in (config.to, config.cc, config.bcc) for address in addresses(given)]
    sender = addresses(config.sender)
    if len(sender) != 1 or not addresses(config.to):
        raise NodeError(say("A message needs one sender and at least one recipient."), say("Check From and To."))
    message = await run.blocking(lambda: written(config, run.home))
    if run.is_dry:
        run.log(say("would send mail to {recipients}", recipients=", ".join(recipients)))
        return {"messageId": "", "recipients": []}
    await run.permit("network", f"{config.server}: {', '.join(recipients)}")
    if config.attachments:
        await run.permit("files", ", ".join(config.attachments))
    delivery = _Delivery(config, await run.reveal(config.password))
    try:
        async with asyncio.timeout(config.timeout or None):
            await delivery.deliver(sender[0], recipients, message)
    except (TimeoutError, aiosmtplib.SMTPException, OSError) as error:
        raise delivery.failure(error) from error
    finally:
        delivery.hang_up()
    return {"messageId": message["Message-ID"], "recipients": recipients}


def addresses(given: str) -> list[str]:
    """Return the addresses in a text with commas between.

    Raises:
        NodeError: If one of them is none.
    """
    if not given.strip():
        return []
    found = [address for _, address in getaddresses([given])]
    for address in found:
        local, at, host = address.rpartition("@")
        if not (local and at and host) or not address.isascii() or any(sign.isspace() for sign in address):
            raise NodeError(say('"{text}" is not a mail address.', text=given), say("Write it like ada@example.org."))
    return found


def written(config: SendMailConfig, home: Path) -> EmailMessage:
    """Return the message.

    Raises:
        NodeError: If a header or an attachment cannot be used.
    """
    message = EmailMessage(policy=POLICY)
    try:
        for name, given in (("From", config.sender), ("To", config.to), ("Cc", config.cc)):
            if given.strip():
                message[name] = [Address(title, addr_spec=address) for title, address in getaddresses([given])]
        message["Subject"] = config.subject
    except (ValueError, MessageError) as error:
        raise NodeError(
            say("A header of the message cannot be written: {reason}", reason=str(error)),
            say("Remove line breaks from the subject and the addresses."),
        ) from error
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=addresses(config.sender)[0].rpartition("@")[2])
    message.set_content(config.text)
    if config.html:
        message.add_alternative(config.html, subtype="html")
    size = 0
    for given in config.attachments:
        path = (home / given).expanduser()
        try:
            content = path.read_bytes() if path.stat().st_size <= LARGEST else b" " * (LARGEST + 1)
        except OSError as error:
            raise NodeError(
                say('"{path}" cannot be attached: {reason}', path=given, reason=str(error)), say("Check the file.")
            ) from error
        size += len(content)
        if size > LARGEST:
            raise NodeError(
                say("The attachments have more than {most} bytes.", most=LARGEST), say("Attach fewer or smaller files.")
            )
        kind = (mimetypes.guess_type(path.name)[0] or "application/octet-stream").partition("/")
        message.add_attachment(content, maintype=kind[0], subtype=kind[2], filename=path.name)
    return message


class _Delivery:
    """One talk with a server. Nothing is handed over before every recipient is taken."""

    def __init__(self, config: SendMailConfig, password: str) -> None:
        self._config, self._password = config, password
        self._is_handing_over = False
        self._client = aiosmtplib.SMTP(
            hostname=config.server, port=config.port or PORTS[config.security], timeout=config.timeout or None,
            use_tls=config.security == "tls", start_tls=config.security == "starttls",
            tls_context=None if config.security == "none" else ssl.create_default_context(),
        )  # fmt: skip

    def hang_up(self) -> None:
        """Close the connection, also in the middle."""
        transport = self._client.transport
        if isinstance(transport, asyncio.Transport):
            transport.abort()

    async def deliver(self, sender: str, recipients: list[str], message: EmailMessage) -> None:
        """Hand a message over.

        Raises:
            NodeError: If a recipient is refused; nobody gets the message then.
        """
        client = self._client
        await client.connect()
        if self._config.user:
            await client.login(self._config.user, self._password)
        await client.mail(sender)
        for recipient in recipients:
            try:
                await client.rcpt(recipient)
            except aiosmtplib.SMTPRecipientRefused as error:
                await self._say_goodbye()
                raise NodeError(
                    say("{server} refused the recipient {recipient}: {reason}",
                        server=self._config.server, recipient=recipient, reason=error.message),
                    say("Check the address. Nobody got the message."),
                ) from error  # fmt: skip
        self._is_handing_over = True
        await client.data(message.as_bytes())
        await self._say_goodbye()

    async def _say_goodbye(self) -> None:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self._client.quit()

    def failure(self, error: Exception) -> NodeError:
        """Return what to say of a talk that failed."""
        server = self._config.server
        if isinstance(error, aiosmtplib.SMTPAuthenticationError):
            return refused(server, self._config.user)
        if isinstance(error, aiosmtplib.SMTPResponseException) and not isinstance(
            error, aiosmtplib.SMTPConnectResponseError
        ):
            return NodeError(
                say("{server} refused the message: {reason}", server=server, reason=error.message),
                say("Check sender, size, and the rules of the server. Nobody got the message."),
            )
        if self._is_handing_over:
            return NodeError(
                say("The connection to {server} was lost while it took the message.", server=server),
                say("Nobody can know whether it was sent: look into the sent mail before you send it again."),
            )
        if isinstance(error, TimeoutError):
            return late(server, self._config.timeout)()
        return unreachable(server, error)

"""Make a web request."""

import asyncio
import contextlib
import re
import ssl
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from flowdesk.engine.context import Run
from flowdesk.model.causes import system_cause
from flowdesk.model.config import Config, Duration, Unfit
from flowdesk.model.errors import NodeError, NodeTimeout
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import Sentence, say
from flowdesk.nodes.answers import Saver, answer_of
from flowdesk.nodes.unpacking import OFFERED

if TYPE_CHECKING:
    import httpx

MOST_REDIRECTS = 20
HARMLESS = frozenset({"accept", "accept-language", "accept-encoding", "content-type", "content-length", "user-agent"})
"""Headers that go along to another origin; all others that were given stay behind."""
OWN = frozenset({"content-length", "transfer-encoding"})
"""Headers that say how the body is sent, which only what sends it knows."""
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
LARGEST_PORT = 65_535


class HttpConfig(Config):
    """Settings of `http`."""

    secrets: ClassVar[frozenset[str]] = frozenset({"headers", "body", "json"})

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
        "GET", title="Method", description="Request method."
    )
    url: str = Field(..., min_length=1, title="URL", description="URL that begins with http:// or https://.")
    headers: dict[str, str] = Field(
        default_factory=dict, title="Headers", description="Request headers. {{secret:name}} inserts a secret just before sending.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    body: str = Field(
        "",
        title="Body",
        description="The text to send. {{secret:name}} inserts a secret just before sending.",
        json_schema_extra={"widget": "multiline"},
    )
    json_body: Any = Field(
        None, alias="json", title="JSON", description="Value to send as JSON, instead of a text. {{secret:name}} inserts a secret just before sending.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    save_to: str = Field(
        "", title="Save response to",
        description="File for the response, byte for byte, such as a PDF. A path that ends in / is a folder.",
        json_schema_extra={"widget": "path"},
    )  # fmt: skip
    timeout: Duration = Field(30.0, title="Timeout", description="Maximum time for the whole response.")
    accept_status: bool = Field(
        False, title="Accept any status", description="Continue even if the status is 400 or higher."
    )

    @model_validator(mode="after")
    def _has_headers_to_send(self) -> "HttpConfig":
        for name in self.headers:
            if name.lower() in OWN:
                raise Unfit("headers", say('"{name}" is set by flowdesk itself', name=name))
            if not _NAME.fullmatch(name):
                raise Unfit("headers", say('"{name}" cannot be the name of a header', name=name[:100]))
        return self


@node(
    "http",
    category="network",
    title="Web request",
    also="api, rest, url, request, download, get, post, webhook, curl, internet, 接口, 请求, 下载, 网址, 联网, 网络请求",
    summary="{method} {url}",
    icon="globe",
    uses={"network"},
)
async def http(run: Run, config: HttpConfig) -> dict[str, Any]:
    """Send a web request and read the response.

    Result: `status`, `headers` (names in lower case), `text`, and `json` where the answer is JSON; `path` where it was saved.

    Raises:
        NodeTimeout: If the whole answer is not there in time.
        NodeError: If the address cannot be reached, the status is 400 or more and not accepted, or the answer is not text
            and not saved to a file.
    """
    if run.is_dry:
        run.log(say("would request {method} {url}", method=config.method, url=config.url))
        return {"status": 0, "headers": {}, "text": "", "json": None}
    await run.permit("network", f"{config.method} {config.url}")
    headers = {name: _sendable(name, await run.reveal(value)) for name, value in config.headers.items()}
    saver = Saver(config.save_to, run.home) if config.save_to else None
    body = await _revealed(run, config.body if config.json_body is None else config.json_body)
    call = Call(config, headers, body, saver)
    try:
        async with asyncio.timeout(config.timeout or None):
            answer = await run.blocking(call.answer)
    except TimeoutError as error:
        raise _late(config) from error
    finally:
        call.hang_up()
    for sentence in answer.pop("notes"):
        run.log(sentence, "warn")
    if answer["status"] >= 400 and not config.accept_status:
        raise NodeError(
            say("{url} answered with status {status}.", url=config.url, status=answer["status"]),
            say("Check the URL and the request, or accept any status."),
            status=answer["status"],
            text=answer["text"][:1000],
        )
    return answer


def _sendable(name: str, value: str) -> str:
    """Return the value of a header; what it is stays out of the error, it may hold a secret.

    Raises:
        NodeError: If it cannot be sent.
    """
    if not value.isascii():
        raise NodeError(
            say('The header "{name}" contains characters other than ASCII.', name=name),
            say("Use ASCII characters, or put the text in the body."),
        )
    if value != value.strip() or any(each in value for each in "\r\n\0"):
        raise NodeError(
            say('The header "{name}" begins or ends with a space, or contains a line break.', name=name),
            say("Trim the value, for example with the filter trim; a secret without it."),
        )
    return value


async def _revealed(run: Run, value: Any) -> Any:
    """Return a value with its secrets, however deep."""
    if isinstance(value, str):
        return await run.reveal(value)
    if isinstance(value, Mapping):
        return {await run.reveal(str(key)): await _revealed(run, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [await _revealed(run, item) for item in value]
    return value


def _check_port(url: "httpx.URL") -> None:
    """Refuse a port that there is not: the system would take another one for it.

    Raises:
        NodeError: If it is larger than a port can be.
    """
    if url.port is not None and url.port > LARGEST_PORT:
        raise NodeError(
            say("{url} has a port over {most}.", url=str(url), most=LARGEST_PORT), say("Correct the port in the URL.")
        )


class Call:
    """A request and its answer, worked on in a thread."""

    def __init__(self, config: HttpConfig, headers: dict[str, str], body: Any, saver: Saver | None) -> None:
        """Remember what to ask for; ``body`` is what to send, with its secrets."""
        self._config, self._headers, self._body, self._saver = config, headers, body, saver
        self._has_secret = body != (config.body if config.json_body is None else config.json_body)
        self._client: httpx.Client | None = None

    def hang_up(self) -> None:
        """End what is still going on, from any thread: a server that goes on sending has nobody to read it."""
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close()

    def answer(self) -> dict[str, Any]:
        """Return the answer as values.

        Raises:
            NodeTimeout: If the server is silent for as long as the whole may take.
            NodeError: If there is no answer that can be used.
        """
        import httpx  # a twentieth of a second that no start of flowdesk has to wait for

        config = self._config
        try:
            offered = {"Accept-Encoding": OFFERED}
            hooks = {"response": [_check_goal]}  # called before httpx reads where a redirect leads
            with httpx.Client(timeout=config.timeout or None, headers=offered, event_hooks=hooks) as self._client:
                return self._follow(self._client)
        except httpx.TimeoutException as error:
            raise _late(config) from error
        except httpx.LocalProtocolError:
            # its words quote the header, which may hold a secret
            raise NodeError(
                say("flowdesk cannot send one of the headers to {url}.", url=config.url),
                say("Remove line breaks and outer spaces from headers and secrets."),
            ) from None
        except httpx.RemoteProtocolError as error:
            raise _unfinished(config.url, str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, LookupError) as error:
            raise _unreachable(config.url, error) from error

    def _follow(self, client: "httpx.Client") -> dict[str, Any]:
        config, saver = self._config, self._saver
        content: dict[str, Any] = {"json": self._body} if config.json_body is not None else {}
        if not content and self._body:
            content = {"content": self._body.encode()}
        request = client.build_request(config.method, config.url, headers=self._headers, **content)
        for _ in range(MOST_REDIRECTS):
            _check_port(request.url)
            response = client.send(request, stream=True)
            try:
                if response.next_request is None:
                    is_kept = config.accept_status or response.status_code < 400
                    return answer_of(response, saver if is_kept else None)
                request = self._redirected(request, response.next_request)
            finally:
                response.close()
        raise NodeError(say("{url} redirects too many times.", url=config.url), say("Check the URL."))

    def _redirected(self, before: "httpx.Request", request: "httpx.Request") -> "httpx.Request":
        """Return a request that follows a redirect: what was given for one origin, secrets above all, is for no other.

        Raises:
            NodeError: If a body with a secret would be sent to another origin.
        """
        if _origin(before.url) != _origin(request.url):
            if self._has_secret and request.headers.get("content-length", "0") != "0":
                raise NodeError(
                    say("{url} redirects to another server, to which the secret in the body is not sent.", url=str(before.url)),
                    say("Check the URL, or use that of the other server."),
                )  # fmt: skip
            for name in self._headers:
                if name.lower() not in HARMLESS:
                    request.headers.pop(name, None)
        return request


def _check_goal(response: "httpx.Response") -> None:
    """Refuse a redirect to what is no web address: files and programs of this machine are nobody else's to name.

    Raises:
        NodeError: If it leads to a file, or to nothing that can be read as an address.
    """
    import httpx

    if not response.has_redirect_location:
        return
    goal = response.headers["location"]
    try:
        is_web = response.url.join(goal).scheme in {"http", "https"}
    except (httpx.InvalidURL, ValueError):
        is_web = False
    if not is_web:
        raise NodeError(
            say('{url} redirects to "{goal}", which is not a web address.', url=str(response.url), goal=goal[:200]),
            say("Check the URL."),
        )


def _unfinished(url: str, told: str) -> NodeError:
    """The error of an answer that is no whole one of HTTP; ``told`` are the library's words."""
    if "buffer too long" in told:
        return NodeError(
            say("The headers in the response of {url} are too long.", url=url),
            say("Check the URL: the server does not answer like a web server."),
        )
    if told.startswith("illegal status line"):
        return NodeError(say("{url} does not answer like a web server.", url=url), say("Check the URL and its port."))
    return NodeError(
        say("The response of {url} is incomplete: the server broke it off.", url=url),
        say("Try again. Nothing was saved."),
    )


def _late(config: HttpConfig) -> NodeTimeout:
    return NodeTimeout(
        say("{url} did not respond within {seconds} s.", url=config.url, seconds=f"{config.timeout:g}"),
        say("Increase the timeout, or check that the server is reachable."),
    )


def _reason(error: Exception) -> Sentence | str:
    text = str(error)
    if any(word in text for word in ("Name or service not known", "getaddrinfo failed", "nodename nor servname")):
        return say("the host name is unknown")
    if "refused" in text or "All connection attempts failed" in text:
        return say("the connection was refused")
    if "WRONG_VERSION_NUMBER" in text or "RECORD_LAYER_FAILURE" in text:
        return say("the server does not use https there")
    return say("the secure connection failed") if "[SSL" in text else system_cause(error)


def _unreachable(url: str, error: Exception) -> NodeError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return NodeError(
                say("The certificate of {url} is not trusted: {reason}.", url=url, reason=cause.verify_message),
                say(
                    "Check the URL. If the server is yours, renew its certificate or add it to the system's trusted certificates."
                ),
            )
        cause = cause.__cause__ or cause.__context__
    return NodeError(
        say("{url} is not reachable: {reason}", url=url, reason=_reason(error)), say("Check the URL and the network.")
    )


def _origin(url: "httpx.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port

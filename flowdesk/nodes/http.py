"""Make a web request."""

import asyncio
import contextlib
import ssl
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.causes import system_cause
from flowdesk.model.config import Config, Duration
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


class HttpConfig(Config):
    """Settings of `http`."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
        "GET", title="Method", description="Request method."
    )
    url: str = Field(..., min_length=1, title="URL", description="URL that begins with http:// or https://.")
    headers: dict[str, str] = Field(
        default_factory=dict, title="Headers", description="Request headers. {{secret:name}} inserts a secret just before sending.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    body: str = Field("", title="Body", description="The text to send.", json_schema_extra={"widget": "multiline"})
    json_body: Any = Field(
        None, alias="json", title="JSON", description="Value to send as JSON, instead of a text.",
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
    headers = {name: await run.reveal(value) for name, value in config.headers.items()}
    saver = Saver(config.save_to, run.home) if config.save_to else None
    call = Call(config, headers, saver)
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


class Call:
    """A request and its answer, worked on in a thread."""

    def __init__(self, config: HttpConfig, headers: dict[str, str], saver: Saver | None) -> None:
        """Remember what to ask for."""
        self._config, self._headers, self._saver = config, headers, saver
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
            raise NodeError(
                say("The response of {url} is incomplete: {reason}", url=config.url, reason=str(error)),
                say("Try again. Nothing was saved."),
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, LookupError) as error:
            raise _unreachable(config.url, error) from error

    def _follow(self, client: "httpx.Client") -> dict[str, Any]:
        config, saver = self._config, self._saver
        content: dict[str, Any] = {"json": config.json_body} if config.json_body is not None else {}
        if not content and config.body:
            content = {"content": config.body.encode()}
        request = client.build_request(config.method, config.url, headers=self._headers, **content)
        for _ in range(MOST_REDIRECTS):
            response = client.send(request, stream=True)
            try:
                if response.next_request is None:
                    is_kept = config.accept_status or response.status_code < 400
                    return answer_of(response, saver if is_kept else None)
                request = _redirected(request, response.next_request, self._headers)
            finally:
                response.close()
        raise NodeError(say("{url} redirects too many times.", url=config.url), say("Check the URL."))


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


def _late(config: HttpConfig) -> NodeTimeout:
    return NodeTimeout(
        say("{url} did not respond within {seconds} s.", url=config.url, seconds=f"{config.timeout:g}"),
        say("Increase the timeout, or check that the server is reachable."),
    )


def _reason(error: Exception) -> Sentence | str:
    text = str(error)
    if any(word in text for word in ("Name or service not known", "getaddrinfo failed", "nodename nor servname")):
        return say("the host name is unknown")
    return say("the connection was refused") if "All connection attempts failed" in text else system_cause(error)


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


def _redirected(before: "httpx.Request", request: "httpx.Request", given: dict[str, str]) -> "httpx.Request":
    """Return a request that follows a redirect: what was given for one origin, secrets above all, is for no other."""
    if _origin(before.url) != _origin(request.url):
        for name in given:
            if name.lower() not in HARMLESS:
                request.headers.pop(name, None)
    return request


def _origin(url: "httpx.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port

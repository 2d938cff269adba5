"""Make a web request."""

import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from flowdesk.engine.context import Run
from flowdesk.model.config import Config, Duration
from flowdesk.model.errors import NodeError, NodeTimeout
from flowdesk.model.nodetype import node
from flowdesk.model.sentence import say

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 10_000_000
"""Bytes of an answer that are read at most."""
MOST_REDIRECTS = 20
HARMLESS = frozenset({"accept", "accept-language", "accept-encoding", "content-type", "content-length", "user-agent"})
"""Headers that go along to another origin; all others that were given stay behind."""


class HttpConfig(Config):
    """Settings of `http`."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = Field(
        "GET", title="Method", description="What to do there."
    )
    url: str = Field(..., min_length=1, title="Address", description="Where, beginning with `http://` or `https://`.")
    headers: dict[str, str] = Field(
        default_factory=dict, title="Headers", description="Sent along; `{{secret:name}}` is read right before.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    body: str = Field("", title="Body", description="A text to send.", json_schema_extra={"widget": "multiline"})
    json_body: Any = Field(
        None, alias="json", title="JSON", description="A value to send as JSON, instead of a text.",
        json_schema_extra={"widget": "json"},
    )  # fmt: skip
    timeout: Duration = Field(30.0, title="Timeout", description="How long to wait for the answer.")
    accept_status: bool = Field(
        False, title="Accept any status", description="Go on also when the answer's status is 400 or more."
    )


@node("http", category="network", title="Web request", summary="{method} {url}", icon="globe", uses={"network"})
async def http(run: Run, config: HttpConfig) -> dict[str, Any]:
    """Make a web request and read the answer.

    Result: `status`, `headers` (names in lower case), `text`, and `json` where the answer is JSON.

    Raises:
        NodeTimeout: If no answer comes in time.
        NodeError: If the address cannot be reached, or the status is 400 or more and not accepted.
    """
    if run.is_dry:
        run.log(say("would request {method} {url}", method=config.method, url=config.url))
        return {"status": 0, "headers": {}, "text": "", "json": None}
    await run.permit("network", f"{config.method} {config.url}")
    headers = {name: run.reveal(value) for name, value in config.headers.items()}
    answer = await run.blocking(lambda: _request(config, headers))
    if answer["status"] >= 400 and not config.accept_status:
        raise NodeError(
            say("{url} answered with status {status}.", url=config.url, status=answer["status"]),
            say("Check the address and what is sent, or accept any status."),
            status=answer["status"],
            text=answer["text"][:1000],
        )
    return answer


def _request(config: HttpConfig, headers: dict[str, str]) -> dict[str, Any]:
    import httpx  # a twentieth of a second that no start of flowdesk has to wait for

    content: dict[str, Any] = {"json": config.json_body} if config.json_body is not None else {}
    if not content and config.body:
        content = {"content": config.body.encode()}
    try:
        with httpx.Client(timeout=config.timeout or None) as client:
            request = client.build_request(config.method, config.url, headers=headers, **content)
            for _ in range(MOST_REDIRECTS):
                response = client.send(request, stream=True)
                try:
                    if response.next_request is None:
                        return _answer(response)
                    request = _redirected(request, response.next_request, headers)
                finally:
                    response.close()
        raise NodeError(
            say("{url} leads from one address to the next without end.", url=config.url), say("Check the address.")
        )
    except httpx.TimeoutException as error:
        raise NodeTimeout(
            say("{url} did not answer within {seconds} s.", url=config.url, seconds=f"{config.timeout:g}"),
            say("Wait longer, or check that it can be reached."),
        ) from error
    except httpx.LocalProtocolError:
        # its words quote the header, which may hold a secret
        raise NodeError(
            say("A header cannot be sent to {url}.", url=config.url),
            say("Look for line breaks and spaces at the ends of headers and secrets."),
        ) from None
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, LookupError) as error:
        raise NodeError(
            say("{url} cannot be reached: {reason}", url=config.url, reason=str(error)),
            say("Check the address and the network."),
        ) from error


def _redirected(before: "httpx.Request", request: "httpx.Request", given: dict[str, str]) -> "httpx.Request":
    """Return a request that follows a redirect: what was given for one origin, secrets above all, is for no other."""
    if _origin(before.url) != _origin(request.url):
        for name in given:
            if name.lower() not in HARMLESS:
                request.headers.pop(name, None)
    return request


def _origin(url: "httpx.URL") -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _answer(response: "httpx.Response") -> dict[str, Any]:
    received = bytearray()
    for part in response.iter_bytes():
        received += part
        if len(received) > LARGEST_ANSWER:
            raise NodeError(
                say("The answer is larger than {limit} MB.", limit=LARGEST_ANSWER // 1_000_000), say("Ask for less.")
            )
    text = bytes(received).decode(response.encoding or "utf-8", "replace")
    return {
        "status": response.status_code,
        "headers": {name.lower(): value for name, value in response.headers.items()},
        "text": text,
        "json": _parsed(text),
    }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None

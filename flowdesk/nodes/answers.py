"""Answers of the web: as text by their character set, or byte for byte into a file."""

import json
import posixpath
import re
import unicodedata
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote

from flowdesk.engine.jsontext import read_json
from flowdesk.model.causes import json_cause
from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import Sentence, say
from flowdesk.nodes.tabular.disk import Replacement, check_wanted, checked, placed, unreadable
from flowdesk.nodes.tabular.encodings import decode, named
from flowdesk.nodes.tabular.moving import is_folder_name
from flowdesk.nodes.unpacking import parts_of

if TYPE_CHECKING:
    import httpx

LARGEST_ANSWER = 10_000_000
"""Bytes of an answer that are read as text at most."""
LARGEST_FILE = 4_000_000_000
"""Bytes of an answer that are saved at most."""
_META = re.compile(rb"""<meta[^>]+charset=["']?([\w-]+)|<\?xml[^>]+encoding=["']([\w-]+)""", re.IGNORECASE)

LONGEST_NAME = 200
"""Bytes of the name of a file; most systems take 255, and something may be put before and behind it."""
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
)
"""Names that open a device on Windows."""
_LATIN = frozenset({"iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "us-ascii", "ascii"})
"""What browsers read as Windows' Western letters: so do the servers that say it (WHATWG Encoding)."""


class Saver:
    """Saves an answer to a file, at once or not at all."""

    def __init__(self, to: str, home: Path) -> None:
        """Remember where to; a path that ends in ``/`` is a folder, in which the answer has its own name."""
        self._to = to
        self._path = checked(placed(to.replace("\\", "/") if is_folder_name(to) else to, home))

    def save(self, response: "httpx.Response") -> Path:
        """Save the body.

        Raises:
            NodeError: If it cannot be written, is too large, or ends too early.
        """
        is_folder = is_folder_name(self._to) or self._path.is_dir()
        goal = self._path / _name_of(response) if is_folder else self._path
        try:
            with Replacement(goal) as new:
                _receive(response, new.stream)
                new.keep()
        except OSError as error:
            raise unreadable(goal, error) from error
        return goal


def _receive(response: "httpx.Response", stream: IO[bytes]) -> None:
    size = 0
    for part in parts_of(response):
        size += len(part)
        check_wanted()
        if size > LARGEST_FILE:
            raise _too_large(LARGEST_FILE)
        stream.write(part)


def _too_large(limit: int) -> NodeError:
    return NodeError(
        say("The response is larger than {limit} MB.", limit=limit // 1_000_000), say("Request less data.")
    )


def _name_of(response: "httpx.Response") -> str:
    """The name that the server gives a file, without a folder, else the last part of the address."""
    said = response.headers.get("content-disposition", "")
    extended = re.search(r"filename\*\s*=\s*([\w-]+)'[^']*'([^;]+)", said, re.IGNORECASE)
    simple = re.search(r'filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))', said, re.IGNORECASE)
    name = ""
    if extended:
        name = _unquoted(extended.group(2), extended.group(1))
    elif simple:
        name = simple.group(2) or simple.group(1).replace('\\"', '"')
    return file_name(name) or file_name(unquote(posixpath.basename(response.url.path))) or "answer"


def _unquoted(name: str, encoding: str) -> str:
    try:
        return unquote(name, encoding=named(encoding).name, errors="replace")
    except NodeError:
        return unquote(name)


def file_name(said: str) -> str:
    """Return a name for a file of what somebody else says: without a folder, for every system; empty where nothing is left."""
    name = re.split(r"[/\\]", said)[-1]
    name = "".join(
        each
        for each in name
        if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} and each not in '<>:"|?*'
    ).strip(". ")
    stem, ending = posixpath.splitext(name)
    ending = ending if len(ending.encode()) <= 20 else ""
    stem = (
        name.removesuffix(ending).encode()[: LONGEST_NAME - len(ending.encode())].decode(errors="ignore").rstrip(". ")
    )
    return f"_{stem}{ending}" if stem.split(".")[0].upper() in _DEVICES else stem + ending


def answer_of(response: "httpx.Response", saver: Saver | None) -> dict[str, Any]:
    """Return an answer as values; with a saver its body goes to a file.

    Raises:
        NodeError: If it is too large, cannot be saved, or is not text and there is no saver.
    """
    answer: dict[str, Any] = {
        "status": response.status_code,
        "headers": {name.lower(): value for name, value in response.headers.items()},
        "text": "",
        "json": None,
        "notes": [],
    }
    if saver is not None:
        return {**answer, "path": str(saver.save(response))}
    received = bytearray()
    for part in parts_of(response):
        received += part
        check_wanted()
        if len(received) > LARGEST_ANSWER:
            raise _too_large(LARGEST_ANSWER)
    answer["text"] = text_of(bytes(received), response, answer["notes"])
    try:
        words: list[str] = []
        answer["json"] = read_json(answer["text"], on_word=words.append)
        if words:
            answer["notes"].append(
                say("{count} values are {word}, which is not JSON. They are read as text.", count=len(words), word=words[0])
            )  # fmt: skip
    except (ValueError, RecursionError) as error:
        if _is_json(response) and answer["text"].strip() and response.status_code < 400:
            answer["notes"].append(
                say("The response is labeled JSON, but is not valid JSON: {reason}. Its text is available; json is empty.",
                    reason=json_cause(error) if isinstance(error, json.JSONDecodeError) else say("it is nested too deep"))
            )  # fmt: skip
    return answer


def _is_json(response: "httpx.Response") -> bool:
    kind: str = response.headers.get("content-type", "").split(";")[0].strip().lower()
    return kind.endswith(("/json", "+json"))


def text_of(content: bytes, response: "httpx.Response", notes: list[Sentence]) -> str:
    """Return a body as text: by its mark, its character set, what it says itself, else by what it most likely is.

    What is not as the server calls it goes to ``notes``.

    Raises:
        NodeError: If it is not text. An answer that is an error anyway gets replacement characters.
    """
    kind = response.headers.get("content-type", "").split(";")[0].strip() or "?"
    said = response.charset_encoding or ""
    if said.lower() in _LATIN:
        said = "cp1252"
    if not said and (meta := _META.search(content[:2000])) is not None:
        said = (meta.group(1) or meta.group(2)).decode()
    try:
        if b"\0" in content and not said and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            raise NodeError(say("The file is not text."), say("Set Save response to, and read the file."))
        try:
            return decode(content, said)[0]
        except NodeError:
            if not said:
                raise
            text, found = decode(content)  # a character set that is not what was sent
            notes.append(
                say("The response is labeled {said}, but is read as {encoding}.", said=said, encoding=found.name)
            )
            return text
    except NodeError as error:
        if response.status_code >= 400:
            return content.decode("utf-8", "replace")
        raise NodeError(
            say("The response is not text: {kind}, {count} bytes.", kind=kind, count=len(content)),
            say("Fill in Save response to, so that it is saved to a file."),
            status=response.status_code,
        ) from error

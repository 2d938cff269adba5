"""Where a node type comes from that is not flowdesk's own, and what it says that it uses. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from flowdesk.model.sentence import Sentence, say
from flowdesk.model.told import PackageDeclaration

USES = {
    "programs": say("programs"),
    "files": say("files"),
    "network": say("the network"),
    "input": say("mouse and keyboard"),
    "screen": say("the screen"),
    "target": say("the screen"),
}
"""What node types may use, in the words for people; the most far-reaching first."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package, as its metadata tells."""

    name: str
    version: str
    author: str = ""
    summary: str = ""

    @property
    def title(self) -> str:
        """Its name and version."""
        return f"{self.name} {self.version}"

    def payload(self, uses: Collection[str]) -> PackageDeclaration:
        """Return it as JSON values, with what one of its node types uses in words."""
        return {
            "name": self.name, "version": self.version, "author": self.author, "summary": self.summary,
            "may": [str(word) for word in words_of(uses)],
        }  # fmt: skip

    def told(self, uses: Collection[str]) -> Iterator[Sentence]:
        """Yield where a node type comes from, and what it may do."""
        if self.author:
            yield say("Package: {name} {version} by {author}", name=self.name, version=self.version, author=self.author)
        else:
            yield say("Package: {name} {version}", name=self.name, version=self.version)
        words = words_of(uses)
        if not words:
            yield say("Declared access: none")
            return
        listed: str = words[0]
        for word in words[1:]:
            listed = say("{first}, {second}", first=listed, second=word)
        yield say("Declared access: {uses}", uses=listed)


def words_of(uses: Collection[str]) -> list[Sentence]:
    """Return what is used in words, each once."""
    return list(dict.fromkeys(word for use, word in USES.items() if use in uses))

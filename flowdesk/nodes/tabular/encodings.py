"""In which encoding a text is, told by its mark, by being valid UTF-8, else by likelihood (decision 0023)."""

import codecs
import re
import unicodedata
from dataclasses import dataclass

from flowdesk.model.errors import NodeError
from flowdesk.model.sentence import say

PRIORS: dict[str, float] = {
    "cp1252": 2.2, "gb18030": 1.2, "cp932": 1.2, "big5": 1.3, "cp949": 1.1, "cp1251": 1.2, "cp1250": 1.2,
    "euc_jp": 1.1, "koi8_r": 0.9, "cp866": 0.6, "cp850": 0.55, "cp852": 0.4, "iso8859_2": 0.9, "cp1253": 0.8,
    "cp1254": 1.3, "mac_roman": 0.4, "cp1255": 0.6, "cp1256": 0.6, "cp874": 0.6, "cp1257": 0.5, "cp1258": 0.3,
}  # fmt: skip
"""The encodings that people's files come in beside Unicode, and how usual each is."""
CLEAR = 1.5
"""How many times likelier than every other reading the best one must be."""
FEW = 4
"""Bytes beyond ASCII of which two ideographs are made: hardly anything to tell encodings by."""
CLEAR_OF_FEW = 3.0
FEWEST = 2
"""Bytes beyond ASCII that tell nothing: one letter of any writing, or one sign."""
_SIGNS = frozenset("§©®€£¥°²³½¼¾×÷±µ•–—“”‘’„‚…™«»¿¡·")
"""Signs that stand in texts of every language."""
_THAI = re.compile(
    r"(?:[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a\u0e47]?[\u0e48-\u0e4e]*[\u0e30\u0e32\u0e33\u0e45]?[\u0e2f\u0e46]?|[\u0e50-\u0e59\u00a0])+"
)
"""A word of Thai."""
_THAI_MARKS = re.compile("[\u0e30-\u0e3a\u0e40-\u0e4e]")
"""Its vowels and marks: a third of what is written, at least."""
_ICELANDIC = frozenset("áéíóúýþæöðÁÉÍÓÚÝÞÆÖÐ")
"""The letters of the one language of cp1252 that has þ and ð."""
_TURKISH = frozenset("çğıöşüâîûÇĞİÖŞÜÂÎÛ")
SAMPLE = 100_000
"""Bytes of lines beyond ASCII that are weighed."""
MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NO_ENCODINGS = frozenset(
    {"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "unicode-escape", "raw-unicode-escape"}
)
"""What Python knows among encodings and no text comes in: names of hosts, escapes, and none at all."""
_HARMLESS = frozenset("\t\n\r\x0b\x0c\x01\x1a\x1c\x1d\x1e\x1f")
"""Control characters that stand in tables: between cells and pages, and at the end."""
_WORD_BREAK = re.compile(r"[^\W\d_][^\w\s,;.:\-'’/&()|\"@+*%#=!?~<>\[\]{}\\^`$]+[^\W\d_]")
_SIGN_AT_WORD = re.compile(r"(?:[¦§¨¬¯±´µ¶·¸ˇ˘˙˛˝╝╩║]|[\u2500-\u25ff])[^\W\d_]|[^\W\d_][¦¨¬¯±´¸ˇ˘˙˛˝]")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding, its mark, and how it is known."""

    name: str
    """Python's name, of the text behind the mark."""
    mark: bytes = b""
    is_guessed: bool = False
    """Whether likelihood decided: it is said to people."""
    others: tuple[str, ...] = ()
    """Encodings that are as likely, in which the text reads the same: more text may not."""

    def encode(self, text: str) -> bytes:
        """Return a text in this encoding, without the mark.

        Raises:
            NodeError: If it cannot hold the text.
        """
        try:
            encoded = text.encode(self.name)
        except UnicodeEncodeError as error:
            raise NodeError(
                say(
                    "The encoding {encoding} has no \"{character}\", which occurs in \"{text}\".",
                    encoding=self.name, character=text[error.start : error.start + 1].encode("utf-8", "replace").decode(),
                    text=text[max(0, error.start - 15) : error.end + 15].encode("utf-8", "replace").decode(),
                ),
                say("Replace the character, or write to a new file in UTF-8. Nothing was written."),
            ) from error  # fmt: skip
        for other in self.others:
            self._check_same(text, other)
        return encoded

    def _check_same(self, text: str, other: str) -> None:
        """Refuse what is written otherwise in an encoding that is as likely: which letters it becomes, nobody can know."""
        for character in sorted({each for each in text if each > "\x7f"}):
            if character.encode(self.name) != character.encode(other, "replace"):
                raise NodeError(
                    say("The file may be in {best} or {other}, and \"{character}\" is not the same in both.", best=self.name,
                        other=other, character=character),
                    say("Set Encoding to the one of the file. Nothing was written."),
                    encodings=[self.name, other],
                )  # fmt: skip


UTF8 = Encoding("utf-8")


def named(encoding: str, content: bytes = b"") -> Encoding:
    """Return the encoding that people name, with the mark that content has.

    Raises:
        NodeError: If there is no such encoding.
    """
    try:
        found = codecs.lookup(encoding.strip())
    except (LookupError, ValueError):
        found = None
    if found is None or found.name in _NO_ENCODINGS or not getattr(found, "_is_text_encoding", True):
        raise NodeError(
            say('Unknown encoding "{encoding}".', encoding=encoding),
            say("Use a name such as utf-8, cp1252, gb18030, shift_jis or utf-16."),
        )
    name = found.name
    for mark, marked in MARKS:
        if content.startswith(mark) and name in {marked, marked.removesuffix("-le").removesuffix("-be"), "utf-8-sig"}:
            return Encoding(marked, mark)
    if name == "utf-8-sig":
        return Encoding("utf-8", b"" if content else codecs.BOM_UTF8)
    if name in {"utf-16", "utf-32"}:
        little = f"{name}-le"
        return Encoding(little, b"" if content else next(mark for mark, marked in MARKS if marked == little))
    return Encoding(name)


def find_encoding(content: bytes, encoding: str = "") -> Encoding:
    """Return the encoding of content; ``encoding`` is what people say it is.

    Raises:
        NodeError: If it is no text, two encodings are as likely, or ``encoding`` is none.
    """
    if encoding:
        return named(encoding, content)
    for mark, name in MARKS:
        if content.startswith(mark):
            return Encoding(name, mark)
    if content.isascii() and b"\0" not in content:
        return _escaped(content) or UTF8
    if (wide := _wide(content)) is not None:
        return wide
    if b"\0" not in content:
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return _likeliest(content)
        return UTF8
    raise NodeError(
        say("The file is not text: it has a zero byte at position {place}.", place=content.index(b"\0") + 1),
        say("Choose a text file, or specify its encoding."),
    )


def check_whole(size: int, encoding: Encoding) -> None:
    """Refuse to add to a file that ends inside a character: all that is added would be read shifted.

    Raises:
        NodeError: If its bytes are not whole characters of UTF-16 or UTF-32.
    """
    unit = 2 if encoding.name.startswith("utf-16") else 4 if encoding.name.startswith("utf-32") else 1
    if (size - len(encoding.mark)) % unit:
        raise NodeError(
            say("The file is incomplete: in {encoding}, it ends inside a character.", encoding=encoding.name),
            say("Repair the file. Nothing was written."),
        )


def _escaped(content: bytes) -> Encoding | None:
    """The encodings of mail from Japan and Korea, which are ASCII with escapes."""
    for escape, name in ((b"\x1b$B", "iso2022_jp"), (b"\x1b$@", "iso2022_jp"), (b"\x1b$)C", "iso2022_kr")):
        if escape in content and _decodes(content, name):
            return Encoding(name, is_guessed=True)
    return None


def decode(content: bytes, encoding: str = "") -> tuple[str, Encoding]:
    """Return the text of content, without its mark, and its encoding.

    Raises:
        NodeError: If it is no text in that encoding, or two encodings are as likely.
    """
    found = find_encoding(content, encoding)
    try:
        return content[len(found.mark) :].decode(found.name), found
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NodeError(
            say(
                "The file is not valid {encoding} text: line {line} contains other bytes.",
                encoding=found.name,
                line=line,
            ),
            say("Choose another encoding, or leave it empty to detect it."),
        ) from error


def _wide(content: bytes) -> Encoding | None:
    """UTF-16 without a mark: every second byte of its ASCII characters is zero."""
    sample = content[:4096]
    if len(content) % 2 or b"\0" not in sample:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) / 20 or min(even, odd) * 10 > max(even, odd):
        return None
    name = "utf-16-le" if odd > even else "utf-16-be"
    if not _decodes(content, name) or _is_narrow_with_zeros(content, name):
        return None
    return Encoding(name, is_guessed=True)


def _is_narrow_with_zeros(content: bytes, name: str) -> bool:
    """Whether this is a text of single bytes into which zeros got: without them it can be read, and in two it is a jumble."""
    if content.count(0) * 10 >= 3 * len(content) or not _decodes(content.replace(b"\0", b""), "utf-8"):
        return False
    beyond = [each for each in content[:8192].decode(name, "ignore") if each > "\x7f"]
    return sum(map(_is_usual, beyond)) < 0.7 * len(beyond)


def _is_usual(letter: str) -> bool:
    """Whether a letter is one of daily use somewhere."""
    if any(first <= letter <= last for first, last in _USUAL):
        return True
    return "\u4e00" <= letter <= "\u9fff" and any(
        first <= letter.encode(name, "replace")[0] <= last for name, (first, last) in _COMMON.items()
    )


def _likeliest(content: bytes) -> Encoding:
    sample = _beyond_ascii(content)
    readings = _readings(sample)
    scores = _scores(sample, readings)
    ranked = sorted(scores, key=lambda name: -scores[name])
    while ranked and not _decodes(content, ranked[0]):
        del ranked[0]
    if not ranked:
        raise NodeError(say("The file is not text, or uses an unknown encoding."), say("Specify the encoding."))
    same = [each for each in ranked if readings[each] == readings[ranked[0]] and _decodes(content, each)]
    best = max(same, key=lambda name: PRIORS[name])
    likely = tuple(each for each in same if each != best and scores[each] >= scores[best])
    clear = CLEAR_OF_FEW if best in _COMMON and sum(each > 0x7F for each in sample) <= FEW else CLEAR
    if (other := _as_likely(sample, best, readings)) is not None:
        raise _doubtful(best, other, readings)
    for other in ranked[1:]:
        if readings[other] != readings[best] and scores[ranked[0]] < clear * scores[other] and _decodes(content, other):
            raise _doubtful(best, other, readings)
    return Encoding(best, is_guessed=True, others=likely)


def _as_likely(sample: bytes, best: str, readings: dict[str, str]) -> str | None:
    """Return another encoding that nobody can rule out: next to nothing tells, or the letters are those of two writings."""

    def is_other(name: str) -> bool:
        return name in readings and readings[name] != readings[best]

    is_turkish = best == "cp1254" and all(
        each in _TURKISH for each in readings[best] if each > "\x7f" and each.isalpha()
    )
    if (
        best in ("cp1252", "cp1254")
        and not is_turkish
        and is_other("cp1257")
        and _is_baltic(readings.get("cp1252", ""))
    ):
        return "cp1257"
    if best != "cp1255" and is_other("cp1255") and _is_hebrew(readings["cp1255"]):
        return "cp1255"
    if best in _WIDE:
        return "cp874" if is_other("cp874") and _is_thai(readings["cp874"]) else None
    if best == "cp1252" or not is_other("cp1252"):
        return None
    beyond = [each for each in readings["cp1252"] if each > "\x7f"]
    is_little = sum(each > 0x7F for each in sample) <= FEWEST and any(each > "\u024f" for each in readings[best])
    return "cp1252" if is_little or all(each in _SIGNS for each in beyond) else None


def _is_baltic(text: str) -> bool:
    """Whether a text has þ or ð, and letters that Icelandic has not: they may be ž and š of Estonia, Latvia or Lithuania."""
    letters = [each for each in text if each > "\x7f" and each.isalpha()]
    others = sum(each not in _ICELANDIC for each in letters)
    return any(each in "þÞðÐ" for each in letters) and 3 * others > len(letters)


def _is_hebrew(text: str) -> bool:
    """Whether all words of a text that are not ASCII are Hebrew."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    is_pointed = any("\u0590" <= each < "\u05d0" or "\u05ea" < each < "\u0600" for each in text)
    return (
        not is_pointed
        and any(len(word) > 2 for word in words)
        and all(len(word) > 1 and all("\u05d0" <= each <= "\u05ea" for each in word) for word in words)
    )


def _is_thai(text: str) -> bool:
    """Whether everything beyond ASCII is Thai as it is written: vowels and marks stand where they can."""
    words = re.findall(r"[A-Za-z\x80-\U0010ffff]+", text)
    words = [word for word in words if not word.isascii()]
    size = sum(map(len, words))
    marks = sum(len(_THAI_MARKS.findall(word)) for word in words)
    return size > 2 * FEW and 3 * marks >= size and all(_THAI.fullmatch(word) for word in words)


def _beyond_ascii(content: bytes) -> bytes:
    kept, size = [], 0
    for line in content.splitlines():
        if not line.isascii():
            kept.append(line)
            size += len(line)
            if size > SAMPLE:
                break
    return b"\n".join(kept)


def _decodes(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _readings(sample: bytes) -> dict[str, str]:
    readings: dict[str, str] = {}
    for name in PRIORS:
        try:
            text = sample.decode(name)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(each) in {"Cc", "Co", "Cn"} and each not in _HARMLESS for each in text):
            readings[name] = text
    return readings


def _scores(sample: bytes, readings: dict[str, str]) -> dict[str, float]:
    """How likely each reading is: chardet's model of languages, times how usual the encoding is and how clean the text."""
    import chardet

    found: dict[str, float] = {}
    for each in chardet.detect_all(sample, ignore_threshold=True, max_bytes=len(sample)):
        try:
            name = codecs.lookup(str(each["encoding"])).name.replace("-", "_")
        except LookupError:
            continue
        name = _SAME.get(name, name)
        found[name] = max(found.get(name, 0.0), float(each["confidence"]))
    if _is_kana(readings.get("cp932", "")):
        found["cp932"] = max(found.get("cp932", 0.0), SURE_OF_KANA)
    scores = {
        name: (found.get(name, 0.0) + 1e-4) * PRIORS[name] * _cleanness(text, name) for name, text in readings.items()
    }
    best = max(scores, key=lambda name: scores[name], default="")
    if best not in _WIDE and _is_narrow_kana(readings.get("cp932", "")):  # as good as any; who knows it has to say
        scores["cp932"] = max(scores["cp932"], scores[best])
    return scores


SURE_OF_KANA = 0.9
"""How likely a reading is that is kana alone: chardet's models know Japanese by its ideographs."""
_WIDE = frozenset({"gb18030", "big5", "cp932", "cp949", "euc_jp"})
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fc]")
_NARROW_KANA = re.compile(r"(?:[\uff71-\uff9d][\uff67-\uff70]*|[\uff73\uff76-\uff84\uff8a-\uff8e]\uff9e[\uff67-\uff70]*|[\uff8a-\uff8e]\uff9f[\uff67-\uff70]*)+")  # fmt: skip
"""A word in the narrow kana of banks and old programs: marks of voice stand only where they can."""


def _is_kana(text: str) -> bool:
    """Whether a text has hardly anything beyond ASCII but kana: their bytes alternate as no other writing's do."""
    beyond = sum(each > "\x7f" for each in text)
    return beyond >= 3 and len(_KANA.findall(text)) >= 0.8 * beyond


def _is_narrow_kana(text: str) -> bool:
    beyond = [each for each in text if each > "\x7f"]
    return (
        len(beyond) >= 3
        and all("\uff66" <= each <= "\uff9f" for each in beyond)
        and all(_NARROW_KANA.fullmatch(word) for word in re.findall("[\uff66-\uff9f]+", text))
    )


_SAME = {
    "shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "iso8859_1": "cp1252",
    "iso8859_15": "cp1252", "iso8859_7": "cp1253", "iso8859_9": "cp1254", "big5hkscs": "big5", "tis_620": "cp874",
    "iso8859_5": "iso8859_5", "cp437": "cp850", "cp858": "cp850",
}  # fmt: skip


def _cleanness(text: str, name: str) -> float:
    """Between 0 and 1: signs and capitals inside words, and rare ideographs, are marks of a wrong reading."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    flaws = (
        len(_WORD_BREAK.findall(text)) + len(_SIGN_AT_WORD.findall(text)) + sum(_is_odd_word(word) for word in words)
    )
    factor = max(0.02, 1 - 1.5 * flaws / max(1, len(words)))
    odd = sum(
        unicodedata.category(each) in {"So", "Sk", "Sm", "Lm", "Po"} and each > "\x7f" and each not in "°€·、。・ー々"
        for each in text
    )
    beyond = max(1, sum(each > "\x7f" for each in text))
    factor *= max(0.05, 1 - odd / beyond)
    if name == "cp1252":  # letters of Icelandic alone, and where cp1254 and cp1250 have usual ones
        factor *= 1 - 0.7 * sum(each in "þÞýÝðÐ" for each in text) / beyond
        if any(each > "\x7f" and each.isalpha() and each not in _ICELANDIC for each in text):  # š and ž of the Baltic
            factor *= 1 - min(0.97, 4 * sum(each in "þÞðÐ" for each in text) / beyond)
    if name in _COMMON:
        first, last = _COMMON[name]
        wide = [each.encode(name)[0] for each in text if "\u4e00" <= each <= "\u9fff"]
        if wide:
            factor *= max(0.02, sum(first <= lead <= last for lead in wide) / len(wide)) ** 2
        if name == "cp932":
            factor *= max(0.02, 1 - 2 * sum("\uff61" <= each <= "\uff9f" for each in text) / beyond)
    if name in {"cp932", "euc_jp"}:
        factor *= 1 + 2 * sum("\u3041" <= each <= "\u30fc" for each in text) / beyond
    return factor


def _is_odd_word(word: str) -> bool:
    """Whether a word mixes scripts, or has capitals inside."""
    scripts = {_script(each) for each in word}
    return len(scripts & {"latin", "greek", "cyrillic"}) > 1 or (
        not (word.islower() or word.isupper()) and word[1:] != word[1:].lower()
    )


def _script(letter: str) -> str:
    if letter < "\u0250":
        return "latin"
    return "greek" if "\u0370" <= letter < "\u0400" else "cyrillic" if letter < "\u0530" else "other"


_COMMON = {"gb18030": (0xB0, 0xD7), "big5": (0xA4, 0xC6), "cp932": (0x88, 0x98), "euc_jp": (0xB0, 0xCF)}
"""Lead bytes of the ideographs of daily use."""
_USUAL = (("\x80", "\u06ff"), ("\u0900", "\u097f"), ("\u0e00", "\u0e7f"), ("\u2000", "\u20cf"), ("\u3000", "\u30ff"), ("\uac00", "\ud7a3"), ("\uff00", "\uffef"))  # fmt: skip
"""Letters and signs of living scripts beside ideographs."""


def _doubtful(best: str, other: str, readings: dict[str, str]) -> NodeError:
    pairs = zip(readings[best].split("\n"), readings[other].split("\n"), strict=False)
    one, two = next(((one, two) for one, two in pairs if one != two), (readings[best], readings[other]))
    return NodeError(
        say(
            "The encoding is ambiguous: \"{one}\" in {best}, \"{two}\" in {other}.",
            one=one[:60].strip(), best=best, two=two[:60].strip(), other=other,
        ),
        say("Set Encoding to the one that reads correctly."),
        encodings=[best, other],
    )  # fmt: skip

"""Reading text off the screen with RapidOCR, an optional part: offline, Chinese and English.

Reading takes tenths of a second: call it from a worker thread, and ask for small regions. What was read is kept and
given again while the pixels are the same.
"""

import hashlib
import importlib
import logging
import os
import threading
import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from flowdesk.drivers.matching import WHOLE, Wanted, alike
from flowdesk.drivers.patience import Interrupted, current
from flowdesk.drivers.pixels.doubt import is_in_doubt
from flowdesk.drivers.pixels.screen import Pixels, Shot
from flowdesk.drivers.pixels.tiles import islands, union
from flowdesk.model.errors import MissingPiece
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

_KEPT = 32
"""How many regions are remembered."""

_DOUBTS = 128
"""Of how many labels it is remembered what the network holds them for."""

_REGIONS = 4
"""Of how many regions the pixels are kept, to read only what changed."""

_CLOSELY = 300_000
"""Pixels of the largest region that is read a second time, closely."""

_ALIKE, _MISREAD = 0.5, 4
"""How much a line must have in common with the wanted text to be taken for it, misread; and how many of these are read again."""

_NEARLY = 0.7
"""The same for a line of which its own network is asked whether it may be the wanted text."""

_DOUBTED = 0.9
"""By how much less a text counts that the reader was in doubt of."""

_PADDED = 160
"""Width in pixels, at a height of 48, to which the reader fills up short labels: half of its own, which costs it little and
halves the time."""

_GAP = 0.6
"""A gap wider than this part of the line's height separates two labels, however OCR joins them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word (in Chinese a character) and where it is on the virtual desktop."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, how sure the reader is of it (0 to 1), and its words from left to right."""

    text: str
    box: Box
    score: float
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class TextHit:
    """A place where the wanted text was read."""

    box: Box
    text: str
    score: float


class Reader:
    """Reads text; keeps the models and what it read. Thread-safe; reads one region at a time.

    What it reads it reads under the thread's ``Patience``: when that is over, it raises ``Interrupted`` at once.
    """

    def __init__(self) -> None:
        """Load nothing yet."""
        self._lock = threading.Lock()
        self._engine: Any = None
        self._kept: OrderedDict[tuple[bytes, Box, bool], tuple[Line, ...]] = OrderedDict()
        self._before: OrderedDict[tuple[Box, bool], tuple[Pixels, tuple[Line, ...]]] = OrderedDict()
        self._doubts: OrderedDict[bytes, tuple[NDArray[np.float32], str]] = OrderedDict()

    def read(self, shot: Shot) -> tuple[Line, ...]:
        """Read the lines of a shot in reading order; closely, where there seem to be none.

        Raises:
            MissingPiece: If RapidOCR is not installed.
        """
        return self._read(shot, is_close=False) or self.read_closely(shot)

    def read_closely(self, shot: Shot) -> tuple[Line, ...]:
        """Read a shot the other way, for what ``read`` did not find: its negative, enlarged more.

        The two rarely stumble over the same label. Nothing is read in a shot that is too large for it.

        Raises:
            MissingPiece: If RapidOCR is not installed.
        """
        if not is_small(shot):
            return ()
        return self._read(shot, is_close=True)

    def doubtful(self, shot: Shot, lines: tuple[Line, ...], wanted: Wanted) -> list[TextHit]:
        """Return the labels that were read as something else, but of which the reader holds the wanted text for as likely.

        Only whole labels count, and none whose digits are others.
        """
        step = wanted.step
        if step.is_regex:
            return []
        texts = {step.body} if step.exact else {step.body, step.body.lower(), step.body.upper(), step.body.title()}
        texts |= {text.replace("...", "…") for text in texts} | {text.replace("…", "...") for text in texts}
        labels = [(alike(step.body, label.text), label) for line in lines for label in split_labels(line)]
        labels = sorted((one for one in labels if one[0] >= _NEARLY), key=lambda one: -one[0])[:_MISREAD]
        hits = []
        with current().holding(self._lock):
            for _, label in labels:
                chances, read = self._kept_chances(shot.cropped(label.box).pixels)
                places = self._engine.text_rec.postprocess_op.dict
                if any(is_in_doubt(text, read, chances, places) for text in texts):
                    hits.append(TextHit(label.box, label.text, label.score * _DOUBTED))
        return hits

    def _kept_chances(self, pixels: Pixels) -> tuple[NDArray[np.float32], str]:
        digest = _digest(pixels)
        if digest not in self._doubts:
            self._doubts[digest] = self._chances(pixels)
        self._doubts.move_to_end(digest)
        while len(self._doubts) > _DOUBTS:
            self._doubts.popitem(last=False)
        return self._doubts[digest]

    def _chances(self, pixels: Pixels) -> tuple[NDArray[np.float32], str]:
        """Return how likely each sign is at each step of one line, and the text that is read there."""
        network = self._engine.text_rec
        height, width = pixels.shape[:2]
        ratio = max(_PADDED / 48, width / height)
        given = network.session(network.resize_norm_img(np.ascontiguousarray(pixels), ratio)[None].astype(np.float32))
        (read, _), *_ = network.postprocess_op(given)[0]
        return np.asarray(given[0], np.float32), str(read)

    def _read(self, shot: Shot, *, is_close: bool) -> tuple[Line, ...]:
        key = (_digest(shot.pixels), shot.box, is_close)
        with current().holding(self._lock):
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            changed = self._changed_lines(shot, is_close=is_close)
            lines = in_reading_order(changed or self._lines(shot, is_close=is_close))
            self._kept[key] = lines
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
            self._before[shot.box, is_close] = (shot.pixels, lines)
            self._before.move_to_end((shot.box, is_close))
            while len(self._before) > _REGIONS:
                self._before.popitem(last=False)
            return lines

    def _changed_lines(self, shot: Shot, *, is_close: bool) -> list[Line] | None:
        """Read only where the pixels changed since the last time (a blinking caret, a clock); None when that is much."""
        if (shot.box, is_close) not in self._before:
            return None
        pixels, lines = self._before[shot.box, is_close]
        apart = cv2.absdiff(pixels, shot.pixels).max(axis=2)
        x, y, width, height = cv2.boundingRect(apart)
        part = _grown(Box(shot.origin.x + x, shot.origin.y + y, width, height))
        for _ in range(2):  # whole lines are read again, and so are those that they touch
            touched = [line.box for line in lines if not line.box.intersection(part).is_empty]
            part = union([part, *(_grown(box) for box in touched)])
        part = part.intersection(shot.box)
        if part.width * part.height > shot.box.width * shot.box.height // 3:
            return None
        kept = [line for line in lines if line.box.intersection(part).is_empty]
        return kept + self._lines(shot.cropped(part), is_close=is_close)

    def _lines(self, shot: Shot, *, is_close: bool) -> list[Line]:
        """Read a shot; of one that is largely plain only the parts where something is, each as large as it is read best."""
        lines: list[Line] = []
        for part in _parts(shot):
            current().check()
            lines += self._lines_of(shot.cropped(part), is_close=is_close)
        return lines

    def _lines_of(self, shot: Shot, *, is_close: bool) -> list[Line]:
        if self._engine is None:
            self._engine = _load_engine()
        factor = 2.0 if is_close else _enlargement(shot.box)
        pixels = np.asarray(cv2.bitwise_not(shot.pixels), np.uint8) if is_close else shot.pixels
        if factor != 1:
            pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
        current().check()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            result = self._engine(pixels, use_cls=False, return_word_box=True)
        if result is None or getattr(result, "txts", None) is None:
            return []
        lines = []
        for index, text in enumerate(result.txts):
            box = _box(result.boxes[index], factor, shot)
            pieces = result.word_results[index] if result.word_results else ()
            words = tuple(Word(str(piece[0]), _box(piece[2], factor, shot)) for piece in pieces if piece[2] is not None)
            lines.append(Line(str(text), box, float(result.scores[index]), words or (Word(str(text), box),)))
        return lines


def match(lines: tuple[Line, ...], wanted: Wanted) -> list[TextHit]:
    """Find the wanted text in lines: in each line and in the labels that OCR joined into it; in reading order."""
    hits: list[TextHit] = []
    for line in lines:
        labels = split_labels(line)
        found = [hit for label in labels for hit in _match_one(label, wanted)]
        hits.extend(found or (_match_one(line, wanted) if len(labels) > 1 else []))
    return hits


def _digest(pixels: Pixels) -> bytes:
    content = np.ascontiguousarray(pixels)
    return hashlib.blake2b(content.data, digest_size=16, salt=content.shape[1].to_bytes(4, "big")).digest()


def is_small(shot: Shot) -> bool:
    """Whether a shot is small enough to be read closely."""
    return shot.box.width * shot.box.height <= _CLOSELY


def misread(lines: tuple[Line, ...], wanted: Wanted) -> list[Box]:
    """Return where lines stand that may be the wanted text, misread: those most alike, with room for what is missing."""
    if wanted.step.is_regex:
        return []
    fits = sorted(((alike(wanted.step.body, line.text), line.box) for line in lines), key=lambda one: -one[0])
    return [
        Box(box.x - 3 * box.height, box.y - 10, box.width + 6 * box.height, box.height + 20)
        for fit, box in fits[:_MISREAD]
        if fit >= _ALIKE
    ]


def in_reading_order(lines: list[Line]) -> tuple[Line, ...]:
    """Sort lines from top to bottom, and from left to right where they share a row."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.box.center.y):
        if rows and line.box.center.y - rows[-1][0].box.center.y < min(line.box.height, rows[-1][0].box.height) * 0.5:
            rows[-1].append(line)
        else:
            rows.append([line])
    return tuple(line for row in rows for line in sorted(row, key=lambda line: line.box.x))


def as_text(lines: tuple[Line, ...]) -> str:
    """Join lines with line ends; those that share a row with a tab."""
    text = ""
    before: Line | None = None
    for line in lines:
        if before is not None:
            is_beside = abs(line.box.center.y - before.box.center.y) < min(line.box.height, before.box.height) * 0.5
            text += "\t" if is_beside and line.box.x >= before.box.x else "\n"
        text += line.text
        before = line
    return text


def _match_one(line: Line, wanted: Wanted) -> list[TextHit]:
    places = _places(line)
    hits = []
    for start, end in wanted.spans(line.text):
        boxes = [box for box in places[start:end] if box is not None]
        if boxes:
            text = line.text[start:end]
            is_whole = text.strip() == line.text.strip()
            hits.append(TextHit(union(boxes), text, line.score * (WHOLE if is_whole else wanted.fit(line.text))))
    return hits


def split_labels(line: Line) -> list[Line]:
    """Split a line where its words stand wide apart."""
    groups: list[list[Word]] = [[line.words[0]]]
    for word in line.words[1:]:
        if word.box.x - groups[-1][-1].box.right > line.box.height * _GAP:
            groups.append([word])
        else:
            groups[-1].append(word)
    if len(groups) == 1:
        return [line]
    labels = []
    at = 0
    for group in groups:
        start = max(at, line.text.find(group[0].text, at))
        end = start
        for word in group:
            end = max(end, line.text.find(word.text, end) + len(word.text))
        labels.append(Line(line.text[start:end], union([word.box for word in group]), line.score, tuple(group)))
        at = end
    return labels


def _places(line: Line) -> list[Box | None]:
    """Return the box of each character of a line's text; None where it has none (spaces)."""
    places: list[Box | None] = [None] * len(line.text)
    at = 0
    for word in line.words:
        start = line.text.find(word.text, at)
        if start < 0:
            continue
        count = len(word.text)
        for index in range(count):
            left = word.box.x + word.box.width * index // count
            right = word.box.x + word.box.width * (index + 1) // count
            places[start + index] = Box(left, word.box.y, max(1, right - left), word.box.height)
        at = start + count
    return places


def _grown(box: Box) -> Box:
    return Box(box.x - 8, box.y - 8, box.width + 16, box.height + 16)


def _parts(shot: Shot) -> list[Box]:
    """Return the parts of a shot to read, together no dearer than all of it."""
    if is_small(shot):
        return [shot.box]
    parts = islands(shot)
    if parts is None:
        return [shot.box]
    dear = sum(part.width * part.height * _enlargement(part) ** 2 for part in parts)
    return parts if dear <= shot.box.width * shot.box.height else [shot.box]


def _enlargement(box: Box) -> float:
    """Small fonts are read better enlarged; large regions would take too long."""
    area = box.width * box.height
    return 2.0 if area <= 40_000 else 1.5 if area <= 300_000 else 1.0


def _box(corners: Any, factor: float, shot: Shot) -> Box:
    points = np.asarray(corners, float).reshape(-1, 2) / factor
    left, top = np.floor(points.min(axis=0)).astype(int)
    right, bottom = np.ceil(points.max(axis=0)).astype(int)
    return Box(
        shot.origin.x + int(left), shot.origin.y + int(top), max(1, int(right - left)), max(1, int(bottom - top))
    )


def _threads() -> int:
    """Return how many threads one reading may use: half of the cores.

    On all of them, threads that wait for one another burn what the programs that are being automated need.
    """
    return max(1, min(4, (os.cpu_count() or 1) // 2))


def _load_engine() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rapidocr = importlib.import_module("rapidocr")
            engine = rapidocr.RapidOCR(
                params={
                    "Global.log_level": "critical",
                    "Global.max_side_len": 4000,
                    "Det.limit_type": "max",
                    "Det.limit_side_len": 4000,
                    "Rec.rec_img_shape": [3, 48, _PADDED],
                    "EngineConfig.onnxruntime.intra_op_num_threads": _threads(),
                }
            )
    except ImportError as error:
        raise MissingPiece(
            say("Text recognition is not available: RapidOCR is not installed."),
            say("Run: pip install rapidocr onnxruntime"),
        ) from error
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    for part in (engine._load_det_model(), engine._load_rec_model()):
        part.session = _EndableSession(part.session)
    return engine


class _EndableSession:
    """A model that stops computing when its thread's patience is over. Stands for the session of one part of RapidOCR."""

    def __init__(self, session: Any) -> None:
        self._own = session
        self._options = importlib.import_module("onnxruntime").RunOptions

    def __call__(self, content: Any) -> Any:
        patience, options = current(), self._options()
        runner = self._own.session
        with patience.ending(lambda: setattr(options, "terminate", True)):
            try:
                return runner.run(self._own.get_output_names(), {self._own.get_input_names()[0]: content}, options)[0]
            except Exception as error:  # the library raises an error of its own for a run that was ended
                if patience.is_over:
                    raise Interrupted from error
                raise

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

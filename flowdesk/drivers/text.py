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

from flowdesk.drivers.matching import WHOLE, Wanted
from flowdesk.drivers.screen import Pixels, Shot
from flowdesk.model.errors import MissingPiece
from flowdesk.model.geometry import Box
from flowdesk.model.sentence import say

_KEPT = 32
"""How many regions are remembered."""

_REGIONS = 4
"""Of how many regions the pixels are kept, to read only what changed."""

_CLOSELY = 300_000
"""Pixels of the largest region that is read a second time, closely."""

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
    """Reads text; keeps the models and what it read. Thread-safe; reads one region at a time."""

    def __init__(self) -> None:
        """Load nothing yet."""
        self._lock = threading.Lock()
        self._engine: Any = None
        self._kept: OrderedDict[tuple[bytes, Box, bool], tuple[Line, ...]] = OrderedDict()
        self._before: OrderedDict[tuple[Box, bool], tuple[Pixels, tuple[Line, ...]]] = OrderedDict()

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
        if shot.box.width * shot.box.height > _CLOSELY:
            return ()
        return self._read(shot, is_close=True)

    def _read(self, shot: Shot, *, is_close: bool) -> tuple[Line, ...]:
        digest = hashlib.blake2b(np.ascontiguousarray(shot.pixels).data, digest_size=16).digest()
        key = (digest, shot.box, is_close)
        with self._lock:
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
            part = _union([part, *(_grown(box) for box in touched)])
        part = part.intersection(shot.box)
        if part.width * part.height > shot.box.width * shot.box.height // 3:
            return None
        kept = [line for line in lines if line.box.intersection(part).is_empty]
        return kept + self._lines(shot.cropped(part), is_close=is_close)

    def _lines(self, shot: Shot, *, is_close: bool) -> list[Line]:
        if self._engine is None:
            self._engine = _load_engine()
        factor = 2.0 if is_close else _enlargement(shot.pixels)
        pixels = np.asarray(cv2.bitwise_not(shot.pixels), np.uint8) if is_close else shot.pixels
        if factor != 1:
            pixels = np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC), np.uint8)
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
            hits.append(TextHit(_union(boxes), text, line.score * (WHOLE if is_whole else wanted.fit(line.text))))
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
        labels.append(Line(line.text[start:end], _union([word.box for word in group]), line.score, tuple(group)))
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


def _union(boxes: list[Box]) -> Box:
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    return Box(left, top, max(box.right for box in boxes) - left, max(box.bottom for box in boxes) - top)


def _grown(box: Box) -> Box:
    return Box(box.x - 8, box.y - 8, box.width + 16, box.height + 16)


def _enlargement(pixels: Pixels) -> float:
    """Small fonts are read better enlarged; large regions would take too long."""
    area = pixels.shape[0] * pixels.shape[1]
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
            say("Text on the screen cannot be read: RapidOCR is not installed."),
            say("Install it: pip install rapidocr onnxruntime"),
        ) from error
    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    return engine

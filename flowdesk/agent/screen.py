"""The tools with which an assistant looks: windows, elements, pictures, targets. Nothing here acts."""

from typing import Any, Literal

from pydantic import Field

from flowdesk.agent import brief
from flowdesk.agent.tool import Arguments, Picture, Situation, Told, Tool
from flowdesk.agent.words import words
from flowdesk.model.errors import RequestInvalid

WIDEST = 1280
"""Pixels to which a picture is made smaller."""


class Look(Arguments):
    """See the desktop.

    Without a window: the windows, each with its selector. With one: what it shows, one element a line, with a
    selector that was tried and finds just that element (write it behind the window's: `app=x >>
    button[name='OK']`), its value and the middle of its place. With `picture` also a picture of it. Look before
    you build, and after each run.
    """

    window: str | None = Field(
        None,
        description="A window's selector from an earlier look, or words of its title. Leave it out for all windows.",
    )
    within: str | None = Field(
        None, description="A selector in it: only what lies inside is told, e.g. a table or a dialog."
    )
    picture: bool = Field(False, description="Also a picture of the window, or of the whole desktop without one.")
    most: int = Field(150, ge=1, le=500, description="How many elements at the most.")


async def look(situation: Situation, arguments: Look) -> Told:
    """Tell what is on the desktop."""
    link = situation.link
    found = await link.request("target.elements", {})
    box: list[int] | None = None
    if arguments.window is None:
        lines = list(brief.windows_lines(found)) or ["No window is open."]
        head = "Windows, the uppermost first: selector, title, [x, y, width, height]"
    else:
        window = _window(found["windows"], arguments.window)
        selector = window["selector"] if window is not None else arguments.window
        asked = {"window": selector, "within": arguments.within, "most": arguments.most}
        found = await link.request("target.elements", asked)
        box = window["box"] if window is not None else None
        lines = list(brief.elements_lines(found))
        head = f"{selector} shows {found['count']} elements. Write {selector} >> before a selector."
        if not lines:
            head += " The program publishes none of them: take a picture, and use text= or image= selectors."
    text = brief.shortened([head, *lines], "… {count} more lines: narrow it with within, or lower most.")
    pictures = (await _picture(situation, box),) if arguments.picture else ()
    return Told(text + (_scale_note(pictures, box)), tuple(one for one, _ in pictures))


def _window(windows: list[dict[str, Any]], wanted: str) -> dict[str, Any] | None:
    """Return the window that is meant: by its selector, else by words of its title or its program's name."""
    for window in windows:
        if window["selector"] == wanted:
            return window
    if "=" in wanted:
        return None
    sought = wanted.casefold()
    fitting = [window for window in windows if sought in f"{window['title']}\n{window['app']}".casefold()]
    if not fitting:
        raise RequestInvalid(
            words('No window is called "{title}".', title=wanted),
            words("Look without a window to see which there are."),
        )
    return fitting[0]


async def _picture(situation: Situation, box: list[int] | None) -> tuple[Picture, float]:
    asked: dict[str, Any] = {"format": "jpeg", "quality": 70}
    if box is None:
        whole = await situation.link.request("desktop.screenshot", {**asked, "scale": 0.5})
        return Picture(whole["data"], "image/jpeg"), 0.5
    scale = min(1.0, WIDEST / max(1, box[2]))
    shot = await situation.link.request("desktop.screenshot", {**asked, "region": box, "scale": scale})
    return Picture(shot["data"], "image/jpeg"), scale


def _scale_note(pictures: tuple[tuple[Picture, float], ...], box: list[int] | None) -> str:
    if not pictures:
        return ""
    scale, (x, y) = pictures[0][1], box[:2] if box is not None else (0, 0)
    return f"\nIn the picture, a point (a, b) is ({x} + a / {scale:g}, {y} + b / {scale:g}) on the desktop."


class Find(Arguments):
    """Try a target, or find the way to name one.

    With `selector`: whether it is on the desktop now, how often, where, and if not why not and what is there
    instead. With `point` or `box` (pixels of the desktop): selectors for what is there, each tried, the best
    first. Test every selector before you put it into a flow: one that fits several places is refused when the
    flow runs.
    """

    selector: str | list[str] | None = Field(None, description="A selector, or several in order of preference.")
    similarity: float | None = Field(None, ge=0, le=1, description="How alike a picture must be.")
    flow: str | None = Field(None, description="The open flow whose pictures image= selectors name.")
    point: tuple[int, int] | None = Field(None, description="x, y.")
    box: tuple[int, int, int, int] | None = Field(None, description="x, y, width, height.")


async def find(situation: Situation, arguments: Find) -> Told:
    """Test a target, or find selectors for a place."""
    link = situation.link
    given = [name for name in ("selector", "point", "box") if getattr(arguments, name) is not None]
    if len(given) != 1:
        raise RequestInvalid(words("One of selector, point and box is needed."), words("Give just one of them."))
    if arguments.selector is None:
        asked: dict[str, Any] = {"box": arguments.box}
        if arguments.point is not None:
            asked = dict(zip("xy", arguments.point, strict=True))
        found = await link.request("target.candidates", asked)
        lines = [
            f"{one['selector']} ({'unique' if one['unique'] else str(one['count']) + ' fit'}, {one['kind']})"
            for one in found["candidates"]
            if one["kind"] != "image"
        ]
        has_picture = any(one["kind"] == "image" for one in found["candidates"])
        note = "\nA picture of it is unique too: keep one by edit_flow's pictures." if has_picture else ""
        return Told(brief.shortened(lines or ["Nothing was found that names it."], "… and {count} more") + note)
    config: dict[str, Any] = {"selector": arguments.selector, "timeout": 0}
    if arguments.similarity is not None:
        config["similarity"] = arguments.similarity
    found = await link.request("target.test", {"config": config, "highlight": True}, arguments.flow or "")
    return Told(brief.shortened(_tested(found), "… and {count} more"))


def _tested(found: dict[str, Any]) -> list[str]:
    if not found["found"]:
        lines = [f"Not there: {found['reason']}"]
        if found["best_score"] is not None:
            lines.append(f"The nearest scores {found['best_score']:.2f} at {found['best_box']}.")
        return lines + [f"- {candidate}" for candidate in found["candidates"]]
    verdict: Literal["unique"] | str = (
        "unique" if found["count"] == 1 else f"{found['count']} places fit: name it closer"
    )
    return [f"Found, {verdict}."] + [
        f"@{spot['x']},{spot['y']} {spot['box']} by {spot['selector']} score {spot['score']:.2f}"
        + (f" text {brief.value_text(spot['text'], 60)}" if spot["text"] else "")
        for spot in found["spots"][:10]
    ]


LOOKING = (Tool("look", Look, look), Tool("find", Find, find))

"""The table: in which situation what is to be done, and what a careful person would do there."""

from dataclasses import dataclass, field
from typing import Any

from tests.gate.stage import Actor

COVERED, BLOCKED, HIDDEN, MOVING = "target.covered", "target.blocked", "target.out_of_sight", "target.moving"


Step = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Situation:
    """One program or two, one node or some, and what is right: lines that the programs wrote, or an error and no line."""

    name: str
    actors: tuple[Actor, ...]
    node: Step | list[Step]
    right: tuple[str, ...] = ()
    refused: str = ""
    """The code of the error with which it is right to refuse."""
    once: str = ""
    """What the programs do by themselves before the node begins: `ready` what they set out to do, `popup` a menu or a list, else a window of this title."""
    environment: dict[str, str] = field(default_factory=dict)


def qt(scene: str, **environment: str) -> Actor:
    return Actor("qt", (scene,), environment)


def form(scene: str) -> Actor:
    return Actor("qt_form", (scene,))


def gtk3(scene: str) -> Actor:
    return Actor("gtk3", (scene,), {"GTK_THEME": "Adwaita"})


def click(selector: str | list[str], **config: Any) -> tuple[str, dict[str, Any]]:
    return "click", {"selector": selector, "timeout": 3000, **config}


def typed(name: str, text: str) -> Step:
    return "input", {"selector": f"text_field[name='{name}']", "text": text}


def x(title: str, x: int, y: int, word: str = "Word", color: str = "white") -> Actor:
    return Actor("x", (title, str(x), str(y), word, color), title=title)


X_NOTICE = Actor("x", ("popup", "Notice", "300", "200", "Mail", "yellow"))

QT = (
    Situation("qt: a row that is scrolled out", (qt("scroll"),), click("button[name='Row 14']"), ("Row 14",)),
    Situation("qt: the last row", (qt("scroll"),), click("button[name='Row 40']"), ("Row 40",)),
    Situation("qt: a row of a named window", (qt("scroll"),), click("window=Scene >> button[name='Row 33']"), ("Row 33",)),
    Situation("qt: a row by its text", (qt("scroll"),), click("text=\"Row 21\""), ("Row 21",)),
    Situation("qt: never scrolled", (qt("scroll"),), click("button[name='Row 33']", scroll="never", timeout=500), refused=HIDDEN),
    Situation("qt: by force where it would be", (qt("scroll"),), click("button[name='Row 12']", force=True), ("Delete all",)),
    Situation("qt: a scroll area in a scroll area", (qt("nested"),), click("button[name='Part 4 row 17']"), ("Part 4 row 17",)),
    Situation("qt: beside a label that is scrolled out", (qt("records"),), click("static_text[name='Row 17'] >> right-of=button[name='Edit']", timeout=5000), ("Edit 17",)),
    Situation("qt: beside a text that is scrolled out", (qt("records"),), click('text="Row 18" >> right-of=button', timeout=5000), ("Edit 18",)),
    Situation("qt: beside a label that is in sight, of what is scrolled out", (qt("records"),), click("static_text[name='Total'] >> right-of=button[name='Only 10']", timeout=600), refused="target.not_found"),
    Situation("qt: below a button that is scrolled out, too", (qt("records"),), click("button[name='Only 10'] >> below=button[name='Only 20']"), ("Edit 20",)),
    Situation("qt: scrolled out of one of two groups", (qt("cards"),), click("group[name='Card 2'] >> button[name='Remove']"), ("Remove 2",)),
    Situation("qt: scrolled out of the first of two groups", (qt("cards"),), click("group[name='Card 1'] >> text=Remove"), ("Remove 1",)),
    Situation("qt: below and to the right", (qt("across"),), click("button[name='Far corner']"), ("Far corner",)),
    Situation("qt: combo boxes under the wheel", (qt("wheel_traps"),), click("button[name='Keep 15']"), ("Keep 15",)),
    Situation("qt: a list of 10,000", (qt("long_list"),), click("list_item[name='Item 7342']", timeout=20000), ("Item 7342",)),
    Situation("qt: a table of 200 rows", (qt("table"),), click("table_cell[name='R150C1']", timeout=6000), ("R150C1",)),
    Situation("qt: a field out of sight", (form("fields"),), ("input", {"selector": "text_field[name='Field 25']", "text": "a"}), ("25=a",)),
    Situation("qt: moved to", (qt("scroll"),), ("move", {"selector": "button[name='Row 30']"}), ()),
    Situation("qt: an element over it", (qt("overlaid"),), click("button[name='Target']", timeout=600), refused=COVERED),
    Situation("qt: beside the element over it", (qt("overlaid"),), click("button[name='Free']"), ("Free",)),
    Situation("qt: an element over it that goes", (qt("overlay_goes"),), click("button[name='Target']"), ("Target",)),
    Situation("qt: under a sticky header", (qt("sticky"),), click("button[name='Row 1']", timeout=800), refused=COVERED),
    Situation("qt: a header that can be scrolled from under", (qt("sticky"),), click("button[name='Row 20']"), ("Row 20",)),
    Situation("qt: under a sticky header, to be scrolled from under it", (qt("sticky_scrolled"),), click("button[name='Row 12']"), ("Row 12",), once="ready"),
    Situation("qt: under a header that the tree does not tell", (qt("laid"),), click("button[name='Row 1']", timeout=1500), refused=COVERED, once="ready"),
    Situation("qt: to be scrolled from under such a header", (qt("laid_scrolled"),), click("button[name='Row 12']"), ("Row 12",), once="ready"),
    Situation("qt: a tick box under such a header", (qt("laid_ticks"),), click("check_box[name='Row 12']"), ("Row 12",), once="ready"),
    Situation("qt: a tick box at the edge of what scrolls", (qt("edges"),), click("check_box[name='Tick 1']"), ("Tick 1",)),
    Situation("qt: a minimized window", (qt("minimized"),), click("window=Minimized >> button[name='Target']"), ("Target",), once="ready"),
    Situation("qt: the element of a minimized window", (qt("minimized"),), click("window=Minimized >> point=160,220", timeout=3000), ("Target",), once="ready"),
    Situation("qt: half off the screen", (qt("partly_off"),), click("button[name='Wide']"), ("Wide",), once="ready"),
    Situation("qt: text for a label", (form("labelled"),), ("input", {"selector": "text=Name:", "text": "a"}), ("name=a",)),
    Situation("qt: a choice for a label", (form("labelled"),), ("choose", {"selector": "text=Town:", "option": "Rome"}), ("town=Rome",)),
    Situation("qt: a tick for a label", (form("labelled"),), ("check", {"selector": "text=Ready:"}), ("tick=True",)),
    Situation("qt: an open menu over it", (qt("menu_open"),), click("button[name='Target']", timeout=600), refused=COVERED, once="popup"),
    Situation("qt: an entry of an open menu", (qt("menu_open"),), click("text=Save As", timeout=25000), ("Save As",), once="popup"),
    Situation("qt: an open list over it", (qt("combo_open"),), click("button[name='Target']", timeout=600), refused=COVERED, once="popup"),
    Situation("qt: an entry of an open list", (qt("combo_open"),), click("list_item[name='Town 5']"), ("Town 5",), once="popup"),
    Situation("qt: a point under an open menu", (qt("menu_open"),), click("window=Scene >> point=100,100", timeout=600), refused=COVERED, once="popup"),
    Situation("qt: beside an open menu", (qt("menu_open"),), click("button[name='Other']", timeout=600), refused=COVERED, once="popup"),
    Situation("qt: a point beside an open menu", (qt("menu_open"),), click("window=Scene >> point=160,300", timeout=600), refused=COVERED, once="popup"),
    Situation("qt: a point beside an open list", (qt("combo_open"),), click("window=Scene >> point=160,390", timeout=600), refused=COVERED, once="popup"),
    Situation("qt: under what the field before suggests", (form("completion"),), [typed("Town", "Ro"), typed("Street", "x")], ("Town=R", "Town=Ro", "Street=x")),
    Situation("qt: beside what the field before suggests", (form("completion"),), [typed("Town", "Ro"), click("button[name='Far']")], ("Town=R", "Town=Ro", "Far")),
    Situation("qt: a group with a box in its title", (form("ticked_group"),), [("check", {"selector": "[name='Rush']", "state": "off"}), ("check", {"selector": "[name='Rush']"})], ("rush=False", "rush=True")),
    Situation("qt 5: a tab that is in front already, and another", (Actor("qt5", ("tabs",)),), [("choose", {"selector": "tab[name='Plan']", "option": "Plan"}), ("choose", {"selector": "tab[name='Plan']", "option": "Result"}), ("choose", {"selector": "tab[name='Plan']", "option": "Result"})], ("front=Result",)),
    Situation("qt: a field by the label beside it", (form("beside_labels"),), typed("E-mail", "a"), ("E-mail:a",)),
    Situation("qt: a field by the label over it", (form("beside_labels"),), typed("Town", "a"), ("Town:a",)),
    Situation("qt: text for a label that nothing ties to its field", (form("beside_labels"),), ("input", {"selector": "text=Town", "text": "a"}), ("Town:a",)),
    Situation("qt: a field that does not tell what it holds", (form("secret"),), ("input", {"selector": "text_field[name='Secret']", "text": "new", "method": "keys"}), ("secret=old", "secret=nold", "secret=neold", "secret=newold")),
    Situation("qt: in the place of what such a field holds", (form("secret"),), ("input", {"selector": "text_field[name='Secret']", "text": "n", "clearFirst": True, "method": "keys"}), ("secret=old", "secret=n")),
    Situation("qt: a text that opens a search instead", (form("searching"),), [click("list_item[name='beta']"), ("input", {"text": "new", "clearFirst": True})], refused="input.failed"),
    Situation("qt: text for a window with a button in its middle", (form("middle"),), ("input", {"selector": "window=Scene", "text": "ab", "method": "keys"}), ("field=a", "field=ab")),
    Situation("qt: a key for a window with a button in its middle", (form("middle"),), ("keys", {"selector": "window=Scene", "keys": ["a"]}), ("field=a",)),
    Situation("qt: text for a window under another one", (form("middle"), x("Upper", 300, 200)), ("input", {"selector": "window=Scene", "text": "a", "clearFirst": True}), ("field=a",)),
    Situation("qt: text for a window in which a list has the keyboard", (form("unfocused"),), ("input", {"selector": "window=Scene", "text": "a"}), ("text=a",)),
    Situation("tk: text for a window with a button in its middle", (Actor("tk", ("plain",), title="Tk scene"),), ("input", {"selector": "window=Tk scene", "text": "ab"})),
    Situation("qt: beside a target", (form("middle"),), click("button[name='Middle']", anchor="top", offset={"x": 0, "y": -10}), ()),
    Situation("qt: beside a target, slowly", (form("middle"),), click("button[name='Middle']", anchor="top", offset={"x": 0, "y": -10}, moveDuration=200), ()),
    Situation("qt: text beside a label", (form("beside_labels"),), ("input", {"selector": "text=Town", "anchor": "left", "offset": {"x": 20, "y": 28}, "text": "a"}), ("Town:a",)),
    Situation("qt: beside a target, out of what scrolls", (qt("scroll"),), click("button[name='Row 1']", offset={"x": 0, "y": 2000}, timeout=600), refused=HIDDEN),
    Situation("tk: beside a word", (Actor("tk", ("plain",), title="Tk scene"),), click("window=Tk scene >> text=Confirm", offset={"x": 0, "y": 150}, timeout=25000), ("press", "Discard")),
    Situation("qt: a field that does not take the first click", (form("shy"),), typed("Shy", "x"), ("shy=x",)),
    Situation("qt: the same, cleared first", (form("shy"),), ("input", {"selector": "text_field[name='Shy']", "text": "x", "clearFirst": True}), ("shy=x",)),
    Situation("qt: lines for what is drawn and indents", (form("drawn"),), ("input", {"selector": "window=Scene", "text": "  a {\n  b\nc"}), (repr("  a {\n  b\nc"),)),
    Situation("qt: lines for what is drawn and takes no paste", (form("drawn_without_paste"),), ("input", {"selector": "window=Scene", "text": "a\nb"}), ("'a'", repr("a\n"), repr("a\nb"))),
    Situation("qt: its tooltip over it", (qt("tooltip"),), click("button[name='Target']"), ("Target",), once="popup"),
    Situation("qt: a notice over it", (qt("notice"),), click("button[name='Target']", timeout=800), refused=COVERED, once="popup"),
    Situation("qt: a notice over it that goes", (qt("notice_goes"),), click("button[name='Target']"), ("Target",), once="popup"),
    Situation("qt: a modal dialog", (qt("modal"),), click("button[name='Step']", timeout=800), refused=BLOCKED, once="Update"),
    Situation("qt: the dialog itself", (qt("modal"),), click("button[name='Yes']"), ("answered",), once="Update"),
    Situation("qt: another window beside a window's dialog", (qt("modal"),), click("button[name='Other step']"), ("Other step",), once="Update"),
    Situation("qt: another window under the program's dialog", (qt("modal_app"),), click("button[name='Other step']", timeout=800), refused=BLOCKED, once="Update"),
    Situation("qt: before the dialog comes", (qt("modal_late"),), click("button[name='Step']"), ("Step",)),
    Situation("qt: it moves all the time", (qt("moving"),), click("button[name='Target']", timeout=700), refused=MOVING),
    Situation("qt: it comes to rest", (qt("moving_rests"),), click("button[name='Target']"), ("Target",)),
    Situation("qt: something appears under the pointer", (qt("hover_trap"),), click("button[name='Target']", timeout=800), refused=COVERED),
    Situation("qt: disabled at first", (qt("disabled"),), click("button[name='Target']"), ("Target",)),
    Situation("qt: beyond the edge of the screen", (Actor("qt", ("off_screen",), title="-"),), click("button[name='Target']", timeout=600), refused=HIDDEN),
    Situation("qt: at twice the scale", (qt("scroll", QT_SCALE_FACTOR="2"),), click("button[name='Row 14']"), ("Row 14",)),
    Situation("qt: at one and a half, nested", (qt("nested", QT_SCALE_FACTOR="1.5"),), click("button[name='Part 2 row 11']"), ("Part 2 row 11",)),
    Situation("qt: the window behind of two alike", (qt("same_windows"),), click("button[name='Only 0']"), ("Only 0",)),
)  # fmt: skip

GTK = (
    Situation("gtk 3: half in sight", (gtk3("scroll"),), click("button[name='Line 9']"), ("Line 9",)),
    Situation("gtk 3: scrolled out", (gtk3("scroll"),), click("button[name='Line 36']"), ("Line 36",)),
    Situation("gtk 3: in sight after scrolling", (gtk3("scrolled_before"),), click("button[name='Line 16']"), ("Line 16",), once="ready"),
    Situation("gtk 3: scrolled out above", (gtk3("scrolled_before"),), click("button[name='Line 2']"), ("Line 2",), once="ready"),
    Situation("gtk 3: a scroll area in a scroll area", (gtk3("nested"),), click("button[name='Part 3 line 15']"), ("Part 3 line 15",)),
    Situation("gtk 3: a list of 3,000", (gtk3("tree"),), click("table_cell[name='Item 1234']", timeout=8000), ("Item 1234",), once="ready"),
    Situation("gtk 3: an element over it", (gtk3("overlaid"),), click("button[name='Target']", timeout=600), refused=COVERED),
    Situation("gtk 3: on top of another", (gtk3("on_overlay"),), click("button[name='Target']"), ("Target",)),
    Situation("gtk 3: an open popover over it", (gtk3("popover"),), click("button[name='Target']", timeout=600), refused=COVERED, once="ready"),
    Situation("gtk 3: beside an open menu", (gtk3("menu_open"),), click("button[name='Other']", timeout=600, anchor="bottom", offset={"x": 0, "y": -12}), refused=COVERED, once="popup"),
    Situation("gtk 3: a point beside an open menu", (gtk3("menu_open"),), click("window=Scene >> point=160,400", timeout=600), refused=COVERED, once="popup"),
    Situation("gtk 3: a point beside an open popover", (gtk3("popover"),), click("window=Scene >> point=160,390", timeout=600), refused=COVERED, once="ready"),
    Situation("gtk 3: beside an open popover", (gtk3("popover"),), click("button[name='Far']", timeout=600), refused=COVERED, once="ready"),
    Situation("gtk 3: under what the field before suggests", (gtk3("completion"),), [typed("Town", "Ro"), typed("Street", "x")], ("Town=R", "Town=Ro", "Street=x")),
    Situation("gtk 3: a field by the label beside it", (gtk3("beside_labels"),), typed("E-mail", "a"), ("E-mail:a",)),
    Situation("gtk 3: a field by the label over it", (gtk3("beside_labels"),), typed("Town", "a"), ("Town:a",)),
    Situation("gtk 3: text for a label that nothing ties to its field", (gtk3("beside_labels"),), ("input", {"selector": "text=Town", "text": "a"}), ("Town:a",)),
    Situation("gtk 3: a narrow field with an icon in its middle", (gtk3("narrow_fields"),), typed("Year", "2"), ("year=2",)),
    Situation("gtk 3: a narrow spin button", (gtk3("narrow_fields"),), ("input", {"selector": "spin_button[name='Amount']", "text": "7", "clearFirst": True}), ("amount=", "amount=7")),
    Situation("gtk 3: a field that does not take the keyboard", (gtk3("narrow_fields"),), typed("Deaf", "a"), refused="input.failed"),
    Situation("gtk 3: the heading of a column", (gtk3("narrow_fields"),), click("table_cell[name='Name']"), ("heading",)),
    Situation("gtk 3: text without a target while a list has the keyboard", (gtk3("narrow_fields"),), ("input", {"text": "a"}), refused="input.failed"),
    Situation("gtk 3: text for what opens a field at the first key", (gtk3("late_field"),), ("input", {"text": "ab", "method": "keys"}), ("late=a", "late=ab")),
    Situation("gtk 3: a cell that is written to", (gtk3("cells"),), [click("table_cell[name='beta']", clickType="double"), ("input", {"text": "new", "clearFirst": True}), ("keys", {"keys": ["enter"]})], ("1=new",)),
    Situation("gtk 3: a cell that is only chosen", (gtk3("cells"),), [click("table_cell[name='beta']"), ("input", {"text": "new", "clearFirst": True})], refused="input.failed"),
    Situation("gtk 3: a text whose middle its own dialog covers", (gtk3("beside_dialog"),), ("input", {"selector": "window=Main >> text_area", "text": "a"}), ("a",), once="ready"),
    Situation("gtk 3: in an open popover", (gtk3("popover"),), click("button[name='Remove']"), ("Remove",), once="ready"),
    Situation("gtk 3: an open menu over it", (gtk3("menu_open"),), click("button[name='Target']", timeout=600), refused=COVERED, once="popup"),
    Situation("gtk 3: a modal dialog", (gtk3("modal"),), click("button[name='Step']", timeout=600), refused=BLOCKED, once="Update"),
    Situation("gtk 3: its other window", (gtk3("modal"),), click("button[name='Other step']", timeout=600), refused=BLOCKED, once="Update"),
    Situation("gtk 3: the dialog itself", (gtk3("modal"),), click("button[name='Yes']"), ("answered",), once="Update"),
    Situation("gtk 3: a dialog over a modal dialog", (gtk3("asked_twice"),), click("button[name='Second yes']"), ("Second yes",), once="Second"),
    Situation("gtk 3: a dialog under a modal dialog", (gtk3("asked_twice"),), click("button[name='First yes']", timeout=600), refused=BLOCKED, once="Second"),
    Situation("gtk 3: a toggle that is up", (gtk3("toggle"),), ("check", {"selector": "button[name='Bold']"}), ("bold=True",)),
    Situation("gtk 3: text for a label", (gtk3("labelled"),), ("input", {"selector": "text=Name:", "text": "a"}), ("name=a",)),
    Situation("gtk 3: a choice for a label", (gtk3("labelled"),), ("choose", {"selector": "text=Town:", "option": "Rome"}), ("town=Rome",)),
    Situation("gtk 3: a tick for a label", (gtk3("labelled"),), ("check", {"selector": "text=Ready:"}), ("tick=True",)),
    Situation("gtk 3: it changes places under the pointer", (gtk3("swapped_by_hover"),), click("button[name='Target']"), ("Target",)),
    Situation("gtk 3: it changes places as the pointer comes", (gtk3("swapped_by_hover"),), click("button[name='Target']", moveDuration=200), refused=MOVING),
    Situation("gtk 3: a row that begins with a box", (gtk3("ticked_tree"),), ("choose", {"selector": "table", "option": "Item 8"}), ("Item 8",), once="ready"),
    Situation("gtk 3: a row by its number", (gtk3("ticked_tree"),), ("choose", {"selector": "table", "option": 6}), ("Item 5",), once="ready"),
    Situation("gtk 3: a row that is chosen already", (gtk3("ticked_tree"),), ("choose", {"selector": "table", "option": "Item 2"}), (), once="ready"),
    Situation("gtk 3: a menu longer than the screen", (gtk3("long_menu"),), ("menu", {"selector": "window=Scene", "path": ["File", "Entry 85"]}), ("Entry 85",)),
    Situation("gtk 3: on the page in front", (gtk3("tabs"),), click("button[name='Page 0 line 2']"), ("Page 0 line 2",)),
    Situation("gtk 4: plain", (Actor("gtk4", ("plain",)),), click("button[name='Target']"), ("Target",)),
    Situation("gtk 4: what is written on a button without a name", (Actor("gtk4", ("days",)),), click('window=Scene four >> text="18"'), ("day 18",)),
    Situation("gtk 4: what is written on a button, and beside it", (Actor("gtk4", ("days",)),), click('window=Scene four >> text="17"', timeout=1500), refused="target.ambiguous"),
    Situation("gtk 4: scrolled out", (Actor("gtk4", ("scroll",)),), click("button[name='Line 30']", timeout=8000), ("Line 30",)),
    Situation("gtk 4: a row that was never shown", (Actor("gtk4", ("rows",)),), click("[name='Person 40']", timeout=15000), ("Person 40",)),
    Situation("gtk 4: a row by its text, and one that was scrolled out for it", (Actor("gtk4", ("rows",)),), [click('text="Person 55"', timeout=20000), click("[name='Person 02']", timeout=20000)], ("Person 55", "Person 02")),
    Situation("gtk 4: a choice for a label that nothing ties to its list", (Actor("gtk4", ("choices",)),), ("choose", {"selector": "text=Way", "option": "Rail", "timeout": 15000}), ("Way=Rail",)),
    Situation("gtk 4: an element over it", (Actor("gtk4", ("overlaid",)),), click("button[name='Target']", timeout=600), refused=COVERED),
    Situation("gtk 4: a modal dialog", (Actor("gtk4", ("modal",)),), click("button[name='Step']", timeout=600), refused=BLOCKED, once="Update"),
    Situation("gtk 4: in an open popover", (Actor("gtk4", ("popover",)),), click("button[name='Remove']"), ("Remove",), once="ready"),
    Situation("gtk 4: an open popover over it", (Actor("gtk4", ("popover",)),), click("button[name='Target']", timeout=600), refused=COVERED, once="ready"),
)  # fmt: skip

OTHERS = (
    Situation("swing: scrolled out", (Actor("swing", ("scroll",)),), click("button[name='Row 30']", timeout=8000), ("Row 30",)),
    Situation("swing: an entry scrolled out", (Actor("swing", ("list",)),), click("[name='Item 44']", timeout=8000), ("Item 44",)),
    Situation("swing: an entry in sight", (Actor("swing", ("list",)),), click("[name='Item 3']"), ("Item 3",)),
    Situation("swing: a menu in a menu in a menu", (Actor("swing", ("menus",)),), ("menu", {"selector": "window=Swing scene", "path": ["File", "Export", "Pictures", "SVG"]}), ("SVG",)),
    Situation("swing: a menu in a menu", (Actor("swing", ("menus",)),), ("menu", {"selector": "window=Swing scene", "path": ["File", "Export", "Text"]}), ("Text",)),
    Situation("swing: an option of a list", (Actor("swing", ("list",)),), ("choose", {"selector": "list", "option": "Item 44", "timeout": 8000}), ("Item 44",)),
    Situation("swing: an option of a list in a named window", (Actor("swing", ("list",)),), ("choose", {"selector": "window=Swing scene >> list", "option": "Item 30", "timeout": 8000}), ("Item 30",)),
    Situation("swing: a node in a node of a tree", (Actor("swing", ("tree",)),), [click("text=Nuts", timeout=8000), click("text=Fruit", clickType="double", timeout=8000), click('text="Fruit 2"', timeout=8000)], ("Nuts", "Fruit", "Fruit 2")),
    Situation("swing: an open menu over it", (Actor("swing", ("menu",)),), click("button[name='Target']", timeout=600), refused=COVERED, once="ready"),
    Situation("swing: a point under an open menu", (Actor("swing", ("menu",)),), click("window=Swing scene >> point=160,250", timeout=600), refused=COVERED, once="ready"),
    Situation("swing: an element over it", (Actor("swing", ("overlaid",)),), click("button[name='Target']", timeout=600), refused=COVERED),
    Situation("swing: beside the element over it", (Actor("swing", ("overlaid",)),), click("button[name='Free']"), ("Free",)),
    Situation("swing: a modal dialog", (Actor("swing", ("modal",)),), click("button[name='Step']", timeout=600), refused=BLOCKED, once="Update"),
    Situation("swing: a point behind a modal dialog", (Actor("swing", ("modal",)),), click("window=Swing scene >> point=10,10", timeout=600), refused=BLOCKED, once="Update"),
    Situation("swing: text behind a modal dialog", (Actor("swing", ("modal_beside",)),), click("window=Swing scene >> text=Step", timeout=1500), refused=BLOCKED, once="Update"),
    Situation("swing: a colour behind a modal dialog", (Actor("swing", ("modal_beside",)),), click("color=#ff0000", timeout=600), refused=BLOCKED, once="Update"),
    Situation("swing: a colour in its other window", (Actor("swing", ("modal_beside",)),), click("color=#0000ff", timeout=600), refused=BLOCKED, once="Update"),
    Situation("swing: a point in the dialog itself", (Actor("swing", ("modal_beside",)),), click("window=Update >> color=#00ff00"), ("green",), once="Update"),
    Situation("swing: beside a dialog that is not modal", (Actor("swing", ("modeless",)),), click("color=#ff0000"), ("red",), once="Update"),
    Situation("swing: the dialog itself", (Actor("swing", ("modal",)),), click("button[name='Yes']"), ("answered",), once="Update"),
    Situation("tk: a word", (Actor("tk", ("plain",), title="Tk scene"),), click("window=Tk scene >> text=Confirm", timeout=25000), ("press", "Confirm")),
    Situation("tk: a menu that is only drawn", (Actor("tk", ("bar",), title="Tk scene"),), ("menu", {"selector": "window=Tk scene", "path": ["Edit", "Undo"], "timeout": 30000}), ("Undo",)),
    Situation("tk: a menu in a drawn menu", (Actor("tk", ("bar",), title="Tk scene"),), ("menu", {"selector": "window=Tk scene", "path": ["File", "Export", "Table"], "timeout": 30000}), ("Table",)),
    Situation("tk: the context menu of what is only drawn", (Actor("tk", ("row",), title="Tk scene"),), ("menu", {"selector": "window=Tk scene >> text=Discard", "path": ["Rename"], "timeout": 30000}), ("Rename",)),
    Situation("tk: a drawn menu that is not there", (Actor("tk", ("bar",), title="Tk scene"),), ("menu", {"selector": "window=Tk scene", "path": ["Tools", "Undo"], "timeout": 1000}), refused="target.not_found"),
    Situation("tk: a message box", (Actor("tk", ("modal",), title="Tk scene"),), click("window=Tk scene >> point=100,60", timeout=600), refused=BLOCKED, once="Update"),
    Situation("tk: beside an open menu", (Actor("tk", ("context",), title="Tk scene"),), click("window=Tk scene >> point=300,280", timeout=600), refused=COVERED, once="popup"),
    Situation("tk: an open menu over it", (Actor("tk", ("menu",), title="Tk scene"),), click("window=Tk scene >> point=100,60", timeout=600), refused=COVERED, once="popup"),
    Situation("wx: scrolled out", (Actor("wx", ("scroll",)),), click("button[name='Row 30']"), ("Row 30",)),
    Situation("wx: a choice for a label that nothing ties to its list", (Actor("wx", ("choices",)),), ("choose", {"selector": "text=Color:", "option": "Green"}), ("Color:Green",)),
    Situation("wx: text for a cell that opens a field at the first key", (Actor("wx", ("grid",)),), [click("window=wx scene >> point=150,100"), ("input", {"text": "ab", "method": "keys"})], ("cell=", "cell=a", "cell=ab")),
    Situation("wx: a modal dialog", (Actor("wx", ("modal",)),), click("button[name='Step']", timeout=600), refused=BLOCKED, once="Update"),
    Situation("x: another window over it", (x("Lower", 300, 200), x("Upper", 310, 210)), click("window=Lower >> point=60,60"), ("press", "release")),
    Situation("x: its program by name", (x("Lower", 300, 200), qt("overlaid")), click("app=xscene >> point=60,60"), ("press", "release")),
    Situation("x: a notice over it", (x("Lower", 300, 200), X_NOTICE), click("window=Lower >> point=60,60", timeout=600), refused=COVERED),
    Situation("x: a colour under another window", (x("Lower", 300, 200, "", "red"), x("Upper", 310, 210)), click("window=Lower >> color=#ff0000"), ("press", "release")),
    Situation("x: the window with the keyboard comes first", (qt("same_windows"), x("Question", 900, 300, "Only 0")), click('text="Only 0"', timeout=25000), ("press", "release")),
    Situation("x: dragged from one to another", (x("From", 100, 100), x("To", 900, 500)), ("drag", {"selector": "window=From", "to": "window=To"}), ("press", "release")),
    Situation("x: the wheel over a covered window", (x("Lower", 300, 200), x("Upper", 310, 210)), ("scroll", {"selector": "window=Lower", "amount": 1}), ("press", "release")),
)  # fmt: skip

SITUATIONS = (*QT, *GTK, *OTHERS)

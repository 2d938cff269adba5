"""Jobs of other kinds in other programs: cells edited in place, trees, menus of the right button, late dialogs, detours, typing errors."""

from tests.apps.bench import Job
from tests.apps.desks import (
    Files,
    Forms,
    Galculator,
    Gtk3Desk,
    Gtk4Desk,
    Nedit,
    PageDesk,
    Qt5Desk,
    Sheet,
    SwingDesk,
    TkDesk,
    WxDesk,
)

NOTE = "text_field[name='Note']"

JOBS = (
    Job(
        Gtk3Desk, "cell", (("click", "table_cell[name='2']"), ("click", "table_cell[name='2']"), ("keys", "ctrl+a"), ("type", "20"), ("keys", "Return")), 4,
        shows=('["Pear", "20"]',),
    ),
    Job(
        Gtk3Desk, "submenu", (("right", "table_cell[name='Pear']"), ("open", "menu_item[name='Export']", "menu_item[name='As text']")), 1,
        shows=('["As text", "Pear"]',),
    ),
    Job(Gtk3Desk, "activate", (("double", "table_cell[name='苹果']"),), 1, shows=('["苹果"]',)),
    Job(
        Gtk3Desk, "late", (("click", "button[name='Title…']"), ("waits", "2.5"), ("type", "Spring"), ("keys", "Return")), 3,
        shows=('"dialog": "Spring"',),
    ),
    Job(
        Gtk3Desk, "error",
        (
            ("click", NOTE), ("type", "Helo wrold"), ("keys", *["BackSpace"] * 7), ("type", "lo world"), ("wanders", "slider", "table"),
            ("keys", "shift+Home"), ("type", "Good day"), ("click", "spin_button"), ("keys", "ctrl+a"), ("type", "17"), ("keys", "Tab"),
        ), 2, (("fill", NOTE, "Old words"),),
        shows=('"note": "Good day"', '"count": 17'),
    ),
    Job(Gtk3Desk, "slider", (("click", "slider"), ("keys", "Right", "Right", "Right")), 2, shows=('"loud": ',)),
    Job(
        Gtk4Desk, "form",
        (("click", "check_box[name='Night mode']"), ("fill", NOTE, "Tuesday"), ("click", "spin_button"), ("keys", "ctrl+a"), ("type", "12"), ("keys", "Tab")), 3,
        (("fill", NOTE, "Old"),), shows=('"night": true', '"note": "Tuesday"', '"count": 12'),
    ),
    Job(Gtk4Desk, "activate", (("double", "static_text[name='发票']"),), 1, shows=("发票",)),
    Job(Gtk4Desk, "menu", (("click", "button[name='More']"), ("click", "menu_item[name='Delete']")), 2, shows=('"delete"',)),
    Job(
        Gtk4Desk, "late", (("click", "button[name='Throw…']"), ("waits", "2.5"), ("click", "button[name='Throw away']")), 2,
        shows=('"dialog": "Throw away"',),
    ),
    Job(
        Qt5Desk, "cell", (("click", "tab[name='Sheet']"), ("double", "table_cell[name='苹果']"), ("keys", "ctrl+a"), ("type", "apple"), ("keys", "Return")), 3,
        shows=('["apple", "3"]',),
    ),
    Job(
        Qt5Desk, "tree",
        (("click", "tab[name='Sheet']"), ("double", "tree_item[name='Archive']"), ("click", "tree_item[name='Archive Autumn']")), 3,
        shows=("Archive Autumn",),
    ),
    Job(
        Qt5Desk, "submenu",
        (("click", "tab[name='Sheet']"), ("right", "tree_item[name='Inbox']"), ("open", "menu_item[name='Export']", "menu_item[name='As text']")), 2,
        shows=('"As text"',),
    ),
    Job(
        Qt5Desk, "form",
        (
            ("click", "combo_box[name='City']|180,0"), ("click", "list_item[name='Rome']"), ("fill", NOTE, "Kind regards"),
            ("click", "spin_button"), ("keys", "ctrl+a"), ("type", "9"), ("keys", "Tab"),
        ), 3, (("fill", NOTE, "Old"),),
        shows=('"city": "Rome"', '"count": 9', "Kind regards"),
    ),
    Job(
        Qt5Desk, "late", (("click", "button[name='Title…']"), ("waits", "2.5"), ("type", "Spring"), ("click", "button[name='OK']")), 3,
        shows=('"dialog": "Spring"',),
    ),
    Job(Qt5Desk, "close", (("fill", NOTE, "Kept"), ("close",), ("click", "button[name='Save']")), 3, shows=('"closed": "saved"',)),
    Job(
        WxDesk, "form", (("fill", "beside:Note", "Wednesday"), ("click", "spin_button"), ("keys", "ctrl+a"), ("type", "7"), ("keys", "Tab")), 2,
        (("fill", "beside:Note", "Old"),), shows=('"note": "Wednesday"', '"count": 7'),
    ),
    Job(
        WxDesk, "grid", (("click", "tab[name='Sheet']"), ("double", "at:210,80"), ("keys", "ctrl+a"), ("type", "20"), ("keys", "Return")), 3,
        shows=("20",),
    ),
    Job(
        WxDesk, "submenu",
        (("click", "tab[name='Sheet']"), ("right", "table_cell[name='Inbox'], tree_item[name='Inbox']"), ("open", "menu_item[name='Export']", "menu_item[name='As text']")), 2,
        shows=('"As text"',),
    ),
    Job(
        TkDesk, "form", (("click", "Remark"), ("keys", "ctrl+slash"), ("type", "afterwards"), ("click", "Keep all")), 2,
        shows=('"note": "afterwards"',),
    ),
    Job(TkDesk, "choice", (("click", "Size"), ("click", "Size/52"), ("click", "Keep all")), 2, shows=('"size": "large"',)),
    Job(TkDesk, "table", (("click", "Entries"), ("double", "Plum")), 2, shows=('"opened": "Plum"',)),
    Job(TkDesk, "menu", (("click", "Entries"), ("right", "Pear"), ("click", "Pear/32")), 2, shows=('"Delete entry"',)),
    Job(
        PageDesk, "cell", (("double", "table_cell[name='3']"), ("keys", "ctrl+a"), ("type", "30"), ("keys", "Return")), 2,
        shows=('"30"',),
    ),
    Job(PageDesk, "drag", (("drag", "static_text[name='Paper']", "static_text[name='Bin']"),), 1, shows=('"bin": "paper"',)),
    Job(
        PageDesk, "late", (("click", "button[name='Question…']"), ("waits", "2.5"), ("click", "button[name='Throw away']")), 2,
        shows=('"ask": "no"',),
    ),
    Job(
        PageDesk, "form",
        (
            ("fill", "text_field[name='Remark']", "Mei"), ("click", "combo_box"), ("keys", "Down", "Down", "Return"),
            ("fill", "text_area[name='Letter']", "Dear all"),
        ), 3, (("fill", "text_field[name='Remark']", "Old"),),
        shows=('"city": "Rome"', '"free": "Dear all"'),
    ),
    Job(
        SwingDesk, "cell", (("click", "tab[name='Sheet']"), ("double", "[name='2']"), ("keys", "BackSpace"), ("type", "20"), ("keys", "Return")), 3,
        shows=("[Pear, 20]",),
    ),
    Job(
        SwingDesk, "tree", (("click", "tab[name='Sheet']"), ("double", "[name='Archive']"), ("click", "[name='Archive Spring']")), 3,
        shows=("Archive Spring",),
    ),
    Job(
        SwingDesk, "form",
        (("replace", NOTE, "Thursday"), ("click", "spin_button[name='Count']|-60,0"), ("keys", "ctrl+a"), ("type", "9"), ("click", "button[name='Keep all']")), 3,
        shows=("Thursday", '"count": "9"'),
    ),
    Job(Files, "rename", (("click", "at:302,95"), ("keys", "F2"), ("waits", "1"), ("keys", "ctrl+a"), ("type", "paid.txt"), ("keys", "Return")), 4, shows=("paid.txt",)),
    Job(Files, "drag", (("drag", "at:302,95", "at:207,95"),), 1, shows=("Archive/bill.txt",)),
    Job(Galculator, "sum", (("click", "switch[name='7']"), ("click", "switch[name='+']"), ("click", "switch[name='8']"), ("click", "switch[name='=']")), 4, shows=("15",)),
    Job(
        Forms, "form", (("fill", "beside:Article", "Paper 纸"), ("fill", "beside:Shelf", "B 12"), ("click", "button[name='OK']")), 3,
        shows=("Paper 纸|B 12",),
    ),
    Job(Sheet, "cell", (("click", "at:178,236"), ("type", "20"), ("keys", "Return", "ctrl+s")), 4, shows=("20",)),
    Job(Nedit, "text", (("click", "at:200,150"), ("keys", "ctrl+End"), ("type", "two green pears"), ("keys", "ctrl+s")), 4, shows=("two green pears",)),
)  # fmt: skip

"""Scenes in wxWidgets: ``wx_scenes.py OUT SCENE``. What happened to the program stands in OUT, a line each."""

import sys
from typing import Any

import wx  # type: ignore[import-not-found,import-untyped,unused-ignore]
import wx.grid  # type: ignore[import-not-found,import-untyped,unused-ignore]

OUT = open(sys.argv[1], "w", buffering=1)  # noqa: SIM115


def tell(line: Any) -> Any:
    OUT.write(line + "\n")


def button(parent: Any, name: Any) -> Any:
    made = wx.Button(parent, label=name)
    made.Bind(wx.EVT_BUTTON, lambda _: tell(name))
    return made


app = wx.App()
frame = wx.Frame(None, title="wx scene", pos=(300, 200), size=(320, 420))
column = wx.BoxSizer(wx.VERTICAL)
scene = sys.argv[2]
if scene == "scroll":
    area = wx.ScrolledWindow(frame)
    area.SetScrollRate(0, 10)
    inner = wx.BoxSizer(wx.VERTICAL)
    for number in range(1, 41):
        inner.Add(button(area, f"Row {number}"), 0, wx.EXPAND)
    area.SetSizer(inner)
    column.Add(area, 1, wx.EXPAND)
    below = button(frame, "Delete all")
    below.SetMinSize((-1, 120))
    column.Add(below, 0, wx.EXPAND)
elif scene == "grid":
    grid = wx.grid.Grid(frame)
    grid.CreateGrid(12, 3)
    grid.Bind(
        wx.grid.EVT_GRID_EDITOR_CREATED,
        lambda event: event.GetControl().Bind(wx.EVT_TEXT, lambda told: tell("cell=" + told.GetString())),
    )
    column.Add(grid, 1, wx.EXPAND)
elif scene == "choices":
    for name, words in (("Size:", ["Small", "Large"]), ("Color:", ["Red", "Green"])):
        line = wx.BoxSizer(wx.HORIZONTAL)
        chosen = wx.Choice(frame, choices=words)
        chosen.Bind(wx.EVT_CHOICE, lambda event, name=name: tell(name + event.GetString()))
        line.Add(wx.StaticText(frame, label=name))
        line.Add(chosen, 1)
        column.Add(line, 0, wx.EXPAND)
else:
    column.Add(button(frame, "Step"), 0, wx.EXPAND)
frame.SetSizer(column)
frame.Show()
if scene == "modal":

    def ask() -> Any:
        wx.MessageDialog(frame, "Install now?", "Update", wx.YES_NO).ShowModal()
        tell("answered")

    wx.CallLater(400, ask)
app.MainLoop()

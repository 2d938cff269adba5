"""The commands about the window itself: settings, triggers, connections, tour, guide, keys, the list of all commands."""

from collections.abc import Callable

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from flowdesk import __version__
from flowdesk.i18n import on_language_changed, tr
from flowdesk.ui import dialogs
from flowdesk.ui.bench import Bench
from flowdesk.ui.commandbar import CommandBar
from flowdesk.ui.connections import ServingLabel
from flowdesk.ui.fileacts import FileActs
from flowdesk.ui.openflows import OpenFlows
from flowdesk.ui.preferences import PreferencesDialog
from flowdesk.ui.tour import Tour


class WindowActs:
    """Carries them out for a window."""

    def __init__(
        self,
        bench: Bench,
        commands: CommandBar,
        server: ServingLabel,
        flows: OpenFlows,
        files: FileActs,
        change: Callable[[str, object], None],
    ) -> None:
        """Act on a window; ``change`` changes a setting and does at once what it says."""
        self._bench, self._commands, self._server = bench, commands, server
        self._flows, self._files, self._change = flows, files, change
        self._tour: Tour | None = None

    def acts(self) -> dict[str, Callable[[], object]]:
        """Return what carries out which command."""
        return {
            "preferences": self.preferences,
            "command_list": self.command_list,
            "triggers": lambda: self._flows.show_trigger(""),
            "open_in_browser": self.open_in_browser,
            "connections": self._server.show_connections,
            "tour": self.tour,
            "guide": self.guide,
            "help": self.help,
            "about": self.about,
            "quit": self._bench.window.close,
        }

    def preferences(self) -> None:
        """Open the settings of flowdesk."""
        dialog = PreferencesDialog(self._bench.settings, self._bench.window)
        dialog.changed.connect(self._change)
        dialog.tour_wanted.connect(self.tour)
        forget = on_language_changed(dialog.retranslate)
        dialog.finished.connect(lambda _: forget())
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open_in_browser(self) -> None:
        """Open the flows in the browser, by a link that works once."""
        if (server := self._server.server) is not None:
            QDesktopServices.openUrl(QUrl(server.browser_url()))

    def tour(self) -> None:
        """Show what is where."""
        self.end_tour()
        self._bench.settings.change(has_seen_tour=True)
        parts = {"toolbar": self._commands.toolbar, **dict(self._bench.docks.widgets())}
        self._tour = Tour(self._bench.window, parts.get)
        self._tour.example_wanted.connect(self._files.open_example)
        self._tour.ended.connect(self._tour_ended)
        self._tour.appear()

    def end_tour(self) -> None:
        """Take the tour away, if it is shown."""
        if self._tour is not None:
            self._tour.end()

    def command_list(self) -> None:
        """Open the list of all commands."""
        from flowdesk.ui.commandlist import CommandList

        CommandList(self._bench.window, self._commands.actions, self._commands.act).open_over(self._bench.window)

    def guide(self) -> None:
        """Open the user guide where it tells about what is selected."""
        from flowdesk.ui.guide import open_guide, page_of

        open_guide(self._bench.window, page_of(self._bench.tab))

    def help(self) -> None:
        """Show the keys."""
        from flowdesk.ui.help import HelpOverlay

        HelpOverlay(self._bench.window, self._bench.habits).open()

    def about(self) -> None:
        """Say what this is."""
        text = tr("Build flows that drive the desktop, and run them.")
        self._bench.spawn(dialogs.tell(self._bench.window, f"flowdesk {__version__}", text), "about")

    def _tour_ended(self) -> None:
        self._tour = None

"""Who is connected to this desktop, how others get in, and the question before someone else's first run."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QMessageBox,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from flowdesk.i18n import tr, tr_all
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.runlist import UNDER_WAY
from flowdesk.model.sentence import say
from flowdesk.ui.dialogs import finished
from flowdesk.ui.icons import icon
from flowdesk.ui.plain import PlainLabel, PlainMessageBox, tip

ROLES = {"view": say("can view"), "edit": say("can edit"), "run": say("can run")}


class Tokens(Protocol):
    """The tokens of this installation."""

    def show(self) -> str:
        """Return the owner's token."""

    def renew(self) -> str:
        """Make a new one; the old one is void."""


class Serving(Protocol):
    """What the dialog needs of the server."""

    @property
    def clients(self) -> Mapping[str, Any]:
        """Who is in, by id; each has a ``name`` and a ``role``."""

    @property
    def tokens(self) -> Tokens:
        """The tokens."""

    @property
    def is_exposed(self) -> bool:
        """Whether other machines can reach it."""

    def url(self) -> str:
        """Return the address of the page."""

    def browser_url(self) -> str:
        """Return a link that opens the page once."""

    def pairing_code(self) -> str:
        """Return six digits for another machine."""

    def kick(self, peer_id: str) -> None:
        """Throw a client out."""

    def revoke(self, name: str = "") -> None:
        """Make a token void and close what it opened."""


class ServingLabel(QToolButton):
    """Says in the status bar how many are connected, and who else drives this desktop; a click shows them."""

    def __init__(self, parent: QWidget) -> None:
        """Nobody can connect yet."""
        super().__init__(parent)
        self.setObjectName("serving")
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.server: Serving | None = None
        self.dialog: ConnectionsDialog | None = None
        self.clicked.connect(self.show_connections)
        self.hide()

    def serve(self, server: "Serving | None") -> None:
        """Show a server, or none."""
        self.server = server
        self.setVisible(server is not None)
        if self.dialog is not None:
            self.dialog.close()

    def refresh(self, status: Mapping[str, Any], own_id: str, own_name: str) -> None:
        """Show what ``system.status`` says of the clients, beside the window itself."""
        if self.server is None:
            return
        count = sum(client["id"] != own_id for client in status.get("clients", ()))
        driving = [status["controller"]] if status.get("controller") else []
        driving += [
            run["started_by"]
            for run in status.get("runs", ())
            if run["status"] in UNDER_WAY and run.get("started_by") not in {"", own_name, None}
        ]
        self.setIcon(icon("users", "warning" if driving else "text_dim"))
        text = tr(say("{count} connected", count=count)) + "  ·  " + self.server.url()
        self.setText(tr(say('"{name}" controls this desktop', name=driving[0])) if driving else text)
        self.setToolTip(tip(tr("Connected clients and access")))

    def show_connections(self) -> None:
        """Open the dialog, or bring it to the front."""
        if self.server is None:
            return
        if self.dialog is None:
            self.dialog = ConnectionsDialog(self.server, self.window())
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.dialog.destroyed.connect(self._closed)
        self.dialog.show()
        self.dialog.raise_()

    def _closed(self) -> None:
        self.dialog = None


class ConnectionsDialog(QDialog):
    """Shows the clients of the server; they can be thrown out, and new ones let in."""

    def __init__(self, server: Serving, parent: QWidget | None = None) -> None:
        """Show who is there now, and follow it."""
        super().__init__(parent)
        self.server = server
        self.setObjectName("connections")
        self.address = PlainLabel(self)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.clients = QTreeWidget(self)
        self.clients.setRootIsDecorated(False)
        self.clients.setMinimumSize(460, 140)
        self.told = PlainLabel(self)
        self.told.setWordWrap(True)
        self.told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = {
            name: QPushButton(icon(picture), "", self)
            for name, picture in (
                ("open", "globe"), ("pair", "link"), ("copy_token", "copy"), ("renew", "refresh-cw"), ("revoke", "ban"), ("kick", "log-out"),
            )
        }  # fmt: skip
        rows = QVBoxLayout(self)
        rows.setContentsMargins(18, 16, 18, 14)
        rows.setSpacing(10)
        rows.addWidget(self.address)
        rows.addLayout(_row(self.buttons["open"], self.buttons["pair"]))
        rows.addWidget(self.clients)
        rows.addLayout(
            _row(self.buttons["kick"], None, self.buttons["copy_token"], self.buttons["renew"], self.buttons["revoke"])
        )
        rows.addWidget(self.told)
        for name, button in self.buttons.items():
            button.clicked.connect(getattr(self, f"_{name}"))
        self.buttons["pair"].setVisible(server.is_exposed)
        self.clients.itemSelectionChanged.connect(self._enable)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(500)
        self.retranslate()

    def retranslate(self) -> None:
        """Set every text in the language in force."""
        self.setWindowTitle(tr("Connections"))
        self.address.setText(tr(say("Browsers and scripts connect to this desktop at {url}", url=self.server.url())))
        self.clients.setHeaderLabels([tr("Client"), tr("Permission")])
        self.clients.setAccessibleName(tr("Connected clients"))
        for name, text in {
            "open": tr("Open in browser"), "pair": tr("Connect another computer…"), "copy_token": tr("Copy the token"),
            "renew": tr("New token"), "revoke": tr("Revoke the token"), "kick": tr("Disconnect"),
        }.items():  # fmt: skip
            self.buttons[name].setText(text)
        self.refresh()

    def refresh(self) -> None:
        """Show who is there now."""
        chosen = self._chosen()
        rows = [self.clients.topLevelItem(row) for row in range(self.clients.topLevelItemCount())]
        known = {row.data(0, Qt.ItemDataRole.UserRole) for row in rows if row is not None}
        if known == set(self.server.clients):
            return
        self.clients.clear()
        for peer_id, client in self.server.clients.items():
            row = QTreeWidgetItem(self.clients, [client.name, tr(ROLES[client.role.name.lower()])])
            row.setData(0, Qt.ItemDataRole.UserRole, peer_id)
            row.setSelected(peer_id == chosen)
        self.clients.resizeColumnToContents(0)
        self._enable()

    def _chosen(self) -> str:
        items = self.clients.selectedItems()
        return str(items[0].data(0, Qt.ItemDataRole.UserRole)) if items else ""

    def _enable(self) -> None:
        self.buttons["kick"].setEnabled(bool(self._chosen()))

    def _open(self) -> None:
        self._try(lambda: QDesktopServices.openUrl(QUrl(self.server.browser_url())))

    def _pair(self) -> None:
        def pair() -> None:
            code = self.server.pairing_code()
            self.told.setText(
                tr(say("On the other computer, open the page and enter {code} within 5 minutes.", code=code))
            )

        self._try(pair)

    def _copy_token(self) -> None:
        self._try(lambda: self._copied(self.server.tokens.show()))

    def _renew(self) -> None:
        def renew() -> None:
            self.server.revoke()
            self._copied(self.server.tokens.renew())

        self._try(renew)

    def _copied(self, token: str) -> None:
        QGuiApplication.clipboard().setText(token)
        self.told.setText(tr("Token copied. Anyone with it can control this desktop."))

    def _revoke(self) -> None:
        def revoke() -> None:
            self.server.revoke()
            self.told.setText(tr("The token is revoked: no client can connect until you run flowdesk token new."))

        self._try(revoke)

    def _kick(self) -> None:
        self.server.kick(self._chosen())

    def _try(self, act: Any) -> None:
        try:
            act()
        except FlowdeskError as error:
            self.told.setText(tr_all(error.message, error.fix))


async def ask_first_run(parent: QWidget, client: str, flow: str, would: Sequence[str] = ()) -> bool:
    """Ask whether a client that is not the owner's may run a flow on this desktop, and say what it would do there."""
    question = say('"{client}" wants to run "{flow}" on this desktop.', client=client, flow=flow)
    lines = [tr("The flow uses your mouse and keyboard. Press Ctrl+Alt+Q to stop it at any time."), *would]
    return await _may(parent, "firstRunQuestion", tr(question), lines)


async def ask_to_record(parent: QWidget, client: str) -> bool:
    """Ask whether a client that is not the owner's may record what is done on this desktop."""
    question = say('"{client}" wants to record what you do on this desktop.', client=client)
    line = tr("Your clicks and what you type become steps of a flow that others can read. Press Ctrl+Alt+Q to end it.")
    return await _may(parent, "recordQuestion", tr(question), [line])


async def _may(parent: QWidget, name: str, question: str, lines: Sequence[str]) -> bool:
    box = PlainMessageBox(parent)
    box.setObjectName(name)
    box.setIconPixmap(icon("shield", "warning", 36).pixmap(36, 36))
    box.setWindowTitle("flowdesk")
    box.setText(question)
    box.setInformativeText("\n".join(lines))
    allow = box.addButton(tr("Allow"), QMessageBox.ButtonRole.AcceptRole)
    refuse = box.addButton(tr("Refuse"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(refuse)
    box.setEscapeButton(refuse)
    await finished(box)
    return box.clickedButton() is allow


def _row(*widgets: QWidget | None) -> QHBoxLayout:
    row = QHBoxLayout()
    for widget in widgets:
        if widget is None:
            row.addStretch()
        else:
            row.addWidget(widget)
    if None not in widgets:
        row.addStretch()
    return row

"""Who is connected is shown and can be thrown out; others' first runs are asked about."""

from dataclasses import dataclass, field
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from flowdesk.aio import spawn
from flowdesk.protocol.messages import Role
from flowdesk.ui.connections import ConnectionsDialog, ask_first_run
from tests.ui.conftest import Live, Rig, until


@dataclass
class Guest:
    name: str
    role: Role = Role.RUN


@dataclass
class Keys:
    made: int = 1

    def show(self) -> str:
        return f"token {self.made}"

    def renew(self) -> str:
        self.made += 1
        return self.show()


@dataclass
class Serving:
    clients: dict[str, Any] = field(default_factory=dict)
    tokens: Keys = field(default_factory=Keys)
    revoked: int = 0
    is_exposed: bool = True

    def url(self) -> str:
        return "http://127.0.0.1:8000/"

    def browser_url(self) -> str:
        return self.url() + "#code=x"

    def pairing_code(self) -> str:
        return "012345"

    def kick(self, peer_id: str) -> None:
        del self.clients[peer_id]

    def revoke(self, name: str = "") -> None:
        self.revoked += 1


def test_clients_are_listed_and_thrown_out(live: Live) -> None:
    async def story(rig: Rig) -> None:
        server = Serving({"a": Guest("mei"), "b": Guest("bot", Role.VIEW)})
        rig.window.show_server(server)
        assert rig.window.commands.actions["connections"].isEnabled()
        rig.window.carry_out("connections")
        dialog = rig.window.server_label.dialog
        assert isinstance(dialog, ConnectionsDialog)
        first, second = dialog.clients.topLevelItem(0), dialog.clients.topLevelItem(1)
        assert first is not None
        assert second is not None
        assert (first.text(0), second.text(0)) == ("mei", "bot")
        assert not dialog.buttons["kick"].isEnabled()
        first.setSelected(True)
        dialog.buttons["kick"].click()
        await until(lambda: dialog.clients.topLevelItemCount() == 1)
        assert list(server.clients) == ["b"]
        dialog.close()

    live(story)


def test_tokens_are_copied_renewed_and_revoked_and_a_machine_is_paired(live: Live) -> None:
    async def story(rig: Rig) -> None:
        server = Serving()
        dialog = ConnectionsDialog(server, rig.window)
        dialog.buttons["copy_token"].click()
        assert QGuiApplication.clipboard().text() == "token 1"
        dialog.buttons["renew"].click()
        assert QGuiApplication.clipboard().text() == "token 2"
        assert server.revoked == 1
        dialog.buttons["pair"].click()
        assert "012345" in dialog.told.text()
        dialog.buttons["revoke"].click()
        assert server.revoked == 2
        dialog.close()

    live(story)


def test_a_guest_runs_only_when_the_owner_allows_it(live: Live) -> None:
    async def story(rig: Rig) -> None:
        for wanted in (True, False):
            asked = spawn(ask_first_run(rig.window, "mei", "Fill the form"), "question")
            await until(lambda: rig.window.findChildren(QMessageBox, "firstRunQuestion"))
            (box,) = rig.window.findChildren(QMessageBox, "firstRunQuestion")
            assert '"mei" wants to run "Fill the form"' in box.text()
            next(button for button in box.buttons() if button.text() == ("Allow" if wanted else "Refuse")).click()
            assert await asked is wanted
            await until(lambda: not rig.window.findChildren(QMessageBox, "firstRunQuestion"))

    live(story)


def test_the_status_bar_says_who_else_drives_the_desktop(live: Live) -> None:
    async def story(rig: Rig) -> None:
        label = rig.window.server_label
        rig.window.show_server(Serving())
        status: dict[str, Any] = {"clients": [{"id": "x"}], "runs": [{"status": "running", "started_by": "mei"}]}
        label.refresh(status, "window", "window")
        assert label.text() == '"mei" controls this desktop'
        status["runs"][0]["status"] = "succeeded"
        label.refresh(status, "window", "window")
        assert "1 connected" in label.text()

    live(story)

/** Keys and the clipboard. Fields keep their own. */

import { copyText, pasteText } from "./rules";
import { t } from "./i18n";
import { pathToSave } from "./panels/TopBar";
import type { Session } from "./session";
import { isRunning, may, onlyInspector, useStore } from "./store";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}

export function keyDown(event: KeyboardEvent, session: Session, fit: () => void): void {
  const { flow, selection, run } = useStore.getState();
  const hasCommand = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const act = (action: () => void) => {
    event.preventDefault();
    action();
  };
  if (hasCommand && key === "s") return act(() => void (flow && may("edit") && session.save(pathToSave())));
  if (hasCommand && key === "f") return act(() => useStore.setState({ isFindShown: true }));
  if (hasCommand && event.key === "Enter") return act(() => void (!isRunning(run) && may("run") && session.run("start")));
  if (hasCommand && event.key === ".") return act(() => void (isRunning(run) && session.run("stop")));
  if (isTyping(event.target)) return;
  if (hasCommand && key === "z") return act(() => void session.undo(event.shiftKey ? "redo" : "undo"));
  if (hasCommand && key === "y") return act(() => void session.undo("redo"));
  if (hasCommand && key === "a" && flow) return act(() => session.select(flow.nodes.keys()));
  if (hasCommand && key === "d" && flow) return act(() => duplicate(session));
  if (hasCommand) return;
  if (event.key === "Delete" || event.key === "Backspace") return act(() => void session.remove());
  if (event.shiftKey && key === "a") return act(() => window.dispatchEvent(new CustomEvent("flowdesk:quick-add")));
  if (event.key === "?") return act(() => useStore.setState({ isHelpShown: true }));
  if (key === "f" || event.key === "Home") return act(fit);
  if (event.key === "F2" && selection.size === 1) return act(rename);
  if (event.key === "F9") return act(() => turn(session, "breakpoint", t("Breakpoint")));
  if (key === "d") return act(() => turn(session, "disabled", t("Disabled")));
  if (event.key === "Escape" && selection.size) session.select([]);
}

export function onCopy(event: ClipboardEvent, session: Session): void {
  const { flow, selection } = useStore.getState();
  if (isTyping(event.target) || !flow || !selection.size || String(window.getSelection())) return;
  const text = copyText(flow, selection);
  event.clipboardData?.setData("text/plain", text);
  event.clipboardData?.setData("application/x-flowdesk-flow+json", text);
  event.preventDefault();
  if (event.type === "cut") void session.remove();
}

export function onPaste(event: ClipboardEvent, session: Session): void {
  if (isTyping(event.target)) return;
  paste(session, event.clipboardData?.getData("text/plain") ?? "");
}

/** Puts the caret into the name of the selected node. */
function rename(): void {
  useStore.setState(onlyInspector());
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>(".inspector .name")?.select());
}

/** Turns an option of the selected nodes on, or off where all have it. */
function turn(session: Session, option: "breakpoint" | "disabled", label: string): void {
  const { flow, selection } = useStore.getState();
  if (!flow || !selection.size || !may("edit")) return;
  const chosen = [...selection].flatMap((id) => flow.nodes.get(id) ?? []);
  const isOn = chosen.every((node) => node.data.config?.[option] === true);
  const path = ["data", "config", option];
  void session.edit(chosen.map(({ id }) => (isOn ? { op: "setNode", id, path, remove: true } : { op: "setNode", id, path, value: true })), label);
}

function duplicate(session: Session): void {
  const { flow, selection } = useStore.getState();
  if (flow && selection.size) paste(session, copyText(flow, selection));
}

function paste(session: Session, text: string): void {
  const { flow } = useStore.getState();
  if (!flow || !may("edit")) return;
  const changes = pasteText(flow, text, null);
  if (!changes) {
    if (text.trim()) session.notify("error", t("What was copied is no part of a flow."));
    return;
  }
  void session.edit(changes, t("Paste"));
  session.select(changes.flatMap((change) => (change.op === "addNode" ? [change.node.id] : [])));
}

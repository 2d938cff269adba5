/** Keys and the clipboard. Fields keep their own. */

import { sendDrafts } from "./form/drafts";
import { grouped, membersOf, toggled, withoutFrames, framesOf } from "./frames";
import { guideContents, guideOfError, guideOfType } from "./guide";
import { t } from "./i18n";
import { addedBy, copyText, neighbour, pasteText } from "./rules";
import type { Session } from "./session";
import { isRunning, may, onlyInspector, useStore } from "./store";
import { notify } from "./telling";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}

export function keyDown(event: KeyboardEvent, session: Session, fit: () => void): void {
  const { flow, selection, selectedFrames, run } = useStore.getState();
  const hasCommand = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  const act = (action: () => void) => {
    event.preventDefault();
    if (hasCommand) sendDrafts();
    action();
  };
  if (hasCommand && (key === "k" || (event.shiftKey && key === "p"))) return act(() => useStore.setState({ isCommandsShown: true }));
  if (hasCommand && key === "s") return act(() => flow && saveOrAsk(session));
  if (hasCommand && key === "f") return act(() => useStore.setState({ isFindShown: true }));
  if (hasCommand && event.altKey && event.key === "Enter") return act(() => runSelection(session));
  if (hasCommand && event.shiftKey && event.key === "Enter") return act(() => runFromHere(session));
  if (hasCommand && event.key === "Enter") return act(() => void (!isRunning(run) && may("run") && session.running.run("start")));
  if (hasCommand && event.key === ".") return act(() => void session.running.stop());
  if (isTyping(event.target)) return;
  if (hasCommand && key === "z") return act(() => void session.undo(event.shiftKey ? "redo" : "undo"));
  if (hasCommand && key === "y") return act(() => void session.undo("redo"));
  if (hasCommand && key === "a" && flow) return act(() => session.select(flow.nodes.keys(), [], framesOf(flow).map((frame) => frame.id)));
  if (hasCommand && key === "g") return act(() => (event.shiftKey ? ungroup(session) : group(session)));
  if (hasCommand && key === "d" && flow) return act(() => duplicate(session));
  if (hasCommand) return;
  if (event.key === "Delete" || event.key === "Backspace") return act(() => void session.remove());
  if (event.altKey && event.code === "KeyG") return act(() => fold(session));
  if (event.shiftKey && key === "s") return act(() => window.dispatchEvent(new CustomEvent("flowdesk:note")));
  if (event.shiftKey && key === "a") return act(() => window.dispatchEvent(new CustomEvent("flowdesk:quick-add")));
  if (event.key === "F1") return act(openGuide);
  if (event.key === "?") return act(() => useStore.setState({ isHelpShown: true }));
  if (key === "f" || event.key === "Home") return act(fit);
  if (event.key === "F2" && selection.size + selectedFrames.size === 1) return act(rename);
  if (event.key === "F8" && selection.size === 1) return act(() => runThis(session, [...selection][0] ?? ""));
  if (event.key === "F9") return act(() => turn(session, "breakpoint", t("Breakpoint")));
  if (key === "d") return act(() => turn(session, "disabled", t("Disabled")));
  if (event.key === "Escape" && selection.size + selectedFrames.size) session.select([]);
}

/** Opens the user guide: where one node is selected, at its error in the last run or else at its type. */
export function openGuide(): void {
  const { flow, selection, nodes } = useStore.getState();
  const node = selection.size === 1 ? flow?.nodes.get([...selection][0] ?? "") : undefined;
  const code = node && nodes[node.id]?.code;
  window.open(code ? guideOfError(code) : node ? guideOfType(node.type) : guideContents(), "_blank", "noopener");
}

const WAYS: Readonly<Record<string, "left" | "right" | "up" | "down">> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** Alt and an arrow walk along the flow. Listened to first, since the canvas would move the node. */
export function walk(event: KeyboardEvent, session: Session): void {
  const way = WAYS[event.key];
  const { flow, selection } = useStore.getState();
  if (!way || !event.altKey || event.ctrlKey || event.metaKey || !flow || isTyping(event.target)) return;
  event.preventDefault();
  event.stopPropagation();
  const last = [...selection].at(-1);
  const start = [...flow.nodes.values()].find((node) => node.type === "start") ?? flow.nodes.values().next().value;
  const next = last ? neighbour(flow, last, way) : start?.id;
  if (!next) return;
  session.select([next]);
  window.dispatchEvent(new CustomEvent("flowdesk:reveal", { detail: next }));
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(next)}"]`)?.focus({ preventScroll: true }));
}

export function onCopy(event: ClipboardEvent, session: Session): void {
  const { flow, selection, selectedFrames } = useStore.getState();
  if (isTyping(event.target) || !flow || !(selection.size + selectedFrames.size) || String(window.getSelection())) return;
  const text = copyText(flow, selection, selectedFrames);
  event.clipboardData?.setData("text/plain", text);
  event.clipboardData?.setData("application/x-flowdesk-flow+json", text);
  event.preventDefault();
  if (event.type === "cut") void session.remove(true);
}

export function onPaste(event: ClipboardEvent, session: Session): void {
  if (isTyping(event.target)) return;
  paste(session, event.clipboardData?.getData("text/plain") ?? "");
}

/** Saves the flow; one that has no file yet asks for a name first. */
export function saveOrAsk(session: Session): void {
  if (!may("edit")) return;
  if (useStore.getState().path) void session.files.save();
  else useStore.setState({ isNaming: true });
}

/** Puts the caret into the name of the selected node. */
export function rename(): void {
  const { selectedFrames } = useStore.getState();
  if (selectedFrames.size) {
    if (may("edit")) useStore.setState({ writing: [...selectedFrames][0] ?? null });
    return;
  }
  useStore.setState(onlyInspector());
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>(".inspector .name")?.select());
}

/** Turns an option of the selected nodes on, or off where all have it. */
export function turn(session: Session, option: "breakpoint" | "disabled", label: string): void {
  const { flow, selection } = useStore.getState();
  if (!flow || !selection.size || !may("edit")) return;
  const chosen = [...selection].flatMap((id) => flow.nodes.get(id) ?? []);
  const isOn = chosen.every((node) => node.data.config?.[option] === true);
  const path = ["data", "config", option];
  void session.edit(chosen.map(({ id }) => (isOn ? { op: "setNode", id, path, remove: true } : { op: "setNode", id, path, value: true })), label);
}

export function duplicate(session: Session): void {
  const { flow, selection, selectedFrames } = useStore.getState();
  if (flow && selection.size + selectedFrames.size) paste(session, copyText(flow, selection, selectedFrames));
}

/** Puts the selected nodes into a new group, whose title is then typed. */
export function group(session: Session): void {
  const { flow, types, selection } = useStore.getState();
  const made = flow && may("edit") ? grouped(flow, types, selection, t("Group")) : null;
  if (!made) return;
  void session.edit(made.changes, t("Group"));
  session.select([], [], [made.id]);
  useStore.setState({ writing: made.id });
}

/** Makes a function of the selected nodes, and calls it where they were: the server works out what that takes. */
export function makeFunction(session: Session): void {
  const { flow, selection, selectedFrames } = useStore.getState();
  const nodes = flow ? [...new Set([...selection, ...membersOf(flow, selectedFrames)])] : [];
  if (nodes.length) void session.edit([{ op: "makeFunction", nodes, name: "" }], t("Make a function"));
}

/** Takes the frames of the selected groups away, or of the groups of the selected nodes; the nodes stay. */
export function ungroup(session: Session): void {
  const { flow } = useStore.getState();
  if (!flow || !may("edit")) return;
  const changes = withoutFrames(flow, groupsMeant());
  session.select([]);
  void session.edit(changes, t("Ungroup"));
}

/** Collapses the selected groups, or those of the selected nodes, or expands them. */
export function fold(session: Session): void {
  const { flow } = useStore.getState();
  const groups = groupsMeant();
  if (!flow || !groups.size || !may("edit")) return;
  session.select([], [], groups);
  void session.edit(toggled(flow, groups), t("Collapse or expand"));
}

function groupsMeant(): ReadonlySet<string> {
  const { flow, selection, selectedFrames } = useStore.getState();
  const groups = (flow ? framesOf(flow) : []).filter((frame) => frame.kind === "groups");
  return new Set(groups.filter((frame) => selectedFrames.has(frame.id) || frame.nodes.some((id) => selection.has(id))).map((frame) => frame.id));
}

function paste(session: Session, text: string): void {
  const { flow } = useStore.getState();
  if (!flow || !may("edit")) return;
  const changes = pasteText(flow, text, null);
  if (!changes) {
    if (text.trim()) notify("error", t("The clipboard contains no nodes."));
    return;
  }
  void session.edit(changes, t("Paste"));
  const { nodes, frames } = addedBy(changes);
  session.select(nodes, [], frames);
}

/** Runs the selected nodes and no others. */
export function runSelection(session: Session): void {
  const { run, selection } = useStore.getState();
  if (selection.size && !isRunning(run) && may("run")) void session.running.run("start", { only: [...selection] });
}

/** Runs from the selected node on. */
export function runFromHere(session: Session): void {
  const { run, selection } = useStore.getState();
  const [first] = selection;
  if (first && selection.size === 1 && !isRunning(run) && may("run")) void session.running.run("start", { from_node: first });
}

/** Runs one node and no other, with what the last run left. */
export function runThis(session: Session, id: string): void {
  if (!isRunning(useStore.getState().run) && may("run")) void session.running.run("start", { only: [id] });
}

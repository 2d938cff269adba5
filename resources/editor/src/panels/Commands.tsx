/** The list of all commands: type a few letters, Enter carries it out. As in the window. */

import { useMemo, useState } from "react";

import { useSession } from "../context";
import { t } from "../i18n";
import { Icon, type IconName } from "../icons";
import { duplicate, fold, group, makeFunction, openGuide, rename, runFromHere, runSelection, runThis, saveOrAsk, turn, ungroup } from "../keys";
import { rank } from "../searching";
import type { Session } from "../session";
import { isDriven, isRunning, may, otherDesktop, useStore, type State } from "../store";
import { Dialog } from "./Dialog";
import { layOut } from "./TopBar";

interface Command {
  /** English, the key of the translation. */
  readonly text: string;
  readonly icon: IconName;
  readonly keys?: string;
  readonly isOn?: (state: State) => boolean;
  readonly run: (session: Session) => void;
}

const set = useStore.setState;
const tell = (name: string) => window.dispatchEvent(new CustomEvent(name));
const hasFlow = (state: State) => state.flow !== null;
const mayEdit = (state: State) => hasFlow(state) && may("edit");
const isIdle = (state: State) => hasFlow(state) && may("run") && !isRunning(state.run);
const isOn = (state: State) => isRunning(state.run) && may("run");
const hasNodes = (state: State) => mayEdit(state) && state.selection.size > 0;
const first = () => [...useStore.getState().selection][0] ?? "";

const COMMANDS: readonly Command[] = [
  { text: "New flow", icon: "file-plus", isOn: () => may("edit"), run: (session) => void session.open(null) },
  { text: "Gallery…", icon: "layout-grid", isOn: () => may("edit"), run: () => set({ isGalleryShown: true }) },
  { text: "Save", icon: "save", keys: "Ctrl+S", isOn: mayEdit, run: saveOrAsk },
  { text: "Save as…", icon: "save-all", isOn: mayEdit, run: () => set({ isNaming: true }) },
  { text: "Undo", icon: "undo-2", keys: "Ctrl+Z", isOn: (state) => state.undoLabel !== null, run: (session) => void session.undo("undo") },
  { text: "Redo", icon: "redo-2", keys: "Ctrl+Shift+Z", isOn: (state) => state.redoLabel !== null, run: (session) => void session.undo("redo") },
  { text: "Duplicate", icon: "copy", keys: "Ctrl+D", isOn: hasNodes, run: duplicate },
  { text: "Delete", icon: "trash-2", keys: "Delete", isOn: hasNodes, run: (session) => void session.remove() },
  { text: "Rename", icon: "type", keys: "F2", isOn: hasNodes, run: rename },
  { text: "Disable or enable", icon: "ban", keys: "D", isOn: hasNodes, run: (session) => turn(session, "disabled", t("Disabled")) },
  { text: "Find…", icon: "search", keys: "Ctrl+F", isOn: hasFlow, run: () => set({ isFindShown: true }) },
  { text: "Add node…", icon: "plus", keys: "Shift+A", isOn: mayEdit, run: () => tell("flowdesk:quick-add") },
  { text: "Add a note", icon: "sticky-note", keys: "Shift+S", isOn: mayEdit, run: () => tell("flowdesk:note") },
  { text: "Tidy up", icon: "layout-grid", isOn: mayEdit, run: layOut },
  { text: "Group", icon: "group", keys: "Ctrl+G", isOn: hasNodes, run: group },
  { text: "Make a function", icon: "braces", isOn: hasNodes, run: makeFunction },
  { text: "Ungroup", icon: "group", keys: "Ctrl+Shift+G", isOn: (state) => mayEdit(state) && state.selectedFrames.size > 0, run: ungroup },
  { text: "Collapse or expand", icon: "chevrons-up-down", keys: "Alt+G", isOn: (state) => mayEdit(state) && state.selectedFrames.size > 0, run: fold },
  { text: "Show the whole flow", icon: "maximize", keys: "F", isOn: hasFlow, run: () => tell("flowdesk:fit") },
  { text: "Desktop", icon: "monitor", isOn: () => may("edit"), run: () => set(otherDesktop) },
  { text: "Runs", icon: "history", run: () => set({ panel: "runs" }) },
  { text: "Run", icon: "play", keys: "Ctrl+Enter", isOn: isIdle, run: (session) => void session.running.run("start") },
  { text: "Dry run", icon: "eye", isOn: isIdle, run: (session) => void session.running.run("start", { dry_run: true }) },
  { text: "Run this node", icon: "play", keys: "F8", isOn: (state) => isIdle(state) && state.selection.size > 0, run: (session) => runThis(session, first()) },
  { text: "Run from the selected node", icon: "skip-forward", keys: "Ctrl+Shift+Enter", isOn: (state) => isIdle(state) && state.selection.size > 0, run: runFromHere },
  { text: "Run only the selected nodes", icon: "play", keys: "Ctrl+Alt+Enter", isOn: (state) => isIdle(state) && state.selection.size > 0, run: runSelection },
  { text: "Record this step again", icon: "circle", isOn: (state) => may("run") && !isDriven(state) && !state.recording && state.selection.size === 1, run: (session) => void session.running.recordAgain(first()) },
  { text: "Pause", icon: "pause", isOn: (state) => isOn(state) && state.run?.status === "running", run: (session) => void session.running.run("pause") },
  { text: "Resume", icon: "play", isOn: (state) => isOn(state) && state.run?.status === "paused", run: (session) => void session.running.run("resume") },
  { text: "Stop", icon: "circle-stop", keys: "Ctrl+.", isOn: (state) => isRunning(state.run) || state.underWay.length > 0, run: (session) => void session.running.stop() },
  { text: "Breakpoint", icon: "circle-dot", keys: "F9", isOn: hasNodes, run: (session) => turn(session, "breakpoint", t("Breakpoint")) },
  { text: "Triggers…", icon: "timer", isOn: hasFlow, run: () => set({ triggersShown: { id: "" } }) },
  { text: "User guide", icon: "circle-help", keys: "F1", run: openGuide },
  { text: "Keyboard and mouse", icon: "keyboard", keys: "?", run: () => set({ isHelpShown: true }) },
];

export function Commands() {
  const isShown = useStore((state) => state.isCommandsShown);
  return isShown ? <List /> : null;
}

function List() {
  const session = useSession();
  const [wanted, setWanted] = useState("");
  const [chosen, setAt] = useState<number | null>(null);
  const { found, isNearest } = useMemo(() => {
    const state = useStore.getState();
    const known = new Map(COMMANDS.filter((one) => one.isOn?.(state) ?? true).map((one) => [one.text, one]));
    const ranked = rank(wanted, [...known.values()].map((one) => ({ key: one.text, titles: [t(one.text), one.text], words: [], texts: [] })));
    return { found: ranked.keys.flatMap((key) => known.get(key) ?? []), isNearest: ranked.isNearest };
  }, [wanted]);
  const at = chosen ?? (isNearest ? -1 : 0);
  const close = () => set({ isCommandsShown: false });
  const carryOut = (command: Command | undefined) => {
    if (!command) return;
    close();
    // The dialog goes first: what opens another, or takes the focus, finds the page free.
    setTimeout(() => command.run(session));
  };
  return (
    <Dialog title={t("Commands…")} onClose={close}>
      <label className="search">
        <Icon name="search" />
        <input
          autoFocus
          value={wanted}
          placeholder={t("What do you want to do?")}
          aria-label={t("What do you want to do?")}
          role="combobox"
          aria-expanded="true"
          aria-controls="command-list"
          aria-activedescendant={found[at] ? `command-${at}` : undefined}
          onChange={(event) => {
            setWanted(event.target.value);
            setAt(null);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter") carryOut(found[at]);
            else if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
            else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
            else return;
            event.preventDefault();
          }}
        />
      </label>
      {isNearest && <p className="hint">{found.length ? t("Nothing found. Did you mean:") : t("Nothing found.")}</p>}
      <ul id="command-list" className="commands" role="listbox" aria-label={t("Commands…")}>
        {found.map((command, index) => (
          <li key={command.text} id={`command-${index}`} role="option" aria-selected={index === at} onMouseEnter={() => setAt(index)} onClick={() => carryOut(command)}>
            <Icon name={command.icon} size={16} /> <span>{t(command.text)}</span> {command.keys && <kbd>{command.keys}</kbd>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

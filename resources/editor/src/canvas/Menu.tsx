/** The menu of what lies under the pointer on the canvas. */

import { useEffect, useRef } from "react";

import { useSession } from "../context";
import { t } from "../i18n";
import { Icon } from "../icons";
import { duplicate, group, makeFunction, rename, runFromHere, runSelection, runThis, turn } from "../keys";
import { isDriven, isRunning, useMay, useStore } from "../store";

export interface MenuPlace {
  readonly x: number;
  readonly y: number;
  readonly kind: "node" | "edge" | "canvas";
  readonly id: string;
}

interface Entry {
  readonly icon: string;
  readonly text: string;
  readonly keys?: string;
  readonly isOff?: boolean;
  readonly act: () => void;
}

export function CanvasMenu({ place, onAdd, onClose }: { readonly place: MenuPlace; readonly onAdd: () => void; readonly onClose: () => void }) {
  const groups = useEntries(place, onAdd);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector<HTMLButtonElement>("button:not(:disabled)")?.focus();
    const leave = (event: Event) => !box.current?.contains(event.target as Element) && onClose();
    document.addEventListener("pointerdown", leave, true);
    return () => document.removeEventListener("pointerdown", leave, true);
  }, [onClose]);
  const step = (by: number) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLButtonElement>("button:not(:disabled)") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + by + buttons.length) % buttons.length]?.focus();
  };
  const rows = groups.flat().length;
  return (
    <div
      ref={box}
      className="menu-body canvas-menu"
      role="menu"
      aria-label={t("Menu")}
      style={{ left: Math.min(place.x, window.innerWidth - 270), top: Math.max(8, Math.min(place.y, window.innerHeight - rows * 32 - 40)) }}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Escape") onClose();
        else if (event.key === "ArrowDown") step(1);
        else if (event.key === "ArrowUp") step(-1);
        else return;
        event.preventDefault();
      }}
    >
      {groups.map((entries, index) => (
        <div key={index} role="group">
          {index > 0 && <hr />}
          {entries.map((entry) => (
            <button
              key={entry.text}
              type="button"
              role="menuitem"
              disabled={entry.isOff}
              onClick={() => {
                onClose();
                entry.act();
              }}
            >
              <Icon name={entry.icon} /> <span>{entry.text}</span>
              {entry.keys && <kbd>{entry.keys}</kbd>}
            </button>
          ))}
        </div>
      ))}
    </div>
  );
}

function useEntries(place: MenuPlace, onAdd: () => void): readonly (readonly Entry[])[] {
  const session = useSession();
  const cannotEdit = !useMay("edit");
  const cannotRun = !useMay("run") || isRunning(useStore((state) => state.run));
  const mayRecord = useMay("run");
  const cannotRecord = useStore((state) => isDriven(state) || state.recording !== null) || !mayRecord;
  const count = useStore((state) => state.selection.size);
  if (place.kind === "edge") {
    return [
      [
        { icon: "plus", text: t("Add a node here"), isOff: cannotEdit, act: () => window.dispatchEvent(new CustomEvent("flowdesk:insert", { detail: place.id })) },
        { icon: "unlink", text: t("Disconnect"), keys: "Del", isOff: cannotEdit, act: () => void session.remove() },
      ],
    ];
  }
  if (place.kind === "canvas") {
    return [
      [
        { icon: "plus", text: t("Add node…"), isOff: cannotEdit, act: onAdd },
        { icon: "sticky-note", text: t("Add a note"), keys: "Shift+S", isOff: cannotEdit, act: () => window.dispatchEvent(new CustomEvent("flowdesk:note")) },
      ],
    ];
  }
  return [
    [
      { icon: "play", text: t("Run this node"), keys: "F8", isOff: cannotRun, act: () => runThis(session, place.id) },
      { icon: "skip-forward", text: t("Run from here"), isOff: cannotRun || count > 1, act: () => runFromHere(session) },
      ...(count > 1 ? [{ icon: "play", text: t("Run only the selected nodes"), isOff: cannotRun, act: () => runSelection(session) }] : []),
      { icon: "circle", text: t("Record this step again"), isOff: cannotRecord || count > 1, act: () => void session.running.recordAgain(place.id) },
    ],
    [
      { icon: "type", text: t("Rename"), keys: "F2", isOff: cannotEdit || count > 1, act: rename },
      { icon: "circle-dot", text: t("Breakpoint"), keys: "F9", isOff: cannotEdit, act: () => turn(session, "breakpoint", t("Breakpoint")) },
      { icon: "ban", text: t("Disable or enable"), keys: "D", isOff: cannotEdit, act: () => turn(session, "disabled", t("Disabled")) },
    ],
    [
      { icon: "copy", text: t("Duplicate"), keys: "Ctrl+D", isOff: cannotEdit, act: () => duplicate(session) },
      { icon: "group", text: t("Group"), keys: "Ctrl+G", isOff: cannotEdit, act: () => group(session) },
      { icon: "braces", text: t("Make a function"), isOff: cannotEdit, act: () => makeFunction(session) },
      { icon: "trash-2", text: t("Delete"), keys: "Del", isOff: cannotEdit, act: () => void session.remove() },
    ],
  ];
}

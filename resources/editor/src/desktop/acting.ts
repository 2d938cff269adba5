/** What the hand and the keys of a person mean on the desktop. Pure. */

import type { Act } from "./store";

type Modifier = "ctrl" | "shift" | "alt" | "super";

interface Held {
  readonly ctrlKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

const NAMES: Readonly<Record<string, string>> = {
  Enter: "enter", Tab: "tab", Escape: "esc", Backspace: "backspace", Delete: "delete", Insert: "insert", Home: "home", End: "end",
  PageUp: "pageup", PageDown: "pagedown", ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right", " ": "space",
}; // prettier-ignore
const ALONE: ReadonlySet<string> = new Set(["Control", "Shift", "Alt", "Meta", "AltGraph", "CapsLock", "NumLock", "Dead", "Process", "Unidentified"]);
/** Pixels of a wheel that are one click of it. */
const NOTCH = 100;

/** The keys that are held. */
export function held(event: Held): Modifier[] {
  const all: [Modifier, boolean][] = [["ctrl", event.ctrlKey], ["shift", event.shiftKey], ["alt", event.altKey], ["super", event.metaKey]];
  return all.flatMap(([name, isHeld]) => (isHeld ? [name] : []));
}

/** What a key that was pressed does there: a sign is typed, others are pressed with what is held. `null`: nothing. */
export function actOfKey(event: Held & { readonly key: string }): Act | null {
  const { key } = event;
  if (ALONE.has(key)) return null;
  const isCommand = event.ctrlKey || event.altKey || event.metaKey;
  if ([...key].length === 1 && !isCommand) return { action: "text", text: key };
  const name = NAMES[key] ?? (/^F\d+$/.test(key) ? key.toLowerCase() : [...key].length === 1 ? key.toLowerCase() : null);
  return name === null ? null : { action: "keys", keys: [...held(event), name] };
}

/** How far a wheel turned, in its clicks; less than one counts as one. */
export function notches(delta: number): number {
  return Math.sign(delta) * Math.min(50, Math.max(delta ? 1 : 0, Math.round(Math.abs(delta) / NOTCH)));
}

/** Ids of nodes that people can read and write: `readTable`, `readTable2`. The server knows what may be an id; this only proposes. Pure. */

import type { Flow } from "./flow";

const RUN_NAMES = ["item", "index", "number", "isLast", "lastError", "trigger", "row", "secret"];
const KEYWORDS = ["and", "or", "not", "in", "is", "if", "else", "true", "false", "none", "True", "False", "None"];
const NAMING_KEYS = ["name", "variable", "itemVariable", "indexVariable"];
const MADE_UP = /_[0-9a-f]{8}$/;

let functions: ReadonlySet<string> = new Set();

/** Keeps the names of functions, which no id takes. */
export function avoid(names: Iterable<string>): void {
  functions = new Set(names);
}

/** The names of a flow's variables: its own, those that nodes set, and those that a run sets by itself. */
export function variableNames(flow: Flow): Set<string> {
  const named = [...flow.nodes.values()].flatMap((node) => NAMING_KEYS.map((key) => node.data.config?.[key]));
  const own = Object.keys((flow.fields.variables as object | undefined) ?? {});
  const set = named.filter((name): name is string => typeof name === "string" && name !== "").map((name) => name.split(/[.[]/)[0] ?? "");
  return new Set([...RUN_NAMES, ...own, ...set]);
}

/** Returns the id of a new node of a type. */
export function freshNodeId(type: string, flow: Flow, taken: Iterable<string> = []): string {
  const used = new Set([...flow.nodes.keys(), ...taken, ...functions, ...KEYWORDS, ...variableNames(flow)]);
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? type : `${type}${number}`;
    if (!used.has(name)) return name;
  }
}

/** Returns the id of a copy of a node: its own where that is free, else its own with a number. */
export function freshCopyId(id: string, type: string, flow: Flow, taken: Iterable<string> = []): string {
  const base = id.replace(/[0-9]+$/, "");
  const isReadable = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(id) && /^[\p{L}_]/u.test(base) && !MADE_UP.test(id);
  const others = [...taken];
  const used = new Set([...flow.nodes.keys(), ...others, ...functions, ...KEYWORDS, ...variableNames(flow)]);
  if (isReadable && !used.has(id)) return id;
  return freshNodeId(isReadable ? base : type, flow, others);
}

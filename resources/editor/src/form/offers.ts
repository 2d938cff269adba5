/** What may stand between braces, as the server tells it, and what of it fits what is being written. Pure. */

import type { FunctionDeclaration as FunctionType, Preview } from "../protocol";

/** A value that a setting may name, with what it was in the last run. */
export interface ValueEntry {
  readonly path: string;
  readonly name: string;
  readonly label: string;
  readonly kind: string;
  readonly shown: string | null;
  /** More words that find it. */
  readonly search: string;
  readonly children: readonly ValueEntry[];
}

export type { Preview };

export interface Offer {
  readonly path: string;
  readonly beside: string;
  readonly words: string;
  readonly isFunction: boolean;
}

const OPEN = /\{\{\s*([^{}\n]*)$/;
const TOKEN = /[^\s|~+*/%<>=!,(]*$/;
const MOST = 40;

/** Every value, parts behind what they are parts of, and the functions. */
export function offersOf(entries: readonly ValueEntry[], functions: readonly FunctionType[], help: (text: string) => string): Offer[] {
  const values = (items: readonly ValueEntry[]): Offer[] =>
    items.flatMap((one) => [{ path: one.path, beside: one.shown ?? "", words: `${one.path} ${one.label} ${one.search}`.toLowerCase(), isFunction: false }, ...values(one.children)]);
  const calls = functions.map((one) => ({ path: one.is_filter ? one.name : `${one.name}()`, beside: `${one.usage} ${help(one.help)}`, words: `${one.name} ${one.group}`.toLowerCase(), isFunction: true }));
  return [...values(entries), ...calls];
}

/** What fits what stands before the cursor; `null` where no reference is being written. */
export function fitting(before: string, offers: readonly Offer[]): { readonly token: string; readonly offers: readonly Offer[] } | null {
  const body = OPEN.exec(before)?.[1];
  if (body === undefined) return null;
  const token = TOKEN.exec(body)?.[0] ?? "";
  const isFilter = body.slice(0, body.length - token.length).trimEnd().endsWith("|");
  const wanted = token.toLowerCase();
  const found = offers.filter((one) => (one.isFunction || !isFilter) && one.words.includes(wanted) && (one.isFunction || one.path !== token));
  return { token, offers: found.slice(0, MOST) };
}

/** Completes what is being written before the cursor; braces that stand behind it are kept. Returns the text and the cursor. */
export function completed(text: string, cursor: number, token: string, path: string): { readonly text: string; readonly cursor: number } {
  const behind = text.slice(cursor);
  const written = behind.trimStart().startsWith("}}") ? path : `${path}}}`;
  const before = text.slice(0, cursor - token.length) + written;
  return { text: before + behind, cursor: before.length };
}

/** Writes a whole reference at the cursor, or into the one that is being written there. */
export function inserted(text: string, cursor: number, path: string): { readonly text: string; readonly cursor: number } {
  const open = fitting(text.slice(0, cursor), []);
  if (open) return completed(text, cursor, open.token, path);
  const before = text.slice(0, cursor) + reference(path);
  return { text: before + text.slice(cursor), cursor: before.length };
}

/** The reference to a value as it stands in a setting. */
export function reference(path: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(path) ? `{{${path}}}` : `{{ ${path} }}`;
}

/** Whether a value, however deep, holds a reference. */
export function hasReference(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes("{{");
}

/** The entries of which, or of whose parts, every word is found. */
export function narrowed(entries: readonly ValueEntry[], text: string, around = ""): ValueEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [...entries];
  return entries.flatMap((one) => {
    const own = `${around} ${one.path} ${one.name} ${one.label} ${one.search}`.toLowerCase();
    const children = narrowed(one.children, text, own);
    if (children.length) return [{ ...one, children }];
    return words.every((word) => own.includes(word)) ? [{ ...one, children: [] }] : [];
  });
}

/** What each reference of a text stands for, a line each, for whoever points at the field. */
export function referencesOf(told: Preview | undefined, text: string): string | undefined {
  const characters = [...text]; // The server counts characters, not halves of them.
  const lines = (told?.references ?? []).map((one) => `${characters.slice(one.start, one.end).join("")} = ${one.shown ?? one.message ?? ""}`);
  return lines.length ? lines.join("\n") : undefined;
}

/** What the server says may stand next in a selector; see `target.complete`. */
export interface SelectorOffers {
  readonly begin: number;
  readonly typed: number;
  readonly offers: readonly { readonly text: string; readonly kind: string; readonly beside: string }[];
}

/** The part of a selector that decides what is offered: all up to its last `=` or `>>`. */
export function stepOf(before: string): string {
  const arrows = before.lastIndexOf(">>");
  return before.slice(0, Math.max(before.lastIndexOf("=") + 1, arrows < 0 ? 0 : arrows + 2));
}

/** What stands in the cursor's line before it, and behind it. */
export function lineAt(text: string, cursor: number): { readonly before: string; readonly behind: string } {
  const begin = text.lastIndexOf("\n", cursor - 1) + 1;
  const end = text.indexOf("\n", cursor);
  return { before: text.slice(begin, cursor), behind: text.slice(cursor, end < 0 ? text.length : end) };
}

/** The offers that fit what is written; `token` is what an offer takes the place of. `help` translates what the words that begin a step are called. */
export function fittingSelectors(before: string, told: SelectorOffers, help: (text: string) => string): { readonly token: string; readonly offers: readonly Offer[] } {
  const characters = [...before]; // The server counts characters, not halves of them.
  const from = (at: number) => characters.slice(at).join("").trimStart(); // Blanks may have come after the step was asked for.
  const token = from(told.begin);
  const wanted = from(told.typed).toLowerCase();
  const found = told.offers.filter((one) => one.text !== token && `${one.text} ${one.beside}`.toLowerCase().includes(wanted));
  return { token, offers: found.slice(0, MOST).map((one) => ({ path: one.text, beside: one.kind === "engine" ? help(one.beside) : one.beside, words: "", isFunction: false })) };
}

/** The page in the reader's language: English sentences are the keys, as in the window, in the same catalogue. */

import { useSyncExternalStore } from "react";

import type { Phrase as Told } from "./protocol";
import { WORDS } from "./words";

export type Language = "en" | "zh_CN";

export const LANGUAGES: Record<Language, string> = { en: "English", zh_CN: "简体中文" };

type Texts = Readonly<Record<string, string>>;

let language: Language = "en";
let texts: Texts = {};
let templates: Template[] | null = null;
const answers = new Map<string, string>();
const listeners = new Set<() => void>();

interface Template {
  readonly key: string;
  readonly start: string;
  readonly pattern: RegExp;
  readonly names: readonly string[];
}

/** Returns a text in the language in force, filled with values: `t("Saved {path}", { path })`. */
export function t(text: string, values: Readonly<Record<string, string | number>> = {}): string {
  return filled(texts[text] ?? text, values);
}

/**
 * Returns a sentence that the server made in the language in force.
 *
 * It comes in English, filled with its values: the catalogue's templates are tried against it, and the values are
 * translated in their turn, because a sentence may hold another.
 */
export function said(sentence: string): string {
  if (language === "en" || !sentence) return sentence;
  const whole = texts[sentence] ?? answers.get(sentence);
  if (whole !== undefined) return whole;
  let found = sentence;
  for (const template of (templates ??= Object.keys(texts).flatMap(asTemplate).sort(byLength))) {
    if (!sentence.startsWith(template.start)) continue;
    const match = template.pattern.exec(sentence);
    if (match) {
      const values = Object.fromEntries(template.names.map((name, index) => [name, said(match[index + 1] ?? "")]));
      found = filled(texts[template.key] ?? sentence, values);
      break;
    }
  }
  if (answers.size > 2000) answers.clear();
  answers.set(sentence, found);
  return found;
}

/** A sentence of the server that is not filled yet: the catalogue's key, and values that may be sentences themselves. */
export type Phrase = string | Told;

/** Returns a sentence that the server took apart in the language in force. */
export function phrased(phrase: Phrase): string {
  if (typeof phrase === "string") return phrase;
  const found = texts[phrase.key];
  if (found === undefined) return phrase.text;
  return filled(found, Object.fromEntries(Object.entries(phrase.values).map(([name, value]) => [name, phrased(value)])));
}

/** Returns what people read within a sentence for the value of a choice, in the language in force. */
export function choiceWord(value: string): string {
  return texts[value] ?? WORDS[value] ?? value;
}

/** The same as it stands alone. */
export function choiceTitle(value: string): string {
  const word = choiceWord(value);
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The language in force. */
export function currentLanguage(): Language {
  return language;
}

/** Switches the language; the catalogue is fetched when first needed. */
export async function setLanguage(wanted: Language): Promise<void> {
  texts = wanted === "en" ? {} : ((await (await fetch(`/locale/${wanted}.json`)).json()) as Texts);
  language = wanted;
  templates = null;
  answers.clear();
  document.documentElement.lang = wanted === "en" ? "en" : "zh-CN";
  for (const listener of listeners) listener();
}

/** The language in force; the component is drawn again when it changes. */
export function useLanguage(): Language {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, currentLanguage);
}

function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function asTemplate(key: string): Template[] {
  const names = [...key.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const literal = key.replace(/\{\w+\}/g, "");
  if (!names.length || literal.trim().length < 3) return [];
  const source = key.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(`^${source.join("([\\s\\S]*?)")}$`);
  return [{ key, start: key.slice(0, key.indexOf("{")), pattern, names }];
}

function byLength(one: Template, other: Template): number {
  return other.key.length - one.key.length;
}

/** Finding things by what people type, as `flowdesk.model.searching` does: held to it by `tests/vectors/search.json`. Pure. */

import table from "../../pinyin.json";

export interface Entry {
  readonly key: string;
  /** What it is called; the first in the reader's language. */
  readonly titles: readonly string[];
  /** What else people call it. */
  readonly words: readonly string[];
  /** What is said about it. */
  readonly texts: readonly string[];
}

export interface Found {
  /** The best first. */
  readonly keys: readonly string[];
  /** Nothing was found; these are the nearest. */
  readonly isNearest: boolean;
  /** How many were found by a name or another word for them. */
  readonly named: number;
}

const MOST_NEAREST = 3;
/** Of the letters of a name, the share that may differ where the nearest are offered. */
const FARTHEST = 0.5;
const WORD = /[a-z0-9]+|[^\sa-z0-9]+/g;
const IN_TEXTS = 6;

let readings: ReadonlyMap<string, readonly string[]> | null = null;

/** How characters are read: the table of the core, turned round at the first need. */
function readingsOf(character: string): readonly string[] | undefined {
  if (!readings) {
    const made = new Map<string, string[]>();
    for (const [syllable, characters] of Object.entries(table)) for (const one of characters) made.set(one, [...(made.get(one) ?? []), syllable]);
    readings = made;
  }
  return readings.get(character);
}

/** What counts for nothing beside other words: people type "write to the log". */
const SMALL_WORDS = new Set("a an and as at by for from in into is of on or the to with".split(" "));

/** What fits a query, best first; everything in its order for an empty one. */
export function rank(query: string, entries: readonly Entry[]): Found {
  const typed = query.toLowerCase().split(/\s+/).filter(Boolean);
  const telling = typed.filter((word) => !SMALL_WORDS.has(word));
  const text = (telling.length ? telling : typed).join(" ");
  if (!text) return { keys: entries.map((entry) => entry.key), isNearest: false, named: entries.length };
  const lowered = entries.map(lower);
  for (const score of [strict, loose]) {
    const hits = lowered.flatMap((entry, order) => {
      const value = total(text, entry, score);
      return value === null ? [] : [{ value, order }];
    });
    if (hits.length) return { keys: inOrder(hits, entries), isNearest: false, named: hits.filter((hit) => hit.value < IN_TEXTS).length };
  }
  const far = lowered.map((entry, order) => ({ value: distanceTo(text, entry), order })).filter((one) => one.value <= FARTHEST);
  return { keys: inOrder(far, entries).slice(0, MOST_NEAREST), isNearest: true, named: 0 };
}

function inOrder(hits: readonly { readonly value: number; readonly order: number }[], entries: readonly Entry[]): string[] {
  return [...hits].sort((one, other) => one.value - other.value || one.order - other.order).map(({ order }) => entries[order]?.key ?? "");
}

const lower = (entry: Entry): Entry => ({
  key: entry.key,
  titles: entry.titles.map((one) => one.toLowerCase()),
  words: entry.words.map((one) => one.toLowerCase()),
  texts: entry.texts.map((one) => one.toLowerCase()),
});

type Score = (word: string, entry: Entry) => number | null;

function total(text: string, entry: Entry, score: Score): number | null {
  const whole = score(text, entry);
  const parts = text.split(" ").map((word) => score(word, entry));
  if (parts.length === 1 || parts.some((part) => part === null)) return whole;
  const sum = parts.reduce<number>((all, part) => all + (part ?? 0), 0);
  return whole === null ? sum : Math.min(whole, sum);
}

const strict: Score = (word, { titles, words, texts }) => {
  if (titles.some((title) => title.startsWith(word))) return 0;
  if (words.includes(word) || titles.some((title) => (title.match(WORD) ?? []).some((part) => part.startsWith(word)))) return 1;
  if (titles.some((title) => title.includes(word)) || words.some((known) => known.startsWith(word))) return 2;
  if (titles.some((title) => isSpelled(word, [...title], 0))) return 3;
  if (words.some((known) => known.includes(word)) || words.some((known) => isSpelled(word, [...known], 0))) return 4;
  if (titles.some((title) => [...title].some((_, at, all) => at > 0 && isSpelled(word, all, at)))) return 5;
  const isLong = [...word].length > 2 || word > "\u2e80";
  return isLong && texts.some((text) => text.includes(word)) ? IN_TEXTS : null;
};

const loose: Score = (word, entry) => {
  const allowed = word.length < 4 ? 0 : word.length < 7 ? 1 : 2;
  if (allowed && partsOf(entry).some((part) => isNear(word, part, allowed))) return 1;
  return word.length > 1 && entry.titles.some((title) => isWithin(word, title)) ? 2 : null;
};

function partsOf(entry: Entry): string[] {
  const names = [...entry.titles, ...entry.words];
  return [...new Set([...names, ...names.flatMap((name) => name.match(WORD) ?? [])])];
}

function isNear(word: string, name: string, allowed: number): boolean {
  return name.length > 2 && distances(word, name.slice(0, word.length + allowed)).some((far, length) => length > 2 && far <= allowed);
}

function isWithin(letters: string, text: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = text.indexOf(letter, at) + 1;
    if (!at) return false;
  }
  return true;
}

function isSpelled(word: string, text: readonly string[], at: number): boolean {
  return readingsOf(text[at] ?? "") !== undefined && /^[a-z]{2,}$/.test(word) && spells(word, text, at);
}

function spells(word: string, text: readonly string[], at: number): boolean {
  if (!word) return true;
  const character = text[at];
  if (character === undefined) return false;
  for (const syllable of readingsOf(character) ?? [character]) {
    for (let taken = Math.min(syllable.length, word.length); taken > 0; taken -= 1) {
      if (word.startsWith(syllable.slice(0, taken)) && spells(word.slice(taken), text, at + 1)) return true;
    }
  }
  return false;
}

function distanceTo(text: string, entry: Entry): number {
  let far = 1;
  for (const name of partsOf(entry)) {
    const longest = Math.max(text.length, name.length);
    if (Math.abs(text.length - name.length) <= FARTHEST * longest) far = Math.min(far, (distances(text, name).at(-1) ?? longest) / longest);
  }
  return far;
}

/** How far a word is from each beginning of another: letters added, left out, changed, or swapped with their neighbour. */
function distances(one: string, other: string): number[] {
  let before: number[] = [];
  let above = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isOther = one[row - 1] !== other[column - 1];
      let best = Math.min((above[column] ?? 0) + 1, (line[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + Number(isOther));
      if (row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1]) best = Math.min(best, (before[column - 2] ?? 0) + 1);
      line.push(best);
    }
    before = above;
    above = line;
  }
  return above;
}

/** How values of a config are written in fields and read back. Pure. */

/** A value that stands for "no value": the key is taken out of the config. */
export const ABSENT = Symbol("absent");

export type Written = unknown;

/** Returns a number where the text is one, else the text: it may be `{{a reference}}`. */
export function readNumber(text: string): Written {
  const plain = text.trim().replace(",", ".");
  if (!plain) return ABSENT;
  const number = Number(plain);
  return Number.isFinite(number) ? number : text.trim();
}

/** Returns a JSON value where the text is JSON, else the text. */
export function readValue(text: string): Written {
  if (!text) return ABSENT;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** Writes any value as text that `readValue` reads back as the same value. */
export function writeValue(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value !== "string") return JSON.stringify(value, null, typeof value === "object" ? 1 : 0);
  // A text that looks like JSON keeps its quotes, so that it stays a text.
  return readValue(value) === value || value === "" ? value : JSON.stringify(value);
}

/** Reads one entry a line. */
export function readList(text: string): Written {
  const lines = text.split("\n").map((line) => line.trim());
  const list = lines.filter(Boolean);
  return list.length ? list : ABSENT;
}

export function writeList(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join("\n") : value === undefined || value === null ? "" : String(value);
}

/** Reads selectors, one a line: one is a text, several are a list of fallbacks. */
export function readTarget(text: string): Written {
  const list = readList(text);
  return Array.isArray(list) && list.length === 1 ? list[0] : list;
}

/** Reads a shortcut such as `ctrl+shift+s`; `+` itself may stand at the end. */
export function readKeys(text: string): Written {
  const plain = text.trim();
  if (!plain) return ABSENT;
  const keys = plain === "+" ? ["+"] : plain.endsWith("++") ? [...plain.slice(0, -2).split("+"), "+"] : plain.split("+");
  const names = keys.map((key) => key.trim()).filter(Boolean);
  return names.length ? names : ABSENT;
}

/** Reads a command: a line for the program to be cut at its spaces, or a JSON list. */
export function readCommand(text: string): Written {
  const value = readValue(text.trim());
  return Array.isArray(value) ? value : text.trim() ? text : ABSENT;
}

/** Reads numbers of a fixed count, such as a region; `ABSENT` while one is missing. */
export function readNumbers(texts: readonly string[]): Written {
  const numbers = texts.map((text) => Number(text.trim() || NaN));
  return numbers.every(Number.isFinite) ? numbers.map(Math.round) : ABSENT;
}

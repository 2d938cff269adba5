/** What a node was given and what came of it at one visit, as the server tells it. Pure. */

export interface Visit {
  readonly visits: number;
  readonly visit: number;
  readonly iteration: readonly number[];
  readonly status: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Why a setting is not known, by its key. */
  readonly wrong: Readonly<Record<string, string>>;
  readonly output: unknown;
  readonly error: { readonly message?: string; readonly fix?: string } | string;
  readonly changed: Readonly<Record<string, unknown>>;
  readonly is_cut: boolean;
  readonly run_id: string;
  /** The name of the picture that shows why it failed. */
  readonly picture?: string | null;
}

/** What a visit tells, under its headings. */
export function sectionsOf(visit: Visit, say: (text: string) => string): (readonly [string, unknown])[] {
  const wrong = Object.fromEntries(Object.entries(visit.wrong).map(([key, message]) => [key, `⚠ ${say(message)}`]));
  const input = { ...visit.input, ...wrong };
  const error = typeof visit.error === "string" ? visit.error : [visit.error.message, visit.error.fix].map((text) => (text ? say(text) : "")).join(" ").trim();
  const found: (readonly [string, unknown])[] = [];
  if (Object.keys(input).length) found.push(["Input", input]);
  if (error) found.push(["Error", error]);
  if (visit.output !== null && visit.output !== undefined && textOf(visit.output) !== "") found.push(["Output", visit.output]);
  if (Object.keys(visit.changed).length) found.push(["Changed variables", visit.changed]);
  return found;
}

/** The columns of a list of rows; `null` for what is none. */
export function columnsOf(value: unknown): string[] | null {
  if (!Array.isArray(value) || !value.length) return null;
  if (!value.every((row) => row !== null && typeof row === "object" && !Array.isArray(row))) return null;
  return [...new Set((value as readonly object[]).flatMap((row) => Object.keys(row)))];
}

/** A value as a text: JSON where it has parts. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

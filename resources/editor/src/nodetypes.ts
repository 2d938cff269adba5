/** What the server declares of each node type: its ports, its summary, and the fields of its form. Pure. */

import tokens from "../../design/tokens.json";
import type { Config, FlowNode } from "./flow";

interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly widget?: string;
  readonly unit?: string;
  readonly group?: string;
  readonly when?: Readonly<Record<string, unknown>>;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** A node type as `node.types` describes it. */
export interface NodeType {
  readonly type: string;
  readonly title: string;
  readonly category: string;
  readonly icon: string;
  readonly kind: string;
  readonly summary: string;
  readonly description: string;
  readonly documentation: string;
  readonly outputs: readonly string[];
  readonly defaults: Config;
  readonly schema: Schema;
}

export type FieldKind =
  | "text" | "multiline" | "number" | "duration" | "bool" | "choice" | "modifiers" | "target" | "region" | "offset"
  | "anchor" | "fraction" | "keys" | "path" | "command" | "list" | "table" | "pairs" | "json" | "value"; // prettier-ignore

export interface Field {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly kind: FieldKind;
  readonly choices: readonly unknown[];
  readonly default: unknown;
  readonly isRequired: boolean;
  /** `""` is always in sight; `target`, `more` and `options` fold away. */
  readonly group: "" | "target" | "more" | "options";
  readonly when: Readonly<Record<string, unknown>>;
  readonly minimum?: number;
  readonly maximum?: number;
  /** The columns of a table. */
  readonly columns: readonly Field[];
}

const WIDGETS = new Set([
  "target", "region", "offset", "anchor", "fraction", "duration", "modifiers", "multiline", "keys", "path", "number", "command",
]); // prettier-ignore

const PLAIN = { choices: [], isRequired: false, group: "options", when: {}, columns: [] } as const;

/** What every node may have (contract §3). */
export const COMMON: readonly Field[] = [
  { ...PLAIN, key: "disabled", title: "Disabled", description: "Control passes through without doing anything.", kind: "bool", default: false },
  { ...PLAIN, key: "breakpoint", title: "Breakpoint", description: "The run pauses before this node.", kind: "bool", default: false },
  { ...PLAIN, key: "retries", title: "Retries", description: "How often to try again after a failure.", kind: "number", default: 0, minimum: 0 },
  { ...PLAIN, key: "retryDelay", title: "Pause between tries", description: "How long to wait before each new try.", kind: "duration", default: 2000, minimum: 0 },
  { ...PLAIN, key: "onError", title: "On failure", description: "Stop the run, go on, or leave by the output for errors.", kind: "choice", choices: ["stop", "continue", "branch"], default: "stop" },
  { ...PLAIN, key: "delayAfter", title: "Delay afterwards", description: "How long to wait after the node.", kind: "duration", default: 0, minimum: 0 },
  { ...PLAIN, key: "note", title: "Note", description: "A note for whoever reads the flow.", kind: "multiline", default: "" },
];

const ORDER = { "": 0, target: 1, more: 2, options: 3 } as const;

/** Returns the fields of a node type's form: what a target is or what decides first, then as declared. */
export function fieldsOf(type: NodeType): readonly Field[] {
  const definitions = type.schema.$defs ?? {};
  const required = new Set(type.schema.required ?? []);
  const own = Object.entries(type.schema.properties ?? {}).map(([key, schema]) =>
    asField(key, resolved(schema, definitions), type.defaults[key], required.has(key)),
  );
  const known = new Set(own.map((field) => field.key));
  const fields = [...own, ...COMMON.filter((field) => !known.has(field.key))];
  const deciding = new Set(fields.flatMap((field) => (field.kind === "target" ? Object.keys(field.when) : [])));
  const place = (field: Field) => {
    const isPlainTarget = field.kind === "target" && !Object.keys(field.when).length;
    return ORDER[field.group] * 10 + (deciding.has(field.key) || isPlainTarget ? 0 : 1);
  };
  return fields.map((field, index) => ({ field, index })).sort((a, b) => place(a.field) - place(b.field) || a.index - b.index).map(({ field }) => field);
}

/** The part of a selector that says what is meant, as `flowdesk.model.selector.brief`. */
export function brief(selector: string): string {
  const parts = selector.length <= 300 ? selector.split(/\s*>>\s*(?=(?:[^"']|"[^"]*"|'[^']*')*$)/) : [selector];
  const last = parts.at(-1) ?? "";
  const shown = parts.length > 1 && /^(right-of|left-of|above|below|near)=/.test(last) ? parts.slice(-2) : [last];
  return shown.map((part) => part.replace(/^(\w+)\[name=(["'])(.*)\2\]$/, "$1 “$3”")).join(" ");
}

/** Whether a field matters beside these values. */
export function isWanted(field: Field, config: Config, defaults: Config): boolean {
  return Object.entries(field.when).every(([key, wanted]) => {
    const value = config[key] ?? defaults[key];
    if (wanted === true) return Boolean(value);
    return Array.isArray(wanted) ? wanted.includes(value) : value === wanted;
  });
}

function asField(key: string, schema: Schema, fallback: unknown, isRequired: boolean): Field {
  const given = (schema.anyOf ?? []).filter((part) => part.type !== "null");
  const parts = given.length ? given : [schema];
  const choices = parts.flatMap((part) => part.enum ?? ("const" in part ? [part.const] : []));
  const widget = schema.widget ?? parts.find((part) => part.widget)?.widget ?? "";
  const kind = WIDGETS.has(widget) ? (widget as FieldKind) : kindOf(parts, choices);
  return {
    key,
    title: schema.title ?? key,
    description: (schema.description ?? "").replaceAll("`", ""),
    kind,
    choices,
    default: fallback,
    isRequired,
    group: (schema.group as Field["group"] | undefined) ?? (key === "waitTime" ? "more" : ""),
    when: schema.when ?? {},
    minimum: schema.minimum ?? parts[0]?.minimum,
    maximum: schema.maximum ?? parts[0]?.maximum,
    columns: columnsOf(kind, parts),
  };
}

function kindOf(parts: readonly Schema[], choices: readonly unknown[]): FieldKind {
  const types = new Set(parts.map((part) => part.type));
  if (choices.length) return "choice";
  if (types.size === 1 && types.has("boolean")) return "bool";
  if ([...types].every((type) => type === "integer" || type === "number")) return "number";
  if (types.size === 1 && types.has("object")) return "pairs";
  const items = parts.find((part) => part.type === "array")?.items;
  if (items) return items.properties ? "table" : items.type === "string" ? "list" : "json";
  return types.size === 1 && types.has("string") ? "text" : "value";
}

function columnsOf(kind: FieldKind, parts: readonly Schema[]): readonly Field[] {
  if (kind !== "table") return [];
  const properties = parts[0]?.items?.properties ?? {};
  return Object.entries(properties).map(([key, schema]) => asField(key, schema, schema.default, false));
}

function resolved(schema: Schema, definitions: Readonly<Record<string, Schema>>): Schema {
  const { $ref, ...rest } = schema;
  const whole: Schema = $ref ? { ...definitions[$ref.slice($ref.lastIndexOf("/") + 1)], ...rest } : schema;
  return {
    ...whole,
    ...(whole.anyOf ? { anyOf: whole.anyOf.map((part) => resolved(part, definitions)) } : {}),
    ...(whole.items ? { items: resolved(whole.items, definitions) } : {}),
  };
}

/** The outputs of a node, in the order in which they are drawn. */
export function outputsOf(node: FlowNode, type: NodeType | undefined): readonly string[] {
  if (!type) return ["default"];
  const cases = node.data.config?.cases;
  if (type.kind !== "branch" || !Array.isArray(cases)) return type.outputs;
  const ids = cases.map((one: unknown) => (one as { id?: unknown } | null)?.id).filter((id) => typeof id === "string" && id);
  return [...new Set(ids.map((id) => `case:${String(id)}`)), ...type.outputs];
}

/** Where a port lies on its card, in pixels from the card's top. */
export interface Port {
  readonly handle: string;
  readonly y: number;
  readonly isSide: boolean;
  readonly hasLabel: boolean;
}

export interface CardShape {
  readonly width: number;
  readonly height: number;
  readonly hasInput: boolean;
  readonly ports: readonly Port[];
}

const { canvas } = tokens;
/** The measures of cards and groups, from which the window draws, too. */
export const CARD = {
  width: canvas.node_width, height: canvas.node_height, row: canvas.port_row, grid: canvas.grid,
  groupTop: canvas.group_top, groupSide: canvas.group_side,
} as const; // prettier-ignore
const SIDE = new Set(["error", "timeout"]);

/** The shape of a card: the same as in the window, so that flows look alike in both. */
export function shapeOf(node: FlowNode, type: NodeType | undefined): CardShape {
  const outputs = outputsOf(node, type);
  const main = outputs.filter((output) => !SIDE.has(output));
  const side = outputs.filter((output) => SIDE.has(output));
  const ports: Port[] = [];
  let height: number = CARD.height;
  if (main.length <= 1) {
    for (const handle of main) ports.push({ handle, y: CARD.height / 2, isSide: false, hasLabel: false });
    for (const handle of side) {
      ports.push({ handle, y: height - 10, isSide: true, hasLabel: false });
      if (handle !== side.at(-1)) height += CARD.row;
    }
  } else {
    [...main, ...side].forEach((handle, row) =>
      ports.push({ handle, y: CARD.height + CARD.row * row + CARD.row / 2 - 4, isSide: SIDE.has(handle), hasLabel: true }),
    );
    height = CARD.height + CARD.row * ports.length;
  }
  const hasInput = type ? type.kind !== "start" : node.type !== "start";
  return { width: CARD.width, height, hasInput, ports };
}

/** The port that an edge's handle means: the first if it names none that exists. */
export function portOf(shape: CardShape, handle: string | null | undefined): Port | undefined {
  return shape.ports.find((port) => port.handle === handle) ?? shape.ports[0];
}

/** The line under a node's title. */
export function summaryOf(node: FlowNode, type: NodeType | undefined): string {
  if (!type) return node.type;
  const config = node.data.config ?? {};
  const filled = type.summary.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = config[key] ?? type.defaults[key];
    if (type.schema.properties?.[key]?.widget === "target") return brief(String((Array.isArray(value) ? value[0] : value) ?? ""));
    if (Array.isArray(value)) return value.map(String).join(", ");
    return value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  });
  return filled.split(/\s+/).filter(Boolean).join(" ");
}

/** What the server declares of each node type: what its card shows, and which fields of its form matter. Pure. */

import tokens from "../../design/tokens.json";
import type { Config, FlowNode } from "./flow";
import { t } from "./i18n";
import type { FieldSpec, NodeTypeDeclaration } from "./protocol";


/** A node type as `node.types` describes it. */
export type NodeType = NodeTypeDeclaration;
/** A field of a form, as the server works it out for the window, too. */
export type Field = FieldSpec;

/** Where a node type comes from that is not flowdesk's own, and what it declares to use, in the reader's language. */
export function originOf(type: NodeType | undefined): readonly string[] {
  const from = type?.package;
  if (!from) return [];
  const { name, version, author } = from;
  const uses = from.may.map((word) => t(word)).reduce((first, second) => (first ? t("{first}, {second}", { first, second }) : second), "");
  return [
    author ? t("Package: {name} {version} by {author}", { name, version, author }) : t("Package: {name} {version}", { name, version }),
    uses ? t("Declared access: {uses}", { uses }) : t("Declared access: none"),
  ];
}

/** Returns the icons that a card bears for what is on in its config, each with its title. */
export function marksOf(type: NodeType | undefined, config: Config): readonly (readonly [string, string])[] {
  return (type?.fields ?? []).flatMap((field) => (field.mark && config[field.key] === true ? [[field.mark, field.title] as const] : []));
}

/** Returns a text in the reader's language. */
type Translate = (text: string) => string;

/** The part of a selector that says what is meant, as `flowdesk.model.selector.brief`. */
export function brief(selector: string, translate: Translate = (text) => text): string {
  const parts = selector.length <= 300 ? selector.split(/\s*>>\s*(?=(?:[^"']|"[^"]*"|'[^']*')*$)/) : [selector];
  let begin = parts.length - 1;
  while (begin > 0 && /^(right-of|left-of|above|below|near|nth)=/.test(parts[begin] ?? "")) begin -= 1;
  const named = (_: string, role: string, __: string, name: string): string => {
    const spaced = role.replaceAll("_", " ").toLowerCase();
    const word = spaced.charAt(0).toUpperCase() + spaced.slice(1);
    const kind = translate(word);
    return kind === word ? `${word} “${name}”` : `${kind}“${name}”`;
  };
  return parts.slice(begin).map((part) => part.replace(/^(\w+)\[name=(["'])(.*)\2\]$/, named)).join(" ");
}

/** Whether a field matters beside these values. */
export function isWanted(field: Field, config: Config, defaults: Config): boolean {
  return Object.entries(field.when).every(([key, wanted]) => {
    const value = config[key] ?? defaults[key];
    if (wanted === true) return Boolean(value);
    return Array.isArray(wanted) ? wanted.includes(value) : value === wanted;
  });
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
  const hasInput = !beginsFlow(type ?? { kind: node.type });
  return { width: CARD.width, height, hasInput, ports };
}

/** The port that an edge's handle means: the first if it names none that exists. */
export function portOf(shape: CardShape, handle: string | null | undefined): Port | undefined {
  return shape.ports.find((port) => port.handle === handle) ?? shape.ports[0];
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Object.keys(value).length;
}

function brieflyWritten(value: unknown): string {
  return value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The line under a node's title. */
export function summaryOf(node: FlowNode, type: NodeType | undefined, translate: Translate = (text) => text): string {
  if (!type) return node.type;
  const config = node.data.config ?? {};
  const filled = type.summary.replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = config[key] ?? type.defaults[key];
    const field = type.fields.find((one) => one.key === key);
    if (field && !isWanted(field, config, type.defaults)) return "";
    if (field?.kind === "target") return brief(String((Array.isArray(value) ? value[0] : value) ?? ""), translate);
    if ((field?.choices ?? []).length && typeof value === "string") {
      const button = `${value} button`;
      return translate((key === "clickType" || key === "button") && translate(button) !== button ? button : value);
    }
    if (field?.kind === "duration" && typeof value === "number") return `${brieflyWritten(value)} ms`;
    if (isEmptyObject(value)) return "";
    return Array.isArray(value) ? value.map(brieflyWritten).join(", ") : brieflyWritten(value);
  });
  return filled.replaceAll("“”", "").split(/\s+/).filter(Boolean).join(" ");
}

/** Whether nothing leads to nodes of a type: they begin a flow or a function. */
export function beginsFlow({ kind }: { readonly kind: string }): boolean {
  return kind === "start" || kind === "function";
}

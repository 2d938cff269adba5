/** Which connections may be made, each refusal with its reason; and pasting, aligning and laying out. Pure. */

import type { Step } from "./desktop/protocol";
import { freshId, type Change, type Flow, type FlowEdge, type FlowNode } from "./flow";
import { framesOf, membersOf, wholeGroups, type Frame } from "./frames";
import { t } from "./i18n";
import { freshCopyId, freshNodeId } from "./naming";
import { CARD, portOf, shapeOf, type NodeType } from "./nodetypes";
import { tidy } from "./tidying";

export type Types = ReadonlyMap<string, NodeType>;

/** Says why an edge may not lead from an output to a node; `null` if it may. */
export function refusal(flow: Flow, types: Types, source: string, handle: string | null, target: string): string | null {
  const from = flow.nodes.get(source);
  const to = flow.nodes.get(target);
  if (!from || !to) return t("This node no longer exists.");
  if (source === target) return t("A node cannot connect to itself.");
  if (!shapeOf(to, types.get(to.type)).hasInput) return t("This node has no input.");
  const shape = shapeOf(from, types.get(from.type));
  const port = portOf(shape, handle);
  if (!port) return t("This node has no outputs.");
  for (const edge of flow.edges.values()) {
    if (edge.source === source && edge.target === target && portOf(shape, edge.sourceHandle)?.handle === port.handle) {
      return t("These two are already connected.");
    }
  }
  return null;
}

/** Returns a new edge, with the handle as a flow file has it: `null` where a node has a single main output. */
export function newEdge(flow: Flow, types: Types, source: string, handle: string | null, target: string): FlowEdge {
  const from = flow.nodes.get(source);
  const port = from && portOf(shapeOf(from, types.get(from.type)), handle);
  const isPlain = !port || (!port.isSide && !port.hasLabel);
  return { id: freshId("edge"), source, target, sourceHandle: isPlain ? null : port.handle, targetHandle: null };
}

export function newNode(type: string, x: number, y: number, flow: Flow): FlowNode {
  return { id: freshNodeId(type, flow), type, position: { x: snapped(x), y: snapped(y) }, data: { label: "", config: {} } };
}

export function snapped(value: number): number {
  return Math.round(value / CARD.grid) * CARD.grid;
}

/** Returns nodes, the edges among them, groups and notes as the JSON text of a small flow, as the window's clipboard has it. */
export function copyText(flow: Flow, nodeIds: ReadonlySet<string>, frameIds: ReadonlySet<string> = new Set()): string {
  const ids = new Set([...nodeIds, ...membersOf(flow, frameIds)]);
  const nodes = [...flow.nodes.values()].filter((node) => ids.has(node.id));
  const edges = [...flow.edges.values()].filter((edge) => ids.has(edge.source) && ids.has(edge.target));
  const whole = new Set([...frameIds, ...wholeGroups(flow, nodeIds)]);
  const frames = (kind: Frame["kind"]) => {
    const chosen = framesOf(flow).filter((frame) => frame.kind === kind && whole.has(frame.id));
    const known = flow.fields[kind] as Record<string, unknown>;
    return chosen.length ? { [kind]: Object.fromEntries(chosen.map(({ id }) => [id, known[id]])) } : {};
  };
  return `${JSON.stringify({ nodes, edges, ...frames("groups"), ...frames("notes") }, null, 2)}\n`;
}

/** Returns the changes that add what a copied text holds, with fresh ids, at a place; `null` if it is no flow. */
export function pasteText(flow: Flow, text: string, at: { x: number; y: number } | null): Change[] | null {
  const found = readGraph(text);
  if (!found || !(found.nodes.length || found.frames.length)) return null;
  const places = [...found.nodes.map((node) => node.position), ...found.frames];
  const left = Math.min(...places.map((place) => place.x));
  const top = Math.min(...places.map((place) => place.y));
  const dx = at ? snapped(at.x) - left : 2 * CARD.grid;
  const dy = at ? snapped(at.y) - top : 2 * CARD.grid;
  const hasStart = [...flow.nodes.values()].some((node) => node.type === "start");
  const fresh = new Map<string, string>();
  const changes: Change[] = [];
  for (const node of found.nodes) {
    if (node.type === "start" && hasStart) continue;
    fresh.set(node.id, freshCopyId(node.id, node.type, flow, fresh.values()));
  }
  // The server leads references among the copies to the copies.
  const ids = Object.fromEntries(fresh);
  for (const node of found.nodes) {
    const id = fresh.get(node.id);
    const position = { ...node.position, x: node.position.x + dx, y: node.position.y + dy };
    if (id) changes.push({ op: "addNode", node: { ...node, id, position }, ids });
  }
  for (const edge of found.edges) {
    const source = fresh.get(edge.source);
    const target = fresh.get(edge.target);
    if (source && target) changes.push({ op: "addEdge", edge: { ...edge, id: freshId("edge"), source, target } });
  }
  for (const { kind, id, x, y, nodes } of found.frames) {
    const inside = nodes.flatMap((node) => fresh.get(node) ?? []);
    if (kind === "groups" && !inside.length) continue;
    const value = { ...(found.values[kind] as Record<string, object>)[id], x: x + dx, y: y + dy, ...(kind === "groups" ? { nodes: inside } : {}) };
    changes.push({ op: "setFlow", path: [kind, freshId(kind === "groups" ? "group" : "note")], value });
  }
  return changes;
}

/** The ids of the nodes and of the groups and notes that changes add. */
export function addedBy(changes: readonly Change[]): { nodes: string[]; frames: string[] } {
  return {
    nodes: changes.flatMap((change) => (change.op === "addNode" ? [change.node.id] : [])),
    frames: changes.flatMap((change) => (change.op === "setFlow" && change.path.length === 2 && !change.remove ? [change.path[1] ?? ""] : [])),
  };
}

interface Graph {
  readonly nodes: FlowNode[];
  readonly edges: FlowEdge[];
  readonly frames: readonly Frame[];
  readonly values: Readonly<Record<string, unknown>>;
}

function readGraph(text: string): Graph | null {
  const start = text.indexOf("{");
  if (start < 0) return null;
  try {
    let value = JSON.parse(text.slice(start, text.lastIndexOf("}") + 1)) as Record<string, unknown>;
    if (value.payload && typeof value.payload === "object") value = value.payload as Record<string, unknown>;
    const nodes = Array.isArray(value.nodes) ? value.nodes : "type" in value && "position" in value ? [value] : [];
    const isNode = (node: Partial<FlowNode> | null): node is FlowNode =>
      !!node && typeof node.id === "string" && typeof node.type === "string" && typeof node.position?.x === "number" && typeof node.position.y === "number"; // prettier-ignore
    const whole = nodes.filter(isNode).map((node) => ({ ...node, data: node.data ?? {} }));
    const edges = Array.isArray(value.edges) ? (value.edges as FlowEdge[]) : [];
    const asFlow: Flow = { fields: { groups: value.groups, notes: value.notes }, nodes: new Map(whole.map((node) => [node.id, node])), edges: new Map() };
    return { nodes: whole, edges, frames: framesOf(asFlow), values: value };
  } catch {
    return null;
  }
}

/** The node one step along the flow: right and left follow wires, up and down go to a sibling, else to the nearest. */
export function neighbour(flow: Flow, id: string, way: "left" | "right" | "up" | "down"): string | null {
  const here = flow.nodes.get(id)?.position;
  if (!here) return null;
  const edges = [...flow.edges.values()];
  if (way === "right") return edges.find((edge) => edge.source === id)?.target ?? null;
  if (way === "left") return edges.find((edge) => edge.target === id)?.source ?? null;
  const parents = new Set(edges.filter((edge) => edge.target === id).map((edge) => edge.source));
  const siblings = edges.filter((edge) => parents.has(edge.source) && edge.target !== id).map((edge) => edge.target);
  const sign = way === "down" ? 1 : -1;
  for (const pool of [siblings, [...flow.nodes.keys()].filter((one) => one !== id)]) {
    const ahead = pool.flatMap((one) => {
      const place = flow.nodes.get(one)?.position;
      return place && (place.y - here.y) * sign > 0 ? [{ one, far: Math.abs(place.y - here.y) + 2 * Math.abs(place.x - here.x) }] : [];
    });
    const [nearest] = ahead.sort((one, other) => one.far - other.far);
    if (nearest) return nearest.one;
  }
  return null;
}

export type Side = "left" | "center" | "right" | "top" | "middle" | "bottom" | "across" | "down";

/** Returns the moves that align nodes on a side, or put equal room between them (`across`, `down`). */
export function aligned(flow: Flow, types: Types, ids: readonly string[], side: Side): Change[] {
  const boxes = ids.flatMap((id) => {
    const node = flow.nodes.get(id);
    if (!node) return [];
    const { width, height } = shapeOf(node, types.get(node.type));
    return [{ id, x: node.position.x, y: node.position.y, width, height }];
  });
  if (boxes.length < 2) return [];
  const left = Math.min(...boxes.map((box) => box.x));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const top = Math.min(...boxes.map((box) => box.y));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  if (side === "across" || side === "down") return distributed(boxes, side);
  return boxes.map((box): Change => {
    const places: Record<Exclude<Side, "across" | "down">, [number, number]> = {
      left: [left, box.y],
      center: [(left + right - box.width) / 2, box.y],
      right: [right - box.width, box.y],
      top: [box.x, top],
      middle: [box.x, (top + bottom - box.height) / 2],
      bottom: [box.x, bottom - box.height],
    };
    const [x, y] = places[side];
    return { op: "moveNode", id: box.id, x, y };
  });
}

type Boxed = { id: string; x: number; y: number; width: number; height: number };

function distributed(boxes: readonly Boxed[], way: "across" | "down"): Change[] {
  const at = (box: Boxed) => (way === "across" ? box.x : box.y);
  const size = (box: Boxed) => (way === "across" ? box.width : box.height);
  const inOrder = [...boxes].sort((one, other) => at(one) - at(other));
  const first = inOrder[0];
  const last = inOrder.at(-1);
  if (!first || !last || inOrder.length < 3) return [];
  const taken = inOrder.reduce((sum, box) => sum + size(box), 0);
  const gap = (at(last) + size(last) - at(first) - taken) / (inOrder.length - 1);
  let next = at(first);
  return inOrder.map((box): Change => {
    const place = next;
    next += size(box) + gap;
    return { op: "moveNode", id: box.id, x: way === "across" ? place : box.x, y: way === "across" ? box.y : place };
  });
}

/** Returns the moves that tidy the flow up for a view of this size, the upper left corner where it was. */
export function laidOut(flow: Flow, types: Types, room: { readonly width: number; readonly height: number }): Change[] {
  const sizes = new Map([...flow.nodes.values()].map((node) => [node.id, { ...node.position, ...sizeOf(shapeOf(node, types.get(node.type))) }]));
  return [...tidy(flow, sizes, room)].map(([id, { x, y }]): Change => ({ op: "moveNode", id, x, y }));
}

const sizeOf = ({ width, height }: { readonly width: number; readonly height: number }) => ({ width, height });

/** Returns the changes that set what goes with a target that was picked for a node; what somebody set already stays. */
export function completing(node: FlowNode, step: Step | null): Change[] {
  if (!step || step.type !== node.type || step.type !== "input") return [];
  const known = node.data.config ?? {};
  return Object.entries(step.config).flatMap(([key, value]): Change[] => (key in known ? [] : [{ op: "setNode", id: node.id, path: ["data", "config", key], value }]));
}

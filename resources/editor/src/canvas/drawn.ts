/** What the canvas draws, made from the flow: cards, frames and wires. What did not change stays the same object. Pure. */

import { Position, type Edge } from "@xyflow/react";

import type { Flow, FlowEdge, FlowNode } from "../flow";
import { countOf, drawnBox, framesOf, hiddenBy, type Box, type Frame } from "../frames";
import { t } from "../i18n";
import { portOf, shapeOf, type NodeType } from "../nodetypes";
import { refusal, type Types } from "../rules";
import type { Editor, Problem } from "../store";
import type { FrameNode } from "./FrameCard";
import { wayAround } from "./geometry";
import { titleOf, type CardNode } from "./NodeCard";
import type { WireEdge } from "./Wire";

export type Shown = CardNode | FrameNode;

/** The canvas library has one kind of ids: those of frames get a start that no node has. */
const FRAME = "frame:";
const SIDE = new Set(["error", "timeout"]);
/** What is selected lies over the rest. */
const OVER = 10;

export const canvasId = (frameId: string): string => FRAME + frameId;

/** The id of the frame that an id of the canvas means, `null` for a node's. */
export const frameId = (id: string): string | null => (id.startsWith(FRAME) ? id.slice(FRAME.length) : null);

interface Picture {
  readonly flow: Flow;
  readonly types: Types;
  readonly problems: readonly Problem[];
  readonly editors: readonly Editor[];
  readonly selection: ReadonlySet<string>;
  readonly selectedFrames: ReadonlySet<string>;
}

/** Makes frames and cards; those that a collapsed group hides are left out. */
export function drawn(before: readonly Shown[], picture: Picture): Shown[] {
  const old = new Map(before.map((one) => [one.id, one]));
  const hidden = hiddenBy(picture.flow);
  const nodes = cards(old, picture, hidden);
  return [...frames(old, picture, nodes), ...nodes];
}

function cards(old: ReadonlyMap<string, Shown>, { flow, types, problems, editors, selection }: Picture, hidden: ReadonlyMap<string, Frame>): CardNode[] {
  const worst = new Map<string, Problem>();
  for (const problem of problems) {
    if (problem.node_id && (problem.level === "error" || !worst.has(problem.node_id))) worst.set(problem.node_id, problem);
  }
  const taken = new Map<string, string>();
  for (const edge of flow.edges.values()) {
    const source = flow.nodes.get(edge.source);
    const port = source && portOf(shapeOf(source, types.get(source.type)), edge.sourceHandle);
    if (port) taken.set(edge.source, `${taken.get(edge.source) ?? ""}${port.handle}\n`);
  }
  const there = new Map<string, string>();
  for (const editor of editors) for (const id of editor.selection ?? []) there.set(id, editor.name || editor.id);
  return [...flow.nodes.values()].flatMap((node) => {
    if (hidden.has(node.id)) return [];
    const known = old.get(node.id) as CardNode | undefined;
    const type = types.get(node.type);
    const problem = worst.get(node.id) ?? null;
    const who = there.get(node.id) ?? "";
    const selected = selection.has(node.id);
    const used = taken.get(node.id) ?? "";
    const isSame = known && known.data.used === used && known.data.node === node && known.data.type === type && known.data.editors === who && samePlaint(known.data.problem, problem);
    if (isSame) return [known.selected === selected ? known : { ...known, selected, zIndex: selected ? OVER : 1 }];
    return [card(node, type, { problem, editors: who, used }, selected, known)];
  });
}

function samePlaint(one: Problem | null, other: Problem | null): boolean {
  return one?.message === other?.message && one?.level === other?.level;
}

function card(node: FlowNode, type: NodeType | undefined, marks: Pick<CardNode["data"], "problem" | "editors" | "used">, selected: boolean, known: CardNode | undefined): CardNode {
  const shape = shapeOf(node, type);
  const title = titleOf(node, type);
  return {
    id: node.id,
    type: "card",
    position: known?.dragging ? known.position : { x: node.position.x, y: node.position.y },
    selected,
    zIndex: selected ? OVER : 1,
    dragging: known?.dragging,
    // Known without a look at the page: so all cards count where everything is shown, those out of sight too.
    measured: { width: shape.width, height: shape.height },
    width: shape.width,
    height: shape.height,
    handles: [
      ...(shape.hasInput ? [{ id: "in", type: "target" as const, position: Position.Left, x: -5, y: 25, width: 10, height: 10 }] : []),
      ...shape.ports.map((port) => ({ id: port.handle, type: "source" as const, position: Position.Right, x: shape.width - 5, y: port.y - 5, width: 10, height: 10 })),
    ],
    ariaLabel: `${title}, ${type ? t(type.title) : node.type}${marks.problem ? `, ${t(marks.problem.level)}` : ""}`,
    data: { node, type, shape, ...marks },
  };
}

/** The box of what is drawn, where it is now. */
export const shownBox = (one: Shown): Box => ({ ...one.position, width: one.width ?? 0, height: one.height ?? 0 });

function frames(old: ReadonlyMap<string, Shown>, { flow, selectedFrames }: Picture, nodes: readonly CardNode[]): FrameNode[] {
  const byId = new Map(nodes.map((one) => [one.id, one]));
  const made = framesOf(flow).map((frame): FrameNode => {
    const known = old.get(canvasId(frame.id)) as FrameNode | undefined;
    const members = frame.nodes.flatMap((id) => byId.get(id) ?? []);
    const box = known?.dragging ? shownBox(known) : drawnBox(frame, members.map(shownBox));
    const selected = selectedFrames.has(frame.id);
    const isSame = known && known.data.frame === frame && known.selected === selected && !known.dragging && sameBox(shownBox(known), box);
    return isSame ? known : frameNode(frame, box, selected, known?.dragging);
  });
  // Larger groups lie below smaller ones, notes above both.
  return made.sort((one, other) => Number(one.data.frame.kind === "notes") - Number(other.data.frame.kind === "notes") || area(other) - area(one));
}

const area = (one: FrameNode) => (one.width ?? 0) * (one.height ?? 0);
const sameBox = (one: Box, other: Box) => one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;

function frameNode(frame: Frame, { x, y, width, height }: Box, selected: boolean, dragging: boolean | undefined): FrameNode {
  const isGroup = frame.kind === "groups";
  const name = frame.text.split("\n", 1)[0] || t(isGroup ? "Group" : "Note");
  const count = isGroup ? `, ${countOf(frame)}` : "";
  const middle = height / 2 - 5;
  return {
    id: canvasId(frame.id),
    type: "frame",
    position: { x, y },
    width,
    height,
    measured: { width, height },
    selected,
    dragging,
    connectable: false,
    dragHandle: ".frame-hold",
    zIndex: frame.isCollapsed ? 0 : isGroup ? -2 : -1,
    // Between the nodes of an open group lies the canvas: only the title takes the pointer.
    style: isGroup && !frame.isCollapsed ? { pointerEvents: "none" } : {},
    handles: frame.isCollapsed
      ? [
          { id: "in", type: "target", position: Position.Left, x: -5, y: middle, width: 10, height: 10 },
          { id: "out", type: "source", position: Position.Right, x: width - 5, y: middle, width: 10, height: 10 },
        ]
      : [],
    ariaLabel: `${name}, ${t(isGroup ? "Group" : "Note")}${count}${frame.isCollapsed ? `, ${t("collapsed")}` : ""}`,
    data: { frame },
  };
}

/** Lets groups lie around their nodes while these are dragged; not those that are dragged themselves. */
export function following(shown: readonly Shown[], dragged: ReadonlySet<string>): Shown[] {
  const byId = new Map(shown.map((one) => [one.id, one]));
  return shown.map((one) => {
    if (one.type !== "frame" || dragged.has(one.id) || one.data.frame.isCollapsed || !one.data.frame.nodes.length) return one;
    const { frame } = one.data;
    const box = drawnBox(frame, frame.nodes.flatMap((id) => byId.get(id) ?? []).map(shownBox));
    if (sameBox(shownBox(one), box)) return one;
    const { x, y, width, height } = box;
    return { ...one, position: { x, y }, width, height, measured: { width, height } };
  });
}

const kept = new WeakMap<FlowEdge, { edge: WireEdge; key: string }>();

interface Wiring {
  readonly flow: Flow;
  readonly types: Types;
  readonly taken: Readonly<Record<string, number>>;
  readonly selected: ReadonlySet<string>;
  /** Where everything is drawn now. */
  readonly boxes: ReadonlyMap<string, Box>;
}

/** Makes the wires. One that leads to a hidden node leads to the group that hides it; those inside it are left out. */
export function wires({ flow, types, taken, selected, boxes }: Wiring): WireEdge[] {
  const hidden = hiddenBy(flow);
  const end = (id: string) => (hidden.has(id) ? canvasId(hidden.get(id)?.id ?? "") : id);
  return [...flow.edges.values()].flatMap((edge) => {
    const source = flow.nodes.get(edge.source);
    const [from, to] = [end(edge.source), end(edge.target)];
    if (!source || !flow.nodes.has(edge.target) || (from === to && frameId(from) !== null)) return [];
    const port = portOf(shapeOf(source, types.get(source.type)), edge.sourceHandle);
    const handle = port?.handle ?? null;
    const count = taken[edge.id] ?? 0;
    const around = detour(from, to, frameId(from) === null ? (port?.y ?? 30) : 30, boxes);
    const key = `${from} ${to} ${handle} ${count} ${selected.has(edge.id)} ${around}`;
    const known = kept.get(edge);
    if (known?.key === key) return [known.edge];
    const made: WireEdge = {
      id: edge.id,
      type: "wire",
      source: from,
      target: to,
      sourceHandle: frameId(from) === null ? handle : "out",
      targetHandle: "in",
      selected: selected.has(edge.id),
      className: [count ? "is-taken" : "", handle && SIDE.has(handle) ? "is-side" : ""].join(" "),
      ariaLabel: t("Edge from {source} to {target}", { source: nameOf(flow, types, edge.source), target: nameOf(flow, types, edge.target) }),
      data: { around, count },
    };
    kept.set(edge, { edge: made, key });
    return [made];
  });
}

function nameOf(flow: Flow, types: Types, id: string): string {
  const node = flow.nodes.get(id);
  return node ? titleOf(node, types.get(node.type)) : id;
}

/** The height at which a wire that leads back passes the cards; `null` for one that leads forwards. */
function detour(from: string, to: string, y: number, boxes: ReadonlyMap<string, Box>): number | null {
  const source = boxes.get(from);
  const target = boxes.get(to);
  if (!source || !target) return null;
  const start = { x: source.x + source.width, y: source.y + y };
  const end = { x: target.x, y: target.y + 30 };
  return wayAround(source, target, start, end, boxes);
}

/** Whether an edge may be drawn between two ends of the canvas. */
export function mayJoin(flow: Flow, types: Types, wire: Edge | { source: string; target: string; sourceHandle?: string | null }): boolean {
  return frameId(wire.source) === null && frameId(wire.target) === null && refusal(flow, types, wire.source, wire.sourceHandle ?? null, wire.target) === null;
}

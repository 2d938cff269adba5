/** Groups and notes: how they stand in a flow, and the changes by which they are edited. Pure; lengths in scene pixels. */

import { freshId, type Change, type Flow, type FlowFields } from "./flow";
import { t } from "./i18n";
import { CARD, shapeOf, type NodeType } from "./nodetypes";

export const COLORS = ["gray", "blue", "green", "yellow", "red", "purple", "teal", "orange"] as const;
/** The least that a frame measures, and what a collapsed group does. */
export const SMALLEST = { width: 100, height: 60 } as const;
/** Height of a group's title, and the room that it keeps around its nodes. */
export const HEADER = 32;
const PADDING = 20;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Frame extends Box {
  readonly id: string;
  readonly kind: "groups" | "notes";
  readonly color: string;
  /** The title of a group, the text of a note. */
  readonly text: string;
  /** The nodes of a group that the flow holds. */
  readonly nodes: readonly string[];
  readonly isCollapsed: boolean;
}

type Types = ReadonlyMap<string, NodeType>;

const known = new WeakMap<FlowFields, { nodes: Flow["nodes"]; frames: readonly Frame[] }>();

/** The groups of a flow, then its notes. What cannot be read is left out; a node that several claim is the first's. */
export function framesOf(flow: Flow): readonly Frame[] {
  const last = known.get(flow.fields);
  if (last?.nodes === flow.nodes) return last.frames;
  const claimed = new Set<string>();
  const frames = (["groups", "notes"] as const).flatMap((kind) =>
    Object.entries(objectOf(flow.fields[kind])).flatMap(([id, value]) => asFrame(kind, id, objectOf(value), flow, claimed) ?? []),
  );
  known.set(flow.fields, { nodes: flow.nodes, frames });
  return frames;
}

function asFrame(kind: Frame["kind"], id: string, value: Record<string, unknown>, flow: Flow, claimed: Set<string>): Frame | null {
  const number = (key: string, fallback: number) => (key in value ? Number(value[key]) : fallback);
  const box = { x: number("x", 0), y: number("y", 0), width: number("width", 200), height: number("height", 120) };
  if (!Object.keys(value).length || !Object.values(box).every((one) => Number.isFinite(one) && Math.abs(one) < 1e7)) return null;
  const isGroup = kind === "groups";
  const members = isGroup && Array.isArray(value.nodes) ? (value.nodes as unknown[]).map(String) : [];
  const nodes = [...new Set(members)].filter((one) => flow.nodes.has(one) && !claimed.has(one));
  for (const node of nodes) claimed.add(node);
  const wanted = String(value.color || (isGroup ? "gray" : "yellow"));
  const color = COLORS.find((known) => known === wanted) ?? "gray";
  return { id, kind, ...box, color, nodes, text: String(value[isGroup ? "title" : "text"] ?? ""), isCollapsed: isGroup && value.collapsed === true };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Which collapsed group hides a node, by the node's id. */
export function hiddenBy(flow: Flow): ReadonlyMap<string, Frame> {
  return new Map(framesOf(flow).flatMap((frame) => (frame.isCollapsed ? frame.nodes.map((node): [string, Frame] => [node, frame]) : [])));
}

/** The box of a node's card. */
export function boxOf(flow: Flow, types: Types, id: string): Box | null {
  const node = flow.nodes.get(id);
  if (!node) return null;
  const { width, height } = shapeOf(node, types.get(node.type));
  return { x: node.position.x, y: node.position.y, width, height };
}

/** Where a frame is drawn: never smaller than its nodes ask for; collapsed, a card in their place. */
export function drawnBox(frame: Frame, members: readonly Box[]): Box {
  if (frame.isCollapsed) return { x: frame.x + CARD.groupSide, y: frame.y + CARD.groupTop, width: CARD.width, height: CARD.height };
  const own = { x: frame.x, y: frame.y, width: Math.max(frame.width, SMALLEST.width), height: Math.max(frame.height, SMALLEST.height) };
  if (!members.length) return own;
  const inner = around(members);
  const top = inner.y - PADDING - HEADER + 12;
  return around([own, { x: inner.x - PADDING, y: top, width: inner.width + 2 * PADDING, height: inner.y + inner.height + PADDING - top }]);
}

/** How many nodes a group holds, in words. */
export function countOf(frame: Frame): string {
  return frame.nodes.length === 1 ? t("1 node") : t("{count} nodes", { count: frame.nodes.length });
}

/** The smallest box around boxes. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

const set = (frame: Pick<Frame, "id" | "kind">, key: string, value: unknown): Change => ({ op: "setFlow", path: [frame.kind, frame.id, key], value });
const gone = (frame: Frame): Change => ({ op: "setFlow", path: [frame.kind, frame.id], remove: true });

/** Puts nodes into a new group; they leave those they were in. */
export function grouped(flow: Flow, types: Types, ids: Iterable<string>, title: string): { id: string; changes: Change[] } | null {
  const members = [...ids].filter((id) => flow.nodes.has(id));
  if (!members.length) return null;
  const id = freshId("group");
  const value = { title, color: "blue", ...roomFor(members.flatMap((one) => boxOf(flow, types, one) ?? [])), nodes: members, collapsed: false };
  return { id, changes: [...regrouped(flow, new Map(members.map((one) => [one, null]))), { op: "setFlow", path: ["groups", id], value }] };
}

/** The box of a new group around the cards of its nodes. */
export function roomFor(boxes: readonly Box[]): Box {
  const { x, y, width, height } = around(boxes);
  const { groupTop: top, groupSide: side } = CARD;
  return { x: x - side, y: y - top, width: width + 2 * side, height: height + top + side };
}

/** The place nearest below where a box lies on nothing. */
export function freePlace(box: Box, others: readonly Box[]): Box {
  const isHit = (one: Box, other: Box) => one.x < other.x + other.width && other.x < one.x + one.width && one.y < other.y + other.height && other.y < one.y + one.height;
  let free = box;
  for (const other of [...others].sort((one, two) => one.y - two.y)) {
    if (isHit(free, other)) free = { ...free, y: Math.ceil((other.y + other.height) / CARD.grid + 1) * CARD.grid };
  }
  return free;
}

export function newNote(x: number, y: number): { id: string; changes: Change[] } {
  const id = freshId("note");
  return { id, changes: [{ op: "setFlow", path: ["notes", id], value: { text: "", color: "yellow", x, y, width: 200, height: 120 } }] };
}

/** Puts each node into a group, or with `null` into none. A group that this empties goes. */
export function regrouped(flow: Flow, wanted: ReadonlyMap<string, string | null>): Change[] {
  return framesOf(flow).flatMap((frame): Change[] => {
    if (frame.kind !== "groups") return [];
    const stay = frame.nodes.filter((id) => (wanted.has(id) ? wanted.get(id) === frame.id : true));
    const come = [...wanted].flatMap(([id, group]) => (group === frame.id && !stay.includes(id) && flow.nodes.has(id) ? [id] : []));
    const after = [...stay, ...come];
    if (frame.nodes.length && !after.length) return [gone(frame)];
    return after.join("\n") === frame.nodes.join("\n") ? [] : [set(frame, "nodes", after)];
  });
}

/** Removes frames; their nodes stay. */
export function withoutFrames(flow: Flow, ids: ReadonlySet<string>): Change[] {
  return framesOf(flow).filter((frame) => ids.has(frame.id)).map(gone);
}

/** Takes nodes that are about to go out of their groups, but leaves groups alone that go too. */
export function emptied(flow: Flow, nodes: ReadonlySet<string>, frames: ReadonlySet<string>): Change[] {
  const changes = regrouped(flow, new Map([...nodes].map((id) => [id, null])));
  return changes.filter((change) => change.op !== "setFlow" || !frames.has(change.path[1] ?? ""));
}

export function setFrames(flow: Flow, ids: ReadonlySet<string>, key: "title" | "text" | "color" | "collapsed", value: unknown): Change[] {
  return framesOf(flow).flatMap((frame) => {
    const has = key === "color" || (frame.kind === "groups") === (key === "title" || key === "collapsed");
    const now = key === "color" ? frame.color : key === "collapsed" ? frame.isCollapsed : frame.text;
    return ids.has(frame.id) && has && now !== value ? [set(frame, key, value)] : [];
  });
}

/** Collapses groups, or expands them where all are collapsed. */
export function toggled(flow: Flow, ids: ReadonlySet<string>): Change[] {
  const chosen = framesOf(flow).filter((frame) => ids.has(frame.id) && frame.kind === "groups");
  return setFrames(flow, ids, "collapsed", !chosen.every((frame) => frame.isCollapsed));
}

/** Moves frames by so much. */
export function shifted(flow: Flow, ids: ReadonlySet<string>, dx: number, dy: number): Change[] {
  return framesOf(flow).flatMap((frame) => (ids.has(frame.id) ? placed(frame, { x: frame.x + dx, y: frame.y + dy }) : []));
}

/** Puts a frame at a place, or into a box; values that are so already are left alone. */
export function placed(frame: Frame, box: Partial<Box>): Change[] {
  return (["x", "y", "width", "height"] as const).flatMap((key) => (box[key] !== undefined && box[key] !== frame[key] ? [set(frame, key, box[key])] : []));
}

/** The nodes of groups. */
export function membersOf(flow: Flow, ids: ReadonlySet<string>): string[] {
  return framesOf(flow).flatMap((frame) => (ids.has(frame.id) ? frame.nodes : []));
}

/** The groups all of whose nodes are among some. */
export function wholeGroups(flow: Flow, nodes: ReadonlySet<string>): string[] {
  return framesOf(flow).flatMap((frame) => (frame.nodes.length && frame.nodes.every((id) => nodes.has(id)) ? [frame.id] : []));
}

/**
 * What becomes of the groups of moved nodes: one dropped in a group joins it, one dropped outside its own leaves.
 *
 * @param boxes Where the cards of the moved nodes lie now.
 * @param areas Where the groups lay before, by id; collapsed ones are left out.
 */
export function dropped(flow: Flow, boxes: ReadonlyMap<string, Box>, areas: ReadonlyMap<string, Box>): Change[] {
  const own = new Map(framesOf(flow).flatMap((frame) => frame.nodes.map((id): [string, string] => [id, frame.id])));
  const wanted = new Map<string, string | null>();
  for (const [id, box] of boxes) {
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const under = [...areas].filter(([, area]) => middle.x >= area.x && middle.x <= area.x + area.width && middle.y >= area.y && middle.y <= area.y + area.height);
    const smallest = under.sort(([, one], [, other]) => one.width * one.height - other.width * other.height)[0]?.[0] ?? null;
    const mine = own.get(id) ?? null;
    if (smallest !== mine && !under.some(([group]) => group === mine)) wanted.set(id, smallest);
  }
  return wanted.size ? regrouped(flow, wanted) : [];
}

/** Lets expanded groups lie close around their nodes, after these were laid out anew. */
export function refitted(flow: Flow, types: Types): Change[] {
  return framesOf(flow).flatMap((frame) => {
    const members = frame.nodes.flatMap((id) => boxOf(flow, types, id) ?? []);
    return members.length ? placed(frame, roomFor(members)) : [];
  });
}

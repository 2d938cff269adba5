/** What a movement of the canvas means: groups take their nodes along, and nodes change groups where they are dropped. Pure. */

import { applyNodeChanges, type NodeChange, type NodePositionChange } from "@xyflow/react";

import type { Change, Flow } from "../flow";
import { boxOf, drawnBox, dropped, framesOf, shifted, type Box } from "../frames";
import { snapped, type Types } from "../rules";
import { canvasId, following, frameId, shownBox, type Shown } from "./drawn";

const isMove = (change: NodeChange<Shown>): change is NodePositionChange => change.type === "position";

/** Applies movements and resizing to what is shown; the same object where there are none. */
export function moved(changes: readonly NodeChange<Shown>[], shown: readonly Shown[]): readonly Shown[] {
  // A card's size is known; only frames are resized.
  const sizes = changes.filter((change) => change.type === "dimensions" && change.resizing !== undefined && frameId(change.id) !== null);
  const moves = changes.filter(isMove).map((change) => (sizes.length ? change : onGrid(change, shown)));
  if (!moves.length && !sizes.length) return shown;
  const isResizing = sizes.length > 0;
  const all = isResizing ? moves : [...moves, ...alongWith(moves, shown)];
  const next = applyNodeChanges<Shown>([...all, ...sizes], shown as Shown[]);
  return isResizing ? next : following(next, new Set(all.map((change) => change.id)));
}

/** A frame moves by whole steps of the grid, wherever it stands: its nodes stay on the grid. */
function onGrid(change: NodePositionChange, shown: readonly Shown[]): NodePositionChange {
  const from = frameId(change.id) === null ? undefined : shown.find((one) => one.id === change.id)?.position;
  if (!from || !change.position) return change;
  const { x, y } = change.position;
  return { ...change, position: { x: from.x + snapped(x - from.x), y: from.y + snapped(y - from.y) } };
}

/** The movements of nodes whose group is moved, and of groups all of whose nodes are. */
function alongWith(moves: readonly NodePositionChange[], shown: readonly Shown[]): NodePositionChange[] {
  const byId = new Map(shown.map((one) => [one.id, one]));
  const steps = new Map<string, { dx: number; dy: number; dragging: boolean | undefined }>();
  for (const { id, position, dragging } of moves) {
    const from = byId.get(id)?.position;
    if (from) steps.set(id, { dx: (position?.x ?? from.x) - from.x, dy: (position?.y ?? from.y) - from.y, dragging });
  }
  return shown.flatMap((one) => {
    if (one.type !== "frame") return [];
    const { nodes, isCollapsed } = one.data.frame;
    const own = steps.get(one.id);
    const first = steps.get(nodes[0] ?? "");
    const whole = !own && first && !isCollapsed && nodes.every((id) => steps.has(id)) ? [{ id: one.id, ...first }] : [];
    const inside = own ? nodes.filter((id) => !steps.has(id)).map((id) => ({ id, ...own })) : [];
    return [...whole, ...inside].flatMap(({ id, dx, dy, dragging }): NodePositionChange[] => {
      const from = byId.get(id)?.position;
      return from ? [{ id, type: "position", position: { x: from.x + dx, y: from.y + dy }, dragging }] : [];
    });
  });
}

/** The changes of the flow when a movement has ended, by mouse, finger or arrow keys. */
export function commitOf(changes: readonly NodeChange<Shown>[], shown: readonly Shown[], flow: Flow, types: Types): Change[] {
  // What is resized says nothing about dragging, and is committed by its corner.
  const ended = new Set(changes.filter(isMove).flatMap((change) => (change.dragging === false ? [change.id] : [])));
  if (!ended.size) return [];
  const byId = new Map(shown.map((one) => [one.id, one]));
  const boxes = new Map([...flow.nodes.keys()].map((id) => [id, boxOf(flow, types, id)]));
  const members = (ids: readonly string[]) => ids.flatMap((id) => boxes.get(id) ?? []);
  const areas = new Map<string, Box>();
  const cards = new Map<string, { x: number; y: number }>();
  const along: Change[] = [];
  const kept = new Set<string>();
  for (const id of ended) {
    const node = flow.nodes.get(id);
    const one = byId.get(id);
    if (node && one && (one.position.x !== node.position.x || one.position.y !== node.position.y)) cards.set(id, one.position);
  }
  for (const frame of framesOf(flow)) {
    const box = drawnBox(frame, members(frame.nodes));
    const one = byId.get(canvasId(frame.id));
    const isWhole = frame.nodes.length > 0 && !frame.isCollapsed && frame.nodes.every((id) => ended.has(id));
    if (one && (isWhole || ended.has(one.id))) {
      const [dx, dy] = isWhole ? stepOf(flow, cards, frame.nodes) : [one.position.x - box.x, one.position.y - box.y];
      kept.add(frame.id);
      if (!dx && !dy) continue;
      along.push(...shifted(flow, new Set([frame.id]), dx, dy));
      for (const id of frame.nodes) {
        const from = flow.nodes.get(id)?.position;
        if (from && !ended.has(id)) cards.set(id, { x: from.x + dx, y: from.y + dy });
      }
    } else if (frame.kind === "groups" && !frame.isCollapsed) areas.set(frame.id, box);
  }
  const moves = [...cards].map(([id, { x, y }]): Change => ({ op: "moveNode", id, x, y }));
  const loose = [...cards.keys()].filter((id) => ended.has(id) && !framesOf(flow).some((frame) => kept.has(frame.id) && frame.nodes.includes(id)));
  const now = new Map(loose.flatMap((id): [string, Box][] => (byId.has(id) ? [[id, shownBox(byId.get(id) as Shown)]] : [])));
  return [...moves, ...along, ...dropped(flow, now, areas)];
}

/** How far the nodes of a group have moved; nothing if not all by the same. */
function stepOf(flow: Flow, cards: ReadonlyMap<string, { x: number; y: number }>, ids: readonly string[]): [number, number] {
  const steps = ids.map((id): [number, number] => {
    const from = flow.nodes.get(id)?.position ?? { x: 0, y: 0 };
    const to = cards.get(id) ?? from;
    return [to.x - from.x, to.y - from.y];
  });
  const first = steps[0] ?? [0, 0];
  return steps.every(([dx, dy]) => dx === first[0] && dy === first[1]) ? first : [0, 0];
}

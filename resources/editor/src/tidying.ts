/** Tidying up: layers from left to right, wrapped into rows that fit the window. As `flowdesk.ui.canvas.tidying`. Pure. */

import type { Flow } from "./flow";
import type { Box } from "./frames";
import { CARD } from "./nodetypes";
import { snapped } from "./rules";

interface Place {
  readonly x: number;
  readonly y: number;
}

interface Room {
  readonly width: number;
  readonly height: number;
}

type Near = ReadonlyMap<string, readonly string[]>;

const [COLUMN_GAP, NODE_GAP, ROW_GAP] = [60, 40, 80];
const MOST_ROWS = 60;
const WORTH = 1.06;
const SHORTEST = 0.6;
const BESIDE = new Set(["body", "appeared", "error", "timeout"]);

/** Tidy places of all nodes: the main way straight, loop bodies and branches below it, in as many rows as show it largest. */
export function tidy(flow: Flow, sizes: ReadonlyMap<string, Box>, room: Room): Map<string, Place> {
  const chosen = [...flow.nodes.keys()];
  if (!chosen.length) return new Map();
  const forward = forwardEdges(flow, chosen);
  const ranks = ranksOf(chosen, forward);
  const layers: string[][] = Array.from({ length: Math.max(...ranks.values()) + 1 }, () => []);
  for (const id of chosen) layers[ranks.get(id) ?? 0]?.push(id);
  order(layers, forward, beside(flow));
  return wrapped(layers, forward, sizes, room, crossingsOf(flow, ranks, layers.length));
}

const edgesOf = (flow: Flow) => [...flow.edges.values()].filter((edge) => flow.nodes.has(edge.source) && flow.nodes.has(edge.target));

function forwardEdges(flow: Flow, chosen: readonly string[]): Map<string, string[]> {
  const successors = new Map<string, string[]>(chosen.map((id) => [id, []]));
  const entered = new Set<string>();
  for (const edge of edgesOf(flow)) {
    const after = successors.get(edge.source);
    if (!after || after.includes(edge.target)) continue;
    after.push(edge.target);
    entered.add(edge.target);
  }
  const forward = new Map<string, string[]>(chosen.map((id) => [id, []]));
  const state = new Map<string, "on" | "done">();
  for (const root of [...chosen.filter((id) => !entered.has(id)), ...chosen]) {
    if (state.has(root)) continue;
    state.set(root, "on");
    const path = [{ id: root, next: 0 }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const target = successors.get(top.id)?.[top.next];
      top.next += 1;
      if (target === undefined) {
        state.set(top.id, "done");
        path.pop();
      } else if (state.get(target) !== "on") {
        forward.get(top.id)?.push(target);
        if (!state.has(target)) {
          state.set(target, "on");
          path.push({ id: target, next: 0 });
        }
      }
    }
  }
  return forward;
}

function ranksOf(chosen: readonly string[], forward: Near): Map<string, number> {
  const incoming = new Map(chosen.map((id) => [id, 0]));
  for (const targets of forward.values()) for (const target of targets) incoming.set(target, (incoming.get(target) ?? 0) + 1);
  const ranks = new Map(chosen.map((id) => [id, 0]));
  const waiting = chosen.filter((id) => !incoming.get(id));
  for (const id of waiting) {
    for (const target of forward.get(id) ?? []) {
      ranks.set(target, Math.max(ranks.get(target) ?? 0, (ranks.get(id) ?? 0) + 1));
      const left = (incoming.get(target) ?? 0) - 1;
      incoming.set(target, left);
      if (!left) waiting.push(target);
    }
  }
  return ranks;
}

function beside(flow: Flow): ReadonlySet<string> {
  const edges = edgesOf(flow);
  const isBeside = (handle: string | null | undefined) => BESIDE.has(handle ?? "");
  const main = new Set(edges.filter((edge) => !isBeside(edge.sourceHandle)).map((edge) => edge.target));
  return new Set(edges.filter((edge) => isBeside(edge.sourceHandle) && !main.has(edge.target)).map((edge) => edge.target));
}

function crossingsOf(flow: Flow, ranks: ReadonlyMap<string, number>, count: number): number[] {
  const steps = new Array<number>(count + 1).fill(0);
  for (const edge of edgesOf(flow)) {
    const ends = [ranks.get(edge.source) ?? 0, ranks.get(edge.target) ?? 0];
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    steps[low] = (steps[low] ?? 0) + 1;
    steps[high] = (steps[high] ?? 0) - 1;
  }
  let now = 0;
  return steps.slice(0, count).map((step) => (now += step));
}

function order(layers: string[][], forward: Near, aside: ReadonlySet<string>): void {
  const backward = backwardOf(forward);
  for (const layer of layers) layer.sort((one, other) => Number(aside.has(one)) - Number(aside.has(other)));
  const row = new Map<string, number>();
  for (const layer of layers) layer.forEach((id, index) => row.set(id, index));
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const near = sweep % 2 === 0 ? backward : forward;
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      const means = new Map(
        layer.map((id) => {
          const others = near.get(id) ?? [];
          return [id, others.length ? others.reduce((sum, other) => sum + (row.get(other) ?? 0), 0) / others.length : (row.get(id) ?? 0)];
        }),
      );
      layer.sort((one, other) => (means.get(one) ?? 0) - (means.get(other) ?? 0) || Number(aside.has(one)) - Number(aside.has(other)));
      layer.forEach((id, index) => row.set(id, index));
    }
  }
}

function backwardOf(forward: Near): Near {
  const backward = new Map<string, string[]>();
  for (const [source, targets] of forward) for (const target of targets) backward.set(target, [...(backward.get(target) ?? []), source]);
  return backward;
}

function wrapped(layers: readonly string[][], forward: Near, sizes: ReadonlyMap<string, Box>, room: Room, crossings: readonly number[]): Map<string, Place> {
  const backward = backwardOf(forward);
  let best = new Map<string, Place>();
  let [largest, before] = [0, 0];
  for (let rows = 1; rows <= Math.min(layers.length, MOST_ROWS); rows += 1) {
    const columns = Math.ceil(layers.length / rows);
    if (columns === before) continue;
    before = columns;
    const { places, width, height } = placed(layers, cutsOf(columns, crossings), backward, sizes);
    const zoom = Math.min(room.width / width, room.height / height, 1);
    if (!best.size || zoom > largest * WORTH) [best, largest] = [places, zoom];
    if (largest >= 1) break;
  }
  return best;
}

function cutsOf(columns: number, crossings: readonly number[]): number[] {
  const cuts: number[] = [];
  let start = 0;
  while (crossings.length - start > columns) {
    let best = start + columns;
    for (let end = best; end >= start + Math.max(1, Math.ceil(columns * SHORTEST)); end -= 1) {
      if ((crossings[end - 1] ?? 0) < (crossings[best - 1] ?? 0)) best = end;
    }
    start = best;
    cuts.push(start);
  }
  return [...cuts, crossings.length];
}

function placed(layers: readonly string[][], cuts: readonly number[], backward: Near, sizes: ReadonlyMap<string, Box>) {
  const all = layers.flat().flatMap((id) => sizes.get(id) ?? []);
  const left = snapped(Math.min(...all.map((box) => box.x)));
  const top = snapped(Math.min(...all.map((box) => box.y)));
  const places = new Map<string, Place>();
  let [start, y, right] = [0, top, left];
  for (const end of cuts) {
    const row = new Map<string, Place>();
    let [x, lowest] = [left, y];
    for (const layer of layers.slice(start, end)) {
      let bottom = -Infinity;
      let wide = 0;
      for (const id of layer) {
        const box = sizes.get(id) ?? { x: 0, y: 0, width: CARD.width, height: CARD.height };
        const parents = (backward.get(id) ?? []).flatMap((parent) => row.get(parent)?.y ?? []);
        const at = snapped(Math.max(parents.length ? Math.min(...parents) : y, bottom));
        row.set(id, { x, y: at });
        bottom = at + upToGrid(box.height + NODE_GAP);
        lowest = Math.max(lowest, at + box.height);
        wide = Math.max(wide, box.width);
      }
      right = Math.max(right, x + wide);
      x += upToGrid(wide + COLUMN_GAP);
    }
    for (const [id, place] of row) places.set(id, place);
    start = end;
    y = snapped(lowest + ROW_GAP);
  }
  return { places, width: right - left, height: y - snapped(ROW_GAP) - top };
}

const upToGrid = (length: number) => Math.ceil(length / CARD.grid) * CARD.grid;

/** The page works out what the core does: `tests/vectors/*.json`, written from the core by `make docs`. */

import { describe, expect, it, test } from "vitest";

import canvas from "../../../tests/vectors/canvas.json";
import changes from "../../../tests/vectors/changes.json";
import placing from "../../../tests/vectors/placing.json";
import runs from "../../../tests/vectors/runs.json";
import search from "../../../tests/vectors/search.json";
import tidying from "../../../tests/vectors/tidying.json";
import wires from "../../../tests/vectors/wires.json";
import wording from "../../../tests/vectors/wording.json";
import { way, wayAround } from "./canvas/geometry";
import { isBarePoint } from "./desktop/barepoint";
import { apply, readFlow, writeFlow, type Change, type FlowNode } from "./flow";
import { dropped, type Box } from "./frames";
import { brief, shapeOf, summaryOf, type NodeType } from "./nodetypes";
import { addOnEdge, goOn } from "./placing";
import { laidOut, newEdge, refusal, snapped } from "./rules";
import { KINDS, matching, UNDER_WAY } from "./runlist";
import { rank } from "./searching";

const TYPES = new Map(Object.entries(canvas.types as unknown as Record<string, NodeType>));
const place = ([x, y]: readonly number[]) => ({ x: x ?? 0, y: y ?? 0 });
const box = ([x, y, width, height]: readonly number[]): Box => ({ x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 });
const boxes = (all: Readonly<Record<string, readonly number[] | undefined>>) => new Map(Object.entries(all).map(([id, one]) => [id, box(one ?? [])]));

describe("applying changes", () => {
  it.each(changes.cases.map((one) => [JSON.stringify(one.changes).slice(0, 90), one] as const))("%s", (_, one) => {
    const after = writeFlow(apply(readFlow(changes.flow), one.changes as unknown as Change[]));
    expect(after).toEqual(one.after);
  });
});

test("snapping", () => {
  expect(canvas.snapped.map(([value]) => snapped(value ?? 0) + 0)).toEqual(canvas.snapped.map(([, line]) => line));
});

test("the shapes of cards", () => {
  for (const { node, ...shape } of canvas.shapes) {
    expect({ id: node.id, ...shapeOf(node as unknown as FlowNode, TYPES.get(node.type)) }).toEqual({ id: node.id, ...shape });
  }
});

test("use which connections may be made, and what like this: for them", () => {
  const flow = readFlow(canvas.flow);
  for (const { source, handle, target, refusal: said, written } of canvas.connections) {
    const where = `${source} ${String(handle)} ${target}`;
    expect([where, refusal(flow, TYPES, source, handle, target)]).toEqual([where, said]);
    expect([where, newEdge(flow, TYPES, source, handle, target).sourceHandle]).toEqual([where, written]);
  }
});

test("nodes that are dropped in groups and outside", () => {
  const flow = readFlow(canvas.flow);
  for (const one of canvas.drops) expect(dropped(flow, boxes(one.boxes), boxes(one.areas))).toEqual(one.changes);
});

test("the ways of wires", () => {
  for (const one of wires.ways) {
    const found = way(place(one.start), place(one.end), one.around);
    expect(found.map(([sign]) => sign)).toEqual(one.way.map(([sign]) => sign));
    found.forEach(([, numbers], index) => {
      const wanted = one.way[index]?.[1] as number[];
      numbers.forEach((number, at) => expect(number).toBeCloseTo(wanted[at] ?? NaN, 6));
    });
  }
});

test("the heights of detours", () => {
  for (const one of wires.around) {
    const all = one.boxes.map(box);
    const [source, target] = all;
    if (!source || !target) throw new Error("two cards are needed");
    expect(wayAround(source, target, place(one.start), place(one.end), new Map(all.map((each, index) => [String(index), each])))).toBe(one.around);
  }
});

test("the lines under titles", () => {
  for (const { type, config, line } of wording.lines) {
    expect([type, config, summaryOf({ id: "n", type, position: { x: 0, y: 0 }, data: { config } } as FlowNode, TYPES.get(type))]).toEqual([type, config, line]);
  }
});

test("what is shown of selectors", () => {
  for (const [text, isBare] of wording.bare_points as [string, boolean][]) expect([text, isBarePoint([text])]).toEqual([text, isBare]);
  for (const [text, shown] of wording.briefs) expect([text, brief(text ?? "")]).toEqual([text, shown]);
});

describe.each(search)("what is found among the node types in $language", ({ entries, found }) => {
  it.each(found as [string, string[], boolean, number][])("%s", (query, keys, isNearest, named) => {
    expect(rank(query, entries)).toEqual({ keys, isNearest, named });
  });
});

test.each(tidying.map((one) => [`${one.flow.nodes.length} nodes in ${String(one.room)}`, one] as const))("tidying up %s", (_, { flow, room, places }) => {
  const moves = laidOut(readFlow(flow), TYPES, { width: room[0] ?? 0, height: room[1] ?? 0 });
  expect(Object.fromEntries(moves.map((move) => (move.op === "moveNode" ? [move.id, [move.x, move.y]] : [])))).toEqual(places);
});

test.each(placing.cases.map((one) => [`${one.type} ${one.edge ? `into ${one.edge}` : `after ${String(one.selected)}`}`, one] as const))("adding %s", (_, one) => {
  const flow = readFlow(placing.flow);
  const node: FlowNode = { id: "n", type: one.type, position: { x: 300, y: 20 }, data: { label: "", config: {} } };
  const after = apply(flow, one.edge ? addOnEdge(flow, TYPES, node, one.edge) : goOn(flow, TYPES, node, one.selected));
  const places = Object.fromEntries([...after.nodes.values()].map(({ id, position }) => [id, [position.x, position.y]]));
  const wired = [...after.edges.values()].map((edge) => [edge.source, edge.sourceHandle ?? "", edge.target]);
  expect({ places, wires: wired.sort((one, other) => (one.join("\n") < other.join("\n") ? -1 : 1)) }).toEqual(one.after);
});

test("which runs a list holds", () => {
  expect(KINDS).toEqual(runs.kinds);
  expect([...UNDER_WAY].sort()).toEqual(runs.under_way);
  for (const [kind, search, ids] of runs.found as [string, string, string[]][]) {
    expect([kind, search, matching(runs.runs as never[], kind, search, (text) => `[${text}]`).map((run: { run_id: string }) => run.run_id)]).toEqual([kind, search, ids]);
  }
});

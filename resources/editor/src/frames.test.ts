import { describe, expect, it } from "vitest";

import { commitOf, moved } from "./canvas/moving";
import { canvasId, drawn, shownBox, wires, type Shown } from "./canvas/drawn";
import { wayAround, wirePath } from "./canvas/geometry";
import { apply, readFlow, type Flow } from "./flow";
import { drawnBox, emptied, framesOf, freePlace, grouped, hiddenBy, regrouped, toggled, withoutFrames } from "./frames";
import { CARD } from "./nodetypes";
import { addedBy, copyText, pasteText } from "./rules";

const TYPES = new Map();
const node = (id: string, x: number, y: number) => ({ id, type: "log", position: { x, y }, data: {} });
const FLOW = readFlow({
  nodes: [node("a", 0, 0), node("b", 260, 0), node("c", 0, 400)],
  edges: [{ id: "ab", source: "a", target: "b" }, { id: "bc", source: "b", target: "c" }],
  groups: { g: { title: "Two", color: "blue", x: -20, y: -40, width: 500, height: 120, nodes: ["a", "b", "gone"], collapsed: false }, bad: 7, far: { x: 1e9 } },
  notes: { n: { text: "Mind", x: 600, y: 0, width: 200, height: 120 } },
}); // prettier-ignore

const shownOf = (flow: Flow, before: readonly Shown[] = []) =>
  drawn(before, { flow, types: TYPES, problems: [], editors: [], selection: new Set(), selectedFrames: new Set() });
const drag = (id: string, x: number, y: number, dragging: boolean) => ({ id, type: "position" as const, position: { x, y }, dragging });

describe("groups and notes", () => {
  it("are read, and what cannot be read is left out", () => {
    expect(framesOf(FLOW).map(({ id, kind, nodes }) => [id, kind, nodes])).toEqual([["g", "groups", ["a", "b"]], ["n", "notes", []]]);
  });

  it("lie around their nodes, or stand as a card in their place", () => {
    const [group] = framesOf(FLOW);
    if (!group) throw new Error("no group");
    expect(drawnBox(group, [{ x: 0, y: 300, width: 200, height: 60 }])).toEqual({ x: -20, y: -40, width: 500, height: 420 });
    expect(drawnBox({ ...group, isCollapsed: true }, [])).toEqual({ x: 0, y: 0, width: CARD.width, height: CARD.height });
  });

  it("hide their nodes while collapsed, and the wires between them", () => {
    const flow = apply(FLOW, toggled(FLOW, new Set(["g"])));
    expect([...hiddenBy(flow).keys()]).toEqual(["a", "b"]);
    const shown = shownOf(flow);
    expect(shown.map((one) => one.id)).toEqual([canvasId("g"), canvasId("n"), "c"]);
    const boxes = new Map(shown.map((one) => [one.id, shownBox(one)]));
    expect(wires({ flow, types: TYPES, taken: {}, selected: new Set(), boxes }).map((edge) => [edge.source, edge.target])).toEqual([[canvasId("g"), "c"]]);
  });

  it("are made, left by their nodes, and gone with the last", () => {
    const made = grouped(FLOW, TYPES, ["b", "c"], "Other");
    const flow = apply(FLOW, made?.changes ?? []);
    expect(framesOf(flow).map((frame) => frame.nodes)).toEqual([["a"], ["b", "c"], []]);
    expect(regrouped(flow, new Map([["a", null]]))).toEqual([{ op: "setFlow", path: ["groups", "g"], remove: true }]);
    expect(emptied(flow, new Set(["a"]), new Set(["g"]))).toEqual([]);
    expect(framesOf(apply(flow, withoutFrames(flow, new Set(["g", "n"])))).length).toBe(1);
  });

  it("are copied and pasted with their nodes, as the window does", () => {
    const text = copyText(FLOW, new Set(["a", "b"]), new Set(["n"]));
    expect(Object.keys(JSON.parse(text) as object)).toEqual(["nodes", "edges", "groups", "notes"]);
    const changes = pasteText(FLOW, text, null) ?? [];
    const { nodes, frames } = addedBy(changes);
    const after = framesOf(apply(FLOW, changes)).filter((frame) => frames.includes(frame.id));
    expect(after.map(({ x, y, nodes: inside }) => [x, y, inside])).toEqual([[20, 0, nodes], [640, 40, []]]);
  });
});

describe("moving", () => {
  it("a group takes its nodes along, on the grid", () => {
    const changes = [drag(canvasId("g"), 25, 0, false)];
    const shown = moved(changes, shownOf(FLOW));
    const flow = apply(FLOW, commitOf(changes, shown, FLOW, TYPES));
    expect([...flow.nodes.values()].map((one) => [one.position.x, one.position.y])).toEqual([[40, 40], [300, 40], [0, 400]]);
    expect(framesOf(flow)[0]).toMatchObject({ x: 20, y: 0, nodes: ["a", "b"] });
  });

  it("all nodes of a group take the group along", () => {
    const changes = [drag("a", 0, 100, false), drag("b", 260, 100, false)];
    const flow = apply(FLOW, commitOf(changes, moved(changes, shownOf(FLOW)), FLOW, TYPES));
    expect(framesOf(flow)[0]).toMatchObject({ x: -20, y: 60, nodes: ["a", "b"] });
  });

  it("a node dropped outside leaves its group, and one dropped inside joins", () => {
    for (const [id, x, y, inside] of [["a", 0, 800, ["b"]], ["c", 100, 0, ["a", "b", "c"]]] as const) {
      const changes = [drag(id, x, y, false)];
      const flow = apply(FLOW, commitOf(changes, moved(changes, shownOf(FLOW)), FLOW, TYPES));
      expect(framesOf(flow)[0]?.nodes).toEqual(inside);
    }
  });

  it("while it is under way the flow stays, and the group lies around the node", () => {
    const changes = [drag("a", 0, 200, true)];
    const shown = moved(changes, shownOf(FLOW));
    expect(commitOf(changes, shown, FLOW, TYPES)).toEqual([]);
    expect(shown[0]).toMatchObject({ id: canvasId("g"), height: 320 });
  });
});

describe("wires", () => {
  const box = (x: number, y: number) => ({ x, y, width: 200, height: 60 });
  it("lead forwards in a curve, backwards between the rows or around the cards", () => {
    const [one, other] = [box(0, 0), box(600, 0)];
    const boxes = new Map([["one", one], ["two", box(300, 0)], ["other", other]]);
    expect(wayAround(one, other, { x: 200, y: 30 }, { x: 600, y: 30 }, boxes)).toBeNull();
    expect(wayAround(other, one, { x: 800, y: 30 }, { x: 0, y: 30 }, boxes)).toBe(88);
    expect(wayAround(box(600, 200), one, { x: 800, y: 230 }, { x: 0, y: 30 }, boxes)).toBe(130);
    expect(wirePath({ x: 0, y: 0 }, { x: 100, y: 0 }, null)).toMatch(/^M0 0C/);
    expect(wirePath({ x: 800, y: 30 }, { x: 0, y: 30 }, 88)).not.toMatch(/NaN|C/);
  });

  it("new notes lie on nothing", () => {
    expect(freePlace(box(0, 0), [box(100, 40), box(50, 160)])).toMatchObject({ x: 0, y: 240 });
  });
});

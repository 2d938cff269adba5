import { expect, test } from "vitest";

import { apply, readFlow, removal, writeFlow, type Change } from "./flow";

const file = {
  name: "F",
  variables: { a: 1 },
  nodes: [
    { id: "s", type: "start", position: { x: 0, y: 0 }, data: { label: "", config: {} } },
    { id: "w", type: "wait", position: { x: 240, y: 0 }, data: { label: "W", config: { duration: 5, note: "n" } } },
  ],
  edges: [{ id: "e", source: "s", target: "w", sourceHandle: null }],
};

const after = (...changes: Change[]) => writeFlow(apply(readFlow(file), changes));

test("use a flow like this: as it was read", () => {
  expect(writeFlow(readFlow(file))).toEqual(file);
});

test("a value is set, made on the way, and taken out with what was made for it", () => {
  const set = after({ op: "setNode", id: "w", path: ["data", "extra", "deep"], value: 1 });
  expect((set.nodes as typeof file.nodes)[1]?.data).toMatchObject({ extra: { deep: 1 } });
  const back = apply(readFlow(set), [{ op: "setNode", id: "w", path: ["data", "extra", "deep"], remove: true, prune: 1 }]);
  expect(JSON.stringify(writeFlow(back))).toBe(JSON.stringify(file));
});

test("a key that comes back comes back to its place", () => {
  const without = apply(readFlow(file), [{ op: "setNode", id: "w", path: ["data", "config", "duration"], remove: true }]);
  const back = apply(without, [{ op: "setNode", id: "w", path: ["data", "config", "duration"], value: 5, index: 0 }]);
  expect(JSON.stringify(writeFlow(back))).toBe(JSON.stringify(file));
});

test("removing a node removes its edges first", () => {
  const changes = removal(readFlow(file), ["w"]);
  expect(changes.map((change) => change.op)).toEqual(["removeEdge", "removeNode"]);
  expect(after(...changes)).toMatchObject({ edges: [], nodes: [{ id: "s" }] });
});

test("what no longer fits is left out, the rest is done", () => {
  const done = after({ op: "moveNode", id: "gone", x: 1, y: 1 }, { op: "moveNode", id: "s", x: 20, y: 40 });
  expect((done.nodes as typeof file.nodes)[0]?.position).toEqual({ x: 20, y: 40 });
});

test("the flow that was given stays as it was", () => {
  const flow = readFlow(file);
  apply(flow, [{ op: "removeEdge", id: "e" }, { op: "setFlow", path: ["variables", "a"], value: 2 }]);
  expect(writeFlow(flow)).toEqual(file);
});

import { expect, test } from "vitest";

import { takeIn, type RunEvent } from "./runview";
import { readFlow } from "./flow";
import { movedOf } from "./moved";
import { isDriven, START } from "./store";

const event = (type: string, payload: Record<string, unknown>) => ({ type, payload: { run_id: "r", ...payload }, time: 0 }) as RunEvent;
const node = (status: string, more: Record<string, unknown> = {}) => event(`node.${status}`, { node_id: "a", status, ...more });

test("a node shows its last state, how often it ran, and its result", () => {
  const { nodes, run } = takeIn(START, [
    node("running"),
    node("success", { result: 1, duration: 0.5 }),
    node("running", { iteration: [1] }),
  ]);
  expect(nodes?.a).toMatchObject({ status: "running", visits: 2, result: 1, iteration: [1] });
  expect(run).toMatchObject({ runId: "r", status: "running", nodeId: "a" });
});

test("edges are counted as the server counts them", () => {
  const first = takeIn(START, [node("running", { ways: { e1: 1 } }), node("running", { ways: { e1: 2, e2: 1 } })]);
  expect(first.taken).toEqual({ e1: 2, e2: 1 });
});

test("another run begins with nothing", () => {
  const first = { ...START, ...takeIn(START, [node("running", { ways: { e1: 1 } })]) };
  const next = takeIn(first, [event("node.running", { run_id: "s", node_id: "b", status: "running" })]);
  expect(next.nodes).toEqual({ b: expect.objectContaining({ status: "running", visits: 1 }) as unknown });
  expect(next.taken).toEqual({});
});

test("the end of a run is shown with its reason, in the log too", () => {
  const { run, log } = takeIn(START, [node("running"), event("execution.error", { status: "failed", message: "No.", fix: "Do.", duration: 2 })]);
  expect(run).toMatchObject({ status: "failed", message: "No.", fix: "Do.", duration: 2 });
  expect(log?.at(-1)).toMatchObject({ level: "error", message: "No." });
});

test("a late joiner sees the run as it stands, ended or not", () => {
  const snapshot = {
    status: "succeeded", nodes: { a: { node_id: "a", status: "success", run_id: "r" } }, ways: { e: 3 }, progress: { percent: 100 },
    logs: [{ level: "info", message: "hi" }], variables: { x: 1 }, end: { run_id: "r", status: "succeeded", message: "Done.", duration: 1 },
  }; // prettier-ignore
  const shown = takeIn(START, [event("execution.snapshot", snapshot)]);
  expect(shown.run).toMatchObject({ status: "succeeded", message: "Done.", percent: 100 });
  expect(shown.nodes?.a?.status).toBe("success");
  expect(shown.taken).toEqual({ e: 3 });
  expect(shown.variables).toEqual({ x: 1 });
});

test("what only a fallback found is offered, as long as the node is as it was", () => {
  const ways = ["text=Save", "button[name='Save']"];
  const { run } = takeIn(START, [node("running"), event("execution.complete", { status: "succeeded", moved: [{ node_id: "a", key: "selector", ways }] })]);
  const flow = (selector: unknown) => readFlow({ nodes: [{ id: "a", type: "click", data: { label: "Save it", config: { selector } } }], edges: [] });
  expect(movedOf(run ?? null, flow([...ways].reverse()))).toEqual([{ node_id: "a", key: "selector", ways, label: "Save it" }]);
  expect(movedOf(run ?? null, flow(ways))).toEqual([]);
  expect(movedOf(run ?? null, flow("text=Other"))).toEqual([]);
});

test("nobody can be recorded where a run drives, which one that is paused or on a desktop of its own does not", () => {
  const run = (status: string, desktop = "this") => ({ status, desktop }) as Parameters<typeof isDriven>[0]["underWay"][number];
  expect(isDriven({ underWay: [] })).toBe(false);
  expect(isDriven({ underWay: [run("paused"), run("running", "private")] })).toBe(false);
  expect(isDriven({ underWay: [run("paused"), run("running")] })).toBe(true);
});

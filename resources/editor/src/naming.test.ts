import { describe, expect, it } from "vitest";

import { apply, readFlow, writeFlow } from "./flow";
import { avoid, freshCopyId, freshNodeId } from "./naming";
import { pasteText } from "./rules";

const flow = readFlow({
  variables: { rows: [] },
  groups: { g: { title: "", nodes: ["click", "start"] } },
  nodes: [
    { id: "start", type: "start", position: { x: 0, y: 0 }, data: {} },
    { id: "click", type: "click", position: { x: 0, y: 0 }, data: {} },
    { id: "v", type: "setVariable", position: { x: 0, y: 0 }, data: { config: { name: "log[0].x" } } },
  ],
  edges: [{ id: "e", source: "start", target: "click" }],
});

describe("ids", () => {
  it("are the type, with a number where that is taken by a node, a variable or a function", () => {
    avoid(["keys"]);
    expect(freshNodeId("readTable", flow)).toBe("readTable");
    expect(freshNodeId("click", flow)).toBe("click2");
    expect(freshNodeId("log", flow)).toBe("log2");
    expect(freshNodeId("keys", flow)).toBe("keys2");
    expect(freshNodeId("wait", flow, ["wait", "wait2"])).toBe("wait3");
  });

  it("of copies are their own where they are free", () => {
    expect(freshCopyId("orders", "readTable", flow)).toBe("orders");
    expect(freshCopyId("click", "click", flow)).toBe("click2");
    expect(freshCopyId("click_0a1b2c3d", "click", flow)).toBe("click2");
    expect(freshCopyId("订单", "readTable", flow, ["订单"])).toBe("订单2");
  });

  it("are renamed with the edges and the groups, in place, and back", () => {
    const after = apply(flow, [{ op: "renameNode", id: "click", to: "ok" }]);
    expect([...after.nodes.keys()]).toEqual(["start", "ok", "v"]);
    expect(after.edges.get("e")).toMatchObject({ source: "start", target: "ok" });
    expect((after.fields.groups as { g: object }).g).toMatchObject({ nodes: ["ok", "start"] });
    expect(writeFlow(apply(after, [{ op: "renameNode", id: "ok", to: "click" }]))).toEqual(writeFlow(flow));
  });

  it("of what is pasted say which copies belong together", () => {
    const changes = pasteText(flow, JSON.stringify({ nodes: [{ id: "click", type: "click", position: { x: 0, y: 0 }, data: {} }], edges: [] }), null);
    expect(changes).toMatchObject([{ op: "addNode", node: { id: "click2" }, ids: { click: "click2" } }]);
  });
});

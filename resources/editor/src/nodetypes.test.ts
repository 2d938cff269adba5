import { describe, expect, it } from "vitest";

import type { FlowNode } from "./flow";
import { summaryOf, type NodeType } from "./nodetypes";

const TYPE = { summary: "{name} set {value}", defaults: { value: null }, fields: [] } as unknown as NodeType;
const node = (value: unknown): FlowNode => ({ id: "n", type: "setVariable", position: { x: 0, y: 0 }, data: { config: { name: "x", value } } });

describe("the line under a title", () => {
  it("writes values with parts as JSON", () => {
    expect(summaryOf(node([{ a: 1 }, "b"]), TYPE)).toBe('x set {"a":1}, b');
    expect(summaryOf(node({ a: [1] }), TYPE)).toBe('x set {"a":[1]}');
    expect(summaryOf(node(null), TYPE)).toBe("x set");
  });
});

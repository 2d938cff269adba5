import { describe, expect, it } from "vitest";

import { columnsOf, sectionsOf, textOf, type Visit } from "./visits";

const VISIT: Visit = { visits: 1, visit: 1, iteration: [], status: "success", input: {}, wrong: {}, output: null, error: "", changed: {}, is_cut: false, run_id: "r" };

describe("a visit", () => {
  it("has a heading only over what there is", () => {
    expect(sectionsOf(VISIT, (text) => text)).toEqual([]);
    const told = sectionsOf({ ...VISIT, input: { a: 1 }, wrong: { b: "no" }, error: { message: "Bad.", fix: "Mend it." }, output: 0, changed: { x: [] } }, (text) => text);
    expect(told).toEqual([["Input", { a: 1, b: "⚠ no" }], ["Error", "Bad. Mend it."], ["Output", 0], ["Changed variables", { x: [] }]]);
  });
  it("shows rows with every column that one of them has", () => {
    expect(columnsOf([{ a: 1 }, { b: 2, a: 3 }])).toEqual(["a", "b"]);
    expect(columnsOf([{ a: 1 }, 2])).toBeNull();
    expect(columnsOf([])).toBeNull();
    expect(textOf({ a: [1] })).toContain("[");
    expect(textOf(false)).toBe("false");
  });
});

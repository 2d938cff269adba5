import { expect, test } from "vitest";

import { followForm, formOf, Renames } from "./renames";

test("what was begun before a renaming names the node as it was called then", () => {
  const renames = new Renames();
  renames.note([{ op: "renameNode", id: "a", to: "b" }], 3);
  renames.note([{ op: "renameNode", id: "b", to: "c" }, { op: "renameNode", id: "x", to: "a" }], 5);
  const set = (id: string) => [{ op: "setNode" as const, id, path: ["data", "label"], value: "L" }];
  expect(renames.asOf(2, set("c"))).toEqual(set("a"));
  expect(renames.asOf(3, set("c"))).toEqual(set("b"));
  expect(renames.asOf(5, set("c"))).toEqual(set("c"));
  expect(renames.asOf(2, [{ op: "renameNode", id: "a", to: "z" }])).toEqual([{ op: "renameNode", id: "x", to: "z" }]);
});

test("a form stays the same when its node is renamed, and a new node of the old id has one of its own", () => {
  const form = formOf("one");
  followForm("one", "two");
  expect(formOf("two")).toBe(form);
  const another = formOf("one");
  expect(another).not.toBe(form);
  followForm("one", "three");
  expect(formOf("three")).toBe(another);
  followForm("two", "one");
  expect(formOf("one")).toBe(form);
});

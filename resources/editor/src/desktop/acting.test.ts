import { expect, test } from "vitest";

import { actOfKey, held, notches } from "./acting";

const NONE = { ctrlKey: false, shiftKey: false, altKey: false, metaKey: false };

test("signs are typed, commands and named keys are pressed with what is held, and keys alone do nothing", () => {
  expect(actOfKey({ ...NONE, key: "é" })).toEqual({ action: "text", text: "é" });
  expect(actOfKey({ ...NONE, shiftKey: true, key: "A" })).toEqual({ action: "text", text: "A" });
  expect(actOfKey({ ...NONE, key: "😀" })).toEqual({ action: "text", text: "😀" });
  expect(actOfKey({ ...NONE, ctrlKey: true, key: "S" })).toEqual({ action: "keys", keys: ["ctrl", "s"] });
  expect(actOfKey({ ...NONE, key: "ArrowDown" })).toEqual({ action: "keys", keys: ["down"] });
  expect(actOfKey({ ...NONE, shiftKey: true, key: "Tab" })).toEqual({ action: "keys", keys: ["shift", "tab"] });
  expect(actOfKey({ ...NONE, key: "F11" })).toEqual({ action: "keys", keys: ["f11"] });
  for (const key of ["Shift", "Control", "Dead", "Process", "AudioVolumeUp"]) expect(actOfKey({ ...NONE, key })).toBeNull();
});

test("what is held is told in one order, and a wheel is counted in its clicks", () => {
  expect(held({ ...NONE, metaKey: true, ctrlKey: true })).toEqual(["ctrl", "super"]);
  expect([notches(0), notches(3), notches(-120), notches(260), notches(1e6)]).toEqual([0, 1, -1, 3, 50]);
});

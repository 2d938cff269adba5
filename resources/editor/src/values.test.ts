import { expect, test } from "vitest";

import { brief } from "./nodetypes";
import { ABSENT, readKeys, readList, readNumber, readTarget, readValue, writeValue } from "./form/values";

test("numbers stay numbers, references stay texts", () => {
  expect(readNumber(" 12,5 ")).toBe(12.5);
  expect(readNumber("{{n}}")).toBe("{{n}}");
  expect(readNumber("")).toBe(ABSENT);
});

test.each([["a"], [""], ["12"], ["true"], ['"x"'], [12], [true], [null], [[1, "2"]], [{ a: { b: 1 } }], ["{{rows}}"]])(
  "%j is read back as it was written",
  (value) => {
    const read = readValue(writeValue(value));
    expect(read === ABSENT ? (value === null ? null : "") : read).toEqual(value);
  },
);

test("keys are joined by plus, and plus itself may be one", () => {
  expect(readKeys("ctrl + shift+s")).toEqual(["ctrl", "shift", "s"]);
  expect(readKeys("ctrl++")).toEqual(["ctrl", "+"]);
  expect(readKeys("+")).toEqual(["+"]);
});

test("one selector is a text, several are fallbacks in order", () => {
  expect(readTarget("text=OK\n")).toBe("text=OK");
  expect(readTarget("text=OK\n\nimage=ok.png")).toEqual(["text=OK", "image=ok.png"]);
  expect(readList(" \n")).toBe(ABSENT);
});

test.each([
  ["button[name='OK']", "Button “OK”"],
  ["app=mousepad >> window=Save >> button[name=\"Don't save\"]", "Button “Don't save”"],
  ["window=Login >> text=Password >> right-of=text_field", "text=Password right-of=text_field"],
  ["window=a >> button[name='OK'] >> nth=2", "Button “OK” nth=2"],
  ["nth=2", "nth=2"],
  ['window=a >> image="b >> c.png"', 'image="b >> c.png"'],
])("a card shows of %s what is meant", (selector, shown) => expect(brief(selector)).toBe(shown));

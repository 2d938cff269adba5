import { describe, expect, it } from "vitest";

import { completed, fitting, fittingSelectors, hasReference, inserted, lineAt, narrowed, offersOf, stepOf, type ValueEntry } from "./offers";

const entry = (path: string, name: string, children: ValueEntry[] = [], search = "", label = ""): ValueEntry => ({ path, name, label, kind: "text", shown: "x", search, children });
const entries = [entry("greeting", "greeting"), entry("read", "read", [entry("read.rows", "rows", [entry('read.rows[0]["Unit.Price"]', "Unit.Price")])], "duqu dq", "读取")];
const offers = offersOf(entries, [{ name: "upper", usage: "value|upper", group: "text", help: "Capitals.", example: "", gives: "", is_filter: true }, { name: "now", usage: "now()", group: "dates", help: "Now.", example: "", gives: "", is_filter: false }], (text) => text);

describe("offers", () => {
  it("fit what is being written, functions alone behind a bar", () => {
    expect(fitting("Hi {{gre", offers)?.offers.map((one) => one.path)).toEqual(["greeting"]);
    expect(fitting("{{ 1 + duq", offers)?.offers.map((one) => one.path)).toEqual(["read"]);
    expect(fitting("{{ greeting|", offers)?.offers.map((one) => one.path)).toEqual(["upper", "now()"]);
    expect(fitting("{{ no", offers)?.offers.map((one) => one.path)).toEqual(["now()"]);
    expect(fitting("done {{x}}", offers)).toBeNull();
  });

  it("complete what is there and keep the braces behind it", () => {
    expect(completed("a {{gre b", 7, "gre", "greeting")).toEqual({ text: "a {{greeting}} b", cursor: 14 });
    expect(completed("{{ gre }}", 6, "gre", "greeting")).toEqual({ text: "{{ greeting }}", cursor: 11 });
  });

  it("are inserted as a whole reference where none is open", () => {
    expect(inserted("Dear ", 5, "item.name").text).toBe("Dear {{item.name}}");
    expect(inserted("", 0, 'item["No."]').text).toBe('{{ item["No."] }}');
    expect(inserted("{{ 1 + }}", 7, "n").text).toBe("{{ 1 + n}}");
  });

  it("are found by words of themselves and of what they are parts of", () => {
    expect(narrowed(entries, "dq price")[0]?.children[0]?.children[0]?.name).toBe("Unit.Price");
    expect(narrowed(entries, "读取").map((one) => one.path)).toEqual(["read"]);
    expect(narrowed(entries, "zzz")).toEqual([]);
  });

  it("know a reference however deep it stands", () => {
    expect(hasReference({ a: ["{{x}}"] })).toBe(true);
    expect(hasReference(undefined)).toBe(false);
  });

  it("of a selector change with its step, not with each letter", () => {
    expect(stepOf("but")).toBe("");
    expect(stepOf("app=a >> but")).toBe("app=a >>");
    expect(stepOf("window=In")).toBe("window=");
    expect(lineAt("app=a\nbut\nx", 8)).toEqual({ before: "bu", behind: "t" });
  });

  it("of a selector are narrowed by what is written, in characters", () => {
    const told = { begin: 9, typed: 9, offers: [{ text: "button[name='OK']", kind: "element", beside: "OK" }, { text: "nth=", kind: "engine", beside: "" }] };
    expect(fittingSelectors("app=a >> ok", told, String)).toMatchObject({ token: "ok", offers: [{ path: "button[name='OK']" }] });
    expect(fittingSelectors("app=😀 >> nth=", told, String).offers).toEqual([]);
  });

  it("of a selector fit although a blank came after they were asked for", () => {
    const told = { begin: 8, typed: 8, offers: [{ text: "button[name='OK']", kind: "element", beside: "OK" }] };
    expect(fittingSelectors("app=a >> ok", told, String)).toMatchObject({ token: "ok", offers: [{ path: "button[name='OK']" }] });
  });

  it("of a selector are told in one's language where they are words that begin a step", () => {
    const told = { begin: 0, typed: 0, offers: [{ text: "active", kind: "engine", beside: "Active window" }, { text: "app=a", kind: "window", beside: "Save" }] };
    expect(fittingSelectors("a", told, (text) => `<${text}>`).offers.map((one) => one.beside)).toEqual(["<Active window>", "Save"]);
  });
});

import { expect, test } from "vitest";

import type { Candidate, CandidateKind } from "./protocol";
import { fallbacks, inline, renamed } from "./store";

function candidate(kind: CandidateKind, selector: string, unique = true): Candidate {
  const spot = { x: 1, y: 2, box: [0, 0, 2, 4] as const, score: 1 };
  return { selector, kind, unique, count: unique ? 1 : 2, spot, score: 0.5, ms: 1 };
}

test("fallbacks are sure, of other kinds, and neither pictures nor points", () => {
  const chosen = candidate("element", "button[name='OK']");
  const all = [
    chosen,
    candidate("element", "button"),
    candidate("relative", "text=A >> right-of=button"),
    candidate("text", "text=OK", false),
    candidate("image", "image=ok.png"),
    candidate("point", "point=1%,2%"),
  ];
  expect(fallbacks(chosen, all)).toEqual(["text=A >> right-of=button"]);
});

test("a picture is looked for before it is stored, and under its stored name afterwards", () => {
  const picture = { ...candidate("image", "app=Mail >> image=ok.png"), picture: "AAAA", name: "ok.png" };
  expect(inline(picture)).toBe("app=Mail >> image=data:image/png;base64,AAAA");
  expect(renamed(picture.selector, "ok.png", "ok-2.png")).toBe("app=Mail >> image=ok-2.png");
});

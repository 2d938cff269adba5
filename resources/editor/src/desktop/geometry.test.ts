import { expect, test } from "vitest";

import { between, fitted, isOn, scaleToAsk, toDesktop, toView, zoomed, type Box } from "./geometry";

const DESKTOP: Box = [-1920, 0, 3840, 1080];

test("all of the desktop is seen in the middle of a view", () => {
  expect(fitted(DESKTOP, 960, 600)).toEqual({ scale: 0.25, left: 0, top: 165 });
});

test("a place of the view is the pixel under it, whatever the scale", () => {
  for (const [width, height] of [[960, 600], [333, 777], [4000, 90]] as const) {
    const frame = fitted(DESKTOP, width, height);
    for (const at of [{ x: -1920, y: 0 }, { x: 1919, y: 1079 }, { x: 7, y: 500 }]) {
      const [left, top, wide, high] = toView(frame, DESKTOP, [at.x, at.y, 1, 1]);
      expect(toDesktop(frame, DESKTOP, left + wide / 2, top + high / 2)).toEqual(at);
    }
  }
});

test("places beside the desktop are told, and clipped to it", () => {
  const frame = fitted(DESKTOP, 960, 600);
  expect(isOn(frame, DESKTOP, 10, 164)).toBe(false);
  expect(isOn(frame, DESKTOP, 10, 165)).toBe(true);
  expect(toDesktop(frame, DESKTOP, -50, 900)).toEqual({ x: -1920, y: 1079 });
});

test("zooming holds the place under the pointer still", () => {
  const frame = fitted(DESKTOP, 960, 600);
  const before = toDesktop(frame, DESKTOP, 300, 250);
  expect(toDesktop(zoomed(frame, 3, 300, 250), DESKTOP, 300, 250)).toEqual(before);
});

test("a drawn box holds both of its corners", () => {
  expect(between({ x: 9, y: 4 }, { x: 2, y: 6 })).toEqual([2, 4, 8, 3]);
});

test("the picture that is asked for is as sharp as the screen and no sharper", () => {
  expect(scaleToAsk({ scale: 0.2, left: 0, top: 0 }, 1)).toBe(0.25);
  expect(scaleToAsk({ scale: 0.4, left: 0, top: 0 }, 2)).toBe(1);
  expect(scaleToAsk({ scale: 3, left: 0, top: 0 }, 2)).toBe(1);
});

/** Points and boxes of the desktop, in its own pixels, and how a view shows them. Pure. */

export type Box = readonly [x: number, y: number, width: number, height: number];

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a view shows the desktop: `scale` CSS pixels for each pixel, the desktop's corner at `left`, `top`. */
export interface Frame {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

export const SMALLEST_ZOOM = 0.05;
export const LARGEST_ZOOM = 8;

/** From how many CSS pixels on a press that moves is a drag. */
export const DRAG = 5;

/** Returns the frame in which all of the desktop is seen in the middle of a view. */
export function fitted(desktop: Box, width: number, height: number): Frame {
  const scale = Math.max(SMALLEST_ZOOM, Math.min(width / desktop[2], height / desktop[3]));
  return { scale, left: (width - desktop[2] * scale) / 2, top: (height - desktop[3] * scale) / 2 };
}

/** Returns the pixel of the desktop under a place of the view, clipped to the desktop. */
export function toDesktop(frame: Frame, desktop: Box, x: number, y: number): Point {
  return {
    x: clamp(Math.floor((x - frame.left) / frame.scale), 0, desktop[2] - 1) + desktop[0],
    y: clamp(Math.floor((y - frame.top) / frame.scale), 0, desktop[3] - 1) + desktop[1],
  };
}

/** Whether a place of the view lies on the desktop. */
export function isOn(frame: Frame, desktop: Box, x: number, y: number): boolean {
  const across = (x - frame.left) / frame.scale;
  const down = (y - frame.top) / frame.scale;
  return across >= 0 && down >= 0 && across < desktop[2] && down < desktop[3];
}

/** Returns where the view shows a box of the desktop, in CSS pixels of the view. */
export function toView(frame: Frame, desktop: Box, box: Box): Box {
  return [
    frame.left + (box[0] - desktop[0]) * frame.scale,
    frame.top + (box[1] - desktop[1]) * frame.scale,
    box[2] * frame.scale,
    box[3] * frame.scale,
  ];
}

/** Returns the box between two pixels of the desktop, both inside. */
export function between(one: Point, other: Point): Box {
  return [
    Math.min(one.x, other.x),
    Math.min(one.y, other.y),
    Math.abs(one.x - other.x) + 1,
    Math.abs(one.y - other.y) + 1,
  ];
}

/** Returns the frame after zooming by `factor` with the place `x`, `y` of the view held still. */
export function zoomed(frame: Frame, factor: number, x: number, y: number): Frame {
  const scale = clamp(frame.scale * factor, SMALLEST_ZOOM, LARGEST_ZOOM);
  const ratio = scale / frame.scale;
  return { scale, left: x - (x - frame.left) * ratio, top: y - (y - frame.top) * ratio };
}

/** Returns the scale to ask the server for: no sharper than the screen can show. */
export function scaleToAsk(frame: Frame, pixelRatio: number): number {
  return [0.25, 0.5, 0.75, 1].find((scale) => scale >= frame.scale * pixelRatio - 0.01) ?? 1;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** The ways of wires: a curve forwards, a rounded detour around the cards when one leads back, as in the window. Pure. */

import type { Box } from "../frames";
import { CARD } from "../nodetypes";

interface Place {
  readonly x: number;
  readonly y: number;
}

/** How far left of its start a wire must end to lead back. */
const BACKWARDS = -10;
/** How far a wire that leads back keeps from the cards. */
const BACK_ROOM = 28;
const ARROW = 6;

/** Returns the path of a wire, with its arrow. `around` is the height of the detour of one that leads back. */
export function wirePath(start: Place, end: Place, around: number | null): string {
  const arrow = `M${end.x - 5 - ARROW} ${end.y - ARROW * 0.75}L${end.x - 5} ${end.y}L${end.x - 5 - ARROW} ${end.y + ARROW * 0.75}`;
  return way(start, end, around).map(([sign, numbers]) => sign + numbers.join(" ")).join("") + arrow;
}

type Segment = readonly [sign: string, numbers: readonly number[]];

/** Returns the way of a wire in absolute coordinates, as `flowdesk.ui.canvas.wires.way`. */
export function way(start: Place, end: Place, around: number | null): readonly Segment[] {
  const dx = end.x - start.x;
  if (dx >= BACKWARDS || around === null) {
    const reach = Math.max(Math.min(Math.abs(dx) * 0.5 + Math.abs(end.y - start.y) * 0.15, 160), Math.min(36, Math.abs(dx) * 0.5 + 8));
    return [["M", [start.x, start.y]], ["C", [start.x + reach, start.y, end.x - reach, end.y, end.x, end.y]]];
  }
  const right = start.x + 22;
  const left = end.x - 24;
  const r = Math.min(14, Math.abs(around - start.y) / 2, Math.abs(around - end.y) / 2);
  const down = around > start.y ? r : -r;
  const up = around > end.y ? r : -r;
  return [
    ["M", [start.x, start.y]],
    ["L", [right - r, start.y]],
    ["Q", [right, start.y, right, start.y + down]],
    ["L", [right, around - down]],
    ["Q", [right, around, right - r, around]],
    ["L", [left + r, around]],
    ["Q", [left, around, left, around - up]],
    ["L", [left, end.y + up]],
    ["Q", [left, end.y, left + r, end.y]],
    ["L", [end.x, end.y]],
  ];
}

/** Where the label of a wire stands. */
export function wireMiddle(start: Place, end: Place, around: number | null): Place {
  const isBack = around !== null && end.x - start.x < BACKWARDS;
  return { x: (start.x + end.x) / 2, y: isBack ? around : (start.y + end.y) / 2 };
}

/**
 * Returns the height at which a wire that leads back passes the cards; `null` for one that leads forwards.
 *
 * It goes between the two where there is room, over them if it comes from above, else below.
 */
export function wayAround(source: Box, target: Box, start: Place, end: Place, others: ReadonlyMap<string, Box>): number | null {
  if (end.x - start.x >= BACKWARDS) return null;
  const [upper, lower] = source.y <= target.y ? [source, target] : [target, source];
  if (lower.y - (upper.y + upper.height) >= 2 * CARD.grid) return (upper.y + upper.height + lower.y) / 2;
  const [low, high] = [start.x + 24, end.x - 26].sort((one, other) => one - other) as [number, number];
  const between = [...others.values()].filter((box) => box.x + box.width > low && box.x < high);
  const isHit = (box: Box, y: number) => box.y - 8 < y && y < box.y + box.height + 8;
  if (source.y < target.y) {
    let top = Math.min(source.y, target.y) - BACK_ROOM;
    for (const box of between.sort((one, other) => other.y + other.height - one.y - one.height)) if (isHit(box, top)) top = box.y - BACK_ROOM;
    return top;
  }
  let bottom = Math.max(source.y + source.height, target.y + target.height) + BACK_ROOM;
  for (const box of between.sort((one, other) => one.y - other.y)) if (isHit(box, bottom)) bottom = box.y + box.height + BACK_ROOM;
  return bottom;
}

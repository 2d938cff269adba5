/** A wire between two cards, and how often it was taken. */

import type { Edge, EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { wireMiddle, wirePath } from "./geometry";

export interface WireData extends Record<string, unknown> {
  readonly around: number | null;
  readonly count: number;
}

export type WireEdge = Edge<WireData, "wire">;

export const Wire = memo(function Wire({ id, sourceX, sourceY, targetX, targetY, data }: EdgeProps<WireEdge>) {
  const start = { x: sourceX - 5, y: sourceY };
  const end = { x: targetX + 5, y: targetY };
  const around = data?.around ?? null;
  const path = wirePath(start, end, around);
  const count = data?.count ?? 0;
  const at = count > 1 ? wireMiddle(start, end, around) : null;
  return (
    <>
      <path id={id} d={path} fill="none" className="react-flow__edge-path" />
      <path d={path} fill="none" strokeOpacity={0} strokeWidth={20} className="react-flow__edge-interaction" />
      {at && (
        <text className="wire-count" x={at.x} y={at.y - 5} textAnchor="middle">
          {count}×
        </text>
      )}
    </>
  );
});

/** A wire between two cards, and how often it was taken. */

import type { Edge, EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { t } from "../i18n";
import { useMay } from "../store";
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
  const middle = wireMiddle(start, end, around);
  const at = count > 1 ? middle : null;
  const mayEdit = useMay("edit");
  return (
    <>
      <path id={id} d={path} fill="none" className="react-flow__edge-path" />
      <path d={path} fill="none" strokeOpacity={0} strokeWidth={20} className="react-flow__edge-interaction" />
      {at && (
        <text className="wire-count" x={at.x} y={at.y - 5} textAnchor="middle">
          {count}×
        </text>
      )}
      {mayEdit && (
        <g
          className="wire-plus"
          role="button"
          aria-label={t("Add a node here")}
          transform={`translate(${middle.x} ${middle.y + (at ? 12 : 0)})`}
          onClick={(event) => {
            event.stopPropagation();
            window.dispatchEvent(new CustomEvent("flowdesk:insert", { detail: id }));
          }}
        >
          <title>{t("Add a node here")}</title>
          <circle className="wire-plus-reach" r={16} />
          <circle r={9} />
          <path d="M-4.5 0h9M0 -4.5v9" />
        </g>
      )}
    </>
  );
});

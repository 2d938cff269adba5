/** Where the others point on the canvas. */

import { useStore as useZoom, ViewportPortal } from "@xyflow/react";

import { useStore } from "../store";

const COLORS = ["people", "mouse", "data", "flow", "screen", "keyboard"] as const;

/** The colour of an editor, always the same. */
export function colorOf(id: string): string {
  const sum = [...id].reduce((total, letter) => (total * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return `var(--color-category-${COLORS[sum % COLORS.length]})`;
}

export function Pointers() {
  const editors = useStore((state) => state.editors);
  const zoom = useZoom((state) => (editors.some((editor) => editor.cursor) ? state.transform[2] : 1));
  return (
    <ViewportPortal>
      {editors.map(({ id, name, cursor }) =>
        cursor ? (
          <span key={id} className="pointer" aria-hidden="true" style={{ color: colorOf(id), transform: `translate(${cursor[0]}px, ${cursor[1]}px) scale(${1 / zoom})` }}>
            <svg width="14" height="18" viewBox="0 0 14 18">
              <path d="M1 1v14l4-3.6L7.6 17l2.6-1.2-2.6-5.3H13z" />
            </svg>
            {name || id}
          </span>
        ) : null,
      )}
    </ViewportPortal>
  );
}

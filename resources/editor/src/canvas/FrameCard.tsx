/** A group, open as a frame around its nodes or collapsed as a card in their place, or a note. */

import { Handle, NodeResizeControl, Position, type Node, type NodeProps, type ResizeParams } from "@xyflow/react";
import { memo, useEffect, useRef, type KeyboardEvent } from "react";

import { useSession } from "../context";
import { countOf, placed, setFrames, SMALLEST, toggled, type Frame } from "../frames";
import { t } from "../i18n";
import { Icon } from "../icons";
import { useMay, useStore, type NodeStatus } from "../store";
import { STATUS_ICON, statusWord } from "./NodeCard";

export interface FrameData extends Record<string, unknown> {
  readonly frame: Frame;
}

export type FrameNode = Node<FrameData, "frame">;

/** What needs looking at first, of the nodes that a collapsed group hides. */
const RANKED: readonly NodeStatus[] = ["running", "error", "pending", "success"];
/** At the upper left corner of a group lies the arrow that collapses it. */
const CORNERS = { groups: ["top-right", "bottom-left", "bottom-right"], notes: ["top-left", "top-right", "bottom-left", "bottom-right"] } as const;

export const FrameCard = memo(function FrameCard({ data, selected, width, height }: NodeProps<FrameNode>) {
  const { frame } = data;
  const mayEdit = useMay("edit");
  const session = useSession();
  const kind = frame.kind === "notes" ? "is-note" : frame.isCollapsed ? "is-closed" : "is-group";
  const resized = (_event: unknown, { x, y, width: wide, height: high }: ResizeParams) =>
    void session.edit(placed(frame, { x: Math.round(x), y: Math.round(y), width: Math.round(wide), height: Math.round(high) }), t("Resize"));
  return (
    <div className={`frame ${kind} tint-${frame.color} ${selected ? "is-selected" : ""}`} style={{ width, height }}>
      {selected && mayEdit && !frame.isCollapsed &&
        CORNERS[frame.kind].map((corner) => (
          <NodeResizeControl key={corner} position={corner} minWidth={SMALLEST.width} minHeight={SMALLEST.height} onResizeEnd={resized} className="frame-corner" />
        ))}
      {frame.kind === "notes" ? <Note frame={frame} /> : <Group frame={frame} />}
    </div>
  );
});

function Group({ frame }: { readonly frame: Frame }) {
  const session = useSession();
  const mayEdit = useMay("edit");
  const status = useStore((store) => (frame.isCollapsed ? RANKED.find((one) => frame.nodes.some((id) => store.nodes[id]?.status === one)) : undefined));
  const isWriting = useStore((store) => store.writing === frame.id);
  const { flow } = useStore.getState();
  return (
    <>
      {frame.isCollapsed && <Handle id="in" type="target" position={Position.Left} isConnectable={false} role="img" aria-label={t("Input")} />}
      <div className="frame-title frame-hold" onDoubleClick={() => mayEdit && useStore.setState({ writing: frame.id })}>
        <button
          type="button"
          className="frame-fold nodrag"
          disabled={!mayEdit}
          aria-expanded={!frame.isCollapsed}
          aria-label={frame.isCollapsed ? t("Expand the group") : t("Collapse the group")}
          title={frame.isCollapsed ? t("Expand the group") : t("Collapse the group")}
          onClick={() => flow && void session.edit(toggled(useStore.getState().flow ?? flow, new Set([frame.id])), t("Collapse or expand"))}
        >
          <Icon name={frame.isCollapsed ? "chevron-right" : "chevron-down"} />
        </button>
        {isWriting ? <Writing frame={frame} /> : <b>{frame.text || t("Group")}</b>}
        {frame.isCollapsed && <small>{countOf(frame)}</small>}
      </div>
      {status && (
        <span className="card-marks" title={statusWord(status)}>
          <Icon name={STATUS_ICON[status] ?? "circle"} className={`mark-${status}`} />
        </span>
      )}
      {frame.isCollapsed && <Handle id="out" type="source" position={Position.Right} isConnectable={false} role="img" aria-label={t("default")} />}
    </>
  );
}

function Note({ frame }: { readonly frame: Frame }) {
  const mayEdit = useMay("edit");
  const isWriting = useStore((store) => store.writing === frame.id);
  if (isWriting) return <Writing frame={frame} />;
  return (
    <p className={frame.text ? "frame-text frame-hold" : "frame-text frame-hold is-empty"} onDoubleClick={() => mayEdit && useStore.setState({ writing: frame.id })}>
      {frame.text || (mayEdit ? t("Double-click to edit") : "")}
    </p>
  );
}

/** The title or the text in its place, while it is written. Esc leaves it as it was. */
function Writing({ frame }: { readonly frame: Frame }) {
  const session = useSession();
  const box = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const isLeft = useRef(false);
  const base = useRef(session.revision);
  useEffect(() => {
    box.current?.focus();
    box.current?.select();
  }, []);
  const done = (text: string | null) => {
    if (isLeft.current) return;
    isLeft.current = true;
    const { flow } = useStore.getState();
    const changes = flow && text !== null ? setFrames(flow, new Set([frame.id]), frame.kind === "notes" ? "text" : "title", text) : [];
    session.asOf(base.current, () => void session.edit(changes, frame.kind === "notes" ? t("Edit") : t("Rename")));
    useStore.setState({ writing: null });
  };
  const keys = (event: KeyboardEvent<HTMLInputElement | HTMLTextAreaElement>) => {
    event.stopPropagation();
    if (event.key === "Escape") done(null);
    else if (event.key === "Enter" && (frame.kind === "groups" || event.ctrlKey || event.metaKey)) done(event.currentTarget.value);
  };
  const shared = { ref: box, defaultValue: frame.text, onKeyDown: keys, onBlur: (event: { target: { value: string } }) => done(event.target.value) };
  return frame.kind === "notes" ? (
    <textarea {...shared} className="frame-text nodrag nowheel nopan" aria-label={t("Note")} />
  ) : (
    <input {...shared} className="nodrag nopan" aria-label={t("Title")} />
  );
}

/** A node as a card: icon, title, one line of its config, its state, its ports. */

import { Handle, Position, type Node, type NodeProps } from "@xyflow/react";
import { createContext, memo, useContext } from "react";

import type { FlowNode } from "../flow";
import { choiceWord, said, t } from "../i18n";
import { Icon } from "../icons";
import { marksOf, summaryOf, type CardShape, type NodeType } from "../nodetypes";
import { TriggerChips } from "../panels/TriggerForm";
import { useMay, useStore, type NodeState, type Problem } from "../store";

export interface CardData extends Record<string, unknown> {
  readonly node: FlowNode;
  readonly type: NodeType | undefined;
  readonly shape: CardShape;
  readonly problem: Problem | null;
  readonly editors: string;
  /** The outputs that something hangs on, one a line. */
  readonly used: string;
}

export type CardNode = Node<CardData, "card">;

export const STATUS_ICON: Record<string, string> = {
  pending: "clock",
  running: "loader-circle",
  success: "circle-check",
  error: "circle-x",
  skipped: "circle-slash",
  cancelled: "ban",
};

/** The words for a state. */
export function statusWord(status: string): string {
  const words: Record<string, string> = {
    pending: t("waiting"),
    running: t("running"),
    success: t("succeeded"),
    error: t("failed"),
    skipped: t("skipped"),
    cancelled: t("cancelled"),
  };
  return words[status] ?? status;
}

/** What people call a node: its label, else its type's title. */
export function titleOf(node: FlowNode, type: NodeType | undefined): string {
  return node.data.label || (type ? t(type.title) : node.type);
}

/** Whether the canvas is seen from so far that nobody could read what stands on a card. */
export const FarContext = createContext(false);

/** What the canvas library measures of a port, for cards that are seen from afar: nothing pulls a wire there. */
function FarPort({ id, handle, y }: { readonly id: string; readonly handle: string; readonly y: number }) {
  const [kind, side] = handle === "in" ? ["target", "left"] : ["source", "right"];
  return <i className={`react-flow__handle react-flow__handle-${side} ${kind}`} data-handleid={handle} data-nodeid={id} data-handlepos={side} style={{ top: y }} />;
}

export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<CardNode>) {
  const { node, type, shape, problem, editors, used } = data;
  const mayEdit = useMay("edit");
  const state = useStore((store) => store.nodes[id]);
  const isFar = useContext(FarContext);
  const config = node.data.config ?? {};
  const option = (key: string) => config[key] ?? node.data[key] ?? node[key];
  const classes = [
    "card",
    `card-${type?.category ?? "other"}`,
    selected ? "is-selected" : "",
    option("disabled") ? "is-disabled" : "",
    state ? `is-${state.status}` : "",
  ];
  const looks = { className: classes.filter(Boolean).join(" "), style: { width: shape.width, height: shape.height }, title: tooltip(state, problem) };
  if (isFar) {
    return (
      <div {...looks}>
        <span className="card-icon is-alone">
          <Icon name={type?.icon ?? "circle-help"} size={34} />
        </span>
        {shape.hasInput && <FarPort id={id} handle="in" y={30} />}
        {shape.ports.map((port) => (
          <FarPort key={port.handle} id={id} handle={port.handle} y={port.y} />
        ))}
      </div>
    );
  }
  return (
    <div {...looks}>
      {shape.hasInput && <Handle id="in" type="target" position={Position.Left} style={{ top: 30 }} role="img" aria-label={t("Input")} />}
      <span className="card-icon">
        <Icon name={type?.icon ?? "circle-help"} size={18} />
      </span>
      <span className="card-text">
        <b>{titleOf(node, type)}</b>
        <small>{summaryOf(node, type, choiceWord)}</small>
      </span>
      <span className="card-marks">
        {marksOf(type, config).map(([icon, title]) => (
          <span key={icon} className="mark-config" title={t(title)}>
            <Icon name={icon} size={14} className="mark-warning" />
          </span>
        ))}
        {problem && <Icon name={problem.level === "error" ? "circle-x" : "triangle-alert"} size={14} className={`mark-${problem.level}`} />}
        {state && <Icon name={STATUS_ICON[state.status] ?? "circle"} size={16} className={`mark-${state.status}`} />}
      </span>
      {Boolean(option("breakpoint")) && (
        <button type="button" className="mark-breakpoint nodrag" title={t("Breakpoint")} aria-label={t("Breakpoint")} onClick={() => window.dispatchEvent(new CustomEvent("flowdesk:breakpoint", { detail: id }))} />
      )}
      {type?.kind === "start" && <TriggerChips />}
      {state && state.visits > 1 && <span className="card-visits">{state.visits}×</span>}
      {editors && <span className="card-editor">{editors}</span>}
      {shape.ports.map((port) => (
        <Handle
          key={port.handle}
          id={port.handle}
          type="source"
          position={Position.Right}
          style={{ top: port.y }}
          className={port.isSide ? "is-side" : ""}
          role="img"
          aria-label={portName(port.handle)}
          title={port.handle === "default" ? undefined : portName(port.handle)}
        >
          {port.hasLabel && <span className="port-name">{portName(port.handle)}</span>}
        </Handle>
      ))}
      {mayEdit &&
        shape.ports.map(
          (port) =>
            !port.isSide &&
            !used.split("\n").includes(port.handle) && (
              <button
                key={port.handle}
                type="button"
                className="port-plus nodrag nopan"
                style={{ top: port.y }}
                title={t("Add a node here")}
                aria-label={t("Add a node here")}
                tabIndex={-1}
                onClick={() => window.dispatchEvent(new CustomEvent("flowdesk:append", { detail: { node: id, handle: port.handle } }))}
              >
                <Icon name="plus" size={12} />
              </button>
            ),
        )}
    </div>
  );
});

function portName(handle: string): string {
  const names: Record<string, string> = {
    true: t("true"),
    false: t("false"),
    error: t("error"),
    timeout: t("timeout"),
    body: t("body"),
    appeared: t("appeared"),
    done: t("done"),
    default: t("default"),
  };
  return names[handle] ?? handle.replace(/^case:/, "");
}

function tooltip(state: NodeState | undefined, problem: Problem | null): string | undefined {
  if (problem) return `${said(problem.message)} ${said(problem.fix)}`;
  if (!state) return undefined;
  const took = state.duration === null ? "" : `  ${Math.round(state.duration * 1000)} ms`;
  const result = state.result === undefined || state.result === null ? "" : `\n${JSON.stringify(state.result, null, 1).slice(0, 600)}`;
  return `${statusWord(state.status)}${took}\n${said(state.message)} ${said(state.fix)}`.trim() + result;
}

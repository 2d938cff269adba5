/** What the page knows. One store; components read slices of it. */

import { create } from "zustand";

import type { LinkState } from "./connection";
import type { Flow } from "./flow";
import type { NodeType } from "./nodetypes";

export type NodeStatus = "pending" | "running" | "success" | "error" | "skipped" | "cancelled";
export type RunStatus = "running" | "pausing" | "paused" | "stopping" | "succeeded" | "failed" | "stopped";

/** The last that was heard of a node in the run that is shown. */
export interface NodeState {
  readonly status: NodeStatus;
  readonly message: string;
  readonly fix: string;
  /** The path of the picture that shows why it failed, `""` if there is none. */
  readonly picture: string;
  readonly duration: number | null;
  readonly result: unknown;
  readonly iteration: readonly number[];
  /** How often it has run. */
  readonly visits: number;
}

export interface RunView {
  readonly runId: string;
  readonly status: RunStatus;
  readonly percent: number;
  readonly nodeId: string | null;
  readonly message: string;
  readonly fix: string;
  readonly duration: number | null;
  readonly folder: string;
}

export interface LogLine {
  readonly key: number;
  readonly time: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly nodeId: string | null;
}

export interface Problem {
  readonly level: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly node_id?: string | null;
  readonly edge_id?: string | null;
  readonly field?: string | null;
}

export interface OpenFlow {
  readonly workflow_id: string;
  readonly name: string;
  readonly path: string | null;
  readonly modified: boolean;
}

export interface FlowFile {
  readonly path: string;
  readonly name: string;
}

export interface Editor {
  readonly id: string;
  readonly name: string;
  readonly selection?: readonly string[];
  readonly cursor?: readonly [number, number] | null;
}

export interface Question {
  readonly help_id: string;
  readonly kind: string;
  readonly title: string;
  readonly message: string;
  readonly choices: readonly string[];
  readonly default: unknown;
  readonly node_id?: string;
  /** The key of the node's config that holds the target. */
  readonly key?: string;
  readonly fix?: string;
  readonly picture?: string | null;
  readonly workflowId: string;
}

export interface Notice {
  readonly key: number;
  readonly level: "info" | "error";
  readonly text: string;
}

export interface Run {
  readonly run_id: string;
  readonly workflow_id: string;
  readonly name: string;
  readonly status: string;
  readonly started: number;
  readonly duration: number | null;
  readonly message?: string;
  readonly node_id?: string | null;
}

export interface State {
  link: LinkState;
  /** Whether we have been in once: then a break shows a banner instead of the entry page. */
  wasIn: boolean;
  /** Whether we have caught up: after a break the document is fetched before our own edits are sent. */
  isBack: boolean;
  peerId: string;
  role: "view" | "edit" | "run";
  clients: readonly { readonly id: string; readonly name: string }[];
  desktopAvailable: boolean;
  types: ReadonlyMap<string, NodeType>;
  open: readonly OpenFlow[];
  files: readonly FlowFile[];
  runs: readonly Run[];
  workflowId: string;
  flow: Flow | null;
  path: string | null;
  isModified: boolean;
  problems: readonly Problem[];
  undoLabel: string | null;
  redoLabel: string | null;
  editors: readonly Editor[];
  selection: ReadonlySet<string>;
  selectedEdges: ReadonlySet<string>;
  /** Groups and notes. */
  selectedFrames: ReadonlySet<string>;
  /** The group or note whose text is being written in its place. */
  writing: string | null;
  run: RunView | null;
  nodes: Readonly<Record<string, NodeState>>;
  /** How often each edge was taken in the run that is shown. */
  taken: Readonly<Record<string, number>>;
  variables: Readonly<Record<string, unknown>>;
  log: readonly LogLine[];
  questions: readonly Question[];
  /** The question that was put aside to look at something first. */
  asideId: string | null;
  notices: readonly Notice[];
  theme: "light" | "dark" | "system";
  isDesktopShown: boolean;
  panel: "log" | "problems" | "runs" | "variables";
  isPaletteShown: boolean;
  isInspectorShown: boolean;
  isHelpShown: boolean;
  isFindShown: boolean;
}

/** On a tablet the sides lie over the canvas: they wait until they are wanted. */
const isRoomy = () => typeof window === "undefined" || window.innerWidth > 1100;
const isWide = isRoomy();

export const START: State = {
  link: "connecting",
  wasIn: false,
  isBack: false,
  peerId: "",
  role: "view",
  clients: [],
  desktopAvailable: false,
  types: new Map(),
  open: [],
  files: [],
  runs: [],
  workflowId: "",
  flow: null,
  path: null,
  isModified: false,
  problems: [],
  undoLabel: null,
  redoLabel: null,
  editors: [],
  selection: new Set(),
  selectedEdges: new Set(),
  selectedFrames: new Set(),
  writing: null,
  run: null,
  nodes: {},
  taken: {},
  variables: {},
  log: [],
  questions: [],
  asideId: null,
  notices: [],
  theme: "system",
  isDesktopShown: false,
  panel: "log",
  isPaletteShown: isWide,
  isInspectorShown: isWide,
  isHelpShown: false,
  isFindShown: false,
};

export const useStore = create<State>(() => START);

/** Shows the palette, or hides it; on a tablet there is room for one side. */
export function otherPalette({ isPaletteShown }: State): Partial<State> {
  return isPaletteShown ? { isPaletteShown: false } : { isPaletteShown: true, ...(isRoomy() ? {} : { isInspectorShown: false }) };
}

/** Shows the desktop, or hides it; on a tablet the sides would lie over it. */
export function otherDesktop({ isDesktopShown }: State): Partial<State> {
  return isDesktopShown || isRoomy() ? { isDesktopShown: !isDesktopShown } : { isDesktopShown: true, isPaletteShown: false, isInspectorShown: false };
}

/** Shows the form of the selected node. */
export function onlyInspector(): Partial<State> {
  return { isInspectorShown: true, ...(isRoomy() ? {} : { isPaletteShown: false }) };
}

const RANK = { view: 0, edit: 1, run: 2 } as const;

/** Whether our token allows what a role may do. */
export function useMay(role: State["role"]): boolean {
  return useStore((state) => RANK[state.role] >= RANK[role]);
}

export function may(role: State["role"]): boolean {
  return RANK[useStore.getState().role] >= RANK[role];
}

/** Whether a run of the flow that is shown is under way. */
export function isRunning(run: RunView | null): boolean {
  return run !== null && !["succeeded", "failed", "stopped"].includes(run.status);
}

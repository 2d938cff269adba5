/** What the page knows. One store; components read slices of it. */

import { create } from "zustand";

import type { LinkState } from "./connection";
import type { Change, Flow } from "./flow";
import type { Phrase } from "./i18n";
import type { NodeType } from "./nodetypes";
import { UNDER_WAY } from "./runlist";
import type { DocumentState, EditorPayload as Editor, FlowFile, EngineDeclaration as EngineType, FunctionDeclaration as FunctionType, LeftOutDeclaration, TriggerDeclaration as TriggerType, OpenDocument as OpenFlow, OwnTriggers, PastRun, ProblemPayload as Problem, HelpNeededEvent, ListedRun as Run, MovedTarget, RecordedRepeat, RecordingState, RunEdit, ToldDoing as Doing, ToldTrigger } from "./protocol";

export type { Doing, OwnTriggers, ToldTrigger, DocumentState, Editor, FlowFile, OpenFlow, PastRun, Problem, Run, RunEdit, TriggerType };

export type NodeStatus = "pending" | "running" | "success" | "error" | "skipped" | "cancelled";
/** How a run ended, as runs are looked for; `""` is any. */
export type RunStatus = "running" | "pausing" | "paused" | "stopping" | "succeeded" | "failed" | "stopped";

/** The last that was heard of a node in the run that is shown. */
export interface NodeState {
  readonly status: NodeStatus;
  readonly message: string;
  readonly fix: string;
  /** The code of its error, `""` if there is none. */
  readonly code: string;
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
  /** Whether it is a dry run. */
  readonly isRehearsal: boolean;
  /** Targets that only a fallback found, once it is over. */
  readonly moved: readonly MovedTarget[];
}

export interface LogLine {
  readonly key: number;
  readonly time: number;
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly nodeId: string | null;
}

/** A field that somebody else set since we saw it, with both values. */
export interface Conflict {
  readonly op: string;
  readonly id: string;
  readonly path: readonly string[];
  readonly label: string;
  readonly yours: unknown;
  readonly theirs: unknown;
  readonly by: string;
}

/** An edit that waits for a person to choose between two values; without changes it is an undo or redo. */
export interface Clash {
  readonly conflicts: readonly Conflict[];
  readonly changes: readonly Change[];
  readonly label: string;
  readonly action: "edit" | "undo" | "redo";
  readonly revision: number;
  readonly workflowId: string;
}

/** Something about a flow's file that a person is asked. */
export type FileQuestion =
  | { readonly kind: "close"; readonly workflowId: string; readonly name: string }
  | { readonly kind: "rename" | "duplicate"; readonly path: string; readonly name: string; readonly suggestion?: string; readonly told?: string }
  | { readonly kind: "move"; readonly path: string; readonly name: string; readonly told?: string }
  | { readonly kind: "delete"; readonly path: string; readonly name: string; readonly told?: string }
  | { readonly kind: "folder"; readonly suggestion?: string; readonly told?: string }
  | { readonly kind: "compare"; readonly phrases: readonly Phrase[] };

/** What a run asks a person, and of which flow. */
export type Question = HelpNeededEvent & { readonly workflowId: string };

export interface Notice {
  readonly key: number;
  readonly level: "info" | "error";
  readonly text: string;
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
  /** What could not be taken of installed packages, and why. */
  leftOut: readonly LeftOutDeclaration[];
  /** The ways of finding, in the order in which they are told. */
  engines: readonly EngineType[];
  /** The functions of expressions, in the order in which they are told. */
  functions: readonly FunctionType[];
  /** The types of triggers, in the order in which they are told. */
  triggerTypes: readonly TriggerType[];
  /** The triggers of the flow as the server reads them. */
  ownTriggers: OwnTriggers | null;
  /** Whether the triggers are shown, and which of them. */
  triggersShown: { readonly id: string } | null;
  open: readonly OpenFlow[];
  files: readonly FlowFile[];
  folders: readonly string[];
  /** The runs that are under way on this desktop, of whatever flow. */
  underWay: readonly Run[];
  /** The recording that is under way on the desktop, of whatever flow. */
  recording: RecordingState | null;
  /** Who acts on the desktop through its picture, `""` where nobody does. */
  controller: string;
  /** What the step that was recorded last does. */
  recordedStep: string;
  /** Passwords that were typed in the last recording of this page and are not kept yet, by the names of their secrets. */
  typedSecrets: readonly string[];
  /** What was done several times in the last recording of this page, while it is asked whether that is to be a loop. */
  recordedRepeat: RecordedRepeat | null;
  /** The question of a run for which somebody shows what is to be done. */
  shownFor: Question | null;
  /** Whether this page began the recording that is under way. */
  isRecordedHere: boolean;
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
  /** Nodes that were just added here: what they lack is not held against them until they are left, or a run is asked for. */
  fresh: ReadonlySet<string>;
  /** The field that is being typed into and had no fault when that began: nothing is held against it until it is left. */
  typed: { readonly nodeId: string; readonly key: string } | null;
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
  /** What edits of the flow mean to its run under way. */
  edits: readonly RunEdit[];
  questions: readonly Question[];
  /** The target that was picked for a question, until somebody lets the run go on with it. */
  repicked: { readonly helpId: string; readonly selectors: readonly string[] } | null;
  /** The question that was put aside to look at something first. */
  asideId: string | null;
  notices: readonly Notice[];
  theme: "light" | "dark" | "system";
  isDesktopShown: boolean;
  panel: "log" | "problems" | "runs" | "fleet" | "variables";
  isPaletteShown: boolean;
  isInspectorShown: boolean;
  /** Whether input and output of the selected node stand beside its settings. */
  isVisitShown: boolean;
  isHelpShown: boolean;
  /** Whether a name for the file is asked for. */
  isNaming: boolean;
  /** Why the name that was given is none, and a better one. */
  badName: { readonly told: string; readonly suggestion: string } | null;
  clash: Clash | null;
  fileQuestion: FileQuestion | null;
  /** What the file is to what was opened. */
  onDisk: "same" | "changed" | "gone";
  /** The file that changed on disk since it was opened, which saving would overwrite; `path` is another name that was given. */
  overwriting: { readonly message: string; readonly path: string | undefined } | null;
  isFindShown: boolean;
  /** An earlier run that is shown instead of the last. */
  past: PastRun | null;
  isGalleryShown: boolean;
  isCommandsShown: boolean;
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
  leftOut: [],
  engines: [],
  functions: [],
  triggerTypes: [],
  ownTriggers: null,
  triggersShown: null,
  open: [],
  files: [],
  folders: [],
  underWay: [],
  recording: null,
  controller: "",
  recordedStep: "",
  typedSecrets: [],
  isRecordedHere: false,
  shownFor: null,
  recordedRepeat: null,
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
  fresh: new Set(),
  typed: null,
  selectedEdges: new Set(),
  selectedFrames: new Set(),
  writing: null,
  run: null,
  nodes: {},
  taken: {},
  variables: {},
  log: [],
  edits: [],
  questions: [],
  repicked: null,
  asideId: null,
  notices: [],
  theme: "system",
  isDesktopShown: false,
  panel: "log",
  isPaletteShown: isWide,
  isInspectorShown: isWide,
  isVisitShown: typeof window !== "undefined" && window.innerWidth >= 1500,
  isHelpShown: false,
  isNaming: false,
  badName: null,
  clash: null,
  fileQuestion: null,
  onDisk: "same",
  overwriting: null,
  isFindShown: false,
  past: null,
  isGalleryShown: false,
  isCommandsShown: false,
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

/** Whether a run drives the desktop, so that nobody can be recorded there: one that is paused, or on a desktop of its own, does not. */
export function isDriven(state: Pick<State, "underWay">): boolean {
  return state.underWay.some((run) => run.status !== "paused" && run.desktop !== "private");
}

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

/** Those of some runs that are under way. */
export function underWayOf(runs: readonly Run[]): readonly Run[] {
  return runs.filter((run) => UNDER_WAY.includes(run.status));
}

/** What every new node lacks: it is said when the node is left. */
const UNFINISHED: ReadonlySet<string> = new Set(["config.missing", "loop.no_body", "try.no_body"]);

/** Whether a problem is about a field of a node, or a part of that field. */
export function isAbout(problem: Problem, key: string): boolean {
  const name = (problem.field ?? "").replace(/^data\.config\./, "");
  return name === key || name.startsWith(`${key}.`) || name.startsWith(`${key}[`);
}

/** Whether a problem is shown as a fault: what a node lacks that is still being filled in is not, nor what is being typed. */
export function isHeld(problem: Problem, { fresh, typed }: Pick<State, "fresh" | "typed">): boolean {
  const nodeId = problem.node_id ?? "";
  if (UNFINISHED.has(problem.code) && fresh.has(nodeId)) return false;
  return !(typed && typed.nodeId === nodeId && isAbout(problem, typed.key));
}

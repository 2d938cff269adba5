// Written by `make docs` from flowdesk/protocol/messages.py. Do not edit.

/** The version of the protocol that this page was built for. */
export const PROTOCOL_VERSION = 1;

export type AddEdge = { readonly op: "addEdge"; readonly edge: Edge; readonly index?: number | null };

export type AddNode = { readonly op: "addNode"; readonly node: Node; readonly index?: number | null };

export type Edge = { readonly id: string; readonly source: string; readonly target: string; readonly sourceHandle?: string | null; readonly targetHandle?: string | null; readonly [key: string]: unknown };

export type MoveNode = { readonly op: "moveNode"; readonly id: string; readonly x: number; readonly y: number };

export type Node = { readonly id: string; readonly type: string; readonly position?: Position; readonly data?: NodeBody; readonly [key: string]: unknown };

export type NodeBody = { readonly label?: string; readonly config?: Readonly<Record<string, unknown>>; readonly [key: string]: unknown };

export type Position = { readonly x?: number; readonly y?: number; readonly [key: string]: unknown };

export type RemoveEdge = { readonly op: "removeEdge"; readonly id: string };

export type RemoveNode = { readonly op: "removeNode"; readonly id: string };

export type SetEdge = { readonly path: readonly string[]; readonly value?: unknown; readonly remove?: boolean; readonly index?: number | null; readonly prune?: number; readonly op: "setEdge"; readonly id: string };

export type SetFlow = { readonly path: readonly string[]; readonly value?: unknown; readonly remove?: boolean; readonly index?: number | null; readonly prune?: number; readonly op: "setFlow" };

export type SetNode = { readonly path: readonly string[]; readonly value?: unknown; readonly remove?: boolean; readonly index?: number | null; readonly prune?: number; readonly op: "setNode"; readonly id: string };

/** The payload of each request, by its type. */
export interface Requests {
  /** Prove who you are, as the first message. One of the two. Role: none. */
  readonly "auth": { readonly token?: string | null; readonly code?: string | null };
  /** Say that you are there; answered by `heartbeat` with `status` `alive`. Role: none. */
  readonly "heartbeat": Readonly<Record<string, never>>;
  /** Start a run. Either the flow itself (``nodes`` and ``edges``, as simple clients send) or a flow that is open. Role: run. */
  readonly "workflow.start": { readonly nodes?: readonly unknown[] | null; readonly edges?: readonly unknown[] | null; readonly variables?: Readonly<Record<string, unknown>>; readonly flow?: Readonly<Record<string, unknown>> | null; readonly mode?: "single" | "restart" | "queue"; readonly from_node?: string | null; readonly only?: readonly string[] | null; readonly dry_run?: boolean; readonly breakpoints?: readonly string[]; readonly run_delay?: number; readonly paused?: boolean; readonly ask_for_help?: boolean };
  /** Pause the run of `workflow_id`: acknowledged when no more input can happen. Role: run. */
  readonly "workflow.pause": { readonly run_id?: string | null };
  /** Let the run of `workflow_id` go on. Role: run. */
  readonly "workflow.resume": { readonly run_id?: string | null };
  /** Stop the run of `workflow_id`. Allowed to every role. Role: view. */
  readonly "workflow.stop": { readonly run_id?: string | null };
  /** Run one node of the paused run of `workflow_id`. Role: run. */
  readonly "workflow.step": { readonly run_id?: string | null };
  /** Receive the events of `workflow_id` (`"*"`: of all). Role: view. */
  readonly "workflow.subscribe": { readonly since?: number | null; readonly epoch?: string | null };
  /** Stop receiving the events of `workflow_id`. Role: view. */
  readonly "workflow.unsubscribe": Readonly<Record<string, never>>;
  /** List runs: those under way and the last ones. Role: view. */
  readonly "workflow.list": { readonly limit?: number };
  /** Validate a flow: given here, or the open one. Role: view. */
  readonly "workflow.validate": { readonly nodes?: readonly unknown[] | null; readonly edges?: readonly unknown[] | null; readonly flow?: Readonly<Record<string, unknown>> | null };
  /** Fetch the whole state of `workflow_id`'s run, for a late joiner. Role: view. */
  readonly "execution.snapshot": Readonly<Record<string, never>>;
  /** Open a flow as a live document: a file, a flow given here, or a new one. Role: edit. */
  readonly "flow.open": { readonly path?: string | null; readonly flow?: Readonly<Record<string, unknown>> | null };
  /** Fetch the live document `workflow_id` with its revision and problems. Role: view. */
  readonly "flow.get": Readonly<Record<string, never>>;
  /** Apply changes to the live document `workflow_id`, all or none, as one undo step of yours. Role: edit. */
  readonly "flow.edit": { readonly changes?: readonly (AddNode | RemoveNode | MoveNode | SetNode | AddEdge | RemoveEdge | SetEdge | SetFlow)[]; readonly action?: "edit" | "undo" | "redo"; readonly base_revision?: number | null; readonly label?: string; readonly gesture?: string };
  /** Save the live document. Role: edit. */
  readonly "flow.save": { readonly path?: string | null; readonly force?: boolean };
  /** List the open documents and the files of the flows folder. Role: view. */
  readonly "flow.list": Readonly<Record<string, never>>;
  /** Close the live document `workflow_id` for you; it closes when nobody has it open. Role: edit. */
  readonly "flow.close": Readonly<Record<string, never>>;
  /** Store a picture beside the live document. Role: edit. */
  readonly "asset.put": { readonly name: string; readonly data: string };
  /** Fetch a picture of the live document as base64, or the list of names without `name`. Role: view. */
  readonly "asset.get": { readonly name?: string | null };
  /** Fetch the declarations of all node types, which draw every form. Role: view. */
  readonly "node.types": Readonly<Record<string, never>>;
  /** Look for a target now, and say where, how sure and how long it took. Role: edit. */
  readonly "target.test": { readonly config: Readonly<Record<string, unknown>>; readonly highlight?: boolean };
  /** Say what is at a point of the desktop: the elements there, innermost first, and the window. Role: edit. */
  readonly "target.inspect": { readonly x: number; readonly y: number };
  /** Find selectors for what was clicked (`x`, `y`) or drawn (`box`), each tried at once, the best first. Role: edit. */
  readonly "target.candidates": { readonly x?: number | null; readonly y?: number | null; readonly box?: readonly [number, number, number, number] | null; readonly level?: number | null };
  /** Take a picture of the desktop. Role: edit. */
  readonly "desktop.screenshot": { readonly region?: readonly [number, number, number, number] | null; readonly monitor?: number | null; readonly scale?: number; readonly format?: "png" | "jpeg" | "webp"; readonly quality?: number };
  /** Receive the desktop as it changes, as `desktop.frame` events. Again: with other settings, all of it anew. Role: edit. */
  readonly "desktop.watch": { readonly scale?: number; readonly quality?: number };
  /** Say that a `desktop.frame` was shown: the next one comes then, with all that changed meanwhile. Role: edit. */
  readonly "desktop.shown": { readonly frame: number };
  /** Receive the desktop no more. Role: edit. */
  readonly "desktop.unwatch": Readonly<Record<string, never>>;
  /** Tell the other editors where you are. Role: view. */
  readonly "presence": { readonly name?: string | null; readonly selection?: readonly string[]; readonly cursor?: readonly [number, number] | null };
  /** Answer a `help.needed`. Role: run. */
  readonly "help.answer": { readonly help_id: string; readonly action?: "retry" | "skip" | "branch" | "stop" | "answer"; readonly value?: unknown };
  /** Fetch the status that is also sent on connect and on change. Role: view. */
  readonly "system.status": Readonly<Record<string, never>>;
}

/** The types of events. */
export type EventType =
  /** A node is ready but waits: for the desktop, its turn, or a breakpoint. */
  | "node.pending"
  /** A node began. */
  | "node.running"
  /** A node ended well. */
  | "node.success"
  /** A node failed. */
  | "node.error"
  /** A node was not run; `status` is `skipped`, or `cancelled` when the run ended under it. */
  | "node.skipped"
  /** How far the run is. */
  | "execution.progress"
  /** A line of the log. */
  | "execution.log"
  /** The run succeeded. Exactly one `execution.complete` or `execution.error` ends a run. */
  | "execution.complete"
  /** The run failed or was stopped (`status`). */
  | "execution.error"
  /** The whole state, where a replay was asked for that is gone. */
  | "execution.snapshot"
  /** The live document changed: `revision`, `changes`, `origin`. */
  | "flow.changed"
  /** The live document was saved: `path`, `revision`. */
  | "flow.saved"
  /** The live document was closed. */
  | "flow.closed"
  /** Who has the live document open, and where they are. */
  | "presence"
  /** What changed on the desktop that you watch: `frame`, `box`, `scale`, `pointer` and `parts`, each with its `box` in pixels of the desktop, `format` and `data` (base64). Answer with `desktop.shown`. */
  | "desktop.frame"
  /** A run asks a person: `help_id`, `kind`, `message`, `node_id`, a picture. */
  | "help.needed"
  /** The question was answered or is void. */
  | "help.closed"
  /** Version, what this desktop can do, runs, clients, your role. */
  | "system.status"
  /** A request was refused: `code`, `message`, `fix`. */
  | "error";

/** A request with its payload and the id of its workflow. */
export type Ask = {
  [Type in keyof Requests]: [type: Type, payload?: Requests[Type], workflowId?: string];
}[keyof Requests];

/** The protocol's messages. Written by `make docs` from the server's declarations. Do not edit. */

/** Prove who you are, as the first message. One of the two. */
export interface Auth {
  /** The installation's token, or a session token from an earlier `auth`. */
  readonly token?: string | null;
  /** A one-time code, as in the link that `flowdesk serve` prints. */
  readonly code?: string | null;
}

/** No fields. */
export interface Nothing {
}

/** Start a run. Either the flow itself (``nodes`` and ``edges``, as simple clients send) or a flow that is open. */
export interface Start {
  /** The nodes, as in a flow file. Without them the open flow `workflow_id` runs. */
  readonly nodes?: readonly unknown[] | null;
  /** The edges, as in a flow file. */
  readonly edges?: readonly unknown[] | null;
  /** Values that replace the flow's own. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** A whole flow file instead of `nodes` and `edges`. */
  readonly flow?: Readonly<Record<string, unknown>> | null;
  /** What happens if this workflow is running: refuse, stop it first, or wait for its end. */
  readonly mode?: "single" | "restart" | "queue";
  /** Start at this node, with the last run's variables. */
  readonly from_node?: string | null;
  /** Run only these nodes. */
  readonly only?: readonly string[] | null;
  /** Look for every target and send no input. */
  readonly dry_run?: boolean;
  /** Nodes before which the run pauses, beside the flow's own. */
  readonly breakpoints?: readonly string[];
  /** Milliseconds between nodes, to watch a run. */
  readonly run_delay?: number;
  /** Pause before the first node, to step through. */
  readonly paused?: boolean;
  /** Send `help.needed` for a target that is not found and wait, where the flow has no way on. */
  readonly ask_for_help?: boolean;
}

/** Pause, resume, stop or step the run of `workflow_id`. */
export interface RunControl {
  /** Which run; without it the workflow's current one. */
  readonly run_id?: string | null;
}

/** Receive the events of `workflow_id` (`"*"`: of all). */
export interface Subscribe {
  /** Replay what came after this `seq`; a snapshot comes instead where that is gone. */
  readonly since?: number | null;
  /** The server's `epoch` that `since` belongs to. */
  readonly epoch?: string | null;
}

/** List runs: those under way and the last ones. */
export interface ListRuns {
  /** How many finished runs at the most. */
  readonly limit?: number;
  /** Also those of earlier days, whose records lie on the server's disk. */
  readonly earlier?: boolean;
}

/** Validate a flow: given here, or the open one. */
export interface Validate {
  /** The nodes. */
  readonly nodes?: readonly unknown[] | null;
  /** The edges. */
  readonly edges?: readonly unknown[] | null;
  /** A whole flow file instead. */
  readonly flow?: Readonly<Record<string, unknown>> | null;
}

/** Fetch a picture that a run took or that shows why it failed, or the list of their `names` without `name`. */
export interface GetPicture {
  /** The run, as `workflow.list` has it. */
  readonly run_id: string;
  /** One of the names, the oldest first; `data` comes as base64. */
  readonly name?: string | null;
}

/** Open a flow as a live document: a file, a flow given here, or a new one. */
export interface OpenFlow {
  /** A file on the server's machine, inside its flows folder or already open. */
  readonly path?: string | null;
  /** A whole flow file. */
  readonly flow?: Readonly<Record<string, unknown>> | null;
}

/** Add an edge, at a place in the order (``None``: last). Order of edges is order of branches. */
export interface AddEdge {
  readonly op: "addEdge";
  readonly edge: Edge;
  readonly index?: number | null;
}

/** Add a node, at a place in the order (``None``: last). */
export interface AddNode {
  readonly op: "addNode";
  readonly node: Node;
  readonly index?: number | null;
}

/** A connection from an output of one node to the input of another. */
export interface Edge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly sourceHandle?: string | null;
  readonly targetHandle?: string | null;
}

/** Move a node on the canvas. */
export interface MoveNode {
  readonly op: "moveNode";
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

/** A step of a flow. */
export interface Node {
  readonly id: string;
  readonly type: string;
  readonly position?: Position;
  readonly data?: NodeBody;
}

/** The ``data`` of a node: its label and its config, as written (camelCase keys, times in ms). */
export interface NodeBody {
  readonly label?: string;
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Where a node's top left corner lies on the canvas. */
export interface Position {
  readonly x?: number;
  readonly y?: number;
}

/** Remove an edge. */
export interface RemoveEdge {
  readonly op: "removeEdge";
  readonly id: string;
}

/** Remove a node. Its edges must have been removed before (``removal`` does both). */
export interface RemoveNode {
  readonly op: "removeNode";
  readonly id: string;
}

/** Set or remove one value of an edge, such as its ``label``. */
export interface SetEdge {
  readonly path: readonly string[];
  readonly value?: unknown;
  readonly remove?: boolean;
  readonly index?: number | null;
  readonly prune?: number;
  readonly op: "setEdge";
  readonly id: string;
}

/** Set or remove one value of the flow beside its nodes and edges: ``["name"]``, ``["variables", "x"]``, …. */
export interface SetFlow {
  readonly path: readonly string[];
  readonly value?: unknown;
  readonly remove?: boolean;
  readonly index?: number | null;
  readonly prune?: number;
  readonly op: "setFlow";
}

/** Set or remove one value of a node. ``path`` leads into the node's JSON: ``["data", "config", "selector"]``. */
export interface SetNode {
  readonly path: readonly string[];
  readonly value?: unknown;
  readonly remove?: boolean;
  readonly index?: number | null;
  readonly prune?: number;
  readonly op: "setNode";
  readonly id: string;
}

/** Apply changes to the live document `workflow_id`, all or none, as one undo step of yours. */
export interface EditFlow {
  /** The changes, in order. */
  readonly changes?: readonly (AddNode | RemoveNode | MoveNode | SetNode | AddEdge | RemoveEdge | SetEdge | SetFlow)[];
  /** `undo` and `redo` take your own last step. */
  readonly action?: "edit" | "undo" | "redo";
  /** The revision you saw. A field set since by another editor is a conflict. */
  readonly base_revision?: number | null;
  /** What the step is called in menus. */
  readonly label?: string;
  /** Consecutive edits with the same gesture undo as one. */
  readonly gesture?: string;
}

/** Save the live document. */
export interface SaveFlow {
  /** Where; without it the file it was opened from. */
  readonly path?: string | null;
  /** Overwrite a file that changed on disk since it was opened. */
  readonly force?: boolean;
}

/** Store a picture beside the live document. */
export interface PutAsset {
  /** File name of its own, such as `ok.png`. */
  readonly name: string;
  /** The PNG or JPEG as base64. */
  readonly data: string;
}

/** Fetch a picture of the live document as base64, or the list of names without `name`. */
export interface GetAsset {
  /** File name. */
  readonly name?: string | null;
}

/** Look for a target now, and say where, how sure and how long it took. */
export interface TestTarget {
  /** A config with `selector` and the keys beside it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Ring the spot on the desktop. */
  readonly highlight?: boolean;
}

/** Say what is at a point of the desktop: the elements there, innermost first, and the window. */
export interface InspectTarget {
  /** Across, in pixels of the desktop. */
  readonly x: number;
  /** Down, in pixels of the desktop. */
  readonly y: number;
}

/** Find selectors for what was clicked (`x`, `y`) or drawn (`box`), each tried at once, the best first. */
export interface TargetCandidates {
  /** Across, in pixels of the desktop. */
  readonly x?: number | null;
  /** Down, in pixels of the desktop. */
  readonly y?: number | null;
  /** x, y, width, height of what was drawn, in pixels of the desktop. */
  readonly box?: readonly [number, number, number, number] | null;
  /** Which element of the `path` of `target.inspect` is meant; without it the one that a click means. */
  readonly level?: number | null;
}

/** Take a picture of the desktop. */
export interface DesktopScreenshot {
  /** x, y, width, height in pixels; without it everything. */
  readonly region?: readonly [number, number, number, number] | null;
  /** One monitor. */
  readonly monitor?: number | null;
  /** Factor by which the picture is made smaller. */
  readonly scale?: number;
  /** How it is compressed. */
  readonly format?: "png" | "jpeg" | "webp";
  /** For JPEG and WebP. */
  readonly quality?: number;
}

/** Receive the desktop as it changes, as `desktop.frame` events. Again: with other settings, all of it anew. */
export interface WatchDesktop {
  /** Factor by which the picture is made smaller; the next larger of 1/4, 1/2, 3/4, 1 is used. */
  readonly scale?: number;
  /** For JPEG. */
  readonly quality?: number;
}

/** Say that a `desktop.frame` was shown: the next one comes then, with all that changed meanwhile. */
export interface DesktopShown {
  /** From the `desktop.frame`. */
  readonly frame: number;
}

/** Tell the other editors where you are. */
export interface PresenceNow {
  /** Your name. */
  readonly name?: string | null;
  /** The nodes that you have selected. */
  readonly selection?: readonly string[];
  /** Your pointer on the canvas. */
  readonly cursor?: readonly [number, number] | null;
}

/** Answer a `help.needed`. */
export interface HelpAnswer {
  /** From `help.needed`. */
  readonly help_id: string;
  /** What to do. */
  readonly action?: "retry" | "skip" | "branch" | "stop" | "answer";
  /** The answer to a prompt; a selector or a point for a target. */
  readonly value?: unknown;
}

/** A node changed its state. */
export interface NodeEvent {
  readonly node_id: string;
  readonly status: "pending" | "running" | "success" | "error" | "skipped" | "cancelled";
  readonly run_id: string;
  /** What happened, or what is waited for. */
  readonly message?: string | null;
  /** Seconds; only at an end. */
  readonly duration?: number | null;
  /** JSON values; only on success. */
  readonly result?: unknown;
  /** The sentence; only on `error`. */
  readonly error?: string | null;
  /** `code`, `message`, `fix` and what is known beside. */
  readonly error_details?: Readonly<Record<string, unknown>> | null;
  /** 0-based index in each enclosing loop, outermost first. */
  readonly iteration?: readonly number[] | null;
  /** Edges taken since the last event: id, and how often so far. */
  readonly ways?: Readonly<Record<string, number>> | null;
}

/** How far the run is. */
export interface ProgressEvent {
  readonly completed: number;
  readonly total: number;
  /** 0 to 100, never backwards within a scope. */
  readonly percent: number;
  readonly node_id: string | null;
  readonly run_id: string;
  readonly iteration?: readonly number[] | null;
}

/** A line of the log. */
export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly node_id?: string | null;
  readonly run_id?: string | null;
  /** `from`, `to`, `count`: messages that were left out here because the client reads too slowly. */
  readonly gap?: Readonly<Record<string, number>> | null;
}

/** A run ended. */
export interface EndEvent {
  readonly status: "succeeded" | "failed" | "stopped";
  /** Seconds. */
  readonly duration: number;
  readonly message: string;
  readonly run_id: string;
  /** How many nodes ended in each state. */
  readonly counts: Readonly<Record<string, number>>;
  /** What an `end` node gave. */
  readonly result?: unknown;
  /** The run's folder, on the server's machine. */
  readonly folder?: string | null;
  /** The sentence, where the run did not succeed. */
  readonly error?: string | null;
  readonly code?: string | null;
  readonly node_id?: string | null;
  readonly fix?: string | null;
}

/** The whole state of a run. */
export interface SnapshotEvent {
  readonly epoch: string;
  readonly seq: number;
  readonly run_id: string;
  readonly status: string;
  readonly nodes: Readonly<Record<string, NodeEvent>>;
  readonly ways: Readonly<Record<string, number>>;
  readonly progress: ProgressEvent | null;
  readonly logs: readonly LogEvent[];
  readonly end: EndEvent | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly help?: readonly (Readonly<Record<string, unknown>>)[] | null;
  readonly [key: string]: unknown;
}

/** A fault of a flow. */
export interface ProblemPayload {
  readonly level: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly node_id?: string | null;
  readonly edge_id?: string | null;
  readonly field?: string | null;
}

/** The live document changed. */
export interface ChangedEvent {
  /** One more than before. */
  readonly revision: number;
  /** As in `flow.edit`. */
  readonly changes: readonly (Readonly<Record<string, unknown>>)[];
  /** Whose edit it was: a `peer_id`. */
  readonly origin: string;
  readonly label: string;
  readonly problems: readonly ProblemPayload[];
  /** Whether there are edits that are not in the file. */
  readonly modified: boolean;
  /** What the origin can undo now. */
  readonly undo: string | null;
  /** What the origin can redo now. */
  readonly redo: string | null;
}

/** The live document was saved. */
export interface SavedEvent {
  readonly path: string;
  readonly revision: number;
}

/** The live document was closed. */
export interface ClosedEvent {
  readonly workflow_id: string;
}

/** An editor of a live document. */
export interface EditorPayload {
  readonly id: string;
  readonly name: string;
  readonly selection: readonly string[] | null;
  readonly cursor: readonly number[] | null;
}

/** Who has the live document open, and where they are. */
export interface PresenceEvent {
  readonly peers: readonly EditorPayload[];
}

/** What changed on the desktop that you watch. Answer with `desktop.shown`. */
export interface FrameEvent {
  readonly frame: number;
  readonly box?: readonly number[] | null;
  readonly scale?: number | null;
  readonly pointer?: readonly number[] | null;
  /** Each with its `box`, `format` and `data` (base64). */
  readonly parts: readonly (Readonly<Record<string, unknown>>)[];
  /** Why there is no picture. */
  readonly reason?: string | null;
  readonly fix?: string | null;
  readonly [key: string]: unknown;
}

/** A run asks a person. */
export interface HelpNeededEvent {
  readonly help_id: string;
  readonly kind: string;
  readonly title: string;
  readonly message: string;
  readonly choices: readonly string[];
  readonly default?: unknown;
  readonly [key: string]: unknown;
}

/** The question was answered or is void. */
export interface HelpClosedEvent {
  readonly help_id: string;
}

/** The state of the server, of a run (`run_id`, `status`), or that it closes (`closing`). */
export interface StatusEvent {
  readonly version?: string | null;
  readonly protocol?: number | null;
  readonly epoch?: string | null;
  readonly role?: "none" | "view" | "edit" | "run" | null;
  readonly peer_id?: string | null;
  readonly desktop?: Readonly<Record<string, unknown>> | null;
  readonly runs?: readonly (Readonly<Record<string, unknown>>)[] | null;
  readonly clients?: readonly (Readonly<Record<string, unknown>>)[] | null;
  readonly port?: number | null;
  readonly run_id?: string | null;
  readonly status?: string | null;
  readonly closing?: boolean | null;
  readonly [key: string]: unknown;
}

/** A request was refused. */
export interface ErrorEvent {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly [key: string]: unknown;
}

/** An edit of a flow. */
export type AnyChange = AddNode | RemoveNode | MoveNode | SetNode | AddEdge | RemoveEdge | SetEdge | SetFlow;

/** The payload of each request by its type. */
export interface Requests {
  readonly "auth": Auth;
  readonly "heartbeat": Nothing;
  readonly "workflow.start": Start;
  readonly "workflow.pause": RunControl;
  readonly "workflow.resume": RunControl;
  readonly "workflow.stop": RunControl;
  readonly "workflow.step": RunControl;
  readonly "workflow.subscribe": Subscribe;
  readonly "workflow.unsubscribe": Nothing;
  readonly "workflow.list": ListRuns;
  readonly "workflow.validate": Validate;
  readonly "execution.snapshot": Nothing;
  readonly "execution.picture": GetPicture;
  readonly "flow.open": OpenFlow;
  readonly "flow.get": Nothing;
  readonly "flow.edit": EditFlow;
  readonly "flow.save": SaveFlow;
  readonly "flow.list": Nothing;
  readonly "flow.close": Nothing;
  readonly "asset.put": PutAsset;
  readonly "asset.get": GetAsset;
  readonly "node.types": Nothing;
  readonly "target.test": TestTarget;
  readonly "target.inspect": InspectTarget;
  readonly "target.candidates": TargetCandidates;
  readonly "desktop.screenshot": DesktopScreenshot;
  readonly "desktop.watch": WatchDesktop;
  readonly "desktop.shown": DesktopShown;
  readonly "desktop.unwatch": Nothing;
  readonly "presence": PresenceNow;
  readonly "help.answer": HelpAnswer;
  readonly "system.status": Nothing;
}

/** A request: its type, its payload, and the id of its workflow. */
export type Ask = {
  [Type in keyof Requests]: [type: Type, payload?: Requests[Type], workflowId?: string];
}[keyof Requests];

/** The payload of each event by its type. */
export interface Events {
  readonly "node.pending": NodeEvent;
  readonly "node.running": NodeEvent;
  readonly "node.success": NodeEvent;
  readonly "node.error": NodeEvent;
  readonly "node.skipped": NodeEvent;
  readonly "execution.progress": ProgressEvent;
  readonly "execution.log": LogEvent;
  readonly "execution.complete": EndEvent;
  readonly "execution.error": EndEvent;
  readonly "execution.snapshot": SnapshotEvent;
  readonly "flow.changed": ChangedEvent;
  readonly "flow.saved": SavedEvent;
  readonly "flow.closed": ClosedEvent;
  readonly "presence": PresenceEvent;
  readonly "desktop.frame": FrameEvent;
  readonly "help.needed": HelpNeededEvent;
  readonly "help.closed": HelpClosedEvent;
  readonly "system.status": StatusEvent;
  readonly "error": ErrorEvent;
}

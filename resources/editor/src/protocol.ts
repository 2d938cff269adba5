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

/** A visit of a run whose values a run from the same node goes on with. */
export interface AsOf {
  /** The run, as `workflow.list` has it. */
  readonly run_id: string;
  /** Which visit of the node, from 1. */
  readonly visit?: number;
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
  /** Start at this node, with the last run's variables. What it does not lead to need not be whole. */
  readonly from_node?: string | null;
  /** With `from_node`: with the values that a visit of it found, instead of the last run's. */
  readonly as_of?: AsOf | null;
  /** Run only these nodes, with the last run's variables; the others need not be whole. */
  readonly only?: readonly string[] | null;
  /** Look for every target and send no input. */
  readonly dry_run?: boolean;
  /** Nodes before which the run pauses, beside the flow's own. */
  readonly breakpoints?: readonly string[];
  /** Milliseconds between nodes, to watch a run. */
  readonly run_delay?: number;
  /** Pause before the first node, to step through. */
  readonly paused?: boolean;
  /** `this`, or `private` (`private:1280x800`) for a desktop of its own; without it what the flow says. */
  readonly desktop?: string | null;
  /** `own`: programs on a desktop of its own have a home folder of their own, which goes with it. */
  readonly home?: "own" | null;
  /** Send `help.needed` for a target that is not found and wait, where the flow has no way on. */
  readonly ask_for_help?: boolean;
}

/** Pause, resume, stop or step the run of `workflow_id`. */
export interface RunControl {
  /** Which run; without it the workflow's current one. */
  readonly run_id?: string | null;
}

/** Let the paused run of `workflow_id` go on with changed settings of nodes that it has not come to. */
export interface TakeEdits {
  /** Which run; without it the workflow's current one. */
  readonly run_id?: string | null;
  /** Of these nodes; without it of all whose `fate` in `execution.edits` allows it. */
  readonly node_ids?: readonly string[] | null;
  /** Give it the settings again that it began with. */
  readonly back?: boolean;
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
  /** Only of flows whose name or file has this in it. */
  readonly flow?: string;
  /** Only those that this trigger started. */
  readonly trigger?: string;
  /** Only those that began at this time or later, in seconds since 1970. */
  readonly since?: number | null;
  /** Only those that began at this time or before. */
  readonly until?: number | null;
  /** Only those that ended so. */
  readonly outcome?: "" | "succeeded" | "failed" | "stopped" | "interrupted" | "running";
  /** Only those that said this: as an error, in the log, or as a result. */
  readonly text?: string;
  /** Only those that are marked to be kept, or only the others. */
  readonly kept?: boolean | null;
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

/** Fetch a run that ended as it was at a moment: the beginning of a visit, counted from 1, or its end. */
export interface GetPast {
  /** The run, as `workflow.list` has it. */
  readonly run_id: string;
  /** Which moment; without it the end. */
  readonly moment?: number | null;
}

/** Mark the record of a run, so that it is kept however old it gets, or take the mark away. */
export interface KeepRun {
  /** The run, as `workflow.list` has it. */
  readonly run_id: string;
  /** Whether it is kept. */
  readonly kept?: boolean;
}

/** Fetch the report of a run: one HTML page with steps, pictures, values, log and what failed. */
export interface GetReport {
  /** The run, as `workflow.list` has it. */
  readonly run_id: string;
  /** The language of the page. */
  readonly language?: "en" | "zh_CN";
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
  readonly loose?: boolean;
}

/** Add a node, at a place in the order (``None``: last). */
export interface AddNode {
  readonly op: "addNode";
  readonly node: Node;
  readonly index?: number | null;
  readonly ids?: Readonly<Record<string, string>>;
}

/** A connection from an output of one node to the input of another. */
export interface Edge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly sourceHandle?: string | null;
  readonly targetHandle?: string | null;
}

/** Make a function of nodes, and call it where they were: what that takes (``model.extracting``) is what is applied. */
export interface MakeFunction {
  readonly op: "makeFunction";
  readonly nodes: readonly string[];
  readonly name?: string;
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
  readonly loose?: boolean;
}

/** Give a node another id: the ends of its edges and its place in a group follow. Sent as an edit it also changes every reference to the node in settings (``model.naming``); those changes are then part of what was applied. */
export interface RenameNode {
  readonly op: "renameNode";
  readonly id: string;
  readonly to: string;
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
  readonly loose?: boolean;
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
  readonly changes?: readonly (AddNode | RemoveNode | MoveNode | RenameNode | MakeFunction | SetNode | AddEdge | RemoveEdge | SetEdge | SetFlow)[];
  /** `undo` and `redo` take your own last step. */
  readonly action?: "edit" | "undo" | "redo";
  /** The revision you saw. A field set since by another editor is a conflict: `conflicts` holds both values. */
  readonly base_revision?: number | null;
  /** Yours for this edit. One that is sent again after a break is answered and not applied again. */
  readonly edit_id?: string;
  /** Undo or redo although another editor set the same field since. */
  readonly force?: boolean;
  /** What the step is called in menus. */
  readonly label?: string;
  /** Consecutive edits with the same gesture undo as one. */
  readonly gesture?: string;
}

/** Make flows of scripts of other tools, and write them into the flows folder. What was not taken is a note in them. */
export interface ImportFlows {
  /** Files by their names, as base64. A folder stands before its files: `login.sikuli/login.py`. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files and folders on the server's machine instead; only the window may. */
  readonly paths?: readonly string[] | null;
}

/** Save the live document. */
export interface SaveFlow {
  /** Where; without it the file it was opened from. A folder in it has to be there. */
  readonly path?: string | null;
  /** Overwrite another file of that name, or one that changed on disk since it was opened. */
  readonly force?: boolean;
}

/** Rename a flow's file, or move it; its pictures go along. Its runs and unsaved edits stay with it. */
export interface RenameFlow {
  /** The file; without it the live document's. */
  readonly path?: string | null;
  /** Its new name, without a folder; without it the old one. */
  readonly name?: string | null;
  /** Its new folder, empty for the top; without it the same one. */
  readonly folder?: string | null;
}

/** Write a copy of a flow into a file of its own, with its pictures and another id. */
export interface DuplicateFlow {
  /** The file; without it the live document as it is now. */
  readonly path?: string | null;
  /** The copy's name; without it the old one with a number. */
  readonly name?: string | null;
}

/** Put a flow's file and its pictures into the trash, and close it. */
export interface DeleteFlow {
  /** The file; without it the live document's. */
  readonly path?: string | null;
  /** Although others have it open, or it holds edits that are not saved. */
  readonly force?: boolean;
}

/** Make a folder for flows inside the flows folder. */
export interface MakeFolder {
  /** Its name. */
  readonly name: string;
  /** The folder that it lies in, empty for the top. */
  readonly folder?: string;
}

/** Copy an example into the flows folder, with the data that it reads; `flow.open` opens the copy. */
export interface TakeExample {
  /** Its name, as `gallery.list` has it. */
  readonly name: string;
}

/** Choose between the live document and its file, where that changed on disk. */
export interface ReloadFlow {
  /** `reload` takes the file, as an edit that can be undone; `keep` lets the next save overwrite it. */
  readonly action?: "reload" | "keep";
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

/** List what may stand between braces in a node of `workflow_id`, with the values of the last run. */
export interface ListValues {
  /** The node; without it only variables are listed. */
  readonly node_id?: string | null;
}

/** Say what settings would be with the values of the last run of `workflow_id`, or why they cannot be. */
export interface PreviewValues {
  /** Settings as the flow holds them, by their keys. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Say what a node was given at one visit of a run of `workflow_id`, the last or another, and what came of it, as the record holds it. */
export interface GetVisit {
  /** The node. */
  readonly node_id: string;
  /** Another run than the last, as `workflow.list` has it. */
  readonly run_id?: string | null;
  /** Which visit, from 1; without it the last. */
  readonly visit?: number | null;
}

/** Look for a target now, and say where, how sure and how long it took. */
export interface TestTarget {
  /** The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on. */
  readonly run_id?: string | null;
  /** A config with `selector` and the keys beside it. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Ring the spot on the desktop. */
  readonly highlight?: boolean;
}

/** Say what is at a point of the desktop: the elements there, innermost first, and the window. */
export interface InspectTarget {
  /** The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on. */
  readonly run_id?: string | null;
  /** Across, in pixels of the desktop. */
  readonly x: number;
  /** Down, in pixels of the desktop. */
  readonly y: number;
}

/** Find selectors for what was clicked (`x`, `y`) or drawn (`box`), each tried at once, the best first. */
export interface TargetCandidates {
  /** The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on. */
  readonly run_id?: string | null;
  /** Across, in pixels of the desktop. */
  readonly x?: number | null;
  /** Down, in pixels of the desktop. */
  readonly y?: number | null;
  /** x, y, width, height of what was drawn, in pixels of the desktop. */
  readonly box?: readonly [number, number, number, number] | null;
  /** Which element of the `path` of `target.inspect` is meant; without it the one that a click means. */
  readonly level?: number | null;
}

/** List the windows of the desktop, and the elements of one with selectors that find just them. */
export interface ListElements {
  /** The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on. */
  readonly run_id?: string | null;
  /** The window: a selector such as `app=mousepad`. Without it only the windows are listed. */
  readonly window?: string | null;
  /** Only what lies inside this: a selector that is looked for in the window. */
  readonly within?: string | null;
  /** How many elements at the most; those that take input come first. */
  readonly most?: number;
}

/** List what may stand next in a selector that is being written: windows, programs, elements, images. */
export interface CompleteTarget {
  /** The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on. */
  readonly run_id?: string | null;
  /** The selector up to the cursor. */
  readonly text: string;
}

/** Take a picture of the desktop. */
export interface DesktopScreenshot {
  /** The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on. */
  readonly run_id?: string | null;
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
  /** The run on whose own desktop to look; without it the run of `workflow_id` where that has one, else the desktop that the server is on. */
  readonly run_id?: string | null;
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

/** Take the mouse and the keyboard of the desktop that the server is on, or let go of them. One client at a time, of the owner's own; everyone sees who (`controller` of `system.status`). */
export interface ControlDesktop {
  /** False lets go. */
  readonly on?: boolean;
}

/** Do one thing on the desktop that you control, as a person does there. Refused while a run drives it; one that is paused or asks may be helped. */
export interface ActOnDesktop {
  /** What to do. */
  readonly action: "move" | "click" | "drag" | "scroll" | "keys" | "text";
  /** Across, in pixels of the desktop. */
  readonly x?: number | null;
  /** Down, in pixels of the desktop. */
  readonly y?: number | null;
  /** Where a drag ends, across. */
  readonly to_x?: number | null;
  /** Where a drag ends, down. */
  readonly to_y?: number | null;
  /** For `click` and `drag`. */
  readonly button?: "left" | "middle" | "right";
  /** For `click`. */
  readonly clicks?: number;
  /** For `scroll`: clicks of the wheel to the right. */
  readonly dx?: number;
  /** For `scroll`: clicks of the wheel down. */
  readonly dy?: number;
  /** Keys that are held. */
  readonly modifiers?: readonly ("ctrl" | "shift" | "alt" | "super")[];
  /** For `keys`: pressed together, such as `ctrl`, `s`. */
  readonly keys?: readonly string[];
  /** For `text`: typed into what has the keyboard. */
  readonly text?: string;
}

/** Let a flow start by itself on this machine: the file `path`, or that of the open flow `workflow_id`. Without `digest`, or with another than the file's, the `error` tells in `triggers` and `doings` what would be allowed, and the `digest` to send for just that. Only the owner of the desktop may. */
export interface EnableTriggers {
  /** The file; without it the open flow's. */
  readonly path?: string | null;
  /** What a person agreed to, from the `error` of the first request. */
  readonly digest?: string | null;
}

/** Let a flow start by itself no more. */
export interface DisableTriggers {
  /** The file, as `trigger.list` has it; without it the open flow's. */
  readonly path?: string | null;
}

/** Let no flow of this machine start by itself for now, or let them again. */
export interface PauseTriggers {
  /** Whether they pause. */
  readonly paused?: boolean;
}

/** List the rows of what was due, the newest first: of the machine, or of one flow. */
export interface TriggerHistory {
  /** The flow's file; without it the open flow's, or every flow's. */
  readonly path?: string | null;
  /** Only those of this trigger. */
  readonly trigger?: string | null;
  /** How many at the most. */
  readonly limit?: number;
}

/** Start the open flow `workflow_id` now, as one of its triggers would. */
export interface TestTrigger {
  /** The trigger's `id`. */
  readonly trigger: string;
  /** What the run reads of it beside `id`, `type`, `due` and `at`, such as `path`. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Record what the person at the desktop does, as nodes of the open flow `workflow_id`. It ends with the client that started it. */
export interface StartRecording {
  /** The node behind which the steps go; without it the end of the flow. */
  readonly after?: string | null;
  /** The node whose place the steps take when the recording ends; it may be one that a run asks about. */
  readonly replace?: string | null;
  /** Title of a window that is left out: that of the page from which it is started. */
  readonly window?: string | null;
}

/** Leave out what is done from now on, or take it in again. */
export interface PauseRecording {
  /** Whether it pauses. */
  readonly paused?: boolean;
}

/** End the recording; the reply comes when its last step is in the flow. */
export interface StopRecording {
  /** Leave out what was begun in so many last milliseconds. */
  readonly forget?: number;
}

/** Write a note to the step that was recorded last. */
export interface NoteRecording {
  /** The note. */
  readonly text: string;
}

/** Add a step about something on the desktop that was pointed at; what it is found by comes from `target.candidates`. */
export interface PointRecording {
  /** `wait` until it appears, `check` that it is there, or `read` its text into a variable. */
  readonly action: "wait" | "check" | "read";
  /** The ways to find it, the best first. */
  readonly selector: string | readonly string[];
  /** The variable of `read`. */
  readonly variable?: string;
}

/** Keep a password that was typed during your recording in the key store of flowdesk's machine; the note that asks for it goes. */
export interface KeepRecordedSecret {
  /** One of the `secrets` of the recording. */
  readonly name: string;
  /** The password. It goes nowhere else. */
  readonly value: string;
}

/** List jobs of the hub, the newest first, and count them by state. */
export interface ListJobs {
  /** Only those in this state. */
  readonly state?: "" | "waiting" | "running" | "succeeded" | "failed" | "cancelled" | "expired" | "lost";
  /** Only those of this pool. */
  readonly pool?: string;
  /** Only those that were submitted together. */
  readonly batch?: string;
  /** Only those whose flow, key, row or message has this in it. */
  readonly text?: string;
  /** Only those with a lower number, to go on from an earlier answer. */
  readonly before?: number | null;
  /** How many at the most. */
  readonly limit?: number;
}

/** Fetch one job with all that is known of it. */
export interface GetJob {
  /** Its number. */
  readonly id: number;
}

/** Cancel jobs: those that are named, or a whole batch. One that runs is stopped at its robot. */
export interface ChosenJobs {
  /** Their numbers. */
  readonly jobs?: readonly number[];
  /** All that were submitted together, instead. */
  readonly batch?: string;
}

/** Have jobs run again, each as a new job: those that are named, or what failed of a batch. */
export interface RetryJobs {
  /** Their numbers. */
  readonly jobs?: readonly number[];
  /** All that were submitted together, instead. */
  readonly batch?: string;
}

/** Fetch a file that was gathered with a job. */
export interface GetJobFile {
  /** The job's number. */
  readonly id: number;
  /** One of its `files`. */
  readonly name: string;
}

/** Fetch the report of a job that has run: one HTML page, as `execution.report`. */
export interface GetJobReport {
  /** The job's number. */
  readonly id: number;
  /** The language of the page. */
  readonly language?: "en" | "zh_CN";
}

/** Put the file of the open flow `workflow_id` into the queue: one job, or one for each row. */
export interface SubmitJobs {
  /** Values that replace the flow's own. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** One job for each; their columns are variables. */
  readonly rows?: readonly (Readonly<Record<string, unknown>>)[] | null;
  /** The column that tells rows apart; without rows the key itself. */
  readonly key?: string;
  /** Submit also what was submitted before. */
  readonly again?: boolean;
  /** The robots that may take them. */
  readonly pool?: string;
  /** What a robot must have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Higher goes first. */
  readonly priority?: number;
  /** Until when they must begin: `90m`, `2h`, or an ISO 8601 time. */
  readonly deadline?: string;
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
  readonly message?: string;
  /** Seconds; only at an end. */
  readonly duration?: number;
  /** JSON values; only on success. */
  readonly result?: unknown;
  /** The sentence; only on `error`. */
  readonly error?: string;
  /** `code`, `message`, `fix` and what is known beside. */
  readonly error_details?: Readonly<Record<string, unknown>>;
  /** 0-based index in each enclosing loop, outermost first. */
  readonly iteration?: readonly number[];
  /** Edges taken since the last event: id, and how often so far. */
  readonly ways?: Readonly<Record<string, number>>;
}

/** How far the run is. */
export interface ProgressEvent {
  readonly completed: number;
  readonly total: number;
  /** 0 to 100, never backwards within a scope. */
  readonly percent: number;
  readonly node_id: string | null;
  readonly run_id: string;
  readonly iteration?: readonly number[];
}

/** A line of the log. */
export interface LogEvent {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly node_id?: string | null;
  readonly run_id?: string | null;
  /** `from`, `to`, `count`: messages that were left out here because the client reads too slowly. */
  readonly gap?: Readonly<Record<string, number>>;
}

/** An `assert` node judged. */
export interface VerdictEvent {
  /** Of a flow that is called, the id in that flow. */
  readonly node_id: string;
  /** What people call the node. */
  readonly label: string;
  readonly passed: boolean;
  /** What was to hold; where it does not, what is said of it. */
  readonly message: string;
  /** What was there instead, where that is known. */
  readonly found?: string;
  /** Seconds. */
  readonly duration: number;
  readonly run_id: string;
  /** 0-based index in each enclosing loop, outermost first. */
  readonly iteration?: readonly number[];
  /** Labels of the subflow nodes around it, outermost first. */
  readonly within?: readonly string[];
  /** A picture of the desktop then, on the server's machine. */
  readonly picture?: string;
}

/** A target that a run found, but never by its first way. */
export interface MovedTarget {
  readonly node_id: string;
  /** Which setting of the node it is. */
  readonly key: string;
  /** Its ways with the one that found it first: what the setting may be from now on. */
  readonly ways: readonly string[];
}

/** What was judged in a run. */
export interface VerdictsPayload {
  readonly passed: number;
  readonly failed: number;
  /** The sentences of those that failed, the first 100. */
  readonly failures: readonly string[];
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
  readonly folder?: string;
  /** The sentence, where the run did not succeed. */
  readonly error?: string;
  readonly code?: string;
  readonly node_id?: string | null;
  readonly fix?: string;
  /** What `assert` nodes found, where there are any. */
  readonly verdicts?: VerdictsPayload;
  /** True where it sent input, ran a command, wrote a file or used the network. */
  readonly acted?: boolean;
  /** True for a dry run: it sent no input. */
  readonly rehearsal?: boolean;
  /** Targets that only a fallback found, where there are any. */
  readonly moved?: readonly MovedTarget[];
}

/** What an edit of a flow means to the run of it that is under way. */
export interface RunEdit {
  /** The node; null for what concerns the nodes and connections themselves. */
  readonly node_id: string | null;
  /** `open`: a paused run that has not come to the node can take it. `taken`: the run has it. `ran`: the run has come to the node. `running`: the run is not paused. `shape`: nodes or connections were added or removed. */
  readonly fate: "open" | "taken" | "ran" | "running" | "shape";
  /** The same as a sentence. */
  readonly message: string;
}

/** What edits of the flow mean to its run under way. */
export interface EditsEvent {
  readonly run_id: string;
  /** All of them as they are now. */
  readonly edits: readonly RunEdit[];
}

/** A run asks a person. */
export interface HelpNeededEvent {
  readonly help_id: string;
  /** `text`, `choice`, `confirm`, `permission` or `help`. */
  readonly kind: string;
  readonly title: string;
  readonly message: string;
  readonly choices: readonly string[];
  readonly default: unknown;
  /** Of `help`: the node whose target is not there. */
  readonly node_id?: string;
  /** Which of its settings holds the target. */
  readonly key?: string;
  readonly selector?: string | readonly string[] | null;
  readonly fix?: string;
  readonly best_score?: number | null;
  readonly best_box?: readonly number[] | null;
  readonly candidates?: readonly string[];
  /** Where was looked, as base64. */
  readonly picture?: string | null;
  /** Of `permission`: what is to be allowed. */
  readonly uses?: string;
  /** What the flow would do. */
  readonly doings?: readonly ToldDoing[];
  readonly [key: string]: unknown;
}

/** What one node would do beyond the screen. */
export interface ToldDoing {
  readonly node_id: string;
  readonly label: string;
  readonly uses: "programs" | "files" | "network";
  /** The settings that say which. */
  readonly detail: string;
  readonly [key: string]: unknown;
}

/** The whole state of a run. */
export interface SnapshotEvent {
  readonly epoch: string;
  readonly seq: number;
  readonly run_id: string;
  readonly status: string;
  /** Whether it is a dry run. */
  readonly rehearsal?: boolean | null;
  readonly nodes: Readonly<Record<string, NodeEvent>>;
  readonly ways: Readonly<Record<string, number>>;
  /** How often each node began. */
  readonly visits?: Readonly<Record<string, number>> | null;
  readonly progress: ProgressEvent | null;
  readonly logs: readonly LogEvent[];
  readonly end: EndEvent | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly help: readonly HelpNeededEvent[];
  /** What edits of the flow mean to the run under way. */
  readonly edits: readonly RunEdit[];
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
  /** Why the edit is in memory only and would not outlive the server: the disk is full, for example. */
  readonly not_kept?: string | null;
}

/** The live document was saved. */
export interface SavedEvent {
  readonly path: string;
  readonly revision: number;
}

/** The file of the live document has another name. */
export interface MovedEvent {
  readonly path: string;
  readonly name: string;
}

/** The file of the live document is another one than was opened, or is again. */
export interface DiskEvent {
  readonly path: string;
  readonly state: "same" | "changed" | "gone";
  /** Whether there are edits that are not in the file. */
  readonly modified: boolean;
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

/** A sentence that can be put into another language. */
export interface Phrase {
  /** In English, its values filled in. */
  readonly text: string;
  /** In English, with `{name}` where values stand. */
  readonly key: string;
  readonly values: Readonly<Record<string, string | Phrase>>;
}

/** What was due, and what became of it. */
export interface TriggerRow {
  readonly id: number;
  /** The flow's file. */
  readonly path: string;
  /** The flow's name. */
  readonly flow: string;
  /** The trigger's `id`. */
  readonly trigger: string;
  readonly type: string;
  /** ISO 8601, UTC. */
  readonly due: string;
  /** When it was looked at. ISO 8601, UTC. */
  readonly at: string;
  readonly outcome: "ran" | "missed" | "overlap" | "paused" | "locked" | "interrupted" | "waiting";
  /** Of the run: `starting`, `running`, or how it ended; `submitted` for a job of a hub. */
  readonly status: string | null;
  readonly run_id: string | null;
  /** Why nothing was started, or how the run ended. */
  readonly message: string;
  /** How many times it stands for; 1 but for many that were missed in one go. */
  readonly count: number;
  /** What the run reads of the trigger, without a request's body. */
  readonly given: Readonly<Record<string, unknown>>;
  /** `message` with what translates it. */
  readonly phrase?: string | Phrase;
  readonly [key: string]: unknown;
}

/** Something of the triggers changed. */
export interface TriggersChanged {
  readonly row?: TriggerRow | null;
}

/** Steps that were done several times with other data: `record.repeat` makes a loop over the rows of them. */
export interface RecordedRepeat {
  readonly times: number;
  /** How many steps one pass has. */
  readonly steps: number;
  /** What the data that changes is called. */
  readonly columns: readonly string[];
  /** The data, a row for each pass. */
  readonly rows: readonly (readonly string[])[];
  readonly [key: string]: unknown;
}

/** A step as it was made. */
export interface RecordedStep {
  readonly node_id: string | null;
  readonly type: string;
  /** What people call the type. */
  readonly title: string;
  /** What the node does, in a line. */
  readonly summary: string;
  readonly [key: string]: unknown;
}

/** The recording began, made a step, paused, or ended. */
export interface RecordChanged {
  /** Where the steps go. */
  readonly workflow_id: string;
  readonly status: "recording" | "paused" | "stopped";
  /** How many steps it made. */
  readonly count: number;
  /** Who started it. */
  readonly by: string;
  /** The secrets that the steps type, which are to be kept by `flowdesk secret set`. */
  readonly secrets: readonly string[];
  /** Steps whose text no program told: it is what the keys spell. */
  readonly doubtful: number;
  /** Why it ended by itself: Ctrl+Alt+Q, or the desktop is gone. */
  readonly reason: "keys" | "lost" | null;
  /** What was done several times, once the recording is over. */
  readonly repeat?: RecordedRepeat | null;
  readonly step?: RecordedStep | null;
  readonly [key: string]: unknown;
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

/** The question was answered or is void. */
export interface HelpClosedEvent {
  readonly help_id: string;
}

/** The user of the desktop is asked whether they allow a request of yours: its reply waits for their answer. */
export interface ConsentAskedEvent {
  /** The `id` of the request. */
  readonly request: string;
  /** Its type. */
  readonly type: string;
}

/** Who is connected. */
export interface ConnectedClient {
  readonly id: string;
  readonly name: string;
  readonly role: "none" | "view" | "edit" | "run";
}

/** What was looked at on the desktop. */
export interface DesktopCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly message: string;
  readonly fix: string;
}

/** What the desktop can do. */
export interface DesktopState {
  /** Whether a run can act on it. */
  readonly available: boolean;
  readonly checks: readonly DesktopCheck[];
}

/** A run, as lists tell of it. */
export interface ListedRun {
  readonly run_id: string;
  readonly workflow_id: string;
  readonly name: string;
  readonly status: "running" | "pausing" | "paused" | "stopping" | "succeeded" | "failed" | "stopped" | "pending" | "interrupted";
  /** Seconds since 1970, UTC. */
  readonly started: number;
  /** Seconds, so far or in all. */
  readonly duration: number | null;
  /** The node that it is at, or at which it failed. */
  readonly node_id: string | null;
  /** How it ended, or what it waits for, as a sentence. */
  readonly message: string;
  /** Its record, on the server's machine. */
  readonly folder: string | null;
  readonly started_by: string;
  /** The trigger that started it, by its id. */
  readonly trigger?: string | null;
  /** `private` for a run on a desktop of its own. */
  readonly desktop?: "this" | "private";
  /** The flow's file, on the server's machine. */
  readonly path?: string | null;
  /** Whether its record is kept, however old it gets. */
  readonly kept?: boolean;
  /** True for a dry run: it sent no input. */
  readonly rehearsal?: boolean | null;
  /** What of its record could not be kept. */
  readonly lost?: string | null;
  readonly [key: string]: unknown;
}

/** An open flow, as lists tell of it. */
export interface OpenDocument {
  readonly workflow_id: string;
  readonly name: string;
  readonly path: string | null;
  readonly modified: boolean;
  /** Whether it holds work that is nowhere else. */
  readonly unsaved: boolean;
  /** How many have it open. */
  readonly editors: number;
  readonly on_disk: "same" | "changed" | "gone";
  /** Its file from the flows folder, where it lies in it. */
  readonly file?: string | null;
  readonly [key: string]: unknown;
}

/** A recording as it is now. */
export interface RecordingState {
  /** Where the steps go. */
  readonly workflow_id: string;
  readonly status: "recording" | "paused" | "stopped";
  /** How many steps it made. */
  readonly count: number;
  /** Who started it. */
  readonly by: string;
  /** The secrets that the steps type, which are to be kept by `flowdesk secret set`. */
  readonly secrets: readonly string[];
  /** Steps whose text no program told: it is what the keys spell. */
  readonly doubtful: number;
  /** Why it ended by itself: Ctrl+Alt+Q, or the desktop is gone. */
  readonly reason: "keys" | "lost" | null;
  /** What was done several times, once the recording is over. */
  readonly repeat?: RecordedRepeat | null;
  readonly [key: string]: unknown;
}

/** The state of the server, of a run (`run_id`, `status`), or that it closes (`closing`). */
export interface StatusEvent {
  readonly version?: string;
  readonly protocol?: number;
  readonly epoch?: string;
  readonly role?: "view" | "edit" | "run";
  readonly peer_id?: string;
  readonly desktop?: DesktopState;
  readonly runs?: readonly ListedRun[];
  readonly clients?: readonly ConnectedClient[];
  /** Runs that ended with the server's process. */
  readonly interrupted?: readonly (Readonly<Record<string, unknown>>)[] | null;
  /** Open flows that hold work which is nowhere else, those that nobody edits now too; as in `flow.list`. */
  readonly unsaved?: readonly OpenDocument[];
  /** The recording that is under way. */
  readonly recording?: RecordingState | null;
  /** Who acts on the desktop through its picture (`desktop.control`). */
  readonly controller?: string | null;
  readonly port?: number | null;
  readonly run_id?: string;
  readonly status?: string;
  /** True where the run is a dry run. */
  readonly rehearsal?: boolean | null;
  readonly closing?: boolean;
  readonly [key: string]: unknown;
}

/** A request was refused. */
export interface ErrorEvent {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  readonly [key: string]: unknown;
}

/** You are let in. */
export interface Welcome {
  readonly role: "view" | "edit" | "run";
  /** You: `origin` of your edits, `id` among `clients`. */
  readonly peer_id: string;
  /** For the next connections, where you came in by a code. Lasts as long as the server. */
  readonly token?: string | null;
}

/** The server is there. */
export interface Alive {
  readonly status: "alive";
}

/** The run begins, or waits for its turn. */
export interface Started {
  readonly run_id: string;
  /** Whose events tell of it; you receive them from now on. */
  readonly workflow_id: string;
}

/** The run goes on with them. */
export interface EditsTaken {
  readonly run_id: string;
  /** Whose settings are others now. */
  readonly node_ids: readonly string[];
  /** What edits of the flow mean to the run from now on. */
  readonly edits: readonly RunEdit[];
}

/** What the run does now. A pause is over when `system.status` says `paused`. */
export interface Controlled {
  readonly run_id: string;
  readonly status: "running" | "pausing" | "paused" | "stopping" | "succeeded" | "failed" | "stopped" | "pending" | "interrupted";
}

/** You receive the events from now on. */
export interface Subscribed {
  /** New for each start of the server: a `seq` belongs to one. */
  readonly epoch: string;
  /** Of the last event so far; null for `*`. */
  readonly seq: number | null;
  readonly runs: readonly ListedRun[];
}

/** It is done; there is nothing more to say. */
export interface Done {
}

/** The runs, the newest first. */
export interface Runs {
  readonly runs: readonly ListedRun[];
}

/** What is wrong with a flow. */
export interface Validated {
  /** At most 1,000 of them. */
  readonly problems: readonly ProblemPayload[];
  /** How many there are. */
  readonly count: number;
  /** Whether none of them is an error. */
  readonly valid: boolean;
}

/** A run as it was at a moment. */
export interface PastRun {
  readonly run_id: string;
  readonly workflow_id: string;
  readonly name: string;
  /** Seconds since 1970, UTC. */
  readonly started: number;
  /** How it ended. */
  readonly status: string;
  /** True for a dry run. */
  readonly rehearsal?: boolean | null;
  /** How many there are: one for each visit of a node. */
  readonly moments: number;
  readonly moment: number;
  readonly is_end: boolean;
  /** The node that was come to last. */
  readonly node_id: string;
  /** Which of its visits it was. */
  readonly visit: number;
  /** The last event of each node. */
  readonly nodes: Readonly<Record<string, NodeEvent>>;
  /** How often each edge was taken. */
  readonly ways: Readonly<Record<string, number>>;
  /** How often each node was come to. */
  readonly visits: Readonly<Record<string, number>>;
  /** The end of the log. */
  readonly logs: readonly LogEvent[];
  /** How it ended, at its end. */
  readonly end: Readonly<Record<string, unknown>> | null;
  readonly [key: string]: unknown;
}

/** A picture of a run, or the `names` of all. */
export interface RunPicture {
  readonly names?: readonly string[];
  readonly name?: string;
  /** The picture as base64. */
  readonly data?: string;
}

/** Whether the record of a run is kept. */
export interface RunKept {
  readonly run_id: string;
  readonly kept: boolean;
}

/** The report of a run. */
export interface RunReport {
  /** What a file of it may be called. */
  readonly name: string;
  /** The whole page. It fetches nothing. */
  readonly html: string;
}

/** A live document as it is now. */
export interface DocumentState {
  readonly workflow_id: string;
  /** The flow, as its file holds it. */
  readonly flow: Readonly<Record<string, unknown>>;
  readonly revision: number;
  /** Its file; null while it has none. */
  readonly path: string | null;
  readonly problems: readonly ProblemPayload[];
  /** What you can undo now. */
  readonly undo: string | null;
  /** What you can redo now. */
  readonly redo: string | null;
  /** Whether there are edits that are not in the file. */
  readonly modified: boolean;
  /** What its file is to what was opened. */
  readonly on_disk: "same" | "changed" | "gone";
  readonly peers: readonly EditorPayload[];
}

/** The edit is applied, and written where it outlives the server. */
export interface Edited {
  readonly revision: number;
  /** What you can undo now. */
  readonly undo: string | null;
  /** What you can redo now. */
  readonly redo: string | null;
}

/** What was taken of one script. */
export interface ImportReport {
  readonly source: string;
  /** How many steps it has. */
  readonly statements: number;
  readonly taken: number;
  /** How many of each kind were not taken, the most frequent first. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The first 200 that were not taken. */
  readonly left: readonly LeftStep[];
  readonly missing_pictures: readonly string[];
}

/** A step that was not taken: it is a note in the flow, at its place. */
export interface LeftStep {
  readonly file: string;
  /** Its number in the file, from 1. */
  readonly line: number;
  /** What the report counts it by. */
  readonly kind: string;
  readonly original: string;
  readonly reason: string;
}

/** The flows are written. Open them by their paths. */
export interface Imported {
  /** From the flows folder. */
  readonly flows: readonly string[];
  readonly reports: readonly ImportReport[];
}

/** The file is written. */
export interface Saved {
  readonly path: string;
  /** The revision that it holds. */
  readonly revision: number;
  /** What the flow is called now. */
  readonly name: string;
}

/** Where the file is now. */
export interface Moved {
  readonly path: string;
  readonly name: string;
}

/** The file is in the trash. */
export interface Deleted {
  /** Where it was; null for a flow that never had a file. */
  readonly path: string | null;
}

/** The folder is there. */
export interface FolderMade {
  /** From the flows folder. */
  readonly path: string;
}

/** A node of a picture. */
export interface CardNode {
  readonly x: number;
  readonly y: number;
  readonly category: string;
  readonly icon: string;
  readonly [key: string]: unknown;
}

/** A flow of the gallery. */
export interface FlowCard {
  /** The name that stands in it, empty for none. */
  readonly title: string;
  readonly description: string;
  /** How many nodes it has. */
  readonly count: number;
  /** The first of them. */
  readonly nodes: readonly CardNode[];
  /** Which of `nodes` lead to which. */
  readonly edges: readonly (readonly number[])[];
  /** From the flows folder; of an example, its file. */
  readonly path: string;
  readonly name: string;
  readonly folder: string;
  /** Seconds since 1970, UTC. */
  readonly modified_time: number;
  readonly [key: string]: unknown;
}

/** The gallery: the examples, and own flows, the newest first. */
export interface Cards {
  readonly examples: readonly FlowCard[];
  readonly flows: readonly FlowCard[];
}

/** The copy of an example. */
export interface ExampleTaken {
  /** From the flows folder. */
  readonly path: string;
}

/** What the file has otherwise. */
export interface Compared {
  readonly differences: readonly string[];
  /** The same, in parts that can be translated. */
  readonly phrases: readonly (string | Phrase)[];
}

/** A file of the flows folder. */
export interface FlowFile {
  /** From the flows folder. */
  readonly path: string;
  readonly name: string;
  /** Seconds since 1970, UTC. */
  readonly modified_time: number;
  readonly folder: string;
  readonly [key: string]: unknown;
}

/** The open flows, and the files and folders of the flows folder. */
export interface Flows {
  readonly open: readonly OpenDocument[];
  readonly files: readonly FlowFile[];
  readonly folders: readonly string[];
}

/** The picture lies beside the flow. */
export interface PictureStored {
  readonly name: string;
}

/** A picture of the flow, or the `names` of all. */
export interface Picture {
  readonly names?: readonly string[];
  readonly name?: string;
  /** The picture as base64. */
  readonly data?: string;
}

/** What may stand between braces. */
export interface OfferedValue {
  /** What is written between the braces. */
  readonly path: string;
  readonly name: string;
  /** What people call the node. */
  readonly label: string;
  /** What it is: `text`, `number`, `list` and so on; empty where that is not known. */
  readonly kind: string;
  /** Its value in the last run. */
  readonly shown: string | null;
  /** More words that find it. */
  readonly search: string;
  readonly children: readonly OfferedValue[];
  /** `nodes`, `variables` or `run`. */
  readonly group?: string | null;
  readonly [key: string]: unknown;
}

/** What may stand between braces in a node. */
export interface Values {
  readonly values: readonly OfferedValue[];
  /** The result of the node itself. */
  readonly own: OfferedValue | null;
  /** Whether there are values of a run. */
  readonly has_run: boolean;
}

/** What a setting would be: `shown`, or why it cannot be: `message` and `fix`. */
export interface Preview {
  readonly shown?: string;
  readonly kind?: string;
  readonly message?: string;
  readonly fix?: string;
  /** The same of each reference in a text. */
  readonly references: readonly PreviewOfReference[];
  readonly [key: string]: unknown;
}

/** What one reference would be. */
export interface PreviewOfReference {
  /** Where it begins in the text. */
  readonly start: number;
  /** Where it ends in the text. */
  readonly end: number;
  readonly shown?: string;
  readonly kind?: string;
  readonly message?: string;
  readonly fix?: string;
  readonly [key: string]: unknown;
}

/** What settings would be, by their keys. */
export interface Previews {
  readonly previews: Readonly<Record<string, Preview>>;
  readonly has_run: boolean;
}

/** What a node was given at a visit, and what came of it. */
export interface NodeVisit {
  /** How many there were. */
  readonly visits: number;
  /** Which one this is, from 1. */
  readonly visit?: number | null;
  readonly iteration?: readonly number[] | null;
  readonly status?: string | null;
  /** The settings as the node had them. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** By key, why a setting is not told. */
  readonly wrong?: Readonly<Record<string, string>>;
  readonly output?: unknown;
  readonly error?: string | null;
  /** The variables that it changed. */
  readonly changed?: Readonly<Record<string, unknown>>;
  /** Why it failed, as `execution.picture` takes its `name`. */
  readonly picture?: string | null;
  /** Whether only the beginning of something is told. */
  readonly is_cut?: boolean | null;
  readonly run_id: string;
  readonly [key: string]: unknown;
}

/** A way of finding, as it is written in a selector. */
export interface EngineDeclaration {
  /** What stands before `=`. */
  readonly name: string;
  readonly title: string;
  /** What it finds. */
  readonly doc: string;
  readonly icon: string;
  /** Whole selectors, the plainest first. */
  readonly examples: readonly string[];
  readonly [key: string]: unknown;
}

/** A field of a form. */
export interface FieldSpec {
  readonly key: string;
  readonly title: string;
  readonly description: string;
  readonly kind: "text" | "multiline" | "number" | "duration" | "bool" | "choice" | "modifiers" | "target" | "region" | "offset" | "anchor" | "fraction" | "keys" | "path" | "program" | "command" | "function" | "inputs" | "list" | "table" | "pairs" | "value" | "json";
  readonly choices: readonly unknown[];
  readonly default: unknown;
  readonly group: "" | "target" | "more" | "options";
  readonly when: Readonly<Record<string, unknown>>;
  readonly columns: readonly FieldSpec[];
  readonly is_required: boolean;
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mark: string;
  readonly [key: string]: unknown;
}

/** A function that may be called between braces. */
export interface FunctionDeclaration {
  readonly name: string;
  /** How it is written. */
  readonly usage: string;
  readonly group: string;
  readonly help: string;
  readonly example: string;
  /** What the example gives. */
  readonly gives: string;
  readonly is_filter: boolean;
  readonly [key: string]: unknown;
}

/** Something of an installed package that flowdesk could not take. */
export interface LeftOutDeclaration {
  readonly package: string;
  readonly reason: string;
  readonly fix: string;
  readonly [key: string]: unknown;
}

/** The declaration of a node type. */
export interface NodeTypeDeclaration {
  readonly type: string;
  readonly title: string;
  readonly category: string;
  readonly icon: string;
  /** What else people call it, in English and Chinese. */
  readonly words: readonly string[];
  readonly kind: "start" | "action" | "branch" | "loop" | "parallel" | "try" | "handle" | "break" | "continue" | "end" | "function" | "call";
  /** Template of the line under a node's title. */
  readonly summary: string;
  readonly description: string;
  readonly documentation: string;
  readonly outputs: readonly string[];
  readonly uses: readonly string[];
  /** Where it comes from, if it is not flowdesk's own. */
  readonly package: PackageDeclaration | null;
  /** The lines of its icon in SVG, if flowdesk has none of that name. */
  readonly drawing: string;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The fields of its form, in their order. */
  readonly fields: readonly FieldSpec[];
  /** JSON Schema of its settings. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/** The installed package that a node type comes from. */
export interface PackageDeclaration {
  readonly name: string;
  readonly version: string;
  readonly author: string;
  readonly summary: string;
  /** What the node type declares to use, in words. */
  readonly may: readonly string[];
  readonly [key: string]: unknown;
}

/** The declaration of a type of trigger. */
export interface TriggerDeclaration {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly icon: string;
  /** What a new one holds beside its name. */
  readonly begins: Readonly<Record<string, unknown>>;
  /** Fields of which exactly one is given, each with what it begins with. */
  readonly alternatives: Readonly<Record<string, unknown>>;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The fields of its form, in their order. */
  readonly fields: readonly FieldSpec[];
  readonly [key: string]: unknown;
}

/** All that there is to build of. */
export interface NodeTypes {
  readonly types: readonly NodeTypeDeclaration[];
  readonly categories: readonly string[];
  readonly engines: readonly EngineDeclaration[];
  readonly triggers: readonly TriggerDeclaration[];
  readonly functions: readonly FunctionDeclaration[];
  /** What could not be taken of installed packages, and why. */
  readonly left_out: readonly LeftOutDeclaration[];
  readonly [key: string]: unknown;
}

/** A place where a target is. */
export interface TargetSpot {
  readonly x: number;
  readonly y: number;
  readonly box: readonly number[];
  readonly score: number;
  readonly scale: number;
  readonly selector: string;
  readonly engine: string;
  readonly text: string | null;
}

/** Whether a target is there. */
export interface Tested {
  readonly found: boolean;
  /** How many places fit. */
  readonly count: number;
  /** The first 50. */
  readonly spots: readonly TargetSpot[];
  readonly ms: number;
  /** Why there is none. */
  readonly reason: string | null;
  readonly best_score: number | null;
  readonly best_box: readonly number[] | null;
  /** What is there instead. */
  readonly candidates: readonly string[];
}

/** An element of a program. */
export interface ShownElement {
  readonly role: string;
  readonly name: string;
  readonly box: readonly number[];
  readonly app: string;
  readonly value?: string | null;
  readonly states?: readonly string[] | null;
  readonly [key: string]: unknown;
}

/** A window. */
export interface ShownWindow {
  readonly title: string;
  readonly app: string;
  readonly box: readonly number[];
  readonly [key: string]: unknown;
}

/** What is at a point. */
export interface Inspected {
  /** Innermost first. */
  readonly path: readonly ShownElement[];
  readonly window: ShownWindow | null;
}

/** A node: its type, and what is known of its settings. */
export interface ProposedNode {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** A selector that finds what was picked. */
export interface TargetCandidate {
  readonly selector: string;
  readonly kind: string;
  /** How many places it finds. */
  readonly count: number;
  readonly unique: boolean;
  readonly spot: TargetSpot;
  /** How good it is, 0 to 1. */
  readonly score: number;
  readonly ms: number;
  /** PNG as base64: store it under `name` if this one is chosen. */
  readonly picture?: string;
  readonly name?: string;
  readonly [key: string]: unknown;
}

/** The selectors that find what was picked, the best first. */
export interface Candidates {
  readonly candidates: readonly TargetCandidate[];
  readonly element: ShownElement | null;
  /** The node that says what is meant better than a click. */
  readonly step: ProposedNode | null;
}

/** An element of a window. */
export interface ListedElement {
  readonly role: string;
  readonly name: string;
  readonly box: readonly number[];
  /** How many of those listed before it lie around it. */
  readonly depth: number;
  /** Stands behind that of the window; null for what only shows something. */
  readonly selector: string | null;
  /** Whether the selector was looked for and found this element alone. */
  readonly tried: boolean;
  readonly value?: string | null;
  readonly states?: readonly string[] | null;
  /** How many more of the same kind lie beside it and are not listed. */
  readonly more?: number | null;
  readonly [key: string]: unknown;
}

/** A window of the desktop. */
export interface ListedWindow {
  readonly title: string;
  readonly app: string;
  readonly box: readonly number[];
  /** How to name it. */
  readonly selector: string;
  /** Whether it has the keyboard. */
  readonly active: boolean;
  readonly minimized: boolean;
  readonly [key: string]: unknown;
}

/** The windows, the uppermost first, and the elements of the one that was asked for, as people read. */
export interface Elements {
  readonly windows: readonly ListedWindow[];
  /** The selector of the window; null where none was asked for. */
  readonly scope: string | null;
  readonly elements: readonly ListedElement[];
  /** How many elements are shown there. */
  readonly count: number;
}

/** What may stand next in a selector. */
export interface SelectorOffer {
  /** Takes the place of what stands from `begin` on. */
  readonly text: string;
  readonly kind: "engine" | "window" | "app" | "element" | "text" | "image";
  /** What it is, for people: a title, a name. */
  readonly beside: string;
}

/** What may stand next in a selector, the likeliest first. */
export interface Completions {
  /** The 0-based character of `text` where the offers begin. */
  readonly begin: number;
  /** The character from which what is written narrows the offers. */
  readonly typed: number;
  /** At most 200. */
  readonly offers: readonly SelectorOffer[];
}

/** A picture of the desktop. */
export interface Screenshot {
  /** The picture as base64. */
  readonly data: string;
  readonly format: "png" | "jpeg" | "webp";
  readonly width: number;
  readonly height: number;
  /** Where its left edge is on the desktop. */
  readonly x: number;
  /** Where its upper edge is on the desktop. */
  readonly y: number;
  readonly scale: number;
}

/** A monitor. */
export interface MonitorOfDesktop {
  readonly number: number;
  readonly box: readonly number[];
  readonly scale: number;
  readonly name: string;
}

/** The desktop that you receive. */
export interface Watched {
  readonly box: readonly number[];
  readonly scale: number;
  readonly monitors: readonly MonitorOfDesktop[];
}

/** Who has the live document open. */
export interface Editors {
  readonly peers: readonly EditorPayload[];
}

/** A flow that starts by itself. */
export interface ArmedFlow {
  readonly path: string;
  /** Its name. */
  readonly flow: string;
  /** Whether the file is as it was allowed. */
  readonly state: "armed" | "changed" | "gone";
  /** What is the matter with it. */
  readonly note: string | null;
  /** `note` with what translates it. */
  readonly phrase: string | Phrase;
  /** When it was armed, ISO 8601. */
  readonly since: string;
  readonly overlap: string | null;
  /** Its next time by the clock, ISO 8601. */
  readonly next: string | null;
  readonly triggers: readonly ToldTrigger[];
  /** What was due last. */
  readonly last: TriggerRow | null;
  readonly [key: string]: unknown;
}

/** The triggers of the open flow, as it is now. */
export interface OwnTriggers {
  readonly path: string | null;
  readonly armed: boolean;
  readonly overlap: string | null;
  readonly triggers: readonly ToldTrigger[];
  readonly problems: readonly ProblemPayload[];
  readonly [key: string]: unknown;
}

/** A trigger, in words. */
export interface ToldTrigger {
  readonly id: string;
  readonly type: string;
  readonly disabled: boolean;
  /** When it starts its flow. */
  readonly sentence: string;
  /** `sentence` with what translates it. */
  readonly phrase: string | Phrase;
  /** The next times, ISO 8601; empty where it does not go by the clock. */
  readonly next: readonly string[];
  /** Why it cannot be watched now. */
  readonly fault?: string | null;
  readonly [key: string]: unknown;
}

/** What may start by itself on this machine. */
export interface TriggerList {
  readonly armed: readonly ArmedFlow[];
  /** Of the open flow `workflow_id`. */
  readonly flow: OwnTriggers | null;
  readonly paused: boolean;
  /** `pid` and `process` of the flowdesk that watches; null for none. */
  readonly holder: Readonly<Record<string, unknown>> | null;
  /** Of the machine. */
  readonly timezone: string;
}

/** The flow starts by itself from now on. */
export interface TriggersArmed {
  readonly path: string;
  readonly armed: boolean;
}

/** The flow starts by itself no more. */
export interface TriggersDisarmed {
  readonly path: string;
  readonly armed: boolean;
  readonly was_armed: boolean;
}

/** Whether all of them pause. */
export interface TriggersPaused {
  readonly paused: boolean;
}

/** What was due, the newest first. */
export interface TriggerRows {
  readonly rows: readonly TriggerRow[];
}

/** A robot that was here within a day. */
export interface ToldRobot {
  readonly id: number;
  readonly name: string;
  readonly pool: string;
  readonly state: "idle" | "busy" | "draining" | "lost" | "gone";
  /** How many jobs it runs. */
  readonly busy: number;
  /** How many it can run at once. */
  readonly desktops: number;
  /** What it is and has: `screen`, `language`, `os`, and so on. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of flowdesk. */
  readonly version: string;
  readonly account: string;
  /** ISO 8601. */
  readonly joined: string;
  /** Its last sign, ISO 8601. */
  readonly seen: string;
  readonly [key: string]: unknown;
}

/** The robots of the hub. */
export interface Robots {
  readonly robots: readonly ToldRobot[];
}

/** A job. */
export interface ToldJob {
  readonly id: number;
  /** What it was submitted with. */
  readonly batch: string;
  /** Its row, from 1; 0 without rows. */
  readonly number: number;
  readonly flow: string;
  /** Hash of the frozen flow. */
  readonly bundle: string;
  readonly pool: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly deadline: string | null;
  readonly row: Readonly<Record<string, unknown>> | null;
  readonly key: string;
  readonly state: "waiting" | "running" | "succeeded" | "failed" | "cancelled" | "expired" | "lost";
  /** Of a failure: `business` or `application`. */
  readonly kind: string;
  /** How it ended, as a sentence. */
  readonly message: string;
  readonly code: string;
  readonly fix: string;
  readonly node: string;
  readonly result: unknown;
  readonly attempt: number;
  readonly retry_of: number | null;
  readonly submitted_by: string;
  /** ISO 8601. */
  readonly submitted: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly cancelling: boolean;
  /** The robot's name. */
  readonly robot: string | null;
  readonly [key: string]: unknown;
}

/** Jobs, the newest first. */
export interface Jobs {
  readonly jobs: readonly ToldJob[];
  /** How many there are in each state, whatever was looked for. */
  readonly counts: Readonly<Record<string, number>>;
  /** Whether there are earlier ones: ask again with `before`. */
  readonly more: boolean;
}

/** A job with all that is known of it. */
export interface JobDetail {
  readonly id: number;
  /** What it was submitted with. */
  readonly batch: string;
  /** Its row, from 1; 0 without rows. */
  readonly number: number;
  readonly flow: string;
  /** Hash of the frozen flow. */
  readonly bundle: string;
  readonly pool: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly priority: number;
  readonly deadline: string | null;
  readonly row: Readonly<Record<string, unknown>> | null;
  readonly key: string;
  readonly state: "waiting" | "running" | "succeeded" | "failed" | "cancelled" | "expired" | "lost";
  /** Of a failure: `business` or `application`. */
  readonly kind: string;
  /** How it ended, as a sentence. */
  readonly message: string;
  readonly code: string;
  readonly fix: string;
  readonly node: string;
  readonly result: unknown;
  readonly attempt: number;
  readonly retry_of: number | null;
  readonly submitted_by: string;
  /** ISO 8601. */
  readonly submitted: string;
  readonly started: string | null;
  readonly ended: string | null;
  readonly cancelling: boolean;
  /** The robot's name. */
  readonly robot: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly desktop: string;
  readonly repeatable: boolean;
  readonly files: readonly JobFile[];
  readonly retried_by: number | null;
  /** What keeps it waiting, as a sentence. */
  readonly waits_for: string;
  readonly [key: string]: unknown;
}

/** A file that was gathered with a job. */
export interface JobFile {
  readonly name: string;
  readonly size: number;
  readonly [key: string]: unknown;
}

/** One job. */
export interface WholeJob {
  readonly job: JobDetail;
}

/** What came of one job. */
export interface JobAnswer {
  readonly id: number;
  readonly done: boolean;
  /** As a sentence. */
  readonly message: string;
  /** The new job, of one that is run again. */
  readonly job?: number | null;
  readonly [key: string]: unknown;
}

/** What came of each job. */
export interface JobAnswers {
  readonly answers: readonly JobAnswer[];
}

/** A file of a job. */
export interface JobFileContent {
  readonly name: string;
  /** As base64. */
  readonly data: string;
}

/** The jobs are in the queue. */
export interface JobsSubmitted {
  readonly batch: string;
  /** The new jobs, in the order of the rows. */
  readonly jobs: readonly number[];
  /** Jobs that rows were already. */
  readonly doubles: readonly number[];
  /** Hash of the frozen flow. */
  readonly flow: string;
  /** What is to be known of it. */
  readonly notes: readonly string[];
}

/** An edit of a flow. */
export type AnyChange = AddNode | RemoveNode | MoveNode | RenameNode | MakeFunction | SetNode | AddEdge | RemoveEdge | SetEdge | SetFlow;

/** The payload of each request by its type. */
export interface Requests {
  readonly "auth": Auth;
  readonly "heartbeat": Nothing;
  readonly "workflow.start": Start;
  readonly "workflow.pause": RunControl;
  readonly "workflow.resume": RunControl;
  readonly "workflow.stop": RunControl;
  readonly "workflow.step": RunControl;
  readonly "workflow.take": TakeEdits;
  readonly "workflow.subscribe": Subscribe;
  readonly "workflow.unsubscribe": Nothing;
  readonly "workflow.list": ListRuns;
  readonly "workflow.validate": Validate;
  readonly "execution.snapshot": Nothing;
  readonly "execution.picture": GetPicture;
  readonly "execution.past": GetPast;
  readonly "execution.keep": KeepRun;
  readonly "execution.report": GetReport;
  readonly "flow.open": OpenFlow;
  readonly "flow.get": Nothing;
  readonly "flow.edit": EditFlow;
  readonly "flow.import": ImportFlows;
  readonly "flow.save": SaveFlow;
  readonly "flow.rename": RenameFlow;
  readonly "flow.duplicate": DuplicateFlow;
  readonly "flow.delete": DeleteFlow;
  readonly "flow.folder": MakeFolder;
  readonly "gallery.list": Nothing;
  readonly "gallery.take": TakeExample;
  readonly "flow.reload": ReloadFlow;
  readonly "flow.compare": Nothing;
  readonly "flow.list": Nothing;
  readonly "flow.close": Nothing;
  readonly "asset.put": PutAsset;
  readonly "asset.get": GetAsset;
  readonly "value.list": ListValues;
  readonly "value.preview": PreviewValues;
  readonly "value.visit": GetVisit;
  readonly "node.types": Nothing;
  readonly "target.test": TestTarget;
  readonly "target.inspect": InspectTarget;
  readonly "target.candidates": TargetCandidates;
  readonly "target.elements": ListElements;
  readonly "target.complete": CompleteTarget;
  readonly "desktop.screenshot": DesktopScreenshot;
  readonly "desktop.watch": WatchDesktop;
  readonly "desktop.shown": DesktopShown;
  readonly "desktop.unwatch": Nothing;
  readonly "desktop.control": ControlDesktop;
  readonly "desktop.act": ActOnDesktop;
  readonly "trigger.list": Nothing;
  readonly "trigger.enable": EnableTriggers;
  readonly "trigger.disable": DisableTriggers;
  readonly "trigger.pause": PauseTriggers;
  readonly "trigger.history": TriggerHistory;
  readonly "trigger.test": TestTrigger;
  readonly "record.start": StartRecording;
  readonly "record.pause": PauseRecording;
  readonly "record.stop": StopRecording;
  readonly "record.undo": Nothing;
  readonly "record.note": NoteRecording;
  readonly "record.point": PointRecording;
  readonly "record.secret": KeepRecordedSecret;
  readonly "record.repeat": Nothing;
  readonly "fleet.robots": Nothing;
  readonly "fleet.jobs": ListJobs;
  readonly "fleet.job": GetJob;
  readonly "fleet.cancel": ChosenJobs;
  readonly "fleet.retry": RetryJobs;
  readonly "fleet.file": GetJobFile;
  readonly "fleet.report": GetJobReport;
  readonly "fleet.submit": SubmitJobs;
  readonly "presence": PresenceNow;
  readonly "help.answer": HelpAnswer;
  readonly "system.status": Nothing;
}

/** A request: its type, its payload, and the id of its workflow. */
export type Ask = {
  [Type in keyof Requests]: [type: Type, payload?: Requests[Type], workflowId?: string];
}[keyof Requests];

/** The payload of the reply to each request by its type. */
export interface Replies {
  readonly "auth": Welcome;
  readonly "heartbeat": Alive;
  readonly "workflow.start": Started;
  readonly "workflow.take": EditsTaken;
  readonly "workflow.pause": Controlled;
  readonly "workflow.resume": Controlled;
  readonly "workflow.stop": Controlled;
  readonly "workflow.step": Controlled;
  readonly "workflow.subscribe": Subscribed;
  readonly "workflow.unsubscribe": Done;
  readonly "workflow.list": Runs;
  readonly "workflow.validate": Validated;
  readonly "execution.snapshot": SnapshotEvent;
  readonly "execution.past": PastRun;
  readonly "execution.picture": RunPicture;
  readonly "execution.keep": RunKept;
  readonly "execution.report": RunReport;
  readonly "flow.open": DocumentState;
  readonly "flow.get": DocumentState;
  readonly "flow.reload": DocumentState;
  readonly "flow.edit": Edited;
  readonly "flow.import": Imported;
  readonly "flow.save": Saved;
  readonly "flow.rename": Moved;
  readonly "flow.duplicate": Moved;
  readonly "flow.delete": Deleted;
  readonly "flow.folder": FolderMade;
  readonly "gallery.list": Cards;
  readonly "gallery.take": ExampleTaken;
  readonly "flow.compare": Compared;
  readonly "flow.list": Flows;
  readonly "flow.close": Done;
  readonly "asset.put": PictureStored;
  readonly "asset.get": Picture;
  readonly "value.list": Values;
  readonly "value.preview": Previews;
  readonly "value.visit": NodeVisit;
  readonly "node.types": NodeTypes;
  readonly "target.test": Tested;
  readonly "target.inspect": Inspected;
  readonly "target.candidates": Candidates;
  readonly "target.elements": Elements;
  readonly "target.complete": Completions;
  readonly "desktop.screenshot": Screenshot;
  readonly "desktop.watch": Watched;
  readonly "desktop.shown": Done;
  readonly "desktop.unwatch": Done;
  readonly "desktop.control": Done;
  readonly "desktop.act": Done;
  readonly "presence": Editors;
  readonly "help.answer": Done;
  readonly "system.status": StatusEvent;
  readonly "trigger.list": TriggerList;
  readonly "trigger.enable": TriggersArmed;
  readonly "trigger.disable": TriggersDisarmed;
  readonly "trigger.pause": TriggersPaused;
  readonly "trigger.history": TriggerRows;
  readonly "trigger.test": Started;
  readonly "fleet.robots": Robots;
  readonly "fleet.jobs": Jobs;
  readonly "fleet.job": WholeJob;
  readonly "fleet.cancel": JobAnswers;
  readonly "fleet.retry": JobAnswers;
  readonly "fleet.file": JobFileContent;
  readonly "fleet.report": RunReport;
  readonly "fleet.submit": JobsSubmitted;
  readonly "record.start": RecordingState;
  readonly "record.pause": RecordingState;
  readonly "record.stop": RecordingState;
  readonly "record.undo": RecordingState;
  readonly "record.note": RecordingState;
  readonly "record.point": RecordingState;
  readonly "record.secret": RecordingState;
  readonly "record.repeat": RecordingState;
}

/** The payload of each event by its type. */
export interface Events {
  readonly "node.pending": NodeEvent;
  readonly "node.running": NodeEvent;
  readonly "node.success": NodeEvent;
  readonly "node.error": NodeEvent;
  readonly "node.skipped": NodeEvent;
  readonly "execution.progress": ProgressEvent;
  readonly "execution.log": LogEvent;
  readonly "execution.verdict": VerdictEvent;
  readonly "execution.complete": EndEvent;
  readonly "execution.error": EndEvent;
  readonly "execution.edits": EditsEvent;
  readonly "execution.snapshot": SnapshotEvent;
  readonly "flow.changed": ChangedEvent;
  readonly "flow.saved": SavedEvent;
  readonly "flow.moved": MovedEvent;
  readonly "flow.disk": DiskEvent;
  readonly "flow.closed": ClosedEvent;
  readonly "presence": PresenceEvent;
  readonly "trigger.changed": TriggersChanged;
  readonly "record.changed": RecordChanged;
  readonly "desktop.frame": FrameEvent;
  readonly "help.needed": HelpNeededEvent;
  readonly "help.closed": HelpClosedEvent;
  readonly "consent.asked": ConsentAskedEvent;
  readonly "system.status": StatusEvent;
  readonly "error": ErrorEvent;
}

/** What the server tells, by its type. */
export type Told = {
  readonly [Type in keyof Events]: {
    readonly id: string;
    readonly type: Type;
    readonly workflow_id: string;
    readonly payload: Events[Type];
    readonly seq?: number;
    readonly reply_to?: string;
  };
}[keyof Events];

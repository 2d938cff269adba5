/** How the events of a run change what is shown. Pure; many events are taken in at once, 60 times a second. */

import type { EndEvent, Events, LogEvent, NodeEvent, SnapshotEvent, Told } from "./protocol";
import type { LogLine, NodeState, RunStatus, RunView, State } from "./store";

/** Lines of the log that are kept. */
const LOG_LINES = 5000;

/** What the server tells of a run, and when it came here. */
export type RunEvent = { readonly [Type in RunKind]: { readonly type: Type; readonly payload: Events[Type]; readonly time: number } }[RunKind];

type RunKind = Extract<keyof Events, `node.${string}` | `execution.${string}` | "system.status">;
type OfNode = Extract<RunEvent, { type: `node.${string}` }>;

/** Whether something that is told is about a run. */
export function isOfRun(message: Told): message is Extract<Told, { type: RunKind }> {
  return message.type.startsWith("node.") || message.type.startsWith("execution.") || (message.type === "system.status" && Boolean(message.payload.run_id));
}

function isOfNode(event: RunEvent): event is OfNode {
  return event.type.startsWith("node.");
}

type Shown = Pick<State, "run" | "nodes" | "taken" | "log" | "variables" | "edits">;

let lines = 0;

/** Takes events in. Returns what changed of the state. */
export function takeIn(state: State, events: readonly RunEvent[]): Partial<Shown> {
  let { run, nodes, taken, log, variables, edits } = state;
  const added: LogLine[] = [];
  let own: Record<string, NodeState> | null = null;
  for (const event of events) {
    const runId = "run_id" in event.payload ? event.payload.run_id : "";
    if (runId && runId !== run?.runId && (event.type === "system.status" || isOfNode(event))) {
      const isRehearsal = event.type === "system.status" && event.payload.rehearsal === true;
      run = { runId, status: "running", percent: 0, nodeId: null, message: "", fix: "", duration: null, folder: "", isRehearsal, moved: [] };
      nodes = own = {};
      taken = {};
      edits = [];
    }
    if (isOfNode(event)) {
      const { payload } = event;
      if (payload.ways) taken = { ...taken, ...payload.ways };
      nodes = own ??= { ...nodes };
      own[payload.node_id] = nodeState(payload, nodes[payload.node_id]);
      if (run && payload.status === "running") run = { ...run, nodeId: payload.node_id };
      continue;
    }
    switch (event.type) {
      case "execution.progress":
        if (run) run = { ...run, percent: event.payload.percent };
        break;
      case "execution.edits":
        ({ edits } = event.payload);
        break;
      case "execution.log":
        added.push(line(event.payload, event.time));
        break;
      case "system.status":
        if (run && event.payload.status) run = { ...run, status: event.payload.status as RunStatus };
        break;
      case "execution.complete":
      case "execution.error":
        run = ended(run, event.payload);
        edits = [];
        added.push({ key: (lines += 1), time: event.time, level: event.type === "execution.complete" ? "info" : "error", message: event.payload.message, nodeId: event.payload.node_id ?? null });
        break;
      case "execution.snapshot":
        if (!event.payload.run_id) break;
        ({ run, nodes, taken, log, variables, edits } = fromSnapshot(event.payload));
        own = null;
        break;
      case "execution.verdict": // the log tells of it
    }
  }
  if (added.length) log = [...log, ...added].slice(-LOG_LINES);
  return { run, nodes, taken, log, variables, edits };
}

function nodeState(payload: NodeEvent, before: NodeState | undefined): NodeState {
  const details = payload.error_details;
  return {
    status: payload.status,
    message: payload.message || (payload.error ?? ""),
    fix: text(details?.fix),
    code: text(details?.code),
    picture: text(details?.picture),
    duration: payload.duration ?? null,
    result: "result" in payload ? payload.result : before?.result,
    iteration: payload.iteration ?? [],
    visits: (before?.visits ?? 0) + (payload.status === "running" ? 1 : 0),
  };
}

function ended(run: RunView | null, payload: EndEvent): RunView {
  return {
    runId: payload.run_id,
    status: payload.status,
    percent: payload.status === "succeeded" ? 100 : (run?.percent ?? 0),
    nodeId: payload.node_id ?? null,
    message: payload.message,
    fix: payload.fix ?? "",
    duration: payload.duration,
    folder: payload.folder ?? "",
    isRehearsal: payload.rehearsal === true || (run?.isRehearsal ?? false),
    moved: payload.moved ?? [],
  };
}

/** What is told of a run that is under way, was the last, or is long over. */
export type KnownRun = Pick<SnapshotEvent, "run_id" | "status" | "rehearsal" | "nodes" | "ways" | "visits" | "logs" | "end"> & Partial<Pick<SnapshotEvent, "progress" | "variables" | "edits">>;

/** What is shown of a run that is told as a whole. */
export function fromSnapshot(payload: KnownRun): Shown {
  const { visits } = payload;
  const begun: RunView = {
    runId: payload.run_id, status: payload.status as RunStatus, percent: payload.progress?.percent ?? 0,
    nodeId: null, message: "", fix: "", duration: null, folder: "", isRehearsal: payload.rehearsal === true, moved: [],
  }; // prettier-ignore
  return {
    run: payload.end ? ended(begun, payload.end) : begun,
    nodes: Object.fromEntries(Object.entries(payload.nodes).map(([id, last]) => [id, { ...nodeState(last, undefined), visits: visits?.[id] ?? 1 }])),
    taken: payload.ways,
    log: payload.logs.map((entry) => line(entry, Date.now())),
    variables: payload.variables ?? {},
    edits: payload.edits ?? [],
  };
}

function line(payload: LogEvent, time: number): LogLine {
  return {
    key: (lines += 1),
    time,
    level: payload.level,
    message: payload.message,
    nodeId: payload.node_id ?? null,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

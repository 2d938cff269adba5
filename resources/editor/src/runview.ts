/** How the events of a run change what is shown. Pure; many events are taken in at once, 60 times a second. */

import type { LogLine, NodeState, NodeStatus, RunStatus, RunView, State } from "./store";

/** Lines of the log that are kept. */
const LOG_LINES = 5000;

export interface RunEvent {
  readonly type: string;
  readonly payload: Record<string, unknown>;
  readonly time: number;
}

type Shown = Pick<State, "run" | "nodes" | "taken" | "log" | "variables" | "edits">;

let lines = 0;

/** Takes events in. Returns what changed of the state. */
export function takeIn(state: State, events: readonly RunEvent[]): Partial<Shown> {
  let { run, nodes, taken, log, variables, edits } = state;
  const added: LogLine[] = [];
  let own: Record<string, NodeState> | null = null;
  for (const { type, payload, time } of events) {
    const runId = text(payload.run_id);
    if (runId && runId !== run?.runId && (type === "system.status" || type.startsWith("node."))) {
      run = { runId, status: "running", percent: 0, nodeId: null, message: "", fix: "", duration: null, folder: "", isRehearsal: payload.rehearsal === true, moved: [] };
      nodes = own = {};
      taken = {};
      edits = [];
    }
    if (type.startsWith("node.")) {
      const id = text(payload.node_id);
      const next = nodeState(payload, nodes[id]);
      if (payload.ways) taken = { ...taken, ...(payload.ways as State["taken"]) };
      nodes = own ??= { ...nodes };
      own[id] = next;
      if (run && next.status === "running") run = { ...run, nodeId: id };
    } else if (type === "execution.progress" && run) run = { ...run, percent: Number(payload.percent) || 0 };
    else if (type === "execution.edits") edits = payload.edits as State["edits"];
    else if (type === "execution.log") added.push(line(payload, time));
    else if (type === "system.status" && run && payload.status) run = { ...run, status: payload.status as RunStatus };
    else if (type === "execution.complete" || type === "execution.error") {
      run = ended(run, payload);
      edits = [];
      added.push({ key: (lines += 1), time, level: type === "execution.complete" ? "info" : "error", message: text(payload.message), nodeId: text(payload.node_id) || null });
    } else if (type === "execution.snapshot" && payload.run_id) {
      ({ run, nodes, taken, log, variables, edits } = fromSnapshot(payload));
      own = null;
    }
  }
  if (added.length) log = [...log, ...added].slice(-LOG_LINES);
  return { run, nodes, taken, log, variables, edits };
}

function nodeState(payload: Record<string, unknown>, before: NodeState | undefined): NodeState {
  const status = text(payload.status) as NodeStatus;
  const details = payload.error_details as { code?: string; fix?: string; picture?: string } | undefined;
  return {
    status,
    message: text(payload.message) || text(payload.error),
    fix: text(details?.fix),
    code: text(details?.code),
    picture: text(details?.picture),
    duration: typeof payload.duration === "number" ? payload.duration : null,
    result: "result" in payload ? payload.result : before?.result,
    iteration: Array.isArray(payload.iteration) ? (payload.iteration as number[]) : [],
    visits: (before?.visits ?? 0) + (status === "running" ? 1 : 0),
  };
}

function ended(run: RunView | null, payload: Record<string, unknown>): RunView {
  return {
    runId: text(payload.run_id) || (run?.runId ?? ""),
    status: text(payload.status) as RunStatus,
    percent: payload.status === "succeeded" ? 100 : (run?.percent ?? 0),
    nodeId: text(payload.node_id) || null,
    message: text(payload.message),
    fix: text(payload.fix),
    duration: typeof payload.duration === "number" ? payload.duration : null,
    folder: text(payload.folder),
    isRehearsal: payload.rehearsal === true || (run?.isRehearsal ?? false),
    moved: (payload.moved ?? []) as RunView["moved"],
  };
}

function fromSnapshot(payload: Record<string, unknown>): Shown {
  const known = (payload.nodes ?? {}) as Record<string, Record<string, unknown>>;
  const progress = payload.progress as { percent?: number } | null | undefined;
  const visits = (payload.visits ?? {}) as Record<string, number>;
  const logs = (payload.logs ?? []) as Record<string, unknown>[];
  const begun: RunView = {
    runId: text(payload.run_id), status: text(payload.status) as RunStatus, percent: progress?.percent ?? 0,
    nodeId: null, message: "", fix: "", duration: null, folder: "", isRehearsal: payload.rehearsal === true, moved: [],
  }; // prettier-ignore
  return {
    run: payload.end ? ended(begun, payload.end as Record<string, unknown>) : begun,
    nodes: Object.fromEntries(Object.entries(known).map(([id, last]) => [id, { ...nodeState(last, undefined), visits: visits[id] ?? 1 }])),
    taken: (payload.ways ?? {}) as State["taken"],
    log: logs.map((entry) => line(entry, Date.now())),
    variables: (payload.variables ?? {}) as State["variables"],
    edits: (payload.edits ?? []) as State["edits"],
  };
}

function line(payload: Record<string, unknown>, time: number): LogLine {
  return {
    key: (lines += 1),
    time,
    level: text(payload.level) as LogLine["level"],
    message: text(payload.message),
    nodeId: text(payload.node_id) || null,
  };
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

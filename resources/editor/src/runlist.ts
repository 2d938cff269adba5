/** Lists of runs, limited to what somebody looks for, as in the window: `tests/vectors/runs.json`. Pure. */

import type { Run } from "./store";

/** States of runs that have not ended. */
export const UNDER_WAY: readonly string[] = ["pending", "running", "pausing", "paused", "stopping"];

/** What a list can be limited to, and what that is called. */
export const KINDS: Readonly<Record<string, string>> = {
  all: "All runs",
  under_way: "Running or waiting",
  succeeded: "Succeeded",
  failed: "Failed",
  stopped: "Stopped",
  trigger: "Started by a trigger",
};

type Told = Pick<Run, "status" | "name" | "workflow_id" | "started_by" | "trigger" | "message" | "run_id">;

/** The runs of a kind that hold every word: in the flow's name, in who started them, or in how they stand. */
export function matching<One extends Told>(runs: readonly One[], kind: string, search: string, translate: (text: string) => string): One[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (run: One) => {
    const texts = [run.name, run.workflow_id, run.started_by, run.trigger, run.message, run.run_id, translate(run.started_by), translate(run.message)];
    const told = texts.map((text) => text ?? "").join("\n").toLowerCase();
    return words.every((word) => told.includes(word));
  };
  return runs.filter((run) => isOf(run, kind) && holds(run));
}

function isOf(run: Told, kind: string): boolean {
  if (kind === "all") return true;
  if (kind === "under_way") return UNDER_WAY.includes(run.status);
  if (kind === "failed") return ["failed", "interrupted"].includes(run.status);
  if (kind === "trigger") return Boolean(run.trigger);
  return run.status === kind;
}

/** All runs, the newest first; what the server tells now wins over what was told before. */
export function merged(before: readonly Run[], now: readonly Run[]): readonly Run[] {
  const runs = new Map(before.map((run) => [run.run_id, run]));
  for (const run of now) runs.set(run.run_id, { ...runs.get(run.run_id), ...run });
  return [...runs.values()].sort((one, other) => other.started - one.started);
}

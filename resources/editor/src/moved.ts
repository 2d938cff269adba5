/** Targets that a run found by a fallback alone, of nodes that are still as the run had them. Pure. */

import type { Flow } from "./flow";
import type { MovedTarget } from "./protocol";
import type { RunView } from "./store";

export interface Moved extends MovedTarget {
  readonly label: string;
}

export function movedOf(run: RunView | null, flow: Flow | null): Moved[] {
  const found: Moved[] = [];
  for (const one of run?.moved ?? []) {
    const node = flow?.nodes.get(one.node_id);
    const value = node?.data.config?.[one.key];
    const isAsItWas = Array.isArray(value) && same([...value].sort(), [...one.ways].sort()) && !same(value, one.ways);
    if (node && isAsItWas) found.push({ ...one, label: node.data.label || node.id });
  }
  return found;
}

function same(one: readonly unknown[], other: readonly unknown[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

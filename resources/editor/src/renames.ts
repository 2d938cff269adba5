/** Which nodes were given another id, so that what was begun before goes on. Pure. */

import type { Change } from "./flow";

const REMEMBERED = 200;

/** Renamings that were told, by their revision. */
export class Renames {
  private known: { readonly revision: number; readonly from: string; readonly to: string }[] = [];

  note(changes: readonly Change[], revision: number): void {
    for (const change of changes) if (change.op === "renameNode") this.known.push({ revision, from: change.id, to: change.to });
    this.known.splice(0, this.known.length - REMEMBERED);
  }

  /** Returns changes with the ids that the nodes had at a revision: what is as of then names them so. */
  asOf(base: number, changes: readonly Change[]): readonly Change[] {
    const later = this.known.filter((one) => one.revision > base).reverse();
    if (!later.length) return changes;
    return changes.map((change) => {
      if (change.op !== "setNode" && change.op !== "renameNode") return change;
      return { ...change, id: later.reduce((id, one) => (id === one.to ? one.from : id), change.id) };
    });
  }
}

const forms = new Map<string, string>();

/** Returns by what a node's form is known: the same after the node was renamed, so that the form stays with what is typed in it. */
export function formOf(id: string): string {
  return forms.get(id) ?? ([...forms.values()].includes(id) ? `${id} (another)` : id);
}

/** Keeps the form of a node that has another id now. */
export function followForm(from: string, to: string): void {
  const form = formOf(from);
  forms.delete(from);
  forms.set(to, form);
}

/**
 * One editor's replica of a live document.
 *
 * What the server confirmed, and on top of it our own edits that it has not answered yet. The server puts all edits in
 * one order; its `flow.changed` events are that order, so every replica that applies them is equal to the server.
 */

import { apply, readFlow, type Change, type Flow } from "./flow";

/** An edit of ours that is under way. `undo` and `redo` have no changes before the server tells them. */
export interface Pending {
  readonly key: number;
  readonly changes: readonly Change[];
  readonly label?: string;
  /** By this the server knows it again when it is sent twice. */
  readonly editId?: string;
  /** The revision that the person saw. */
  readonly base?: number;
}

/** The event `flow.changed`, as far as the replica needs it. */
export interface Changed {
  readonly revision: number;
  readonly changes: readonly Change[];
  readonly origin: string;
}

export class Replica {
  private confirmed: Flow;
  private pending: readonly Pending[] = [];
  private shown: Flow;

  constructor(
    json: Record<string, unknown>,
    public revision: number,
    private me: string,
  ) {
    this.confirmed = this.shown = readFlow(json);
  }

  /** The flow with our own edits in it, at once. */
  get flow(): Flow {
    return this.shown;
  }

  /** Edits that the server has not answered. */
  get unanswered(): readonly Pending[] {
    return this.pending;
  }

  /** Shows an edit of ours before the server has it. */
  begin(pending: Pending): void {
    this.pending = [...this.pending, pending];
    this.shown = apply(this.shown, pending.changes);
  }

  /** Takes back an edit that the server refused. */
  drop(key: number): void {
    this.pending = this.pending.filter((one) => one.key !== key);
    this.replay();
  }

  /** Takes in what the server did. Returns `false` where something is missing: fetch the flow anew then. */
  take(event: Changed): boolean {
    if (event.revision <= this.revision) return true;
    if (event.revision !== this.revision + 1) return false;
    this.confirmed = apply(this.confirmed, event.changes);
    this.revision = event.revision;
    if (event.origin === this.me && this.pending.length) {
      // Answers come in the order in which we asked.
      this.pending = this.pending.slice(1);
    }
    this.replay();
    return true;
  }

  /** Begins again from what the server has; edits that it has not answered stay on top. */
  reset(json: Record<string, unknown>, revision: number): void {
    this.confirmed = readFlow(json);
    this.revision = revision;
    this.replay();
  }

  /**
   * Begins again after a break, under a new name; an undo that nobody answered is not sent again.
   * A server that was started again counts its revisions from 0: of what others did since we saw nothing.
   */
  comeBack(json: Record<string, unknown>, revision: number, me: string, isSameServer = true): void {
    this.me = me;
    this.pending = this.pending.filter((one) => one.changes.length).map((one) => (isSameServer ? one : { ...one, base: 0 }));
    this.reset(json, revision);
  }

  private replay(): void {
    this.shown = this.pending.reduce((flow, one) => apply(flow, one.changes), this.confirmed);
  }
}

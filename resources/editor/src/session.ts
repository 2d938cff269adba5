/** What the page does: it speaks with the server and keeps the store up to date. */

import { Connection, Refused, type Message } from "./connection";
import { DesktopStore } from "./desktop/store";
import { Replica, type Pending } from "./document";
import { removal, writeFlow, type Change } from "./flow";
import { Files } from "./files";
import { sendDrafts } from "./form/drafts";
import { emptied, membersOf, withoutFrames } from "./frames";
import { t } from "./i18n";
import { addDrawings } from "./icons";
import { avoid } from "./naming";
import type { ChangedEvent, HelpNeededEvent, StatusEvent } from "./protocol";
import { randomId } from "./random";
import { followForm, Renames } from "./renames";
import { merged } from "./runlist";
import { Running } from "./running";
import { fromSnapshot, isOfRun, takeIn, type RunEvent } from "./runview";
import { isRunning, may, underWayOf, useStore, type Clash, type Conflict, type DocumentState, type Editor } from "./store";
import { attempt, notify, quietly, tell, waitFor } from "./telling";

const get = useStore.getState;
const set = useStore.setState;
const PRESENCE_PACE = 120;

export class Session {
  readonly desktop: DesktopStore;
  readonly files = new Files(this);
  readonly running = new Running(this);
  private replica: Replica | null = null;
  private count = 0;
  private epoch = "";
  private seq = 0;
  private events: RunEvent[] = [];
  private frame = 0;
  private presence: Record<string, unknown> | null = null;
  private cursor: readonly [number, number] | null = null;
  private isSameServer = true;
  private readonly born = randomId();
  private base: number | null = null;
  private readonly renames = new Renames();

  constructor(readonly connection: Connection) {
    this.desktop = new DesktopStore(connection, () => get().workflowId);
    connection.watch(() => this.linkChanged());
    connection.on("*", (_payload: never, message: Message) => this.hear(message));
    window.addEventListener("beforeunload", (event) => {
      sendDrafts();
      // What has not arrived would be gone.
      if (this.hasUnsent) event.preventDefault();
    });
  }

  /** The revision that is shown: what a person who begins to type now has seen. */
  get revision(): number {
    return this.replica?.revision ?? 0;
  }

  /** Whether edits have not arrived at the server. */
  get hasUnsent(): boolean {
    return Boolean(this.replica?.unanswered.some((one) => one.changes.length));
  }

  // -- the connection

  private linkChanged(): void {
    const { state } = this.connection;
    set({ link: state, isBack: false });
    if (state === "open") void this.enter();
  }

  private async enter(): Promise<void> {
    try {
      const status = await this.connection.request("system.status");
      this.takeStatus(status);
      const { types, engines, functions, triggers, left_out: leftOut } = await this.connection.request("node.types");
      avoid(functions.map((one) => one.name));
      addDrawings(types);
      set({ types: new Map(types.map((type) => [type.type, type])), engines, functions, triggerTypes: triggers, leftOut, wasIn: true });
      await this.files.listFlows();
      const { workflowId, open } = get();
      if (workflowId) await this.comeBack(workflowId);
      else {
        const last = sessionStorage.getItem("flowdesk.flow");
        const left = open.filter((flow) => flow.unsaved && !flow.editors);
        const first = open.find((flow) => flow.workflow_id === last) ?? left[0] ?? open[0];
        if (first) await this.show(first.workflow_id);
        const others = left.filter((flow) => flow.workflow_id !== first?.workflow_id).map((flow) => flow.name || t("New flow"));
        if (others.length) notify("info", t("Not saved yet: {names}", { names: others.join(", ") }));
      }
      this.catchUp();
    } catch (error) {
      tell(error);
    }
  }

  private takeStatus(status: StatusEvent): void {
    if (status.peer_id) set({ peerId: status.peer_id, role: status.role ?? "view" });
    if (status.clients) set({ clients: status.clients });
    if (status.desktop) set({ desktopAvailable: status.desktop.available });
    if (status.runs) set({ underWay: underWayOf(status.runs), runs: merged(get().runs, status.runs), recording: status.recording ?? null, controller: status.controller ?? "" });
    if (status.epoch && status.epoch !== this.epoch) {
      if (this.epoch) this.isSameServer = false;
      this.epoch = status.epoch;
      this.seq = 0;
    }
  }

  /** After a break: what came meanwhile, and what the document is now. */
  private async comeBack(workflowId: string): Promise<void> {
    const copy = get().flow;
    const { path } = get();
    try {
      await this.connection.request("workflow.subscribe", this.seq ? { since: this.seq, epoch: this.epoch } : {}, workflowId);
      const state = await this.join(workflowId);
      this.replica?.comeBack(state.flow, state.revision, get().peerId, this.isSameServer);
      this.isSameServer = true;
      this.showDocument(state);
    } catch (error) {
      if (!(error instanceof Refused) || error.code === "connection.gone") throw error;
      // The server was started again and does not have it open: the file if there is one, else what we have.
      const again = path ? { path } : copy ? { flow: writeFlow(copy) } : null;
      if (!again || !may("edit")) {
        set({ workflowId: "", flow: null });
        tell(error);
        return;
      }
      const state = await this.connection.request("flow.open", again, "");
      const ours = path ? (this.replica?.unanswered ?? []) : [];
      await this.begin(state);
      for (const pending of ours) this.replica?.begin({ ...pending, base: 0 });
    }
  }

  /** Sends our own edits that nobody answered, in their order; from now on each is sent when it is made. */
  private catchUp(): void {
    const { replica } = this;
    set({ isBack: true });
    if (!replica) return;
    const waiting = replica.unanswered;
    for (const pending of waiting) replica.drop(pending.key);
    for (const one of waiting) void this.send(one);
  }

  // -- events

  private hear(message: Message): void {
    const { type, workflow_id: workflowId } = message;
    const isShown = Boolean(workflowId) && workflowId === get().workflowId;
    if (type === "system.status" && message.payload.clients) this.takeStatus(message.payload);
    if (type === "trigger.changed" || (type === "flow.saved" && isShown)) quietly(this.files.readTriggers());
    if (type === "flow.saved" || type === "flow.closed") quietly(this.files.listFlows());
    if (type === "consent.asked") this.connection.whenAnswered(message.payload.request, waitFor(t("Waiting for the user of the desktop to allow this.")));
    if (type === "help.needed") this.ask(message.payload, workflowId);
    if (type === "help.closed") set({ questions: get().questions.filter((one) => one.help_id !== message.payload.help_id) });
    if (type === "execution.snapshot") this.askAgain(message.payload.help, workflowId);
    if (isShown) this.hearOfShown(message);
  }

  /** Takes what is told of the flow that is shown. */
  private hearOfShown(message: Message): void {
    if (message.seq) this.seq = Math.max(this.seq, message.seq);
    switch (message.type) {
      case "flow.changed":
        this.takeChange(message.payload);
        break;
      case "flow.saved":
        set({ isModified: false, path: message.payload.path, onDisk: "same" });
        break;
      case "flow.moved":
        set({ path: message.payload.path });
        quietly(this.files.listFlows());
        break;
      case "flow.disk":
        set({ onDisk: message.payload.state, isModified: message.payload.modified });
        break;
      case "presence":
        this.takePresence(message.payload.peers);
        break;
      case "flow.closed":
        quietly(this.closed());
        break;
      case "record.changed":
        this.running.takeRecording(message.payload);
        break;
      default:
        if (!isOfRun(message)) return;
        this.events.push({ ...message, time: Date.now() });
        this.frame ||= requestAnimationFrame(() => this.flush());
    }
  }

  /** Shows all events since the last frame at once. */
  private flush(): void {
    this.frame = 0;
    const { events } = this;
    this.events = [];
    const before = get().run;
    // A run that begins is what people want to see.
    if (get().past && events.some((event) => event.type.startsWith("node.") || event.type === "system.status")) set({ past: null, run: null, nodes: {}, taken: {}, log: [] });
    set(takeIn(get(), events));
    const { run } = get();
    if (isRunning(before) && !isRunning(run)) quietly(Promise.all([this.running.listRuns(), this.running.readVariables()]));
  }

  private takeChange(event: ChangedEvent): void {
    const { replica } = this;
    if (!replica) return;
    const changes = event.changes as readonly Change[];
    if (!replica.take({ ...event, changes })) {
      quietly(this.refetch());
      return;
    }
    this.renames.note(changes, event.revision);
    this.followRenames(changes);
    set({ flow: replica.flow, isModified: event.modified, problems: event.problems });
    if (event.not_kept) notify("error", t("Your edits cannot be saved to disk: {reason}. Free some disk space, then save.", { reason: event.not_kept }));
    if ([get().peerId, `recording of ${get().peerId}`].includes(event.origin)) set({ undoLabel: event.undo, redoLabel: event.redo });
    if (changes.some((change) => change.op === "setFlow")) quietly(Promise.all([this.files.listFlows(), this.files.readTriggers()]));
  }

  private async refetch(): Promise<void> {
    const state = await this.connection.request("flow.get", {}, get().workflowId);
    this.replica?.reset(state.flow, state.revision);
    this.showDocument(state);
  }

  private takePresence(peers: readonly Editor[] = []): void {
    set({ editors: peers.filter((peer) => peer.id !== get().peerId) });
  }

  private ask(question: HelpNeededEvent, workflowId: string): void {
    if (get().questions.some((one) => one.help_id === question.help_id)) return;
    set({ questions: [...get().questions, { ...question, workflowId }] });
  }

  /** What a run asks that began to wait before we came. What it no longer asks is gone. */
  private askAgain(open: readonly HelpNeededEvent[], workflowId: string): void {
    set({ questions: get().questions.filter((one) => one.workflowId !== workflowId || open.some((other) => other.help_id === one.help_id)) });
    for (const question of open) this.ask(question, workflowId);
  }

  // -- flows

  /** Shows an open flow. */
  async show(workflowId: string): Promise<void> {
    await attempt(async () => this.begin(await this.join(workflowId)));
  }

  /** Fetches an open flow, and is one of its editors from then on, if we may be. */
  private async join(workflowId: string): Promise<DocumentState> {
    const state = await this.connection.request("flow.get", {}, workflowId);
    return may("edit") ? this.connection.request("flow.open", {}, workflowId) : state;
  }

  /** Opens a file of the server's machine, or a flow given here (`null`: a new one). */
  async open(what: { path: string } | { flow: Record<string, unknown> } | null): Promise<void> {
    await attempt(async () => {
      await this.begin(await this.connection.request("flow.open", what ?? { flow: newFlow() }));
      await this.files.listFlows();
    });
  }

  private async begin(state: DocumentState): Promise<void> {
    const old = get().workflowId;
    const id = state.workflow_id;
    if (old && old !== id) void this.connection.request("workflow.unsubscribe", {}, old).catch(() => undefined);
    this.replica = new Replica(state.flow, state.revision, get().peerId);
    this.events = [];
    this.seq = 0;
    set({ workflowId: id, selection: new Set(), selectedEdges: new Set(), selectedFrames: new Set(), writing: null, ownTriggers: null, past: null, run: null, nodes: {}, taken: {}, log: [], variables: {} });
    this.showDocument(state);
    sessionStorage.setItem("flowdesk.flow", id);
    const joined = await this.connection.request("workflow.subscribe", {}, id);
    if (joined.seq) this.seq = Math.max(this.seq, joined.seq);
    const snapshot = await this.connection.request("execution.snapshot", {}, id).catch(() => null);
    this.askAgain(snapshot?.help ?? [], id);
    if (snapshot?.run_id) set(fromSnapshot(snapshot));
    // What changed between the fetch and the subscription.
    const now = await this.connection.request("flow.get", {}, id);
    if (this.replica && now.revision > this.replica.revision) this.replica.reset(now.flow, now.revision);
    this.showDocument(now);
    this.tellPresence({});
    quietly(Promise.all([this.running.listRuns(), this.files.readTriggers()]));
  }

  private showDocument(state: DocumentState): void {
    set({
      flow: this.replica?.flow ?? null,
      path: state.path,
      isModified: state.modified,
      onDisk: state.on_disk ?? "same",
      problems: state.problems,
      undoLabel: state.undo,
      redoLabel: state.redo,
    });
    this.takePresence(state.peers);
  }

  private async closed(): Promise<void> {
    set({ workflowId: "", flow: null });
    this.replica = null;
    await this.files.listFlows();
    const next = get().open[0];
    if (next) await this.show(next.workflow_id);
  }

  async close(workflowId: string): Promise<void> {
    await attempt(async () => {
      await this.connection.request("flow.close", {}, workflowId);
      if (workflowId === get().workflowId) await this.closed();
      else await this.files.listFlows();
    });
  }

  // -- editing

  /** Edits the flow: at once here, then on the server. `gesture` merges consecutive edits into one undo step. */
  async edit(changes: readonly Change[], label: string, gesture?: string): Promise<void> {
    const { replica } = this;
    if (!replica || !changes.length || !may("edit")) return;
    const added = changes.flatMap((change) => (change.op === "addNode" ? [change.node.id] : []));
    if (added.length === 1) set({ fresh: new Set(added) });
    const key = (this.count += 1);
    await this.send({ key, changes, label, editId: `${this.born}-${key}`, base: this.base ?? replica.revision }, gesture);
  }

  /** Does something as of a revision that was shown earlier: a field that was being written in while others changed it. */
  asOf(base: number, act: () => void): void {
    this.base = base;
    try {
      act();
    } finally {
      this.base = null;
    }
  }

  private async send(pending: Pending, gesture?: string): Promise<void> {
    const { replica } = this;
    if (!replica) return;
    const { key, changes, label = "", base, editId } = pending;
    replica.begin(pending);
    this.followRenames(changes);
    set({ flow: replica.flow, isModified: true });
    if (!get().isBack) return; // Sent when we are.
    const { workflowId } = get();
    try {
      await this.connection.request("flow.edit", { changes: this.renames.asOf(base ?? replica.revision, changes), label, edit_id: editId, base_revision: base, ...(gesture ? { gesture } : {}) }, workflowId);
      replica.drop(key);
    } catch (error) {
      if (error instanceof Refused && error.code === "connection.gone") return; // It is sent again when we are back.
      replica.drop(key);
      this.followRenames(changes.map((change) => (change.op === "renameNode" ? { op: "renameNode", id: change.to, to: change.id } : change)));
      set({ flow: replica.flow });
      if (!this.isClash(error, { changes, label, action: "edit", workflowId })) tell(error);
    }
  }

  /** Keeps what is selected, and what the last run told of it, under its new id. */
  private followRenames(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.op !== "renameNode") continue;
      const { selection, nodes } = get();
      const { [change.id]: told, ...others } = nodes;
      followForm(change.id, change.to);
      if (selection.has(change.id)) set({ selection: new Set([...selection].map((id) => (id === change.id ? change.to : id))) });
      if (told) set({ nodes: { ...others, [change.to]: told } });
    }
  }

  /** Shows both values where somebody else set the same field. Where they are equal there is nothing to choose. */
  private isClash(error: unknown, edit: Pick<Clash, "changes" | "label" | "action" | "workflowId">): boolean {
    if (!(error instanceof Refused) || !Array.isArray(error.details.conflicts)) return false;
    const conflicts = error.details.conflicts as readonly Conflict[];
    const clash = { ...edit, conflicts, revision: Number(error.details.revision) };
    if (edit.action === "edit" && edit.changes.length === conflicts.length && conflicts.every((one) => JSON.stringify(one.yours) === JSON.stringify(one.theirs))) return true;
    set({ clash });
    return true;
  }

  /** Sends an edit again that was refused for somebody else's value, which is overwritten knowingly. */
  async insist({ changes, conflicts, label, action, revision, workflowId }: Clash): Promise<void> {
    set({ clash: null });
    if (workflowId !== get().workflowId) return;
    const now = (change: Change): Change => {
      const other = change.op === "renameNode" && conflicts.find((one) => one.yours === change.to && typeof one.theirs === "string");
      return other && change.op === "renameNode" ? { ...change, id: String(other.theirs) } : change; // a node that is called otherwise by now
    };
    if (action === "edit") this.asOf(revision, () => void this.edit(changes.map(now), label));
    else await this.undo(action, true);
  }

  async undo(action: "undo" | "redo", force = false): Promise<void> {
    const { replica } = this;
    if (!replica || !may("edit")) return;
    const key = (this.count += 1);
    replica.begin({ key, changes: [] });
    const { workflowId } = get();
    try {
      await this.connection.request("flow.edit", { action, force }, workflowId);
      replica.drop(key);
    } catch (error) {
      replica.drop(key);
      if (!this.isClash(error, { changes: [], label: "", action, workflowId })) tell(error);
    }
  }

  /** Removes what is selected. Of a group only the frame goes, unless its nodes are to go along. */
  async remove(isWithMembers = false): Promise<void> {
    const { flow, selection, selectedEdges, selectedFrames } = get();
    if (!flow || !may("edit")) return;
    const nodes = new Set([...selection, ...(isWithMembers ? membersOf(flow, selectedFrames) : [])]);
    const frames = [...emptied(flow, nodes, selectedFrames), ...withoutFrames(flow, selectedFrames)];
    this.select([]);
    await this.edit([...frames, ...removal(flow, nodes, selectedEdges)], t("Delete"));
  }

  /** Tells the others where we are, now and then. */
  tellPresence(now: { cursor?: readonly [number, number] | null }): void {
    const waits = this.presence !== null;
    if (now.cursor !== undefined) this.cursor = now.cursor;
    this.presence = { name: ownName() || t("Browser"), selection: [...get().selection], cursor: this.cursor };
    if (waits) return;
    setTimeout(() => {
      const payload = this.presence ?? {};
      this.presence = null;
      const { workflowId, link } = get();
      if (workflowId && link === "open") void this.connection.request("presence", payload, workflowId).catch(() => undefined);
    }, PRESENCE_PACE);
  }

  select(nodes: Iterable<string>, edges: Iterable<string> = [], frames: Iterable<string> = []): void {
    const chosen = new Set(nodes);
    if (get().fresh.size) set({ fresh: new Set([...get().fresh].filter((id) => chosen.has(id))) });
    set({ typed: null, selection: chosen, selectedEdges: new Set(edges), selectedFrames: new Set(frames) });
    this.tellPresence({});
  }
}

/** The name by which the others see this person, as typed here; `""` if none was. */
export function ownName(): string {
  return localStorage.getItem("flowdesk.name")?.slice(0, 40) ?? "";
}

function newFlow(): Record<string, unknown> {
  return {
    flowdesk: 1,
    name: "",
    nodes: [{ id: "start", type: "start", position: { x: 0, y: 0 }, data: { label: "", config: {} } }],
    edges: [],
  };
}

/** What the page does: it speaks with the server and keeps the store up to date. */

import { Connection, gone, Refused, type Message } from "./connection";
import { DesktopStore } from "./desktop/store";
import { Replica, type Changed, type Pending } from "./document";
import { removal, writeFlow, type Change } from "./flow";
import type { Preview, ValueEntry } from "./form/offers";
import type { Visit } from "./form/visits";
import { emptied, membersOf, withoutFrames } from "./frames";
import { said, t } from "./i18n";
import { addDrawings } from "./icons";
import { avoid } from "./naming";
import type { HelpAnswer, RecordChanged, Requests, StatusEvent } from "./protocol";
import { randomId } from "./random";
import { takeIn, type RunEvent } from "./runview";
import { isRunning, may, underWayOf, useStore, type Clash, type Conflict, type DocumentState, type Editor, type OpenFlow, type OwnTriggers, type Problem, type Question, type Run, type State } from "./store";

const get = useStore.getState;
const set = useStore.setState;
const PRESENCE_PACE = 120;
const NOTICE_TIME = 6000;
const RUN_EVENTS = ["node.", "execution."];

export class Session {
  readonly desktop: DesktopStore;
  private replica: Replica | null = null;
  private count = 0;
  private epoch = "";
  private seq = 0;
  private events: RunEvent[] = [];
  private frame = 0;
  private presence: Record<string, unknown> | null = null;
  private cursor: readonly [number, number] | null = null;
  private notices = 0;
  private isSameServer = true;
  private readonly born = randomId();
  private base: number | null = null;

  constructor(readonly connection: Connection) {
    this.desktop = new DesktopStore(connection, () => get().workflowId);
    connection.watch(() => this.linkChanged());
    connection.on("*", (_payload: never, message: Message) => this.hear(message));
    window.addEventListener("beforeunload", (event) => {
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
      const { types, engines, functions, triggers } = await this.connection.request("node.types");
      avoid(functions.map((one) => one.name));
      addDrawings(types);
      set({ types: new Map(types.map((type) => [type.type, type])), engines, functions, triggerTypes: triggers, wasIn: true });
      await this.listFlows();
      const { workflowId, open } = get();
      if (workflowId) await this.comeBack(workflowId);
      else {
        const last = sessionStorage.getItem("flowdesk.flow");
        const left = open.filter((flow) => flow.unsaved && !flow.editors);
        const first = open.find((flow) => flow.workflow_id === last) ?? left[0] ?? open[0];
        if (first) await this.show(first.workflow_id);
        const others = left.filter((flow) => flow.workflow_id !== first?.workflow_id).map((flow) => flow.name || t("New flow"));
        if (others.length) this.notify("info", t("Not saved yet: {names}", { names: others.join(", ") }));
      }
      this.catchUp();
    } catch (error) {
      this.tell(error);
    }
  }

  private takeStatus(status: StatusEvent): void {
    if (status.peer_id) set({ peerId: status.peer_id, role: status.role ?? "view" });
    if (status.clients) set({ clients: status.clients });
    if (status.desktop) set({ desktopAvailable: status.desktop.available });
    if (status.runs) set({ underWay: underWayOf(status.runs), recording: status.recording ?? null });
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
        this.tell(error);
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
    const { type, payload, workflow_id: workflowId } = message;
    if (type === "system.status" && payload.clients) this.takeStatus(payload as unknown as StatusEvent);
    if (type === "trigger.changed" || (type === "flow.saved" && workflowId === get().workflowId)) this.quietly(this.readTriggers());
    if (["flow.saved", "flow.closed"].includes(type)) this.quietly(this.listFlows());
    if (type === "help.needed") this.ask(payload as unknown as Question, workflowId);
    if (type === "help.closed") set({ questions: get().questions.filter((one) => one.help_id !== payload.help_id) });
    if (type === "execution.snapshot") this.askAgain(payload, workflowId);
    if (!workflowId || workflowId !== get().workflowId) return;
    if (message.seq) this.seq = Math.max(this.seq, message.seq);
    if (type === "flow.changed") this.takeChange(payload as unknown as Changed & DocumentState & { undo: string; redo: string });
    else if (type === "flow.saved") set({ isModified: false, path: payload.path as string, onDisk: "same" });
    else if (type === "flow.moved") {
      set({ path: payload.path as string });
      this.quietly(this.listFlows());
    } else if (type === "flow.disk") set({ onDisk: payload.state as State["onDisk"], isModified: payload.modified as boolean });
    else if (type === "presence") this.takePresence(payload.peers as readonly Editor[] | undefined);
    else if (type === "flow.closed") this.quietly(this.closed());
    else if (type === "record.changed") this.takeRecording(payload as unknown as RecordChanged);
    else if (RUN_EVENTS.some((start) => type.startsWith(start)) || (type === "system.status" && payload.run_id)) {
      this.events.push({ type, payload, time: Date.now() });
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
    if (isRunning(before) && !isRunning(run)) this.quietly(Promise.all([this.listRuns(), this.readVariables()]));
  }

  private takeChange(event: Changed & { problems?: readonly Problem[]; undo: string | null; redo: string | null; modified: boolean; not_kept?: string | null }): void {
    const { replica } = this;
    if (!replica) return;
    if (!replica.take(event)) {
      this.quietly(this.refetch());
      return;
    }
    this.followRenames(event.changes);
    set({ flow: replica.flow, isModified: event.modified, ...(event.problems ? { problems: event.problems } : {}) });
    if (event.not_kept) this.notify("error", t("Your edits cannot be saved to disk: {reason}. Free some disk space, then save.", { reason: event.not_kept }));
    if ([get().peerId, `recording of ${get().peerId}`].includes(event.origin)) set({ undoLabel: event.undo, redoLabel: event.redo });
    if (event.changes.some((change) => change.op === "setFlow")) this.quietly(Promise.all([this.listFlows(), this.readTriggers()]));
  }

  private async refetch(): Promise<void> {
    const state = await this.connection.request("flow.get", {}, get().workflowId);
    this.replica?.reset(state.flow, state.revision);
    this.showDocument(state);
  }

  private takePresence(peers: readonly Editor[] = []): void {
    set({ editors: peers.filter((peer) => peer.id !== get().peerId) });
  }

  private ask(question: Question, workflowId: string): void {
    if (get().questions.some((one) => one.help_id === question.help_id)) return;
    set({ questions: [...get().questions, { ...question, workflowId }] });
  }

  /** What a run asks that began to wait before we came. What it no longer asks is gone. */
  private askAgain(snapshot: Record<string, unknown>, workflowId: string): void {
    const open = (snapshot.help ?? []) as readonly Question[];
    set({ questions: get().questions.filter((one) => one.workflowId !== workflowId || open.some((other) => other.help_id === one.help_id)) });
    for (const question of open) this.ask(question, workflowId);
  }

  // -- flows

  async listFlows(): Promise<void> {
    const { open, files, folders } = await this.connection.request("flow.list");
    set({ open, files, folders });
  }

  /** Asks how the server reads the flow's triggers; a flow without any is not asked about. */
  async readTriggers(): Promise<void> {
    const { workflowId, flow } = get();
    const has = Array.isArray(flow?.fields.triggers) && flow.fields.triggers.length > 0;
    const told = has ? await this.connection.request("trigger.list", {}, workflowId).catch(() => null) : null;
    if (workflowId === get().workflowId) set({ ownTriggers: (told?.flow ?? null) as OwnTriggers | null });
  }

  /** Shows a run that ended as it was at one of its moments, at its end where none is named. */
  async showPast(runId: string, moment: number | null = null): Promise<void> {
    await this.attempt(async () => {
      const past = await this.connection.request("execution.past", { run_id: runId, moment });
      if (past.workflow_id !== get().workflowId) return;
      set({ past, ...takeIn(get(), [{ type: "execution.snapshot", payload: past, time: Date.now() }]) });
      if (past.node_id && get().flow?.nodes.has(past.node_id)) {
        this.select([past.node_id]);
        window.dispatchEvent(new CustomEvent("flowdesk:reveal", { detail: past.node_id }));
      }
    });
  }

  /** Shows the last run again. */
  leavePast(): void {
    const { workflowId } = get();
    set({ past: null, run: null, nodes: {}, taken: {}, log: [] });
    this.quietly(
      this.connection.request("execution.snapshot", {}, workflowId).then((snapshot) => {
        if (workflowId === get().workflowId && !get().past && snapshot.run_id) set(takeIn(get(), [{ type: "execution.snapshot", payload: snapshot as unknown as Record<string, unknown>, time: Date.now() }]));
      }),
    );
  }

  async listRuns(): Promise<void> {
    const { runs } = await this.connection.request("workflow.list", { limit: 50, earlier: true });
    set({ runs });
  }

  /** Which values a node may name, with those of the last run; `null` where the server does not say. */
  async listValues(nodeId: string): Promise<{ values: readonly ValueEntry[]; own: ValueEntry | null; has_run: boolean } | null> {
    return await this.connection.request("value.list", { node_id: nodeId }, get().workflowId).catch(() => null);
  }

  /** What settings would be with the values of the last run. */
  async previewValues(settings: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, Preview>>> {
    const told = await this.connection.request("value.preview", { settings }, get().workflowId).catch(() => null);
    return told?.previews ?? {};
  }

  /** What a node was given at one visit of the last run, and what came of it; `null` where the server does not say. */
  async readVisit(nodeId: string, visit: number | null): Promise<Visit | null> {
    return (await this.connection.request("value.visit", { node_id: nodeId, visit, ...(get().past ? { run_id: get().past?.run_id } : {}) }, get().workflowId).catch(() => null)) as Visit | null;
  }

  /** Reads what the last run made of the variables. */
  private async readVariables(): Promise<void> {
    const { workflowId } = get();
    const { variables } = await this.connection.request("execution.snapshot", {}, workflowId);
    if (variables && workflowId === get().workflowId) set({ variables });
  }

  /** Shows an open flow. */
  async show(workflowId: string): Promise<void> {
    await this.attempt(async () => this.begin(await this.join(workflowId)));
  }

  /** Fetches an open flow, and is one of its editors from then on, if we may be. */
  private async join(workflowId: string): Promise<DocumentState> {
    const state = await this.connection.request("flow.get", {}, workflowId);
    return may("edit") ? this.connection.request("flow.open", {}, workflowId) : state;
  }

  /** Opens a file of the server's machine, or a flow given here (`null`: a new one). */
  async open(what: { path: string } | { flow: Record<string, unknown> } | null): Promise<void> {
    await this.attempt(async () => {
      await this.begin(await this.connection.request("flow.open", what ?? { flow: newFlow() }));
      await this.listFlows();
    });
  }

  /** Makes flows of scripts of other tools, opens the first, and says how much of them was taken. */
  async importScripts(files: Record<string, string>): Promise<void> {
    await this.attempt(async () => {
      const { flows, reports } = await this.connection.request("flow.import", { files });
      const total = reports.reduce((sum, report) => sum + report.statements, 0);
      const taken = reports.reduce((sum, report) => sum + report.taken, 0);
      if (flows[0]) await this.open({ path: flows[0] });
      const count = flows.length;
      this.notify(
        "info",
        taken === total
          ? t("Imported {flows} flows with all {total} steps.", { flows: count, total })
          : t("Imported {flows} flows with {taken} of {total} steps. The rest are notes on the canvas.", { flows: count, taken, total }),
      );
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
    const snapshot: Record<string, unknown> = await this.connection.request("execution.snapshot", {}, id).catch(() => ({}));
    this.askAgain(snapshot, id);
    if ("run_id" in snapshot && snapshot.run_id) set(takeIn(get(), [{ type: "execution.snapshot", payload: snapshot, time: Date.now() }]));
    // What changed between the fetch and the subscription.
    const now = await this.connection.request("flow.get", {}, id);
    if (this.replica && now.revision > this.replica.revision) this.replica.reset(now.flow, now.revision);
    this.showDocument(now);
    this.tellPresence({});
    this.quietly(Promise.all([this.listRuns(), this.readTriggers()]));
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
    await this.listFlows();
    const next = get().open[0];
    if (next) await this.show(next.workflow_id);
  }

  async close(workflowId: string): Promise<void> {
    await this.attempt(async () => {
      await this.connection.request("flow.close", {}, workflowId);
      if (workflowId === get().workflowId) await this.closed();
      else await this.listFlows();
    });
  }

  /** Closes a flow; one whose edits would be given up is asked about first. */
  closeOrAsk(flow: OpenFlow): void {
    const isLast = flow.editors <= 1;
    if (flow.unsaved && isLast) set({ fileQuestion: { kind: "close", workflowId: flow.workflow_id, name: flow.name || t("New flow") } });
    else void this.close(flow.workflow_id);
  }

  /** Renames, copies, deletes a file or makes a folder; a name that cannot be is told in the dialog that asked for it. */
  async manage<Type extends keyof Requests>(type: Type, payload: Requests[Type]): Promise<boolean> {
    try {
      await this.connection.request(type, payload);
      set({ fileQuestion: null });
      await this.listFlows();
      return true;
    } catch (error) {
      const asked = get().fileQuestion;
      if (!(error instanceof Refused) || !asked || asked.kind === "close" || asked.kind === "compare") {
        this.tell(error);
        return false;
      }
      const told = [said(error.message), said(error.fix)].join(" ");
      const suggestion = typeof error.details.suggestion === "string" ? { suggestion: error.details.suggestion } : {};
      set({ fileQuestion: { ...asked, told, ...suggestion } });
      return false;
    }
  }

  /** Takes the file on disk, keeps what is here, or says what they differ in. */
  async settleDisk(way: "reload" | "keep" | "compare"): Promise<void> {
    const { workflowId } = get();
    await this.attempt(async () => {
      if (way === "compare") {
        const { phrases } = await this.connection.request("flow.compare", {}, workflowId);
        set({ fileQuestion: { kind: "compare", phrases } });
        return;
      }
      const state = await this.connection.request("flow.reload", { action: way }, workflowId);
      set({ fileQuestion: null, onDisk: state.on_disk ?? "same", isModified: state.modified, undoLabel: state.undo, redoLabel: state.redo });
    });
  }

  async save(path?: string, force = false): Promise<boolean> {
    try {
      // What was edited meanwhile is sent first: a save without it would not be one.
      if (!get().isBack) throw gone();
      await this.connection.request("flow.save", { ...(path ? { path } : {}), force }, get().workflowId);
      this.notify("info", t("Saved {path}", { path: path ?? get().path ?? "" }));
      await this.listFlows();
      return true;
    } catch (error) {
      if (error instanceof Refused && typeof error.details.suggestion === "string") {
        set({ isNaming: true, badName: { told: [said(error.message), said(error.fix)].join(" "), suggestion: error.details.suggestion } });
        return false;
      }
      if (error instanceof Refused && ["file.changed", "file.exists"].includes(error.code)) set({ overwriting: { message: error.message, path } });
      else this.tell(error);
      return false;
    }
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
      await this.connection.request("flow.edit", { changes, label, edit_id: editId, base_revision: base, ...(gesture ? { gesture } : {}) }, workflowId);
      replica.drop(key);
    } catch (error) {
      if (error instanceof Refused && error.code === "connection.gone") return; // It is sent again when we are back.
      replica.drop(key);
      this.followRenames(changes.map((change) => (change.op === "renameNode" ? { op: "renameNode", id: change.to, to: change.id } : change)));
      set({ flow: replica.flow });
      if (!this.isClash(error, { changes, label, action: "edit", workflowId })) this.tell(error);
    }
  }

  /** Keeps what is selected, and what the last run told of it, under its new id. */
  private followRenames(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.op !== "renameNode") continue;
      const { selection, nodes } = get();
      const { [change.id]: told, ...others } = nodes;
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
  async insist({ changes, label, action, revision, workflowId }: Clash): Promise<void> {
    set({ clash: null });
    if (workflowId !== get().workflowId) return;
    if (action === "edit") this.asOf(revision, () => void this.edit(changes, label));
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
      if (!this.isClash(error, { changes: [], label: "", action, workflowId })) this.tell(error);
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
    set({ selection: chosen, selectedEdges: new Set(edges), selectedFrames: new Set(frames) });
    this.tellPresence({});
  }

  // -- recording

  /** Records what is done on the server's desktop into the flow that is shown, behind the node that is selected, else at its end. */
  async record(): Promise<void> {
    const { workflowId, selection } = get();
    const after = selection.size === 1 ? [...selection][0] : null;
    await this.attempt(async () => {
      set({ recordedStep: "", recording: await this.connection.request("record.start", { after, window: document.title }, workflowId) });
    });
  }

  /** Asks something of the recording that is under way. */
  async ofRecording<Verb extends "pause" | "undo" | "stop" | "note">(verb: Verb, options: Requests[`record.${Verb}`]): Promise<void> {
    const id = get().recording?.workflow_id ?? "";
    await this.attempt(async () => {
      await this.connection.request(`record.${verb}`, options, id);
    });
  }

  private takeRecording(event: RecordChanged): void {
    if (event.status !== "stopped") {
      set({ recording: event, ...(event.step ? { recordedStep: `${said(event.step.title)} ${event.step.summary}`.trim() } : {}) });
      return;
    }
    set({ recording: null, recordedStep: "" });
    for (const name of event.secrets) this.notify("info", t("Keep the password: flowdesk secret set {name}", { name }));
    if (event.doubtful) this.notify("info", t("Check the text of {count} steps: no program told what arrived.", { count: event.doubtful }));
  }

  // -- running

  async run(verb: "start" | "pause" | "resume" | "step" | "stop", options: Requests["workflow.start"] = {}): Promise<void> {
    const { workflowId } = get();
    await this.attempt(async () => {
      if (verb === "start") {
        // What was told before is no longer so.
        set({ nodes: {}, taken: {}, log: [], fresh: new Set(), notices: get().notices.filter((one) => one.level !== "error") });
        await this.connection.request("workflow.start", { ask_for_help: true, ...options }, workflowId);
      } else await this.connection.request(`workflow.${verb}`, {}, workflowId);
    });
  }

  /** Stops the run of the flow that is shown; where that does not run, every run of this desktop. */
  async stop(run?: Run): Promise<void> {
    const { workflowId, underWay } = get();
    const own = underWay.filter((one) => one.workflow_id === workflowId);
    const meant = run ? [run] : own.length ? own : underWay;
    if (!meant.length) return this.run("stop");
    await this.attempt(async () => {
      await Promise.all(meant.map((one) => this.connection.request("workflow.stop", { run_id: one.run_id }, one.workflow_id)));
    });
  }

  /** Points at a target anew for a run that could not find it: the run goes on with it, and the flow keeps it. */
  repick(question: Question): void {
    set({ isDesktopShown: true });
    this.desktop.pick(said(question.message), (selectors) => {
      const value = selectors.length === 1 ? selectors[0] : selectors;
      const { node_id: id, key } = question;
      if (id && key && question.workflowId === get().workflowId) {
        const change: Change = { op: "setNode", id, path: ["data", "config", key], value };
        void this.edit([change], t("Pick again"));
      }
      void this.answer(question, "answer", value);
    });
  }

  async answer(question: Question, action: HelpAnswer["action"], value: unknown = null): Promise<void> {
    await this.attempt(async () => {
      await this.connection.request("help.answer", { help_id: question.help_id, action, value }, question.workflowId);
      set({ questions: get().questions.filter((one) => one !== question) });
    });
  }

  // -- telling

  /** Does something that nobody waits for. What a break cuts off is done again when we are back. */
  quietly(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!(error instanceof Refused && error.code === "connection.gone")) this.tell(error);
    });
  }

  notify(level: "info" | "error", text: string): void {
    const key = (this.notices += 1);
    // Said again, it moves to the end instead of standing there twice.
    set({ notices: [...get().notices.filter((one) => one.text !== text).slice(-3), { key, level, text }] });
    setTimeout(() => this.dismiss(key), level === "error" ? 2 * NOTICE_TIME : NOTICE_TIME);
  }

  dismiss(key: number): void {
    set({ notices: get().notices.filter((notice) => notice.key !== key) });
  }

  private tell(error: unknown): void {
    if (error instanceof Refused) {
      const problems = (error.details.problems ?? []) as readonly Problem[];
      if (problems.length) set({ panel: "problems" });
      this.notify("error", [said(error.message), said(error.fix)].filter(Boolean).join(" "));
    } else throw error;
  }

  private async attempt(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.tell(error);
    }
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

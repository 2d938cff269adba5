/** What the page does: it speaks with the server and keeps the store up to date. */

import { Connection, gone, Refused, type Message } from "./connection";
import { DesktopStore } from "./desktop/store";
import { Replica, type Changed } from "./document";
import { removal, writeFlow, type Change } from "./flow";
import { emptied, membersOf, withoutFrames } from "./frames";
import { said, t } from "./i18n";
import type { NodeType } from "./nodetypes";
import type { HelpAnswer, Requests } from "./protocol";
import { takeIn, type RunEvent } from "./runview";
import { isRunning, may, useStore, type Editor, type FlowFile, type OpenFlow, type Problem, type Question, type Run, type State } from "./store";

const get = useStore.getState;
const set = useStore.setState;
const PRESENCE_PACE = 120;
const NOTICE_TIME = 6000;
const RUN_EVENTS = ["node.", "execution."];

interface DocumentState {
  readonly workflow_id: string;
  readonly flow: Record<string, unknown>;
  readonly revision: number;
  readonly path: string | null;
  readonly problems: readonly Problem[];
  readonly undo: string | null;
  readonly redo: string | null;
  readonly modified: boolean;
  readonly peers: readonly Editor[];
}

interface StatusPayload {
  readonly peer_id?: string;
  readonly role: State["role"];
  readonly epoch: string;
  readonly desktop: { readonly available: boolean };
  readonly clients: State["clients"];
}

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

  constructor(readonly connection: Connection) {
    this.desktop = new DesktopStore(connection, () => get().workflowId);
    connection.watch(() => this.linkChanged());
    connection.on("*", (_payload: never, message: Message) => this.hear(message));
  }

  // -- the connection

  private linkChanged(): void {
    const { state } = this.connection;
    set({ link: state, isBack: false });
    if (state === "open") void this.enter();
  }

  private async enter(): Promise<void> {
    try {
      const status = await this.connection.request<StatusPayload>("system.status");
      this.takeStatus(status);
      const { types } = await this.connection.request<{ types: NodeType[] }>("node.types");
      set({ types: new Map(types.map((type) => [type.type, type])), wasIn: true });
      await this.listFlows();
      const { workflowId, open } = get();
      if (workflowId) await this.comeBack(workflowId);
      else {
        const last = sessionStorage.getItem("flowdesk.flow");
        const first = open.find((flow) => flow.workflow_id === last) ?? open[0];
        if (first) await this.show(first.workflow_id);
      }
      this.catchUp();
    } catch (error) {
      this.tell(error);
    }
  }

  private takeStatus(status: StatusPayload): void {
    if (status.peer_id) set({ peerId: status.peer_id, role: status.role });
    if (status.clients) set({ clients: status.clients });
    if (status.desktop) set({ desktopAvailable: status.desktop.available });
    if (status.epoch && status.epoch !== this.epoch) {
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
      const state = await this.connection.request<DocumentState>("flow.get", {}, workflowId);
      this.replica?.comeBack(state.flow, state.revision, get().peerId);
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
      const state = await this.connection.request<DocumentState>("flow.open", again, "");
      const ours = path ? (this.replica?.unanswered ?? []) : [];
      await this.begin(state);
      for (const pending of ours) this.replica?.begin(pending);
    }
  }

  /** Sends our own edits that nobody answered, in their order; from now on each is sent when it is made. */
  private catchUp(): void {
    const { replica } = this;
    set({ isBack: true });
    if (!replica) return;
    const waiting = replica.unanswered;
    for (const pending of waiting) replica.drop(pending.key);
    for (const { changes, label } of waiting) void this.edit(changes, label ?? "");
  }

  // -- events

  private hear(message: Message): void {
    const { type, payload, workflow_id: workflowId } = message;
    if (type === "system.status" && payload.clients) this.takeStatus(payload as unknown as StatusPayload);
    if (["flow.saved", "flow.closed"].includes(type)) this.quietly(this.listFlows());
    if (type === "help.needed") this.ask(payload as unknown as Question, workflowId);
    if (type === "help.closed") set({ questions: get().questions.filter((one) => one.help_id !== payload.help_id) });
    if (type === "execution.snapshot") this.askAgain(payload, workflowId);
    if (!workflowId || workflowId !== get().workflowId) return;
    if (message.seq) this.seq = Math.max(this.seq, message.seq);
    if (type === "flow.changed") this.takeChange(payload as unknown as Changed & DocumentState & { undo: string; redo: string });
    else if (type === "flow.saved") set({ isModified: false, path: payload.path as string });
    else if (type === "presence") this.takePresence(payload.peers as readonly Editor[] | undefined);
    else if (type === "flow.closed") this.quietly(this.closed());
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
    set(takeIn(get(), events));
    const { run } = get();
    if (isRunning(before) && !isRunning(run)) this.quietly(Promise.all([this.listRuns(), this.readVariables()]));
  }

  private takeChange(event: Changed & { problems?: readonly Problem[]; undo: string | null; redo: string | null; modified: boolean }): void {
    const { replica } = this;
    if (!replica) return;
    if (!replica.take(event)) {
      this.quietly(this.refetch());
      return;
    }
    set({ flow: replica.flow, isModified: event.modified, ...(event.problems ? { problems: event.problems } : {}) });
    if (event.origin === get().peerId) set({ undoLabel: event.undo, redoLabel: event.redo });
    if (event.changes.some((change) => change.op === "setFlow")) this.quietly(this.listFlows());
  }

  private async refetch(): Promise<void> {
    const state = await this.connection.request<DocumentState>("flow.get", {}, get().workflowId);
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
    const { open, files } = await this.connection.request<{ open: OpenFlow[]; files: FlowFile[] }>("flow.list");
    set({ open, files });
  }

  async listRuns(): Promise<void> {
    const { runs } = await this.connection.request<{ runs: Run[] }>("workflow.list", { limit: 50, earlier: true });
    set({ runs });
  }

  /** Reads what the last run made of the variables. */
  private async readVariables(): Promise<void> {
    const { workflowId } = get();
    const { variables } = await this.connection.request<{ variables?: State["variables"] }>("execution.snapshot", {}, workflowId);
    if (variables && workflowId === get().workflowId) set({ variables });
  }

  /** Shows an open flow. */
  async show(workflowId: string): Promise<void> {
    await this.attempt(async () => this.begin(await this.connection.request<DocumentState>("flow.get", {}, workflowId)));
  }

  /** Opens a file of the server's machine, or a flow given here (`null`: a new one). */
  async open(what: { path: string } | { flow: Record<string, unknown> } | null): Promise<void> {
    await this.attempt(async () => {
      await this.begin(await this.connection.request<DocumentState>("flow.open", what ?? { flow: newFlow() }));
      await this.listFlows();
    });
  }

  private async begin(state: DocumentState): Promise<void> {
    const old = get().workflowId;
    const id = state.workflow_id;
    if (old && old !== id) void this.connection.request("workflow.unsubscribe", {}, old).catch(() => undefined);
    this.replica = new Replica(state.flow, state.revision, get().peerId);
    this.events = [];
    this.seq = 0;
    set({ workflowId: id, selection: new Set(), selectedEdges: new Set(), selectedFrames: new Set(), writing: null, run: null, nodes: {}, taken: {}, log: [], variables: {} });
    this.showDocument(state);
    sessionStorage.setItem("flowdesk.flow", id);
    const joined = await this.connection.request<{ seq?: number }>("workflow.subscribe", {}, id);
    if (joined.seq) this.seq = Math.max(this.seq, joined.seq);
    const snapshot: Record<string, unknown> = await this.connection.request("execution.snapshot", {}, id).catch(() => ({}));
    this.askAgain(snapshot, id);
    if ("run_id" in snapshot && snapshot.run_id) set(takeIn(get(), [{ type: "execution.snapshot", payload: snapshot, time: Date.now() }]));
    // What changed between the fetch and the subscription.
    const now = await this.connection.request<DocumentState>("flow.get", {}, id);
    if (this.replica && now.revision > this.replica.revision) this.replica.reset(now.flow, now.revision);
    this.showDocument(now);
    this.tellPresence({});
    this.quietly(this.listRuns());
  }

  private showDocument(state: DocumentState): void {
    set({
      flow: this.replica?.flow ?? null,
      path: state.path,
      isModified: state.modified,
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
    });
  }

  async save(path?: string, force = false): Promise<boolean> {
    try {
      // What was edited meanwhile is sent first: a save without it would not be one.
      if (!get().isBack) throw gone();
      await this.connection.request("flow.save", { ...(path ? { path } : {}), force }, get().workflowId);
      this.notify("info", t("Saved {path}", { path: path ?? get().path ?? "" }));
      return true;
    } catch (error) {
      if (error instanceof Refused && error.code === "file.changed" && window.confirm(`${said(error.message)} ${t("Overwrite it?")}`)) {
        return this.save(path, true);
      }
      this.tell(error);
      return false;
    }
  }

  // -- editing

  /** Edits the flow: at once here, then on the server. `gesture` merges consecutive edits into one undo step. */
  async edit(changes: readonly Change[], label: string, gesture?: string): Promise<void> {
    const { replica } = this;
    if (!replica || !changes.length || !may("edit")) return;
    const key = (this.count += 1);
    replica.begin({ key, changes, label });
    set({ flow: replica.flow, isModified: true });
    if (!get().isBack) return; // Sent when we are.
    try {
      await this.connection.request("flow.edit", { changes, label, ...(gesture ? { gesture } : {}) }, get().workflowId);
    } catch (error) {
      if (error instanceof Refused && error.code === "connection.gone") return; // It is sent again when we are back.
      replica.drop(key);
      set({ flow: replica.flow });
      this.tell(error);
    }
  }

  async undo(action: "undo" | "redo"): Promise<void> {
    const { replica } = this;
    if (!replica || !may("edit")) return;
    const key = (this.count += 1);
    replica.begin({ key, changes: [] });
    try {
      await this.connection.request("flow.edit", { action }, get().workflowId);
    } catch (error) {
      replica.drop(key);
      this.tell(error);
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
    this.presence = { name: ownName() || t("Browser"), ...this.presence, selection: [...get().selection], cursor: this.cursor };
    if (waits) return;
    setTimeout(() => {
      const payload = this.presence ?? {};
      this.presence = null;
      const { workflowId, link } = get();
      if (workflowId && link === "open") void this.connection.request("presence", payload, workflowId).catch(() => undefined);
    }, PRESENCE_PACE);
  }

  select(nodes: Iterable<string>, edges: Iterable<string> = [], frames: Iterable<string> = []): void {
    set({ selection: new Set(nodes), selectedEdges: new Set(edges), selectedFrames: new Set(frames) });
    this.tellPresence({});
  }

  // -- running

  async run(verb: "start" | "pause" | "resume" | "step" | "stop", options: Requests["workflow.start"] = {}): Promise<void> {
    const { workflowId } = get();
    await this.attempt(async () => {
      if (verb === "start") {
        set({ nodes: {}, taken: {}, log: [] });
        await this.connection.request("workflow.start", { ask_for_help: true, ...options }, workflowId);
      } else await this.connection.request(`workflow.${verb}`, {}, workflowId);
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
    name: t("New flow"),
    nodes: [{ id: "start", type: "start", position: { x: 0, y: 0 }, data: { label: "", config: {} } }],
    edges: [],
  };
}

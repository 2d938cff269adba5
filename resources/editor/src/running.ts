/** What the page does with runs and recordings: begin, hold, stop, answer, look back. */

import type { Change } from "./flow";
import type { Preview, ValueEntry } from "./form/offers";
import type { Visit } from "./form/visits";
import { currentLanguage, said, t } from "./i18n";
import type { EndEvent, HelpAnswer, RecordChanged, Requests } from "./protocol";
import { fromSnapshot } from "./runview";
import type { Session } from "./session";
import { useStore, type Question, type Run } from "./store";
import { attempt, notify, quietly } from "./telling";

const get = useStore.getState;
const set = useStore.setState;

export class Running {
  constructor(private readonly session: Session) {}

  /** Shows a run that ended as it was at one of its moments, at its end where none is named. */
  async showPast(runId: string, moment: number | null = null): Promise<void> {
    await attempt(async () => {
      const past = await this.session.connection.request("execution.past", { run_id: runId, moment });
      if (past.workflow_id !== get().workflowId) return;
      set({ past, ...fromSnapshot({ ...past, end: past.end as EndEvent | null }) });
      if (past.node_id && get().flow?.nodes.has(past.node_id)) {
        this.session.select([past.node_id]);
        window.dispatchEvent(new CustomEvent("flowdesk:reveal", { detail: past.node_id }));
      }
    });
  }

  /** Shows the last run again. */
  leavePast(): void {
    const { workflowId } = get();
    set({ past: null, run: null, nodes: {}, taken: {}, log: [] });
    quietly(
      this.session.connection.request("execution.snapshot", {}, workflowId).then((snapshot) => {
        if (workflowId === get().workflowId && !get().past && snapshot.run_id) set(fromSnapshot(snapshot));
      }),
    );
  }

  async listRuns(): Promise<void> {
    const { runs } = await this.session.connection.request("workflow.list", { limit: 500, earlier: true });
    set({ runs });
  }

  /** Marks the record of a run, so that it is kept however old it gets, or takes the mark away. */
  async keepRun(runId: string, kept: boolean): Promise<void> {
    await this.session.connection.request("execution.keep", { run_id: runId, kept });
    await this.listRuns();
  }

  /** Fetches the report of a run as one page, for a file. */
  async reportOf(runId: string): Promise<{ name: string; html: string }> {
    return await this.session.connection.request("execution.report", { run_id: runId, language: currentLanguage() });
  }

  /** Fetches the report of a job that has run. */
  async reportOfJob(id: number): Promise<{ name: string; html: string }> {
    return await this.session.connection.request("fleet.report", { id, language: currentLanguage() });
  }

  /** Which values a node may name, with those of the last run; `null` where the server does not say. */
  async listValues(nodeId: string): Promise<{ values: readonly ValueEntry[]; own: ValueEntry | null; has_run: boolean } | null> {
    return await this.session.connection.request("value.list", { node_id: nodeId }, get().workflowId).catch(() => null);
  }

  /** What settings would be with the values of the last run. */
  async previewValues(settings: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, Preview>>> {
    const told = await this.session.connection.request("value.preview", { settings }, get().workflowId).catch(() => null);
    return told?.previews ?? {};
  }

  /** What a node was given at one visit of the last run, and what came of it; `null` where the server does not say. */
  async readVisit(nodeId: string, visit: number | null): Promise<Visit | null> {
    return (await this.session.connection.request("value.visit", { node_id: nodeId, visit, ...(get().past ? { run_id: get().past?.run_id } : {}) }, get().workflowId).catch(() => null)) as Visit | null;
  }

  /** Reads what the last run made of the variables. */
  async readVariables(): Promise<void> {
    const { workflowId } = get();
    const { variables } = await this.session.connection.request("execution.snapshot", {}, workflowId);
    if (variables && workflowId === get().workflowId) set({ variables });
  }

  /** Records what is done on the server's desktop into the flow that is shown, behind the node that is selected, else at its end. */
  async record(): Promise<void> {
    const { selection } = get();
    await this.beginRecording({ after: selection.size === 1 ? [...selection][0] : null });
  }

  /** Records what is done in the place of a node. */
  async recordAgain(nodeId: string): Promise<void> {
    await this.beginRecording({ replace: nodeId });
  }

  private async beginRecording(where: Requests["record.start"]): Promise<void> {
    await attempt(async () => {
      set({ recordedStep: "", typedSecrets: [], isRecordedHere: true, recording: await this.session.connection.request("record.start", { ...where, window: document.title }, get().workflowId) });
    });
  }

  /** Asks something of the recording that is under way. */
  async ofRecording<Verb extends "pause" | "undo" | "stop" | "note" | "point">(verb: Verb, options: Requests[`record.${Verb}`]): Promise<void> {
    const id = get().recording?.workflow_id ?? "";
    await attempt(async () => {
      await this.session.connection.request(`record.${verb}`, options, id);
    });
  }

  /** Records what a person does by hand in the place of the node that a run asks about; then the run goes on behind it. */
  async show(question: Question): Promise<void> {
    await attempt(async () => {
      const recording = await this.session.connection.request("record.start", { replace: question.node_id, window: document.title }, question.workflowId);
      set({ recordedStep: "", typedSecrets: [], isRecordedHere: true, recording, asideId: question.help_id, shownFor: question });
    });
  }

  /** Picks something on the desktop while recording, and makes a step of it. */
  pointRecording(action: Requests["record.point"]["action"], purpose: string, variable = ""): void {
    set({ isDesktopShown: true });
    this.session.desktop.pick(purpose, (selectors) => {
      void this.ofRecording("point", { action, selector: [...selectors], variable });
    });
  }

  /** Keeps a password that was typed while recording; without a value, says how to keep it later. */
  async keepSecret(name: string, value: string): Promise<void> {
    set({ typedSecrets: get().typedSecrets.filter((one) => one !== name) });
    if (!value) return void notify("info", t("Keep the password: flowdesk secret set {name}", { name }));
    await attempt(async () => {
      await this.session.connection.request("record.secret", { name, value }, get().workflowId);
    });
  }

  /** Makes a loop of what was recorded several times. */
  async repeatForRows(): Promise<void> {
    set({ recordedRepeat: null });
    await attempt(async () => {
      await this.session.connection.request("record.repeat", {}, get().workflowId);
    });
  }

  takeRecording(event: RecordChanged): void {
    if (event.status !== "stopped") {
      set({ recording: event, ...(event.step ? { recordedStep: `${said(event.step.title)} ${event.step.summary}`.trim() } : {}) });
      return;
    }
    const { shownFor } = get();
    if (shownFor) {
      set({ shownFor: null, asideId: null });
      if (event.count) void this.answer(shownFor, "skip");
    }
    // Who recorded is asked for the passwords; others could not answer.
    set({ recording: null, recordedStep: "", isRecordedHere: false, ...(get().isRecordedHere ? { typedSecrets: event.secrets, recordedRepeat: event.repeat ?? null } : {}) });
    if (event.doubtful) notify("info", t("Check the text of {count} steps: no program told what arrived.", { count: event.doubtful }));
  }

  async run(verb: "start" | "pause" | "resume" | "step" | "stop", options: Requests["workflow.start"] = {}): Promise<void> {
    const { workflowId } = get();
    await attempt(async () => {
      if (verb === "start") {
        // What was told before is no longer so.
        set({ nodes: {}, taken: {}, log: [], fresh: new Set(), typed: null, notices: get().notices.filter((one) => one.level !== "error") });
        await this.session.connection.request("workflow.start", { ask_for_help: true, ...options }, workflowId);
      } else await this.session.connection.request(`workflow.${verb}`, {}, workflowId);
    });
  }

  /** Stops the run of the flow that is shown; where that does not run, every run of this desktop. */
  async stop(run?: Run): Promise<void> {
    const { workflowId, underWay } = get();
    const own = underWay.filter((one) => one.workflow_id === workflowId);
    const meant = run ? [run] : own.length ? own : underWay;
    if (!meant.length) return this.run("stop");
    await attempt(async () => {
      await Promise.all(meant.map((one) => this.session.connection.request("workflow.stop", { run_id: one.run_id }, one.workflow_id)));
    });
  }

  /** Points at a target again for a run that could not find it; what was picked is looked at before the run goes on. */
  repick(question: Question): void {
    set({ isDesktopShown: true, repicked: null });
    this.session.desktop.pick(said(question.message), (selectors) => set({ repicked: { helpId: question.help_id, selectors } }));
  }

  /** Lets the run go on with what was picked; the flow keeps it. */
  accept(question: Question, selectors: readonly string[]): void {
    const value = selectors.length === 1 ? selectors[0] : selectors;
    const { node_id: id, key } = question;
    set({ repicked: null });
    if (id && key && question.workflowId === get().workflowId) {
      const change: Change = { op: "setNode", id, path: ["data", "config", key], value };
      void this.session.edit([change], t("Pick again"));
    }
    void this.answer(question, "answer", value);
  }

  async answer(question: Question, action: HelpAnswer["action"], value: unknown = null): Promise<void> {
    await attempt(async () => {
      await this.session.connection.request("help.answer", { help_id: question.help_id, action, value }, question.workflowId);
      set({ questions: get().questions.filter((one) => one !== question) });
    });
  }

  /** Lets the paused run go on with changed settings, or gives it those back that it began with. */
  async take(back: boolean): Promise<void> {
    const { workflowId, run } = get();
    await attempt(async () => {
      await this.session.connection.request("workflow.take", { run_id: run?.runId ?? null, back }, workflowId);
    });
  }
}

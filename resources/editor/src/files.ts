/** What the page does with the flows' files. */

import { gone, Refused } from "./connection";
import { said, t } from "./i18n";
import type { Requests } from "./protocol";
import type { Session } from "./session";
import { useStore, type OpenFlow, type OwnTriggers } from "./store";
import { attempt, notify, tell } from "./telling";

const get = useStore.getState;
const set = useStore.setState;

export class Files {
  constructor(private readonly session: Session) {}

  async listFlows(): Promise<void> {
    const { open, files, folders } = await this.session.connection.request("flow.list");
    set({ open, files, folders });
  }

  /** Asks how the server reads the flow's triggers; a flow without any is not asked about. */
  async readTriggers(): Promise<void> {
    const { workflowId, flow } = get();
    const has = Array.isArray(flow?.fields.triggers) && flow.fields.triggers.length > 0;
    const told = has ? await this.session.connection.request("trigger.list", {}, workflowId).catch(() => null) : null;
    if (workflowId === get().workflowId) set({ ownTriggers: (told?.flow ?? null) as OwnTriggers | null });
  }

  /** Makes flows of scripts of other tools, opens the first, and says how much of them was taken. */
  async importScripts(files: Record<string, string>): Promise<void> {
    await attempt(async () => {
      const { flows, reports } = await this.session.connection.request("flow.import", { files });
      const total = reports.reduce((sum, report) => sum + report.statements, 0);
      const taken = reports.reduce((sum, report) => sum + report.taken, 0);
      if (flows[0]) await this.session.open({ path: flows[0] });
      const count = flows.length;
      notify(
        "info",
        taken === total
          ? t("Imported {flows} flows with all {total} steps.", { flows: count, total })
          : t("Imported {flows} flows with {taken} of {total} steps. The rest are notes on the canvas.", { flows: count, taken, total }),
      );
    });
  }

  /** Closes a flow; one whose edits would be given up is asked about first. */
  closeOrAsk(flow: OpenFlow): void {
    const isLast = flow.editors <= 1;
    if (flow.unsaved && isLast) set({ fileQuestion: { kind: "close", workflowId: flow.workflow_id, name: flow.name || t("New flow") } });
    else void this.session.close(flow.workflow_id);
  }

  /** Renames, copies, deletes a file or makes a folder; a name that cannot be is told in the dialog that asked for it. */
  async manage<Type extends keyof Requests>(type: Type, payload: Requests[Type]): Promise<boolean> {
    try {
      await this.session.connection.request(type, payload);
      set({ fileQuestion: null });
      await this.listFlows();
      return true;
    } catch (error) {
      const asked = get().fileQuestion;
      if (!(error instanceof Refused) || !asked || asked.kind === "close" || asked.kind === "compare") {
        tell(error);
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
    await attempt(async () => {
      if (way === "compare") {
        const { phrases } = await this.session.connection.request("flow.compare", {}, workflowId);
        set({ fileQuestion: { kind: "compare", phrases } });
        return;
      }
      const state = await this.session.connection.request("flow.reload", { action: way }, workflowId);
      set({ fileQuestion: null, onDisk: state.on_disk ?? "same", isModified: state.modified, undoLabel: state.undo, redoLabel: state.redo });
    });
  }

  async save(path?: string, force = false): Promise<boolean> {
    try {
      // What was edited meanwhile is sent first: a save without it would not be one.
      if (!get().isBack) throw gone();
      await this.session.connection.request("flow.save", { ...(path ? { path } : {}), force }, get().workflowId);
      notify("info", t("Saved {path}", { path: path ?? get().path ?? "" }));
      await this.listFlows();
      return true;
    } catch (error) {
      if (error instanceof Refused && typeof error.details.suggestion === "string") {
        set({ isNaming: true, badName: { told: [said(error.message), said(error.fix)].join(" "), suggestion: error.details.suggestion } });
        return false;
      }
      if (error instanceof Refused && ["file.changed", "file.exists"].includes(error.code)) set({ overwriting: { message: error.message, path } });
      else tell(error);
      return false;
    }
  }
}

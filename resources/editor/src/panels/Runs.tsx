/** The runs of all flows, the newest first: each with its outcome and its pictures. */

import { useEffect, useState } from "react";

import { useSession } from "../context";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { useMay, useStore, type Outcome, type Run } from "../store";
import { NodeLink } from "./Bottom";
import { RunPicture, usePictureNames } from "./Pictures";
import { STATES } from "./TopBar";

const ICONS: Record<string, string> = { succeeded: "circle-check", failed: "circle-x", stopped: "circle-stop", interrupted: "zap" };

/** Milliseconds after the last letter before runs are looked for. */
const PAUSE = 250;

export function Runs() {
  const session = useSession();
  const known = useStore((state) => state.runs);
  const [chosen, setChosen] = useState("");
  const [text, setText] = useState("");
  const [outcome, setOutcome] = useState<Outcome>("");
  const found = useFound(text.trim(), outcome, known);
  useEffect(() => session.quietly(session.listRuns()), [session]);
  const runs = found ?? known;
  const run = runs.find((one) => one.run_id === chosen) ?? runs[0];
  if (!known.length) return <p className="hint">{t("No runs yet.")}</p>;
  return (
    <div className="runs">
      <div className="runs-side">
        <div className="runs-find" role="search">
          <input type="search" value={text} placeholder={t("Search runs")} aria-label={t("Search runs")} onChange={(event) => setText(event.target.value)} />
          <select value={outcome} aria-label={t("Outcome")} onChange={(event) => setOutcome(event.target.value as Outcome)}>
            <option value="">{t("All")}</option>
            <option value="succeeded">{t("Succeeded")}</option>
            <option value="failed">{t("Failed")}</option>
            <option value="stopped">{t("Stopped")}</option>
            <option value="interrupted">{t("Interrupted")}</option>
          </select>
        </div>
        {!runs.length && <p className="hint">{t("There are no such runs.")}</p>}
        <div className="runs-list" role="listbox" aria-label={t("Runs")}>
          {runs.map((one) => (
          <button key={one.run_id} type="button" role="option" aria-selected={one === run} onClick={() => setChosen(one.run_id)}>
            <span className={`is-${one.status}`}>
              <Icon name={ICONS[one.status] ?? "loader-circle"} size={15} />
            </span>
            <b>{one.name || one.workflow_id}</b>
            {one.kept && <Icon name="flag" size={14} />}
            {one.desktop === "private" && (
              <span title={t("On a separate desktop")} role="img" aria-label={t("On a separate desktop")}>
                <Icon name="app-window" size={14} />
              </span>
            )}
            <time>{began(one.started)}</time>
            <span className="runs-took">{one.duration === null || one.duration === undefined ? "" : `${one.duration.toFixed(1)} s`}</span>
          </button>
          ))}
        </div>
      </div>
      {run && <Detail key={run.run_id} run={run} />}
    </div>
  );
}

/** The runs that fit what is looked for; `null` while nothing is. */
function useFound(text: string, outcome: Outcome, known: readonly Run[]): readonly Run[] | null {
  const session = useSession();
  const [found, setFound] = useState<readonly Run[] | null>(null);
  useEffect(() => {
    if (!text && !outcome) {
      setFound(null);
      return;
    }
    let isWanted = true;
    const timer = window.setTimeout(() => session.quietly(session.findRuns(text, outcome).then((runs) => isWanted && setFound(runs))), PAUSE);
    return () => {
      isWanted = false;
      window.clearTimeout(timer);
    };
  }, [session, text, outcome, known]);
  return found;
}

function Detail({ run }: { readonly run: Run }) {
  const session = useSession();
  const isShown = useStore((state) => state.workflowId === run.workflow_id);
  const isOpen = useStore((state) => state.open.some((flow) => flow.workflow_id === run.workflow_id));
  const isUnderWay = useStore((state) => state.underWay.some((one) => one.run_id === run.run_id));
  const mayEdit = useMay("edit");
  const names = usePictureNames(run.run_id);
  return (
    <section className="runs-detail" aria-label={run.name}>
      <p>
        <b className={`is-${run.status}`}>{run.status === "interrupted" ? t("Interrupted") : (STATES[run.status]?.() ?? run.status)}</b> {said(run.message ?? "")}{" "}
        {run.node_id && isShown && <NodeLink id={run.node_id} />}
      </p>
      {isShown && !isUnderWay && (
        <button type="button" onClick={() => void session.showPast(run.run_id)}>
          <Icon name="history" /> {t("Show on the canvas")}
        </button>
      )}
      {isOpen && !isShown && (
        <button type="button" onClick={() => void session.show(run.workflow_id)}>
          <Icon name="workflow" /> {t("Show the flow")}
        </button>
      )}
      {mayEdit && !isUnderWay && (
        <span className="runs-acts">
          <button type="button" onClick={() => session.quietly(session.reportOf(run.run_id).then(saveReport))}>
            <Icon name="download" /> {t("Save as a report")}
          </button>
          <label>
            <input type="checkbox" checked={Boolean(run.kept)} onChange={(event) => session.quietly(session.keepRun(run.run_id, event.target.checked))} /> {t("Keep this run")}
          </label>
        </span>
      )}
      {mayEdit && names.length > 0 && (
        <div className="runs-pictures" role="group" aria-label={t("Images of the run")}>
          {names.map((name) => (
            <RunPicture key={name} runId={run.run_id} name={name} />
          ))}
        </div>
      )}
    </section>
  );
}

/** Hands a report to the browser as a file. */
export function saveReport({ name, html }: { readonly name: string; readonly html: string }): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([html], { type: "text/html" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** When a run began: the time today, else with its day. */
function began(started: number): string {
  const at = new Date(started * 1000);
  return at.toDateString() === new Date().toDateString() ? at.toLocaleTimeString() : at.toLocaleString();
}

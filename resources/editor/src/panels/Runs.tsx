/** The runs of all flows, the newest first: each with its outcome and its pictures. */

import { useEffect, useMemo, useState } from "react";

import { useSession } from "../context";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { KINDS, matching } from "../runlist";
import { useMay, useStore, type Run } from "../store";
import { NodeLink } from "./Bottom";
import { RunPicture, usePictureNames } from "./Pictures";
import { runWord } from "./TopBar";
import { quietly } from "../telling";

const ICONS: Record<string, string> = { pending: "timer", succeeded: "circle-check", failed: "circle-x", stopped: "circle-stop", interrupted: "zap" };

export function Runs() {
  const session = useSession();
  const runs = useStore((state) => state.runs);
  const [chosen, setChosen] = useState("");
  const [kind, setKind] = useState("all");
  const [search, setSearch] = useState("");
  const shown = useMemo(() => matching(runs, kind, search, said), [runs, kind, search]);
  useEffect(() => quietly(session.running.listRuns()), [session]);
  const run = shown.find((one) => one.run_id === chosen) ?? shown[0];
  if (!runs.length) return <p className="hint">{t("No runs yet.")}</p>;
  return (
    <div className="runs">
      <div className="log-tools runs-tools">
        <input type="search" value={search} placeholder={t("Search runs")} aria-label={t("Search runs")} onChange={(event) => setSearch(event.target.value)} />
        <select value={kind} aria-label={t("Show")} onChange={(event) => setKind(event.target.value)}>
          {Object.entries(KINDS).map(([name, title]) => (
            <option key={name} value={name}>
              {t(title)}
            </option>
          ))}
        </select>
      </div>
      <div className="runs-list" role="listbox" aria-label={t("Runs")}>
        {!shown.length && <p className="hint">{t("No matches.")}</p>}
        {shown.map((one) => (
          <button key={one.run_id} type="button" role="option" aria-selected={one === run} onClick={() => setChosen(one.run_id)}>
            <span className={`is-${one.status}`}>
              <Icon name={ICONS[one.status] ?? "loader-circle"} size={15} />
            </span>
            <b>
              {one.name || t("New flow")} {one.kept && <Icon name="flag" size={14} />}
            </b>
            {one.desktop === "private" && (
              <span title={t("On a separate desktop")} role="img" aria-label={t("On a separate desktop")}>
                <Icon name="app-window" size={14} />
              </span>
            )}
            <span className="runs-by">{said(one.started_by ?? "")}</span>
            <time>{began(one.started)}</time>
            <span className="runs-took">{one.duration === null || one.duration === undefined ? "" : `${one.duration.toFixed(1)} s`}</span>
          </button>
        ))}
      </div>
      {run && <Detail key={run.run_id} run={run} />}
    </div>
  );
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
        <b className={`is-${run.status}`}>{runWord(run.status, run.rehearsal)}</b> {said(run.message ?? "")} {run.started_by && t("Started by {name}.", { name: said(run.started_by) })}{" "}
        {run.node_id && isShown && <NodeLink id={run.node_id} />}
      </p>
      {isUnderWay && (
        <button type="button" className="is-stop" onClick={() => void session.running.stop(run)}>
          <Icon name="circle-stop" /> {t("Stop")}
        </button>
      )}
      {isShown && !isUnderWay && (
        <button type="button" onClick={() => void session.running.showPast(run.run_id)}>
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
          <button type="button" onClick={() => quietly(session.running.reportOf(run.run_id).then(saveReport))}>
            <Icon name="download" /> {t("Save as a report")}
          </button>
          <label>
            <input type="checkbox" checked={Boolean(run.kept)} onChange={(event) => quietly(session.running.keepRun(run.run_id, event.target.checked))} /> {t("Keep this run")}
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

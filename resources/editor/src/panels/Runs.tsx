/** The runs of all flows, the newest first: each with its outcome and its pictures. */

import { useEffect, useState } from "react";

import { useSession } from "../context";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { useMay, useStore, type Run } from "../store";
import { NodeLink } from "./Bottom";
import { RunPicture, usePictureNames } from "./Pictures";
import { STATES } from "./TopBar";

const ICONS: Record<string, string> = { succeeded: "circle-check", failed: "circle-x", stopped: "circle-stop", interrupted: "zap" };

export function Runs() {
  const session = useSession();
  const runs = useStore((state) => state.runs);
  const [chosen, setChosen] = useState("");
  useEffect(() => session.quietly(session.listRuns()), [session]);
  const run = runs.find((one) => one.run_id === chosen) ?? runs[0];
  if (!run) return <p className="hint">{t("No runs yet.")}</p>;
  return (
    <div className="runs">
      <div className="runs-list" role="listbox" aria-label={t("Runs")}>
        {runs.map((one) => (
          <button key={one.run_id} type="button" role="option" aria-selected={one === run} onClick={() => setChosen(one.run_id)}>
            <span className={`is-${one.status}`}>
              <Icon name={ICONS[one.status] ?? "loader-circle"} size={15} />
            </span>
            <b>{one.name || one.workflow_id}</b>
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
      <Detail key={run.run_id} run={run} />
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

/** When a run began: the time today, else with its day. */
function began(started: number): string {
  const at = new Date(started * 1000);
  return at.toDateString() === new Date().toDateString() ? at.toLocaleTimeString() : at.toLocaleString();
}

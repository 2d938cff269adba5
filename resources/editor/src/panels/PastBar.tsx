/** A run that ended, on the canvas: how everything stood at any of its moments. */

import { useEffect, useRef, useState } from "react";

import { useSession } from "../context";
import { t } from "../i18n";
import { Icon } from "../icons";
import { useStore } from "../store";
import { titleOf } from "../canvas/NodeCard";
import { runWord } from "./TopBar";

export function PastBar() {
  const session = useSession();
  const past = useStore((state) => state.past);
  const flow = useStore((state) => state.flow);
  const types = useStore((state) => state.types);
  const [wanted, setWanted] = useState<number | null>(null);
  const timer = useRef(0);
  useEffect(() => setWanted(null), [past]);
  if (!past) return null;
  const node = flow?.nodes.get(past.node_id);
  const at = wanted ?? past.moment;
  const go = (moment: number) => {
    const next = Math.max(1, Math.min(past.moments, moment));
    setWanted(next);
    window.clearTimeout(timer.current);
    // A record may be long: what is dragged over is not read.
    timer.current = window.setTimeout(() => void session.running.showPast(past.run_id, next), 120);
  };
  return (
    <div className="past" role="group" aria-label={t("An earlier run")}>
      <span>
        <Icon name="history" size={15} /> {new Date(past.started * 1000).toLocaleString()}{" "}
        <b className={`is-${past.status}`}>{past.is_end ? runWord(past.status, past.rehearsal) : ""}</b>
      </span>
      <button type="button" className="tool" aria-label={t("Back one step")} title={t("Back one step")} disabled={at <= 1} onClick={() => go(at - 1)}>
        <Icon name="chevron-left" />
      </button>
      <input type="range" min={1} max={Math.max(1, past.moments)} value={at} aria-label={t("Step of the run")} onChange={(event) => go(Number(event.target.value))} />
      <button type="button" className="tool" aria-label={t("On one step")} title={t("On one step")} disabled={at >= past.moments} onClick={() => go(at + 1)}>
        <Icon name="chevron-right" />
      </button>
      <output>
        {at} / {past.moments} {node ? titleOf(node, types.get(node.type)) : past.node_id}
        {past.visit > 1 && ` · ${past.visit}×`}
      </output>
      <button type="button" onClick={() => session.running.leavePast()}>
        <Icon name="x" size={14} /> {t("Back to now")}
      </button>
    </div>
  );
}

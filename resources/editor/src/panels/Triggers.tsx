/** What starts by itself on the machine: the flow in front with its switch, all that is armed, what was due last. */

import { useCallback, useEffect, useState } from "react";

import { Refused } from "../connection";
import { useSession } from "../context";
import { phrased, said, t } from "../i18n";
import { Icon } from "../icons";
import type { TriggerList, TriggerRow } from "../protocol";
import { useMay, useStore, type ToldTrigger } from "../store";
import { Dialog } from "./Dialog";
import { OwnTriggerForms } from "./TriggerForm";
import { quietly } from "../telling";

interface Consent {
  readonly message: string;
  readonly digest: string;
  readonly triggers: readonly { readonly id: string; readonly sentence: string }[];
  readonly doings: readonly { readonly label: string; readonly detail: string }[];
}

const OUTCOMES: Record<string, () => string> = {
  ran: () => t("ran"),
  missed: () => t("missed"),
  overlap: () => t("skipped: it was running"),
  paused: () => t("skipped: paused"),
  locked: () => t("skipped: no desktop"),
  interrupted: () => t("interrupted"),
  waiting: () => t("waiting"),
};
const LOOK = 2000;

export function TriggersButton() {
  const shown = useStore((state) => state.triggersShown);
  const isArmed = useStore((state) => state.ownTriggers?.armed ?? false);
  return (
    <>
      <button type="button" className={isArmed ? "is-armed" : ""} title={t("Triggers")} aria-label={t("Triggers")} onClick={() => useStore.setState({ triggersShown: { id: "" } })}>
        <Icon name="timer" />
      </button>
      {shown && <Triggers onClose={() => useStore.setState({ triggersShown: null })} />}
    </>
  );
}

function Triggers({ onClose }: { readonly onClose: () => void }) {
  const session = useSession();
  const workflowId = useStore((state) => state.workflowId);
  const mayRun = useMay("run");
  const [told, setTold] = useState<TriggerList | null>(null);
  const [rows, setRows] = useState<readonly TriggerRow[]>([]);
  const [consent, setConsent] = useState<Consent | null>(null);
  const [fault, setFault] = useState("");
  const refresh = useCallback(async () => {
    setTold(await session.connection.request("trigger.list", {}, workflowId ?? ""));
    setRows((await session.connection.request("trigger.history", { limit: 50 })).rows);
  }, [session, workflowId]);
  useEffect(() => {
    quietly(refresh());
    const timer = setInterval(() => quietly(refresh()), LOOK);
    return () => clearInterval(timer);
  }, [refresh, session]);
  const attempt = async (work: () => Promise<unknown>) => {
    setFault("");
    try {
      await work();
      setConsent(null);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const details = error.details as unknown as Consent;
      if (typeof details.digest === "string") setConsent({ ...details, message: said(error.message) });
      else setFault([said(error.message), said(error.fix)].join(" "));
    }
    await refresh();
  };
  const arm = (digest?: string) => void attempt(async () => {
    // What starts by itself is the file.
    if (useStore.getState().isModified && !(await session.files.save())) return;
    await session.connection.request("trigger.enable", digest ? { digest } : {}, workflowId ?? "");
  });
  const disarm = () => void attempt(() => session.connection.request("trigger.disable", {}, workflowId ?? ""));
  const pause = (paused: boolean) => void attempt(() => session.connection.request("trigger.pause", { paused }));
  const own = told?.flow ?? null;
  return (
    <Dialog title={t("Triggers")} onClose={onClose} isWide>
      {fault && <p className="fault" role="alert">{fault}</p>}
      {own && <OwnTriggerForms isRunnable={mayRun} />}
      {own && (
        <label>
          <input type="checkbox" checked={own.armed} disabled={!mayRun || !own.path || !own.triggers.length || own.problems.some((one) => one.level === "error")} onChange={() => (own.armed ? disarm() : arm())} /> {t("Start this flow automatically")}
          {!own.path && <small className="hint"> {t("Save the flow first.")}</small>}
        </label>
      )}
      {consent && (
        <div role="alertdialog" aria-label={t("Start this flow automatically")}>
          <p className="asked">{consent.message}</p>
          <ul className="differences">{consent.triggers.map((one) => <li key={one.id}>{one.id}: {said(one.sentence)}</li>)}</ul>
          {consent.doings.length > 0 && <p className="asked">{t("It may do this without asking again:")}</p>}
          <ul className="differences">{consent.doings.map((one, index) => <li key={index}>{one.label}: {one.detail}</li>)}</ul>
          <button type="button" className="is-primary" onClick={() => arm(consent.digest)}>{t("Allow")}</button>{" "}
          <button type="button" onClick={() => setConsent(null)}>{t("Cancel")}</button>
        </div>
      )}
      <h3>{t("Starts automatically")}</h3>
      {told?.armed.map((flow) => (
        <div key={flow.path}>
          <b title={flow.path}>{flow.flow}</b> {flow.note && <span className="fault">{phrased(flow.phrase)}</span>}
          <List triggers={flow.triggers} />
        </div>
      ))}
      <h3>{t("History")}</h3>
      <ul className="differences">
        {rows.map((row) => (
          <li key={row.id}>
            {when(row.due)} {row.flow} / {row.trigger}: {OUTCOMES[row.outcome]?.() ?? row.outcome} {phrased(row.phrase ?? row.message)}
          </li>
        ))}
      </ul>
      <footer>
        <label>
          <input type="checkbox" checked={told?.paused ?? false} disabled={!mayRun} onChange={(event) => pause(event.currentTarget.checked)} /> {t("Pause all triggers")}
        </label>
        <button type="button" onClick={onClose}>{t("Close")}</button>
      </footer>
    </Dialog>
  );
}

function List({ triggers }: { readonly triggers: readonly ToldTrigger[] }) {
  return (
    <ul className="differences">
      {triggers.map((trigger) => (
        <li key={trigger.id}>
          {trigger.id}: {phrased(trigger.phrase)}
          {trigger.disabled ? ` (${t("switched off")})` : trigger.next[0] ? ` · ${when(trigger.next[0])}` : ""}
          {trigger.fault && <span className="fault"> {said(trigger.fault)}</span>}
        </li>
      ))}
    </ul>
  );
}

function when(text: string): string {
  return new Date(text).toLocaleString();
}

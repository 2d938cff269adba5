/** What edits of the flow mean to its run under way, with taking them into the run while it is paused. */

import { useSession } from "../context";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { isRunning, useMay, useStore } from "../store";

const MOST_LINES = 3;

export function EditsBar() {
  const session = useSession();
  const edits = useStore((state) => state.edits);
  const isOn = useStore((state) => isRunning(state.run) && !state.past);
  const mayRun = useMay("run");
  if (!isOn || !edits.length) return null;
  const has = (fate: string) => mayRun && edits.some((edit) => edit.fate === fate);
  return (
    <div className="past edits" role="status" aria-label={t("Edits during the run")}>
      <p>
        {edits.slice(0, MOST_LINES).map((edit) => (
          <span key={edit.node_id ?? ""}>{said(edit.message)}</span>
        ))}
        {edits.length > MOST_LINES && <span>{t("and {count} more", { count: edits.length - MOST_LINES })}</span>}
      </p>
      {has("open") && (
        <button type="button" onClick={() => void session.running.take(false)}>
          {t("Use in this run")}
        </button>
      )}
      {has("taken") && (
        <button type="button" onClick={() => void session.running.take(true)}>
          <Icon name="undo-2" size={14} /> {t("Use the old settings")}
        </button>
      )}
    </div>
  );
}

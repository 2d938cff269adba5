/** Targets that only a fallback found in the last run, with letting the way that worked come first from now on. */

import { useSession } from "../context";
import { t } from "../i18n";
import { movedOf } from "../moved";
import { useMay, useStore } from "../store";

const MOST_NAMES = 5;

export function MovedBar() {
  const session = useSession();
  const run = useStore((state) => state.run);
  const flow = useStore((state) => state.flow);
  const isPast = useStore((state) => Boolean(state.past));
  const mayEdit = useMay("edit");
  const moved = movedOf(run, flow);
  if (!run || !moved.length || isPast || !mayEdit) return null;
  const names = [...new Set(moved.map((one) => one.label))];
  const leave = () => useStore.setState({ run: { ...run, moved: [] } });
  const use = () => {
    void session.edit(moved.map((one) => ({ op: "setNode", id: one.node_id, path: ["data", "config", one.key], value: [...one.ways] })), t("Use what worked")); // prettier-ignore
    leave();
  };
  return (
    <div className="past edits" role="status" aria-label={t("Use what worked")}>
      <p>
        <span>{t("Targets that have moved on, found by a fallback: {names}", { names: names.slice(0, MOST_NAMES).join(", ") })}</span>
        {names.length > MOST_NAMES && <span>{t("and {count} more", { count: names.length - MOST_NAMES })}</span>}
      </p>
      <button type="button" onClick={use}>
        {t("Use what worked")}
      </button>
      <button type="button" onClick={leave}>
        {t("Not now")}
      </button>
    </div>
  );
}

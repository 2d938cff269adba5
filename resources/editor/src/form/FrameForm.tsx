/** The form of groups and notes: what stands on them, their colour, and what is done with them. */

import { useSession } from "../context";
import { COLORS, countOf, setFrames, toggled, type Frame } from "../frames";
import { t } from "../i18n";
import { Icon } from "../icons";
import { ungroup } from "../keys";
import { useMay, useStore } from "../store";
import { Line } from "./Line";

const COLOR_NAMES: Record<(typeof COLORS)[number], () => string> = {
  gray: () => t("gray"),
  blue: () => t("blue"),
  green: () => t("green"),
  yellow: () => t("yellow"),
  red: () => t("red"),
  purple: () => t("purple"),
  teal: () => t("teal"),
  orange: () => t("orange"),
};

export function FrameForm({ frames }: { readonly frames: readonly Frame[] }) {
  const session = useSession();
  const mayEdit = useMay("edit");
  const only = frames.length === 1 ? frames[0] : undefined;
  const ids = new Set(frames.map((frame) => frame.id));
  const isGroup = frames.every((frame) => frame.kind === "groups");
  const put = (key: "title" | "text" | "color", value: string, label: string) => {
    const { flow } = useStore.getState();
    if (flow) void session.edit(setFrames(flow, ids, key, value), label);
  };
  const fold = () => {
    const { flow } = useStore.getState();
    if (flow) void session.edit(toggled(flow, ids), t("Collapse or expand"));
  };
  return (
    <form onSubmit={(event) => event.preventDefault()} className={only ? `tint-${only.color}` : ""}>
      <header>
        <span className="card-icon">
          <Icon name={isGroup ? "group" : "sticky-note"} />
        </span>
        {only?.kind === "groups" ? (
          <Line key={only.id} className="name" value={only.text} placeholder={t("Group")} label={t("Title")} onChange={(value) => put("title", value, t("Rename"))} />
        ) : (
          <b className="name-still">{only ? t("Note") : t("{count} groups and notes selected", { count: frames.length })}</b>
        )}
      </header>
      {only?.kind === "groups" && <p className="hint">{countOf(only)}</p>}
      {only?.kind === "notes" && (
        <div className="field">
          <span className="label">{t("Text")}</span>
          <Line key={only.id} rows={8} value={only.text} label={t("Text")} onChange={(value) => put("text", value, t("Edit"))} />
        </div>
      )}
      <div className="field">
        <span className="label">{t("Color")}</span>
        <div className="swatches" role="group" aria-label={t("Color")}>
          {COLORS.map((color) => (
            <button
              key={color}
              type="button"
              className={`tint-${color}`}
              disabled={!mayEdit}
              title={COLOR_NAMES[color]()}
              aria-label={COLOR_NAMES[color]()}
              aria-pressed={frames.every((frame) => frame.color === color)}
              onClick={() => put("color", color, t("Color"))}
            />
          ))}
        </div>
      </div>
      <div className="choices">
        {isGroup && (
          <button type="button" disabled={!mayEdit} onClick={fold}>
            <Icon name="chevrons-up-down" /> {frames.every((frame) => frame.isCollapsed) ? t("Expand") : t("Collapse")}
          </button>
        )}
        {isGroup && (
          <button type="button" disabled={!mayEdit} onClick={() => ungroup(session)}>
            <Icon name="group" /> {t("Ungroup")}
          </button>
        )}
        <button type="button" disabled={!mayEdit} onClick={() => void session.remove(isGroup)}>
          <Icon name="trash-2" /> {isGroup ? t("Delete with its nodes") : t("Delete")}
        </button>
      </div>
    </form>
  );
}

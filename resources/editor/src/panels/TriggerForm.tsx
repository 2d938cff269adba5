/** The triggers of the flow in front: a form each, drawn from their declarations; a new one; tried now; removed. */

import { useRef } from "react";

import { useSession } from "../context";
import type { Config } from "../flow";
import { FieldWidget } from "../form/fields";
import { ABSENT, type Written } from "../form/values";
import { phrased, said, t } from "../i18n";
import { Icon } from "../icons";
import { isWanted, type Field } from "../nodetypes";
import { useMay, useStore, type ToldTrigger, type TriggerType } from "../store";
import { quietly } from "../telling";

type Entry = Readonly<Record<string, unknown>>;

/** The triggers as the flow holds them. */
export function entriesOf(triggers: unknown): readonly Entry[] {
  return Array.isArray(triggers) ? triggers.filter((one): one is Entry => typeof one === "object" && one !== null) : [];
}

/** A new trigger of a type, with a name that none of the others has. */
function begun(type: TriggerType, entries: readonly Entry[]): Entry {
  let name = type.type;
  for (let number = 2; entries.some((entry) => entry.id === name); number += 1) name = `${type.type}${number}`;
  return { id: name, type: type.type, ...type.begins };
}

export function OwnTriggerForms({ isRunnable }: { readonly isRunnable: boolean }) {
  const session = useSession();
  const entries = entriesOf(useStore((state) => state.flow?.fields.triggers));
  const types = useStore((state) => state.triggerTypes);
  const own = useStore((state) => state.ownTriggers);
  const shown = useStore((state) => state.triggersShown?.id ?? "");
  const mayEdit = useMay("edit");
  const gesture = useRef(0);
  const at = Math.max(0, entries.findIndex((entry) => entry.id === shown));
  const entry = entries[at];
  const type = types.find((one) => one.type === entry?.type);
  const put = (next: readonly Entry[], label: string, name = "") => {
    const path = ["triggers"];
    void session.edit([next.length ? { op: "setFlow", path, value: next } : { op: "setFlow", path, remove: true }], label, name && `trigger.${name}.${gesture.current}`);
  };
  const choose = (id: unknown) => useStore.setState({ triggersShown: { id: String(id) } });
  const change = (changed: Entry) => {
    put(entries.map((one, index) => (index === at ? changed : one)), t("Change a trigger"), String(at));
    if (changed.id !== entry?.id) choose(changed.id);
  };
  return (
    <section className="triggers" onFocus={() => (gesture.current += 1)}>
      <div className="trigger-tabs" role="tablist" aria-label={t("Triggers of this flow")}>
        {entries.map((one, index) => {
          const told = own?.triggers.find((other) => other.id === one.id);
          return (
            <button key={index} type="button" role="tab" aria-selected={index === at} className={one.disabled === true ? "is-off" : ""} onClick={() => choose(one.id)}>
              <Icon name={types.find((other) => other.type === one.type)?.icon ?? "zap"} /> {told ? phrased(told.phrase) : String(one.id ?? "")}
            </button>
          );
        })}
      </div>
      {mayEdit && (
        <details className="trigger-new" open={!entries.length}>
          <summary>{t("Add a trigger")}</summary>
          <div className="choices">
            {types.map((one) => (
              <button
                key={one.type}
                type="button"
                title={t(one.description)}
                onClick={() => {
                  const made = begun(one, entries);
                  put([...entries, made], t("Add a trigger"));
                  choose(made.id);
                }}
              >
                <Icon name={one.icon} /> {t(one.title)}
              </button>
            ))}
          </div>
        </details>
      )}
      {entry && type && (
        <TriggerForm key={`${at} ${type.type}`} entry={entry} type={type} place={`triggers[${at}]`} told={own?.triggers.find((one) => one.id === entry.id)} onChange={change}>
          <button type="button" disabled={!isRunnable || !own?.triggers.some((one) => one.id === entry.id)} onClick={() => quietly(session.connection.request("trigger.test", { trigger: String(entry.id) }, useStore.getState().workflowId))}>
            <Icon name="play" /> {t("Test now")}
          </button>
          <button type="button" disabled={!mayEdit} onClick={() => put(entries.filter((_, index) => index !== at), t("Remove a trigger"))}>
            <Icon name="trash-2" /> {t("Remove")}
          </button>
        </TriggerForm>
      )}
    </section>
  );
}

interface FormProps {
  readonly entry: Entry;
  readonly type: TriggerType;
  /** How problems name it. */
  readonly place: string;
  readonly told: ToldTrigger | undefined;
  readonly onChange: (entry: Entry) => void;
  readonly children: React.ReactNode;
}

function TriggerForm({ entry, type, place, told, onChange, children }: FormProps) {
  const mayEdit = useMay("edit");
  const problems = [...useStore((state) => state.problems), ...(useStore((state) => state.ownTriggers)?.problems ?? [])];
  const ways = Object.keys(type.alternatives);
  const way = ways.find((key) => entry[key] !== undefined && entry[key] !== null) ?? ways[0];
  const fields = type.fields.filter((field) => (!ways.includes(field.key) || field.key === way) && isWanted(field, entry as Config, type.defaults));
  const set = (key: string, value: Written) => {
    const { [key]: _, ...rest } = entry;
    onChange(value === ABSENT ? rest : { ...entry, [key]: value });
  };
  const turn = (to: string) => {
    const kept = Object.fromEntries(Object.entries(entry).filter(([key]) => !ways.includes(key)));
    onChange({ ...kept, [to]: type.alternatives[to] });
  };
  const row = (field: Field) => {
    const fault = problems.find((problem) => problem.field === `${place}.${field.key}`);
    return (
      <div className="field" key={field.key}>
        {field.kind !== "bool" && <span className="label">{t(field.title)}</span>}
        <FieldWidget field={field} value={entry[field.key]} config={entry as Config} label={t(field.title)} onChange={(value) => set(field.key, value)} describedBy={`trigger-${field.key}`} isFaulty={!!fault} />
        <small id={`trigger-${field.key}`} className={fault ? "fault is-error" : "help"}>
          {fault ? `${said(fault.message)} ${said(fault.fix)}` : t(field.description)}
        </small>
      </div>
    );
  };
  return (
    <form className="trigger-form" onSubmit={(event) => event.preventDefault()}>
      {ways.length > 0 && (
        <div className="field">
          <span className="label">{t("When")}</span>
          <select value={way} disabled={!mayEdit} aria-label={t("When")} onChange={(event) => turn(event.target.value)}>
            {ways.map((key) => (
              <option key={key} value={key}>
                {t(type.fields.find((field) => field.key === key)?.title ?? key)}
              </option>
            ))}
          </select>
        </div>
      )}
      {fields.filter((field) => !field.group).map(row)}
      {(["target", "more"] as const).map(
        (group) =>
          fields.some((field) => field.group === group) && (
            <details key={group}>
              <summary>{group === "more" ? t("More") : t("Search options")}</summary>
              {fields.filter((field) => field.group === group).map(row)}
            </details>
          ),
      )}
      {told && told.next.length > 0 && (
        <p className="hint" aria-live="polite">
          {t("Next times")}: {told.next.slice(0, 5).map((time) => new Date(time).toLocaleString()).join(" · ")}
        </p>
      )}
      <span className="choices">{children}</span>
    </form>
  );
}

/** What starts the flow by itself, under its start node: a press opens the trigger's form. */
export function TriggerChips() {
  const entries = entriesOf(useStore((state) => state.flow?.fields.triggers));
  const own = useStore((state) => state.ownTriggers);
  const types = useStore((state) => state.triggerTypes);
  const mayEdit = useMay("edit");
  const open = (id: string) => useStore.setState({ triggersShown: { id } });
  return (
    <span className="trigger-chips nodrag nopan">
      {entries.map((entry, index) => {
        const told = own?.triggers.find((one) => one.id === entry.id);
        const words = told ? phrased(told.phrase) : String(entry.id ?? "");
        const isOff = entry.disabled === true || !own?.armed;
        return (
          <button key={index} type="button" className={isOff ? "is-off" : ""} title={own?.armed ? words : `${words} (${t("not armed")})`} onClick={() => open(String(entry.id ?? ""))}>
            <Icon name={types.find((one) => one.type === entry.type)?.icon ?? "zap"} size={12} /> <span>{words}</span>
          </button>
        );
      })}
      {mayEdit && !entries.length && (
        <button type="button" className="is-new" onClick={() => open("")}>
          <Icon name="zap" size={12} /> <span>{t("Add a trigger")}</span>
        </button>
      )}
    </span>
  );
}

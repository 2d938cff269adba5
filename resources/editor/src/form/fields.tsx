/** One widget for each kind of field. */

import { createContext, useContext, useEffect, useId, useRef, useState, type ReactNode } from "react";

import { useSession } from "../context";
import { choiceTitle, said, t } from "../i18n";
import { Icon } from "../icons";
import type { Step } from "../desktop/protocol";
import type { Config } from "../flow";
import type { Field } from "../nodetypes";
import { useMay, useStore } from "../store";
import { useCompletion, type AskSelectors } from "./Completion";
import { useDraft } from "./drafts";
import { useLastValues } from "./LastValues";
import { referencesOf } from "./offers";
import { ABSENT, readCommand, readKeys, readList, readNumber, readNumbers, readTarget, readValue, writeList, writeValue, type Written } from "./values";

export interface FieldProps {
  readonly field: Field;
  readonly value: unknown;
  readonly config: Config;
  readonly label: string;
  /** Takes a new value; `ABSENT` takes the key out. */
  readonly onChange: (value: Written) => void;
  readonly describedBy: string;
  readonly isFaulty: boolean;
  /** Makes the node another one, which says better what was picked. */
  readonly onStep?: (step: Step) => void;
}

const PAUSE = 250;

/** The widget of a field. */
export function FieldWidget(props: FieldProps): ReactNode {
  const { field, value, onChange } = props;
  switch (field.kind) {
    case "bool":
      return <Check {...props} />;
    case "function":
      return <FunctionName {...props} />;
    case "choice":
    case "anchor":
      return <Choice {...props} />;
    case "number":
    case "fraction":
      return <Text {...props} read={readNumber} write={plain} mode="decimal" unit={range(field)} />;
    case "duration":
      return <Text {...props} read={readNumber} write={plain} mode="decimal" unit={t("ms")} />;
    case "modifiers":
      return <Modifiers {...props} />;
    case "target":
      return <Target {...props} />;
    case "region":
      return <Numbers {...props} names={["x", "y", t("width"), t("height")]} value={value} onChange={onChange} />;
    case "offset":
      return <Offset {...props} />;
    case "keys":
      return <Text {...props} read={readKeys} write={(keys) => (Array.isArray(keys) ? keys.join("+") : plain(keys))} placeholder="ctrl+s" />;
    case "list":
      return <Text {...props} read={readList} write={writeList} rows={3} placeholder={t("One per line")} />;
    case "program":
    case "command":
      return <Text {...props} read={readCommand} write={writeValue} isCode />;
    case "json":
    case "value":
      return <Text {...props} read={readValue} write={writeValue} rows={typeof value === "object" && value ? 4 : 1} isCode />;
    case "inputs":
      return <Inputs {...props} />;
    case "pairs":
      return <Pairs {...props} />;
    case "table":
      return <Table {...props} />;
    case "multiline":
      return <Text {...props} read={asText(field)} write={plain} rows={3} />;
    default:
      return <Text {...props} read={asText(field)} write={plain} isCode={field.kind === "path"} />;
  }
}

function plain(value: unknown): string {
  return value === undefined || value === null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

function asText(field: Field): (text: string) => Written {
  return (text) => (text === "" && !field.is_required ? ABSENT : text);
}

function range(field: Field): string {
  return field.minimum !== null && field.maximum !== null ? `${field.minimum} – ${field.maximum}` : "";
}

interface TextProps extends FieldProps {
  readonly read: (text: string) => Written;
  readonly write: (value: unknown) => string;
  readonly rows?: number;
  readonly unit?: string;
  readonly mode?: "decimal";
  readonly placeholder?: string;
  readonly isCode?: boolean;
  /** Asks what may stand next in a selector. */
  readonly ask?: AskSelectors;
}

/** A line or several. What is typed is sent after a short pause, and when the field is left. */
function Text({ field, value, label, onChange, describedBy, isFaulty, read, write, rows = 1, unit, mode, placeholder, isCode, ask }: TextProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const timer = useRef(0);
  const mayEdit = useMay("edit");
  const session = useSession();
  const base = useRef(0);
  const shown = draft ?? write(value);
  const element = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  /** What is typed and not sent: a field that goes away because of what it sent does not send it again. */
  const unsent = useRef<string | null>(null);
  const send = () => {
    window.clearTimeout(timer.current);
    const text = unsent.current;
    unsent.current = null;
    if (text !== null && text !== write(value)) session.asOf(base.current, () => onChange(read(text)));
  };
  const latest = useRef(send);
  latest.current = send;
  useDraft(send);
  const put = (text: string) => {
    if (draft === null) base.current = session.revision;
    unsent.current = text;
    setDraft(text);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => latest.current(), PAUSE);
  };
  const completion = useCompletion(element, put, ask);
  const { previews } = useLastValues();
  const common = {
    ref: element,
    value: shown,
    readOnly: !mayEdit,
    "aria-label": label,
    "aria-describedby": describedBy,
    "aria-invalid": isFaulty || undefined,
    placeholder: placeholder ?? (field.default === null || field.default === undefined ? "" : write(field.default)),
    className: isCode ? "is-code" : undefined,
    spellCheck: false,
    title: referencesOf(previews[field.key], shown),
    onChange: (event: { target: { value: string } }) => {
      put(event.target.value);
      if (element.current) completion.look(element.current);
    },
    onKeyDown: completion.onKeyDown,
    onFocus: completion.onFocus,
    onBlur: () => {
      completion.close();
      send();
      setDraft(null);
    },
  };
  return (
    <span className="field-line">
      {rows > 1 || shown.includes("\n") ? <textarea {...common} rows={Math.max(rows, Math.min(8, shown.split("\n").length))} /> : <input {...common} inputMode={mode} />}
      {unit && <span className="unit">{unit}</span>}
      {completion.list}
    </span>
  );
}

function Check({ field, value, onChange, label, describedBy }: FieldProps) {
  const mayEdit = useMay("edit");
  const now = value ?? field.default;
  if (typeof now === "string") return <Text field={field} value={value} config={{}} label={label} onChange={onChange} describedBy={describedBy} isFaulty={false} read={readValue} write={plain} />;
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={Boolean(now)}
        disabled={!mayEdit}
        aria-describedby={describedBy}
        onChange={(event) => onChange(event.target.checked === field.default ? ABSENT : event.target.checked)}
      />
      {label}
    </label>
  );
}

function Choice({ field, value, onChange, label, describedBy, isOwnWord }: FieldProps & { readonly isOwnWord?: boolean }) {
  const mayEdit = useMay("edit");
  const now = plain(value ?? field.default);
  const known = field.choices.map(plain);
  return (
    <select
      value={now}
      disabled={!mayEdit}
      aria-label={label}
      aria-describedby={describedBy}
      onChange={(event) => {
        const chosen = field.choices.find((choice) => plain(choice) === event.target.value) ?? event.target.value;
        onChange(chosen === "" || (chosen === field.default && !field.is_required) ? ABSENT : chosen);
      }}
    >
      {(field.default === null || field.default === undefined) && <option value="">—</option>}
      {!known.includes(now) && now !== "" && <option value={now}>{now}</option>}
      {known.map((choice) => (
        <option key={choice} value={choice}>
          {isOwnWord ? choice : choiceTitle(choice)}
        </option>
      ))}
    </select>
  );
}

/** A function of the flow. */
function FunctionName(props: FieldProps) {
  const nodes = useStore((state) => state.flow?.nodes);
  const names = [...(nodes?.values() ?? [])].flatMap((node) => (node.type === "function" && node.data.config?.function ? [plain(node.data.config.function)] : []));
  return <Choice {...props} field={{ ...props.field, choices: [...new Set(names)] }} isOwnWord />;
}

/** What is given to a function: a field for each of its parameters, and for what else is given. Where the function is not known, or one reference stands for all, it is one field. */
function Inputs(props: FieldProps) {
  const { field, value, config, label, onChange, describedBy } = props;
  const nodes = useStore((state) => state.flow?.nodes);
  const called = [...(nodes?.values() ?? [])].find((node) => node.type === "function" && config.function && node.data.config?.function === config.function);
  const whole = value !== undefined && value !== null && (typeof value !== "object" || Array.isArray(value));
  if (!called || whole) return <Text {...props} read={readValue} write={writeValue} rows={typeof value === "object" && value ? 4 : 1} isCode />;
  const given = (value ?? {}) as Row;
  const told = called.data.config?.parameters;
  const parameters: Row = told && typeof told === "object" && !Array.isArray(told) ? (told as Row) : {};
  const names = [...new Set([...Object.keys(parameters), ...Object.keys(given)])];
  const put = (name: string, next: Written) => {
    const { [name]: _, ...others } = given;
    const now = next === ABSENT ? others : { ...given, [name]: next };
    onChange(Object.keys(now).length ? now : ABSENT);
  };
  return (
    <div className="inputs" role="group" aria-label={label}>
      {names.map((name) => {
        const isNeeded = name in parameters && (parameters[name] === null || parameters[name] === "");
        const part: Field = { ...field, key: name, kind: "value", default: isNeeded ? null : parameters[name], columns: [] };
        return (
          <div className="input" key={name}>
            <span className="label">{name}</span>
            <Text field={part} value={given[name]} config={{}} label={name} describedBy={describedBy} isFaulty={false} onChange={(next) => put(name, next)} read={readValue} write={writeValue} isCode {...(isNeeded ? { placeholder: t("Required") } : {})} />
          </div>
        );
      })}
      {!names.length && <small>{t("This function has no parameters.")}</small>}
    </div>
  );
}

function Modifiers({ field, value, onChange, label }: FieldProps) {
  const mayEdit = useMay("edit");
  const now = Array.isArray(value) ? (value as string[]) : [];
  const names = field.choices.map(plain);
  return (
    <span className="choices" role="group" aria-label={label}>
      {names.map((name) => (
        <button
          key={name}
          type="button"
          disabled={!mayEdit}
          aria-pressed={now.includes(name)}
          onClick={() => {
            const next = names.filter((one) => (one === name ? !now.includes(one) : now.includes(one)));
            onChange(next.length ? next : ABSENT);
          }}
        >
          {name.charAt(0).toUpperCase() + name.slice(1)}
        </button>
      ))}
    </span>
  );
}

function Numbers({ value, onChange, names, label, describedBy }: FieldProps & { readonly names: readonly string[] }) {
  const mayEdit = useMay("edit");
  const known = Array.isArray(value) ? value.map(String) : names.map(() => "");
  const [draft, setDraft] = useState<readonly string[] | null>(null);
  const shown = draft ?? known;
  const send = () => {
    if (!draft) return;
    const next = readNumbers(draft);
    if (next !== ABSENT || draft.every((text) => !text.trim())) {
      onChange(next);
      setDraft(null);
    }
  };
  useDraft(send);
  return (
    <span className="field-parts" role="group" aria-label={label} aria-describedby={describedBy}>
      {names.map((name, index) => (
        <input
          key={name}
          value={shown[index] ?? ""}
          placeholder={name}
          aria-label={`${label} ${name}`}
          readOnly={!mayEdit}
          inputMode="numeric"
          onChange={(event) => setDraft(names.map((_, at) => (at === index ? event.target.value : (shown[at] ?? ""))))}
          onBlur={send}
        />
      ))}
    </span>
  );
}

function Offset(props: FieldProps) {
  const { value, onChange } = props;
  const known = value && typeof value === "object" ? (value as { x?: number; y?: number }) : null;
  return (
    <Numbers
      {...props}
      names={["x", "y"]}
      value={known ? [known.x ?? 0, known.y ?? 0] : undefined}
      onChange={(next) => onChange(Array.isArray(next) ? { x: next[0] as number, y: next[1] as number } : ABSENT)}
    />
  );
}

const STEPS: Readonly<Record<string, () => string>> = {
  check: () => t("Check"),
  choose: () => t("Choose"),
  menu: () => t("Menu"),
};

/** The keys of the settings beside a target that a look for it reads. */
export const TargetOptions = createContext<readonly string[]>([]);

/** A target: its selectors, one a line, picked on the live desktop and tried there. */
function Target(props: FieldProps) {
  const { value, config, onChange, onStep, label } = props;
  const options = useContext(TargetOptions);
  const session = useSession();
  const mayEdit = useMay("edit");
  const [step, setStep] = useState<Step | null>(null);
  const [told, setTold] = useState<{ isFound: boolean; text: string } | null>(null);
  useEffect(() => setTold(null), [value]);
  const test = async () => {
    const rest = Object.fromEntries(options.filter((key) => key in config).map((key) => [key, config[key]]));
    const tested = await session.desktop.test({ ...rest, selector: value, timeout: 0 });
    if (!tested) setTold({ isFound: false, text: session.desktop.state.problem });
    else if (tested.found) setTold({ isFound: true, text: t("Found in {ms} ms, score {score}, {count} matches.", { ms: Math.round(tested.ms), score: (tested.spots[0]?.score ?? 0).toFixed(2), count: tested.count }) });
    else setTold({ isFound: false, text: said(tested.reason ?? t("Not found.")) });
  };
  return (
    <>
      <Text {...props} read={readTarget} write={writeList} rows={Array.isArray(value) ? value.length + 1 : 2} placeholder="button[name='OK']" isCode ask={(before) => session.desktop.complete(before)} />
      <span className="target-tools">
        <button
          type="button"
          disabled={!mayEdit}
          onClick={() => {
            document.dispatchEvent(new CustomEvent("flowdesk:show-desktop"));
            session.desktop.pick(label, (selectors, better) => {
              onChange(selectors.length === 1 ? selectors[0] : selectors);
              const isOffered = better !== null && better.type in STEPS;
              setStep(onStep && isOffered ? better : null);
              if (better && !isOffered) onStep?.(better);
            });
          }}
        >
          <Icon name="crosshair" /> {t("Pick")}
        </button>
        <button type="button" disabled={!mayEdit || !value} onClick={() => void test()}>
          <Icon name="target" /> {t("Test")}
        </button>
      </span>
      {step && onStep && mayEdit && (
        <button
          type="button"
          className="target-step"
          onClick={() => {
            setStep(null);
            onStep(step);
          }}
        >
          {t("Convert to a “{title}” node", { title: STEPS[step.type]?.() ?? step.type })}
        </button>
      )}
      {told && (
        <small className={told.isFound ? "is-good" : "is-bad"} role="status">
          {told.text}
        </small>
      )}
    </>
  );
}

type Row = Readonly<Record<string, unknown>>;

function Table({ field, value, onChange, label }: FieldProps) {
  const mayEdit = useMay("edit");
  const id = useId();
  const rows = Array.isArray(value) ? (value as Row[]) : [];
  const put = (next: readonly Row[]) => onChange(next.length ? next : ABSENT);
  const fresh = () => {
    let number = rows.length + 1;
    while (rows.some((row) => row.id === String(number))) number += 1;
    return field.columns.some((column) => column.key === "id") ? { id: String(number) } : {};
  };
  return (
    <div className="rows" role="group" aria-label={label}>
      {rows.map((row, index) => (
        <div className="row" key={`${id}${index}`}>
          {field.columns.map((column) => (
            <FieldWidget
              key={column.key}
              field={{ ...column, title: column.title }}
              value={row[column.key]}
              config={{}}
              label={`${t(column.title)} ${index + 1}`}
              describedBy=""
              isFaulty={false}
              onChange={(cell) => {
                const copy: Record<string, unknown> = { ...row };
                if (cell === ABSENT) delete copy[column.key];
                else copy[column.key] = column.key === "id" ? String(cell) : cell;
                put(rows.map((one, at) => (at === index ? copy : one)));
              }}
            />
          ))}
          <button type="button" disabled={!mayEdit} aria-label={t("Remove row {number}", { number: index + 1 })} onClick={() => put(rows.filter((_, at) => at !== index))}>
            <Icon name="trash-2" />
          </button>
        </div>
      ))}
      <button type="button" disabled={!mayEdit} onClick={() => put([...rows, fresh()])}>
        <Icon name="plus" /> {t("Add a row")}
      </button>
    </div>
  );
}

function Pairs({ value, onChange, label, field }: FieldProps) {
  const mayEdit = useMay("edit");
  const known = Object.entries((value ?? {}) as Row);
  const [extra, setExtra] = useState(false);
  const rows = extra ? [...known, ["", ""] as const] : known;
  const put = (next: readonly (readonly [string, unknown])[]) => {
    const named = next.filter(([name]) => name);
    onChange(named.length ? Object.fromEntries(named) : ABSENT);
  };
  const cell: Field = { ...field, kind: "text", default: "", is_required: true, when: {}, columns: [] };
  return (
    <div className="rows" role="group" aria-label={label}>
      {rows.map(([name, held], index) => (
        <div className="row" key={index}>
          <FieldWidget field={cell} value={name} config={{}} label={`${t("Name")} ${index + 1}`} describedBy="" isFaulty={false}
            onChange={(text) => {
              setExtra(false);
              put(rows.map((row, at) => (at === index ? [String(text), row[1]] : row)));
            }}
          />
          <FieldWidget field={{ ...cell, kind: field.columns[1]?.kind ?? "value" }} value={held} config={{}} label={`${t("Value")} ${index + 1}`} describedBy="" isFaulty={false}
            onChange={(next) => put(rows.map((row, at) => (at === index ? [row[0], next === ABSENT ? "" : next] : row)))}
          />
          <button type="button" disabled={!mayEdit} aria-label={t("Remove row {number}", { number: index + 1 })} onClick={() => put(rows.filter((_, at) => at !== index))}>
            <Icon name="trash-2" />
          </button>
        </div>
      ))}
      <button type="button" disabled={!mayEdit || extra} onClick={() => setExtra(true)}>
        <Icon name="plus" /> {t("Add a row")}
      </button>
    </div>
  );
}

/** The values of the last run beside the settings: a picker, and what each field would be. */

import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";

import { useSession } from "../context";
import type { Config } from "../flow";
import { said, t } from "../i18n";
import { isRunning, useMay, useStore } from "../store";
import { hasReference, narrowed, offersOf, reference, type Offer, type Preview, type ValueEntry } from "./offers";

const PAUSE = 200;

interface Known {
  readonly entries: readonly ValueEntry[];
  readonly own: ValueEntry | null;
  readonly hasRun: boolean;
  readonly previews: Readonly<Record<string, Preview>>;
  readonly offers: readonly Offer[];
  /** Takes a picked value into the field that was written in last. */
  readonly target: { current: ((path: string) => void) | null };
}

const NOTHING: Known = { entries: [], own: null, hasRun: false, previews: {}, offers: [], target: { current: null } };
const LastValuesContext = createContext<Known>(NOTHING);

export function useLastValues(): Known {
  return useContext(LastValuesContext);
}

/** Asks the server which values a node may name and what its settings would be, again when a run ended or the flow changed. */
export function LastValues({ nodeId, config, children }: { readonly nodeId: string; readonly config: Config; readonly children: ReactNode }) {
  const session = useSession();
  const mayEdit = useMay("edit");
  const isOn = useStore((state) => isRunning(state.run));
  const runId = useStore((state) => state.run?.runId ?? "");
  const flow = useStore((state) => state.flow);
  const functions = useStore((state) => state.functions);
  const [told, setTold] = useState<{ values: readonly ValueEntry[]; own: ValueEntry | null; has_run: boolean }>({ values: [], own: null, has_run: false });
  const [previews, setPreviews] = useState<Readonly<Record<string, Preview>>>({});
  const target = useRef<((path: string) => void) | null>(null);
  useEffect(() => {
    if (isOn) return;
    let isGone = false;
    const timer = window.setTimeout(async () => {
      const settings = Object.fromEntries(Object.entries(config).filter(([, value]) => hasReference(value)));
      const [values, found] = await Promise.all([session.running.listValues(nodeId), mayEdit && Object.keys(settings).length ? session.running.previewValues(settings) : {}]);
      if (isGone) return;
      if (values) setTold(values);
      setPreviews(found);
    }, PAUSE);
    return () => {
      isGone = true;
      window.clearTimeout(timer);
    };
  }, [session, nodeId, config, isOn, runId, flow, mayEdit]);
  const offers = useMemo(() => offersOf(told.values, functions, (text) => t(text)), [told.values, functions]);
  const known = useMemo(() => ({ entries: told.values, own: told.own, hasRun: told.has_run, previews, offers, target }), [told, previews, offers]);
  return <LastValuesContext.Provider value={known}>{children}</LastValuesContext.Provider>;
}

/** What a field would be with the values of the last run, or why not. */
export function PreviewLine({ name }: { readonly name: string }) {
  const { previews, hasRun } = useLastValues();
  const told = previews[name];
  if (!told || (!hasRun && told.shown == null)) return null;
  if (told.message != null) return <small className="preview is-bad">{`${said(told.message)} ${said(told.fix ?? "")}`}</small>;
  const title = told.references.map((one) => one.shown ?? (one.message ? said(one.message) : "")).join("\n");
  return (
    <small className="preview" title={title}>
      = {told.shown}
    </small>
  );
}

/** Every value that a setting may name: found by typing, inserted by Enter, Tab, a click or by dragging. */
export function ValuePicker() {
  const { entries, target } = useLastValues();
  const mayEdit = useMay("edit");
  const [text, setText] = useState("");
  const [isOpen, setOpen] = useState(false);
  const shown = narrowed(entries, text);
  const take = (path: string) => target.current?.(path);
  const best = (items: readonly ValueEntry[]): ValueEntry | undefined => items.map((one) => best(one.children) ?? one)[0];
  if (!mayEdit) return null;
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("Data for {{ }}")}</summary>
      {isOpen && (
        <div className="values">
          <input
            value={text}
            placeholder={t("Find a value")}
            aria-label={t("Find a value")}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              const found = best(shown);
              if ((event.key === "Enter" || (event.key === "Tab" && !event.shiftKey && text)) && found) {
                event.preventDefault();
                take(found.path);
              }
            }}
          />
          <Entries entries={shown} isOpen={text !== ""} onTake={take} />
        </div>
      )}
    </details>
  );
}

function Entries({ entries, isOpen, onTake }: { readonly entries: readonly ValueEntry[]; readonly isOpen: boolean; readonly onTake: ((path: string) => void) | null }) {
  return (
    <ul className="entries">
      {entries.map((one) => (
        <Entry key={one.path} entry={one} isOpen={isOpen} onTake={onTake} />
      ))}
    </ul>
  );
}

function Entry({ entry, isOpen, onTake }: { readonly entry: ValueEntry; readonly isOpen: boolean; readonly onTake: ((path: string) => void) | null }) {
  const [isUnfolded, setUnfolded] = useState(false);
  const open = isOpen || isUnfolded;
  const name = entry.label && entry.label !== entry.name ? `${entry.label} (${entry.name})` : entry.name;
  const line = (
    <>
      <b>{name}</b> <span>{entry.shown || "–"}</span>
    </>
  );
  return (
    <li>
      <span className="valueline">
        {entry.children.length > 0 ? (
          <button type="button" className="fold" aria-expanded={open} aria-label={t("Parts of {name}", { name })} onClick={() => setUnfolded(!isUnfolded)}>
            {open ? "▾" : "▸"}
          </button>
        ) : (
          <i />
        )}
        {onTake ? (
          <button type="button" className="take" draggable title={`${reference(entry.path)}\n${entry.shown ?? ""}`} onDragStart={(event) => event.dataTransfer.setData("text/plain", reference(entry.path))} onMouseDown={(event) => event.preventDefault()} onClick={() => onTake(entry.path)}>
            {line}
          </button>
        ) : (
          <span className="take" title={entry.shown ?? ""}>
            {line}
          </span>
        )}
      </span>
      {open && entry.children.length > 0 && <Entries entries={entry.children} isOpen={isOpen} onTake={onTake} />}
    </li>
  );
}

/** Below the canvas: the log, the problems, the variables, the last runs. */

import { useEffect, useMemo, useRef, useState } from "react";

import { useSession } from "../context";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { readValue, writeValue } from "../form/values";
import { useMay, useStore, type State } from "../store";
import { Fleet } from "./Fleet";
import { Runs } from "./Runs";
import { Line } from "../form/Line";

const SHOWN = 500;
/** From which level on lines are shown, as the window says it. */
const LEVELS = { debug: "All messages", info: "Without debug", warn: "Warnings and errors", error: "Errors only" } as const;

export function Bottom() {
  const panel = useStore((state) => state.panel);
  const count = useStore((state) => state.problems.length);
  const tabs: readonly [State["panel"], string][] = [
    ["log", t("Log")],
    ["problems", count ? `${t("Problems")} (${count})` : t("Problems")],
    ["variables", t("Variables")],
    ["runs", t("Runs")],
    ["fleet", t("Robots")],
  ];
  return (
    <section className="bottom" aria-label={t("What happened")}>
      <div role="tablist" className="tabs">
        {tabs.map(([name, title]) => (
          <button key={name} type="button" role="tab" id={`tab-${name}`} aria-controls="bottom-panel" aria-selected={panel === name} onClick={() => useStore.setState({ panel: name })}>
            {title}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="bottom-panel" aria-labelledby={`tab-${panel}`} className="tab-body" tabIndex={0}>
        {panel === "log" && <Log />}
        {panel === "problems" && <Problems />}
        {panel === "variables" && <Variables />}
        {panel === "runs" && <Runs />}
        {panel === "fleet" && <Fleet />}
      </div>
    </section>
  );
}

function useName(): (id: string) => string {
  const flow = useStore((state) => state.flow);
  const types = useStore((state) => state.types);
  return (id) => {
    const node = flow?.nodes.get(id);
    return node?.data.label || (node ? t(types.get(node.type)?.title ?? node.type) : id);
  };
}

/** A node by its name; a click shows it. */
export function NodeLink({ id }: { readonly id: string }) {
  const session = useSession();
  const name = useName();
  return (
    <button type="button" className="link" onClick={() => show(session, id)}>
      {name(id)}
    </button>
  );
}

/** Selects a node and brings it into sight. */
export function show(session: ReturnType<typeof useSession>, id: string): void {
  session.select([id]);
  window.dispatchEvent(new CustomEvent("flowdesk:show", { detail: id }));
}

function Log() {
  const log = useStore((state) => state.log);
  const [least, setLeast] = useState<"debug" | "info" | "warn" | "error">("info");
  const [wanted, setWanted] = useState("");
  const end = useRef<HTMLDivElement>(null);
  const levels = ["debug", "info", "warn", "error"] as const;
  const lines = useMemo(
    () => log.filter((line) => levels.indexOf(line.level) >= levels.indexOf(least) && (!wanted || line.message.toLowerCase().includes(wanted.toLowerCase()))).slice(-SHOWN),
    [log, least, wanted],
  );
  useEffect(() => {
    void end.current?.scrollIntoView({ block: "nearest" });
  }, [lines]);
  return (
    <>
      <div className="log-tools">
        <select value={least} aria-label={t("Level")} onChange={(event) => setLeast(event.target.value as typeof least)}>
          {levels.map((level) => (
            <option key={level} value={level}>
              {t(LEVELS[level])}
            </option>
          ))}
        </select>
        <input value={wanted} placeholder={t("Filter")} aria-label={t("Filter")} onChange={(event) => setWanted(event.target.value)} />
      </div>
      <div className="log" role="log">
        {lines.map((line) => (
          <p key={line.key} className={`is-${line.level}`}>
            <time>{new Date(line.time).toLocaleTimeString()}</time>
            {line.nodeId && <NodeLink id={line.nodeId} />}
            <span>{said(line.message)}</span>
          </p>
        ))}
        {!lines.length && <p className="hint">{t("No messages yet.")}</p>}
        <div ref={end} />
      </div>
    </>
  );
}

function Problems() {
  const session = useSession();
  const problems = useStore((state) => state.problems);
  const mayEdit = useMay("edit");
  const remove = (id: string) => void session.edit([{ op: "removeEdge", id }], t("Delete the edge"));
  if (!problems.length) return <p className="hint">{t("No problems.")}</p>;
  return (
    <ul className="problems">
      {problems.map((problem, index) => (
        <li key={index} className={`is-${problem.level}`}>
          <Icon name={problem.level === "error" ? "circle-x" : "triangle-alert"} />
          {problem.node_id && <NodeLink id={problem.node_id} />}
          <span>
            {said(problem.message)} <em>{said(problem.fix)}</em>
          </span>
          {mayEdit && problem.edge_id && <button type="button" className="link" onClick={() => remove(problem.edge_id!)}>{t("Delete the edge")}</button>}
        </li>
      ))}
    </ul>
  );
}

function Variables() {
  const session = useSession();
  const own = useStore((state) => state.flow?.fields.variables) as Record<string, unknown> | undefined;
  const last = useStore((state) => state.variables);
  const mayEdit = useMay("edit");
  const [name, setName] = useState("");
  const names = [...new Set([...Object.keys(own ?? {}), ...Object.keys(last)])];
  const put = (key: string, text: string) => {
    const value = readValue(text);
    void session.edit([{ op: "setFlow", path: ["variables", key], value: typeof value === "symbol" ? "" : value }], t("Edit {name}", { name: key }));
  };
  return (
    <table className="variables">
      <thead>
        <tr>
          <th>{t("Name")}</th>
          <th>{t("Initial value")}</th>
          <th>{t("Value in the last run")}</th>
          <th aria-label={t("Delete")} />
        </tr>
      </thead>
      <tbody>
        {names.map((key) => (
          <tr key={key}>
            <td>
              <code title={key}>{key}</code>
            </td>
            <td>
              {own && key in own && (
                <Line value={writeValue(own[key])} label={key} onChange={(text) => put(key, text)} />
              )}
            </td>
            <td>
              <code title={key in last ? JSON.stringify(last[key], null, 1) : undefined}>{key in last ? JSON.stringify(last[key]) : ""}</code>
            </td>
            <td>
              {own && key in own && mayEdit && (
                <button type="button" aria-label={t("Remove the variable")} onClick={() => void session.edit([{ op: "setFlow", path: ["variables", key], remove: true }], t("Remove the variable"))}>
                  <Icon name="trash-2" size={14} />
                </button>
              )}
            </td>
          </tr>
        ))}
        {mayEdit && (
          <tr>
            <td colSpan={4}>
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  if (name.trim()) put(name.trim(), "");
                  setName("");
                }}
              >
                <input value={name} placeholder={t("Add a variable")} aria-label={t("Add a variable")} onChange={(event) => setName(event.target.value)} />
                <button type="submit" disabled={!name.trim()}>
                  <Icon name="plus" size={14} /> {t("Add")}
                </button>
              </form>
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

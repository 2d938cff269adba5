/** What the selected node was given and what came of it, beside its settings: at any visit of the last run. */

import { useEffect, useState, type ReactNode } from "react";

import { useSession } from "../context";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { MarkedPicture } from "../panels/Pictures";
import { isRunning, useMay, useStore } from "../store";
import { attempt } from "../telling";
import { columnsOf, sectionsOf, textOf, type Visit } from "./visits";

type View = "table" | "tree" | "text";
const VIEWS: readonly View[] = ["table", "tree", "text"];
const DEEPEST = 4;

export function VisitPanel() {
  const session = useSession();
  const selection = useStore((state) => state.selection);
  const nodeId = selection.size === 1 ? [...selection][0] : undefined;
  const isOn = useStore((state) => isRunning(state.run));
  const runId = useStore((state) => state.run?.runId ?? "");
  const [asked, setAsked] = useState<{ readonly nodeId: string | undefined; readonly runId: string; readonly number: number | null }>({ nodeId, runId, number: null });
  const [visit, setVisit] = useState<Visit | null>(null);
  const [view, setView] = useState<View>("table");
  const past = useStore((state) => state.past);
  const own = asked.nodeId === nodeId && asked.runId === `${runId} ${past?.moment ?? ""}` ? asked.number : null;
  const number = own ?? (past !== null && past.node_id === nodeId ? past.visit : null);
  useEffect(() => {
    let isGone = false;
    if (nodeId === undefined || isOn) return;
    void session.running.readVisit(nodeId, number).then((told) => {
      if (!isGone) setVisit(told);
    });
    return () => {
      isGone = true;
      setVisit(null);
    };
  }, [session, nodeId, number, isOn, runId, past?.run_id]);
  const go = (to: number) => setAsked({ nodeId, runId: `${runId} ${past?.moment ?? ""}`, number: to });
  return (
    <aside className="visit" aria-label={t("Input and output")}>
      <header>
        <b>{t("Input and output")}</b>
        <button type="button" className="tool" aria-label={t("Close")} title={t("Close")} onClick={() => useStore.setState({ isVisitShown: false })}>
          <Icon name="x" />
        </button>
      </header>
      {nodeId === undefined ? (
        <p className="hint">{t("Select a node to see its input and output.")}</p>
      ) : !visit?.visits ? (
        <p className="hint">{isOn ? "" : t("This node did not run in the last run, or there is no run yet.")}</p>
      ) : (
        <>
          <div className="visit-choice">
            {visit.visits > 1 && <Chooser visit={visit} onGo={go} />}
            <select value={view} aria-label={t("Show as")} onChange={(event) => setView(event.target.value as View)}>
              {VIEWS.map((one) => (
                <option key={one} value={one}>
                  {{ table: t("Table"), tree: t("Tree"), text: t("Text") }[one]}
                </option>
              ))}
            </select>
          </div>
          {visit.iteration.length > 0 && <p className="hint">{t("iteration {passes} of the loop", { passes: visit.iteration.map((place) => place + 1).join(" › ") })}</p>}
          {visit.is_cut && <p className="hint">{t("long values are shortened")}</p>}
          <Doings nodeId={nodeId} visit={visit} isOn={isOn} />
          {sectionsOf(visit, said).map(([title, value]) => (
            <section key={title}>
              <h3>{t(title)}</h3>
              {view === "table" ? <Cells value={value} depth={0} /> : view === "tree" ? <Branches value={value} isOpen /> : <pre>{textOf(value)}</pre>}
            </section>
          ))}
        </>
      )}
    </aside>
  );
}

/** What can be done with a visit: go on from it, and make a target of the picture that shows why it failed. */
function Doings({ nodeId, visit, isOn }: { readonly nodeId: string; readonly visit: Visit; readonly isOn: boolean }) {
  const session = useSession();
  const mayRun = useMay("run");
  const mayEdit = useMay("edit");
  const key = useStore((state) => state.types.get(state.flow?.nodes.get(nodeId)?.type ?? "")?.fields.find((field) => field.kind === "target")?.key);
  const take = async (picture: string) => {
    const { name } = await session.connection.request("asset.put", { name: `${nodeId.replace(/[^\w\-. ]/g, "-").slice(0, 60)}-target.png`, data: picture }, useStore.getState().workflowId);
    if (key) await session.edit([{ op: "setNode", id: nodeId, path: ["data", "config", key], value: `image=${name}` }], t("Target from the image"));
  };
  return (
    <div className="visit-doings">
      {visit.picture && mayEdit && <MarkedPicture key={visit.picture} runId={visit.run_id} name={visit.picture} onTake={key ? (picture) => void attempt(() => take(picture)) : null} />}
      {!isOn && mayRun && visit.iteration.length === 0 && (
        <button type="button" onClick={() => void session.running.run("start", { from_node: nodeId, as_of: { run_id: visit.run_id, visit: visit.visit } })}>
          <Icon name="skip-forward" size={14} /> {t("Run from here with these values")}
        </button>
      )}
    </div>
  );
}

function Chooser({ visit, onGo }: { readonly visit: Visit; readonly onGo: (to: number) => void }) {
  const step = (to: number, text: string, icon: ReactNode) => (
    <button type="button" className="tool" aria-label={text} title={text} disabled={to < 1 || to > visit.visits || to === visit.visit} onClick={() => onGo(to)}>
      {icon}
    </button>
  );
  return (
    <>
      {step(1, t("First execution"), "|‹")}
      {step(visit.visit - 1, t("Previous execution"), <Icon name="chevron-left" />)}
      <input
        key={visit.visit}
        inputMode="numeric"
        defaultValue={visit.visit}
        aria-label={t("Execution")}
        title={t("Which execution of the node to show")}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        onBlur={(event) => {
          const to = Number(event.target.value);
          if (Number.isInteger(to) && to >= 1 && to <= visit.visits) onGo(to);
          else event.target.value = String(visit.visit);
        }}
      />
      <span>/ {visit.visits}</span>
      {step(visit.visit + 1, t("Next execution"), <Icon name="chevron-right" />)}
      {step(visit.visits, t("Last execution"), "›|")}
    </>
  );
}

function Cells({ value, depth }: { readonly value: unknown; readonly depth: number }) {
  if (value === null || typeof value !== "object" || depth >= DEEPEST) return <span className="cell">{textOf(value)}</span>;
  const columns = columnsOf(value);
  if (columns)
    return (
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(value as readonly Readonly<Record<string, unknown>>[]).map((row, place) => (
            <tr key={place}>
              {columns.map((column) => (
                <td key={column}>
                  <Cells value={row[column]} depth={depth + 1} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    );
  return (
    <table>
      <tbody>
        {Object.entries(value).map(([key, item]) => (
          <tr key={key}>
            <th scope="row">{key}</th>
            <td>
              <Cells value={item} depth={depth + 1} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Branches({ value, isOpen = false }: { readonly value: unknown; readonly isOpen?: boolean }) {
  if (value === null || typeof value !== "object") return <span className="cell">{textOf(value)}</span>;
  return (
    <ul className="branches">
      {Object.entries(value).map(([key, item]) => (
        <li key={key}>
          {item !== null && typeof item === "object" ? (
            <details open={isOpen && Object.keys(item as object).length <= 20}>
              <summary>
                <b>{key}</b>
              </summary>
              <Branches value={item} />
            </details>
          ) : (
            <>
              <b>{key}</b> <span className="cell">{textOf(item)}</span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

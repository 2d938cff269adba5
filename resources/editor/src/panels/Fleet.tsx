/** The robots and the jobs of a hub: who does what, what failed, with cancel, retry and report. */

import { useCallback, useEffect, useState } from "react";

import { Refused } from "../connection";
import { useSession } from "../context";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import type { JobDetail, ToldJob, ToldRobot } from "../protocol";
import { useMay } from "../store";
import { quietly } from "../telling";
import { saveReport } from "./Runs";

const LOOK = 2000;
const PAGE = 100;
/** Milliseconds after the last letter before jobs are looked for. */
const PAUSE = 250;

const ROBOTS: Record<ToldRobot["state"], () => string> = {
  idle: () => t("idle"),
  busy: () => t("busy"),
  draining: () => t("ending"),
  lost: () => t("lost"),
  gone: () => t("gone"),
};
const JOBS: Record<ToldJob["state"], () => string> = {
  waiting: () => t("waiting"),
  running: () => t("running"),
  succeeded: () => t("succeeded"),
  failed: () => t("failed"),
  cancelled: () => t("cancelled"),
  expired: () => t("expired"),
  lost: () => t("lost"),
};
const COLORS: Record<string, string> = { succeeded: "is-succeeded", failed: "is-failed", lost: "is-failed", cancelled: "is-stopped", expired: "is-stopped", running: "is-running", busy: "is-running" };
const RETRIED = new Set<ToldJob["state"]>(["failed", "cancelled", "expired", "lost"]);

type Filter = { readonly state: ToldJob["state"] | ""; readonly text: string; readonly batch: string };

export function Fleet() {
  const session = useSession();
  const [view, setView] = useState<"jobs" | "robots">("jobs");
  const [robots, setRobots] = useState<readonly ToldRobot[] | null>(null);
  const [fault, setFault] = useState("");
  const look = useCallback(async () => {
    try {
      setRobots((await session.connection.request("fleet.robots")).robots);
      setFault("");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault([said(error.message), said(error.fix)].join(" "));
    }
  }, [session]);
  useEffect(() => {
    quietly(look());
    const timer = window.setInterval(() => quietly(look()), LOOK);
    return () => window.clearInterval(timer);
  }, [session, look]);
  if (fault && !robots) return <p className="hint">{fault}</p>;
  if (!robots) return <p className="hint">{t("Asking the hub…")}</p>;
  return (
    <div className="fleet">
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="fleet-views" role="group" aria-label={t("Robots and jobs")}>
        <button type="button" aria-pressed={view === "jobs"} onClick={() => setView("jobs")}>
          {t("Jobs")}
        </button>
        <button type="button" aria-pressed={view === "robots"} onClick={() => setView("robots")}>
          {t("Robots")} ({robots.filter((robot) => robot.state !== "gone").length})
        </button>
      </div>
      {view === "jobs" ? <Jobs onFault={setFault} /> : <Robots robots={robots} />}
    </div>
  );
}

function Robots({ robots }: { readonly robots: readonly ToldRobot[] }) {
  if (!robots.length) return <p className="hint">{t("There are no robots. flowdesk worker starts one.")}</p>;
  return (
    <div className="fleet-table">
      <table>
        <thead>
          <tr>
            <th>{t("Robot")}</th>
            <th>{t("State")}</th>
            <th>{t("Jobs")}</th>
            <th>{t("Pool")}</th>
            <th>{t("Screen")}</th>
            <th>{t("Version")}</th>
            <th>{t("Last seen")}</th>
          </tr>
        </thead>
        <tbody>
          {robots.map((robot) => (
            <tr key={robot.id} title={labels(robot.labels)}>
              <td>{robot.name}</td>
              <td className={COLORS[robot.state] ?? ""}>{ROBOTS[robot.state]()}</td>
              <td>
                {robot.busy} / {robot.desktops}
              </td>
              <td>{robot.pool}</td>
              <td>{robot.labels.screen ?? ""}</td>
              <td>{robot.version}</td>
              <td>{when(robot.seen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Jobs({ onFault }: { readonly onFault: (fault: string) => void }) {
  const session = useSession();
  const mayRun = useMay("run");
  const [filter, setFilter] = useState<Filter>({ state: "", text: "", batch: "" });
  const [typed, setTyped] = useState("");
  const [limit, setLimit] = useState(PAGE);
  const [found, setFound] = useState<{ readonly jobs: readonly ToldJob[]; readonly counts: Readonly<Record<string, number>>; readonly more: boolean } | null>(null);
  const [marked, setMarked] = useState<ReadonlySet<number>>(new Set());
  const [open, setOpen] = useState<number | null>(null);
  useEffect(() => {
    const timer = window.setTimeout(() => setFilter((before) => ({ ...before, text: typed.trim() })), PAUSE);
    return () => window.clearTimeout(timer);
  }, [typed]);
  const look = useCallback(async () => {
    setFound(await session.connection.request("fleet.jobs", { ...filter, limit }));
  }, [session, filter, limit]);
  useEffect(() => {
    let isWanted = true;
    const ask = () => quietly(look().catch((error: unknown) => (error instanceof Refused ? isWanted && onFault(said(error.message)) : Promise.reject(error))));
    ask();
    const timer = window.setInterval(ask, LOOK);
    return () => {
      isWanted = false;
      window.clearInterval(timer);
    };
  }, [session, look, onFault]);
  const act = (type: "fleet.cancel" | "fleet.retry", jobs: readonly number[]) =>
    quietly(
      (async () => {
        const { answers } = await session.connection.request(type, { jobs: [...jobs] });
        const refused = answers.filter((answer) => !answer.done);
        onFault(refused.map((answer) => said(answer.message)).join(" "));
        setMarked(new Set());
        await look();
      })(),
    );
  if (!found) return <p className="hint">{t("Asking the hub…")}</p>;
  const all = Object.values(found.counts).reduce((sum, count) => sum + count, 0);
  const chosen = found.jobs.filter((job) => marked.has(job.id));
  const columns = filter.batch ? rowNames(found.jobs) : [];
  return (
    <>
      <div className="fleet-tools" role="search">
        <select value={filter.state} aria-label={t("State")} onChange={(event) => setFilter({ ...filter, state: event.target.value as Filter["state"] })}>
          <option value="">
            {t("All")} ({all})
          </option>
          {(Object.keys(JOBS) as ToldJob["state"][]).map((state) => (
            <option key={state} value={state}>
              {JOBS[state]()} ({found.counts[state] ?? 0})
            </option>
          ))}
        </select>
        <input type="search" value={typed} placeholder={t("Search jobs")} aria-label={t("Search jobs")} onChange={(event) => setTyped(event.target.value)} />
        {filter.batch && (
          <button type="button" onClick={() => setFilter({ ...filter, batch: "" })}>
            <Icon name="x" size={14} /> {t("Batch {batch}", { batch: filter.batch })}
          </button>
        )}
        <span className="fleet-acts">
          <button type="button" disabled={!mayRun || !chosen.some((job) => job.state === "waiting" || job.state === "running" || job.state === "lost")} onClick={() => act("fleet.cancel", chosen.map((job) => job.id))}>
            <Icon name="ban" /> {t("Cancel")}
          </button>
          <button type="button" disabled={!mayRun || !chosen.some((job) => RETRIED.has(job.state))} onClick={() => act("fleet.retry", chosen.map((job) => job.id))}>
            <Icon name="refresh-cw" /> {t("Retry")}
          </button>
        </span>
      </div>
      <div className="fleet-table">
        <table>
          <thead>
            <tr>
              <th>
                <input type="checkbox" aria-label={t("Select all")} checked={found.jobs.length > 0 && chosen.length === found.jobs.length} onChange={(event) => setMarked(new Set(event.target.checked ? found.jobs.map((job) => job.id) : []))} />
              </th>
              <th>{t("Job")}</th>
              <th>{t("State")}</th>
              <th>{t("Flow")}</th>
              <th>{t("Row")}</th>
              {columns.map((name) => (
                <th key={`row ${name}`}>{name}</th>
              ))}
              <th>{t("Robot")}</th>
              <th>{t("Submitted")}</th>
              <th>{t("Outcome")}</th>
            </tr>
          </thead>
          <tbody>
            {found.jobs.map((job) => (
              <tr key={job.id} aria-selected={open === job.id}>
                <td>
                  <input type="checkbox" aria-label={t("Select job {id}", { id: job.id })} checked={marked.has(job.id)} onChange={() => setMarked(toggled(marked, job.id))} />
                </td>
                <td>
                  <button type="button" className="link" onClick={() => setOpen(open === job.id ? null : job.id)}>
                    {job.id}
                  </button>
                </td>
                <td className={COLORS[job.state] ?? ""}>
                  {JOBS[job.state]()}
                  {job.kind === "business" && ` (${t("business")})`}
                </td>
                <td>{job.flow}</td>
                <td>
                  {job.number > 0 && (
                    <button type="button" className="link" title={t("Show the rows of this batch")} onClick={() => setFilter({ ...filter, batch: job.batch })}>
                      {job.number}
                    </button>
                  )}
                </td>
                {columns.map((name) => (
                  <td key={`row ${name}`}>{text(job.row?.[name])}</td>
                ))}
                <td>{job.robot ?? ""}</td>
                <td>{when(job.submitted)}</td>
                <td title={said(job.message)}>{job.state === "succeeded" ? text(job.result) : said(job.message)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {!found.jobs.length && <p className="hint">{t("There are no such jobs.")}</p>}
        {found.more && limit < 500 && (
          <button type="button" onClick={() => setLimit(Math.min(500, limit + PAGE))}>
            {t("Show more")}
          </button>
        )}
      </div>
      {open !== null && <Job key={open} id={open} onFault={onFault} onClose={() => setOpen(null)} />}
    </>
  );
}

function Job({ id, onFault, onClose }: { readonly id: number; readonly onFault: (fault: string) => void; readonly onClose: () => void }) {
  const session = useSession();
  const mayEdit = useMay("edit");
  const [job, setJob] = useState<JobDetail | null>(null);
  useEffect(() => {
    const ask = () => quietly(session.connection.request("fleet.job", { id }).then((reply) => setJob(reply.job)));
    ask();
    const timer = window.setInterval(ask, LOOK);
    return () => window.clearInterval(timer);
  }, [session, id]);
  if (!job) return null;
  const save = async () => {
    try {
      saveReport(await session.running.reportOfJob(id));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onFault([said(error.message), said(error.fix)].join(" "));
    }
  };
  const known: readonly [string, unknown][] = [
    [t("Outcome"), said(job.message)],
    [t("Fix"), said(job.fix)],
    [t("Waiting"), said(job.waits_for)],
    [t("Result"), job.result],
    [t("Row"), job.row],
    [t("Variables"), job.variables],
    [t("Key"), job.key],
    [t("Submitted by"), job.submitted_by],
    [t("Started"), job.started && when(job.started)],
    [t("Ended"), job.ended && when(job.ended)],
    [t("Retried as"), job.retried_by],
    [t("Retry of"), job.retry_of],
    [t("Files"), job.files.map((file) => file.name).join(", ")],
  ];
  return (
    <aside className="fleet-job" aria-label={t("Job {id}", { id })}>
      <header>
        <b>{t("Job {id}", { id })}</b>
        {mayEdit && job.files.length > 0 && (
          <button type="button" onClick={() => quietly(save())}>
            <Icon name="download" /> {t("Save as a report")}
          </button>
        )}
        <button type="button" className="tool" title={t("Close")} aria-label={t("Close")} onClick={onClose}>
          <Icon name="x" size={14} />
        </button>
      </header>
      <dl>
        {known
          .filter(([, value]) => text(value) !== "" && text(value) !== "{}")
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text(value)}</dd>
            </div>
          ))}
      </dl>
    </aside>
  );
}

function toggled(marked: ReadonlySet<number>, id: number): ReadonlySet<number> {
  const next = new Set(marked);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** The names of the columns of a batch's rows. */
function rowNames(jobs: readonly ToldJob[]): readonly string[] {
  return [...new Set(jobs.flatMap((job) => Object.keys(job.row ?? {})))].slice(0, 8);
}

function text(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function labels(known: Readonly<Record<string, string>>): string {
  return Object.entries(known)
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");
}

function when(time: string): string {
  const at = new Date(time);
  return at.toDateString() === new Date().toDateString() ? at.toLocaleTimeString() : at.toLocaleString();
}

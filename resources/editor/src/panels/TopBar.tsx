/** The bar on top: the flow, undo, run, and what is shown. */

import { useEffect, useRef, useState } from "react";

import { useSession } from "../context";
import { currentLanguage, LANGUAGES, setLanguage, t, type Language } from "../i18n";
import { Icon } from "../icons";
import { laidOut } from "../rules";
import { apply, isOnOwnDesktop } from "../flow";
import { refitted } from "../frames";
import { isRunning, onlyInspector, otherDesktop, otherPalette, useMay, useStore } from "../store";
import { colorOf } from "../canvas/Pointers";
import { saveOrAsk } from "../keys";
import { ownName } from "../session";
import { FlowsMenu } from "./FlowsMenu";
import { RecordBar } from "./RecordBar";
import { TriggersButton } from "./Triggers";

const STATES: Record<string, () => string> = {
  pending: () => t("Waiting"),
  running: () => t("Running"),
  pausing: () => t("Pausing"),
  paused: () => t("Paused"),
  stopping: () => t("Stopping"),
  succeeded: () => t("Succeeded"),
  failed: () => t("Failed"),
  stopped: () => t("Stopped"),
};

/** What is read for how a run stands; of a dry run that it succeeded would be too much. */
export function runWord(status: string, isRehearsal: boolean | null | undefined): string {
  if (status === "interrupted") return t("Interrupted");
  return status === "succeeded" && isRehearsal ? t("Rehearsed") : (STATES[status]?.() ?? status);
}

export function TopBar() {
  const session = useSession();
  const undoLabel = useStore((state) => state.undoLabel);
  const redoLabel = useStore((state) => state.redoLabel);
  const hasFlow = useStore((state) => state.flow !== null);
  const isModified = useStore((state) => state.isModified);
  const isDesktopShown = useStore((state) => state.isDesktopShown);
  const editors = useStore((state) => state.editors);
  const role = useStore((state) => state.role);
  const mayEdit = useMay("edit");
  return (
    <header className="top">
      <button type="button" className="only-narrow" aria-label={t("Palette")} onClick={() => useStore.setState(otherPalette)}>
        <Icon name="panel-left" />
      </button>
      <FlowsMenu />
      {mayEdit && (
        <span className="bar" role="group" aria-label={t("Edit")}>
          <button type="button" disabled={!hasFlow || !isModified} title={t("Save")} aria-label={t("Save")} onClick={() => saveOrAsk(session)}>
            <Icon name="save" />
          </button>
          <button type="button" disabled={!undoLabel} title={`${t("Undo")}: ${undoLabel ?? ""}`} aria-label={t("Undo")} onClick={() => void session.undo("undo")}>
            <Icon name="undo-2" />
          </button>
          <button type="button" disabled={!redoLabel} title={`${t("Redo")}: ${redoLabel ?? ""}`} aria-label={t("Redo")} onClick={() => void session.undo("redo")}>
            <Icon name="redo-2" />
          </button>
          <button type="button" disabled={!hasFlow} title={t("Tidy up")} aria-label={t("Tidy up")} onClick={() => layOut(session)}>
            <Icon name="layout-grid" />
          </button>
          <button type="button" disabled={!hasFlow} title={`${t("Add a note")} (Shift+S)`} aria-label={t("Add a note")} onClick={() => window.dispatchEvent(new CustomEvent("flowdesk:note"))}>
            <Icon name="sticky-note" />
          </button>
        </span>
      )}
      <RunBar />
      <span className="spring" />
      {role === "view" && <span className="chip">{t("View only")}</span>}
      {editors.map((editor) => (
        <span key={editor.id} className="avatar" style={{ background: colorOf(editor.id) }} title={editor.name || editor.id}>
          {(editor.name || editor.id).slice(0, 1).toUpperCase()}
        </span>
      ))}
      <button type="button" title={t("Find")} aria-label={t("Find")} disabled={!hasFlow} onClick={() => useStore.setState({ isFindShown: true })}>
        <Icon name="search" />
      </button>
      <button type="button" aria-pressed={isDesktopShown} title={t("Desktop")} disabled={!mayEdit} onClick={() => useStore.setState(otherDesktop)}>
        <Icon name="monitor" /> <span className="wide">{t("Desktop")}</span>
      </button>
      <TriggersButton />
      <Appearance />
      <button type="button" className="only-narrow" aria-label={t("Inspector")} onClick={() => useStore.setState((state) => (state.isInspectorShown ? { isInspectorShown: false } : onlyInspector()))}>
        <Icon name="panel-right" />
      </button>
    </header>
  );
}

export function layOut(session: ReturnType<typeof useSession>): void {
  const { flow, types } = useStore.getState();
  if (!flow) return;
  const view = document.querySelector(".canvas")?.getBoundingClientRect();
  const moves = laidOut(flow, types, { width: view?.width ?? 1200, height: view?.height ?? 700 });
  void session.edit([...moves, ...refitted(apply(flow, moves), types)], t("Tidy up"));
  window.dispatchEvent(new CustomEvent("flowdesk:fit"));
}

/** Chooses where the flow runs: on this desktop, or on one of its own. */
function switchDesktop(session: ReturnType<typeof useSession>, isPrivate: boolean): void {
  const path = ["desktop"];
  void session.edit(
    [isPrivate ? { op: "setFlow", path, remove: true } : { op: "setFlow", path, value: "private" }],
    isPrivate ? t("Run on this desktop") : t("Run on a separate desktop"),
  );
}

function RunBar() {
  const session = useSession();
  const run = useStore((state) => state.run);
  const hasFlow = useStore((state) => state.flow !== null);
  const only = useStore((state) => (state.selection.size === 1 ? [...state.selection][0] : undefined));
  const mayRun = useMay("run");
  const isAsking = useStore((state) => state.questions[0] !== undefined && state.questions[0].help_id === state.asideId) && mayRun;
  const isOn = isRunning(run);
  const isRecording = useStore((state) => state.recording !== null);
  const isPaused = run?.status === "paused";
  const workflowId = useStore((state) => state.workflowId);
  const others = useStore((state) => state.underWay).filter((one) => one.workflow_id !== workflowId);
  const mayEdit = useMay("edit");
  const isPrivate = useStore((state) => isOnOwnDesktop(state.flow));
  return (
    <span className="bar" role="group" aria-label={t("Run")}>
      {!isOn && (
        <button type="button" className="is-primary" disabled={!hasFlow || !mayRun} title={t("Run")} onClick={() => void session.running.run("start")}>
          <Icon name="play" /> {t("Run")}
        </button>
      )}
      <button
        type="button"
        aria-pressed={isPrivate}
        disabled={!hasFlow || !mayEdit || isOn}
        title={isPrivate ? t("Runs on a separate desktop") : t("Runs on this desktop")}
        aria-label={t("Separate desktop")}
        onClick={() => switchDesktop(session, isPrivate)}
      >
        <Icon name={isPrivate ? "app-window" : "monitor"} />
      </button>
      {!isOn && (
        <button type="button" disabled={!hasFlow || !mayRun} title={t("Dry run")} aria-label={t("Dry run")} onClick={() => void session.running.run("start", { dry_run: true })}>
          <Icon name="eye" />
        </button>
      )}
      {!isOn && only && (
        <button type="button" disabled={!mayRun} title={t("Run from here")} aria-label={t("Run from here")} onClick={() => void session.running.run("start", { from_node: only })}>
          <Icon name="skip-forward" />
        </button>
      )}
      {isOn && (
        <button type="button" disabled={!mayRun} title={isPaused ? t("Resume") : t("Pause")} onClick={() => void session.running.run(isPaused ? "resume" : "pause")}>
          <Icon name={isPaused ? "play" : "pause"} /> {isPaused ? t("Resume") : t("Pause")}
        </button>
      )}
      <button
        type="button"
        disabled={!hasFlow || !mayRun || (isOn && !isPaused)}
        title={t("Step")}
        aria-label={t("Step")}
        onClick={() => void (isOn ? session.running.run("step") : session.running.run("start", { paused: true }))}
      >
        <Icon name="step-forward" />
      </button>
      <button type="button" className={isOn || others.length ? "is-stop" : ""} disabled={!isOn && !others.length} title={`${t("Stop")} (Ctrl+.)`} aria-label={t("Stop")} onClick={() => void session.running.stop()}>
        <Icon name="circle-stop" /> <span className="wide">{t("Stop")}</span>
      </button>
      {others.map((one) => (
        <span key={one.run_id} className="chip is-other-run">
          {runWord(one.status, one.rehearsal)}: {one.name || one.workflow_id}
          {others.length + Number(isOn) > 1 && (
            <button type="button" title={t("Stop")} aria-label={t("Stop {name}", { name: one.name || one.workflow_id })} onClick={() => void session.running.stop(one)}>
              <Icon name="circle-stop" size={14} />
            </button>
          )}
        </span>
      ))}
      {(!isOn || isRecording) && <RecordBar />}
      {isAsking && (
        <button type="button" className="is-asking" onClick={() => useStore.setState({ asideId: null })}>
          <Icon name="circle-help" /> {t("The run needs an answer")}
        </button>
      )}
      {run && (
        <span className={`state is-${run.status}`} role="status">
          {runWord(run.status, run.isRehearsal)}
          {isOn && <progress max={100} value={run.percent} aria-label={t("Progress")} />}
          {run.duration !== null && <small>{run.duration.toFixed(1)} s</small>}
        </span>
      )}
    </span>
  );
}

function Appearance() {
  const session = useSession();
  const theme = useStore((state) => state.theme);
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    const leave = (event: Event) => !box.current?.contains(event.target as Element) && setOpen(false);
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [isOpen]);
  const THEMES = { system: t("Like the system"), light: t("Light"), dark: t("Dark") };
  return (
    <span className="menu" ref={box} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <button type="button" aria-haspopup="true" aria-expanded={isOpen} title={t("Appearance")} aria-label={t("Appearance")} onClick={() => setOpen(!isOpen)}>
        <Icon name="settings" />
      </button>
      {isOpen && (
        <div className="menu-body is-right">
          <fieldset>
            <legend>{t("Theme")}</legend>
            {(["system", "light", "dark"] as const).map((name) => (
              <label key={name} className="check">
                <input type="radio" name="theme" checked={theme === name} onChange={() => remember({ theme: name })} /> {THEMES[name]}
              </label>
            ))}
          </fieldset>
          <fieldset>
            <legend>{t("Language")}</legend>
            {Object.entries(LANGUAGES).map(([name, own]) => (
              <label key={name} className="check">
                <input
                  type="radio"
                  name="language"
                  checked={currentLanguage() === name}
                  onChange={() => {
                    localStorage.setItem("flowdesk.language", name);
                    void setLanguage(name as Language);
                  }}
                />
                {own}
              </label>
            ))}
          </fieldset>
          <label className="own-name">
            <span className="hint">{t("Your name, shown to others")}</span>
            <input
              defaultValue={ownName()}
              maxLength={40}
              placeholder={t("Browser")}
              onChange={(event) => {
                localStorage.setItem("flowdesk.name", event.target.value.trim());
                session.tellPresence({});
              }}
            />
          </label>
          <button type="button" onClick={() => useStore.setState({ isHelpShown: true })}>
            <Icon name="keyboard" /> {t("Keyboard and mouse")}
          </button>
        </div>
      )}
    </span>
  );
}

function remember({ theme }: { readonly theme: "system" | "light" | "dark" }): void {
  localStorage.setItem("flowdesk.theme", theme);
  useStore.setState({ theme });
}

/** Recording: the button, and while it goes on its state with what can be done. */

import { useRef, useState } from "react";

import { useSession } from "../context";
import { t } from "../i18n";
import { Icon } from "../icons";
import { isDriven, useMay, useStore } from "../store";
import type { RecordedRepeat } from "../protocol";
import { Dialog } from "./Dialog";

export function RecordBar() {
  const recording = useStore((state) => state.recording);
  return recording ? <UnderWay isPaused={recording.status === "paused"} count={recording.count} /> : <Begin />;
}

function Begin() {
  const session = useSession();
  const hasFlow = useStore((state) => state.flow !== null);
  const isBusy = useStore(isDriven);
  const mayRun = useMay("run");
  return (
    <button type="button" disabled={!hasFlow || !mayRun || isBusy} title={t("Record what you do on this desktop")} aria-label={t("Record")} onClick={() => void session.running.record()}>
      <Icon name="circle" /> <span className="wide">{t("Record")}</span>
    </button>
  );
}

function UnderWay({ isPaused, count }: { isPaused: boolean; count: number }) {
  const session = useSession();
  const step = useStore((state) => state.recordedStep);
  const mayRun = useMay("run");
  const [note, setNote] = useState<string | null>(null);
  const pause = isPaused ? t("Go on recording") : t("Pause the recording");
  const write = () => {
    if (note?.trim()) void session.running.ofRecording("note", { text: note.trim() });
    setNote(null);
  };
  return (
    <span className="bar is-recording" role="group" aria-label={t("Recording")}>
      <span className="chip is-other-run" role="status" title={step}>
        {isPaused ? t("Paused") : t("Recording")} · {count === 1 ? t("1 step") : t("{count} steps", { count })}
      </span>
      <button type="button" disabled={!mayRun} title={pause} aria-label={pause} onClick={() => void session.running.ofRecording("pause", { paused: !isPaused })}>
        <Icon name={isPaused ? "play" : "pause"} />
      </button>
      <button type="button" disabled={!mayRun || !count} title={t("Take back the last step")} aria-label={t("Take back the last step")} onClick={() => void session.running.ofRecording("undo", {})}>
        <Icon name="undo-2" />
      </button>
      <Pointing />
      {note === null ? (
        <button type="button" disabled={!mayRun || !count} title={t("Note for the last step…")} aria-label={t("Note for the last step…")} onClick={() => setNote("")}>
          <Icon name="sticky-note" />
        </button>
      ) : (
        <input
          autoFocus
          value={note}
          aria-label={t("Note for the last step")}
          placeholder={t("Note for the last step")}
          onChange={(event) => setNote(event.target.value)}
          onBlur={write}
          onKeyDown={(event) => {
            if (event.key === "Enter") write();
            if (event.key === "Escape") setNote(null);
          }}
        />
      )}
      <button type="button" className="is-stop" disabled={!mayRun} title={t("Stop recording")} aria-label={t("Stop recording")} onClick={() => void session.running.ofRecording("stop", {})}>
        <Icon name="square" />
      </button>
    </span>
  );
}

/** What is to become of something that is pointed at. */
function Pointing() {
  const session = useSession();
  const mayRun = useMay("run");
  const [variable, setVariable] = useState<string | null>(null);
  const label = t("Point at something: wait for it, check it, or read it");
  if (variable !== null) {
    const read = () => {
      if (variable.trim()) session.running.pointRecording("read", t("Read this into a variable"), variable.trim());
      setVariable(null);
    };
    return (
      <input
        autoFocus
        value={variable}
        aria-label={t("Variable")}
        placeholder={t("Variable")}
        onChange={(event) => setVariable(event.target.value)}
        onBlur={() => setVariable(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter") read();
          if (event.key === "Escape") setVariable(null);
        }}
      />
    );
  }
  return (
    <select
      value=""
      disabled={!mayRun}
      title={label}
      aria-label={label}
      onChange={(event) => {
        if (event.target.value === "wait") session.running.pointRecording("wait", t("Wait for this…"));
        if (event.target.value === "check") session.running.pointRecording("check", t("Check that this is there…"));
        if (event.target.value === "read") setVariable("text");
      }}
    >
      <option value="">{t("Point…")}</option>
      <option value="wait">{t("Wait for this…")}</option>
      <option value="check">{t("Check that this is there…")}</option>
      <option value="read">{t("Read this into a variable…")}</option>
    </select>
  );
}

/** Asks whoever recorded for each password that was typed, once, and whether what was done several times is to be a loop. */
export function AfterRecording() {
  const name = useStore((state) => state.typedSecrets[0]);
  const repeat = useStore((state) => state.recordedRepeat);
  if (name) return <TypedSecret key={name} name={name} />;
  return repeat ? <Repeat repeat={repeat} /> : null;
}

function Repeat({ repeat }: { readonly repeat: RecordedRepeat }) {
  const session = useSession();
  const leave = () => useStore.setState({ recordedRepeat: null });
  return (
    <Dialog title={t("Repeat for every row")} onClose={leave}>
      <p className="asked">
        {t("You did {steps} steps {times} times with different data: {columns}. Do them for every row of a table instead?", {
          steps: repeat.steps,
          times: repeat.times,
          columns: repeat.columns.join(", "),
        })}
      </p>
      <footer>
        <button type="button" className="is-primary" onClick={() => void session.running.repeatForRows()}>
          {t("Yes")}
        </button>
        <button type="button" onClick={leave}>
          {t("No")}
        </button>
      </footer>
    </Dialog>
  );
}

function TypedSecret({ name }: { readonly name: string }) {
  const session = useSession();
  // It is in no state of the page: only in the field, until it is sent.
  const field = useRef<HTMLInputElement>(null);
  const answer = (value: string) => void session.running.keepSecret(name, value);
  return (
    <Dialog title={t("Keep the password")} onClose={() => answer("")}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          answer(field.current?.value ?? "");
        }}
      >
        <label className="asked">
          {t("Password for {name}. It is kept in the system's key store, never in the flow.", { name })}
          <input ref={field} type="password" autoFocus autoComplete="off" />
        </label>
        <footer>
          <button type="submit" className="is-primary">
            {t("Keep")}
          </button>
          <button type="button" onClick={() => answer("")}>
            {t("Not now")}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

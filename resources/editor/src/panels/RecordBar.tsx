/** Recording: the button, and while it goes on its state with what can be done. */

import { useState } from "react";

import { useSession } from "../context";
import { t } from "../i18n";
import { Icon } from "../icons";
import { useMay, useStore } from "../store";

export function RecordBar() {
  const recording = useStore((state) => state.recording);
  return recording ? <UnderWay isPaused={recording.status === "paused"} count={recording.count} /> : <Begin />;
}

function Begin() {
  const session = useSession();
  const hasFlow = useStore((state) => state.flow !== null);
  const isBusy = useStore((state) => state.underWay.length > 0);
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
    <span className="bar" role="group" aria-label={t("Recording")}>
      <span className="chip is-other-run" role="status" title={step}>
        {isPaused ? t("Paused") : t("Recording")} · {count === 1 ? t("1 step") : t("{count} steps", { count })}
      </span>
      <button type="button" disabled={!mayRun} title={pause} aria-label={pause} onClick={() => void session.running.ofRecording("pause", { paused: !isPaused })}>
        <Icon name={isPaused ? "play" : "pause"} />
      </button>
      <button type="button" disabled={!mayRun || !count} title={t("Take back the last step")} aria-label={t("Take back the last step")} onClick={() => void session.running.ofRecording("undo", {})}>
        <Icon name="undo-2" />
      </button>
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

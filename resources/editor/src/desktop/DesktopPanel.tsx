/** The desktop in the page: look at it, point at it, test what a node looks for. */

import { useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { Icon } from "../icons";
import { t } from "../i18n";
import { CandidateList } from "./CandidateList";
import { Stage } from "./Stage";
import { zoomed, type Frame, type Point } from "./geometry";
import type { DesktopStore } from "./store";
import "./desktop.css";

/** Keys that go to the parent (1) and to the child (-1) of what is outlined. */
const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowUp: 1, ArrowLeft: 1, ArrowDown: -1, ArrowRight: -1 };

interface PanelProps {
  readonly store: DesktopStore;
  /** Picks for what is selected. */
  readonly onPick?: () => void;
  /** Stops the run that is under way. */
  readonly onStop?: (() => void) | undefined;
  readonly onClose?: () => void;
  /** Whether this person may act on the desktop. */
  readonly mayAct?: boolean;
  /** Who acts on it now, `""` where nobody does. */
  readonly controller?: string;
}

export function DesktopPanel({ store, onPick, onStop, onClose, mayAct = false, controller = "" }: PanelProps) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const live = useSyncExternalStore(store.live.subscribe, store.live.snapshot);
  const [frame, setFrame] = useState<Frame | null>(null);
  const [shown, setShown] = useState<Frame | null>(null);
  const [point, setPoint] = useState<Point | null>(null);
  const [isLarge, setIsLarge] = useState(false);
  const isPicking = state.mode === "pick";
  const isActing = state.mode === "act";
  const fills = isPicking || isActing || isLarge;
  const onFrame = useCallback((next: Frame | null) => setFrame(next), []);

  // The keys of picking work wherever the focus is, and reach nothing else of the page.
  useEffect(() => {
    if (!isPicking) return;
    const keys = (event: KeyboardEvent) => {
      const step = STEPS[event.key];
      const { picked, drawn } = store.state;
      if (event.key === "Escape" && (picked || drawn)) store.again();
      else if (event.key === "Escape") store.leave();
      else if (step) void store.walk(step);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("keydown", keys, true);
    return () => document.removeEventListener("keydown", keys, true);
  }, [isPicking, store]);

  // Others see that the desktop is let go of when the panel goes, or the flow is left.
  useEffect(() => () => void (store.controls && store.control(false)), [store]);

  // Seen in full again when there is more or less room for it.
  useEffect(() => setFrame(null), [fills]);

  const zoom = (factor: number) => {
    const now = frame ?? shown;
    const stage = document.querySelector<HTMLElement>(".desktop-stage");
    if (now && stage) setFrame(zoomed(now, factor, stage.clientWidth / 2, stage.clientHeight / 2));
  };

  return (
    <section className={fills ? "desktop-panel is-large" : "desktop-panel"} aria-label={t("Desktop")}>
      <header>
        <span className={live.isShown && !live.problem ? "desktop-live is-on" : "desktop-live"}>
          <Icon name="monitor" /> {t("Desktop")}
        </span>
        <button
          type="button"
          className={isPicking ? "is-primary" : undefined}
          aria-pressed={isPicking}
          onClick={() => (isPicking ? store.leave() : onPick ? onPick() : store.pick())}
        >
          <Icon name={isPicking ? "x" : "crosshair"} /> {isPicking ? t("Stop picking") : t("Pick")}
        </button>
        {mayAct && !isPicking && (
          <button
            type="button"
            className={isActing ? "is-primary" : undefined}
            aria-pressed={isActing}
            disabled={!store.controls && controller !== ""}
            title={t("Use the mouse and the keyboard of this desktop")}
            onClick={() => void store.control(!isActing)}
          >
            <Icon name="mouse-pointer-click" /> {isActing ? t("Stop controlling") : t("Control")}
          </button>
        )}
        {controller && !(isPicking && store.controls) && (
          <span className="desktop-controller" role="status">
            {isActing ? t("Clicks and keys go to this desktop") : t('"{name}" controls this desktop', { name: controller })}
          </span>
        )}
        {isPicking && state.picked && (
          <button type="button" onClick={() => store.again()}>
            <Icon name="refresh-cw" /> {t("Pick again")}
          </button>
        )}
        {onStop && (
          <button type="button" className="is-stop" aria-label={t("Stop the run")} title={t("Stop the run")} onClick={onStop}>
            <Icon name="circle-stop" />
          </button>
        )}
        <span className="desktop-where" aria-live="off">
          {point ? `${point.x}, ${point.y}` : ""}
        </span>
        <span className="desktop-zoom">
          <button type="button" aria-label={t("Zoom out")} onClick={() => zoom(0.8)}>
            <Icon name="minus" />
          </button>
          <button type="button" title={t("Show all")} onClick={() => setFrame(null)}>
            {Math.round((frame ?? shown)?.scale ? ((frame ?? shown)?.scale ?? 1) * 100 : 100)} %
          </button>
          <button type="button" aria-label={t("Zoom in")} onClick={() => zoom(1.25)}>
            <Icon name="plus" />
          </button>
        </span>
        {!isPicking && !isActing && (
          <button
            type="button"
            className="desktop-fill"
            aria-label={isLarge ? t("Smaller") : t("Fill the page")}
            title={isLarge ? t("Smaller") : t("Fill the page")}
            aria-pressed={isLarge}
            onClick={() => setIsLarge(!isLarge)}
          >
            <Icon name="maximize" />
          </button>
        )}
        {onClose && !isPicking && (
          <button type="button" aria-label={t("Close the desktop")} onClick={onClose}>
            <Icon name="x" />
          </button>
        )}
      </header>
      {!isPicking && <Problem text={state.problem} />}
      <div className="desktop-body">
        <Stage store={store} frame={frame} onFrame={onFrame} onShown={setShown} onPoint={setPoint} />
        <aside aria-label={t("Pick")} hidden={!isPicking}>
          {!state.picked && !state.isLooking && (
            <p id="desktop-hint" className="desktop-note">
              {state.purpose && <b>{state.purpose}</b>}
              {t("Click the target, or drag a box around it to capture an image. Arrow keys select surrounding or inner elements; Esc cancels.")}
            </p>
          )}
          {isPicking && <Problem text={state.problem} />}
          <CandidateList store={store} />
        </aside>
      </div>
    </section>
  );
}

function Problem({ text }: { readonly text: string }) {
  return text ? (
    <p className="desktop-problem" role="alert">
      {text}
    </p>
  ) : null;
}

/** The desktop itself: its pixels, what is outlined on it, and the hand of the person who points at it. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { PointerEvent } from "react";

import { t } from "../i18n";
import {
  DRAG,
  between,
  fitted,
  isOn,
  scaleToAsk,
  toDesktop,
  toView,
  zoomed,
  type Box,
  type Frame,
  type Point,
} from "./geometry";
import { actOfKey, held, notches } from "./acting";
import type { DesktopElement } from "./protocol";
import type { DesktopStore } from "./store";

const BUTTONS = ["left", "middle", "right"] as const;

interface Press {
  readonly at: Point;
  readonly x: number;
  readonly y: number;
  readonly isPan: boolean;
  readonly frame: Frame;
  isDrag: boolean;
}

interface Props {
  readonly store: DesktopStore;
  /** `null`: all of the desktop, whatever the size of the view. */
  readonly frame: Frame | null;
  readonly onFrame: (frame: Frame | null) => void;
  readonly onShown: (frame: Frame) => void;
  readonly onPoint: (at: Point | null) => void;
}

export function Stage({ store, frame, onFrame, onShown, onPoint }: Props) {
  const state = useSyncExternalStore(store.subscribe, store.snapshot);
  const live = useSyncExternalStore(store.live.subscribe, store.live.snapshot);
  const place = useRef<HTMLDivElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const press = useRef<Press | null>(null);
  const [size, setSize] = useState<readonly [number, number]>([0, 0]);
  const [ratio, setRatio] = useState(() => window.devicePixelRatio || 1);
  const desktop = live.box;
  const shown = desktop && size[0] > 0 ? (frame ?? fitted(desktop, size[0], size[1])) : null;
  const scale = shown ? scaleToAsk(shown, ratio) : 0.5;
  const isActing = state.mode === "act";

  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const watch = new ResizeObserver(() => {
      setSize([element.clientWidth, element.clientHeight]);
      setRatio(window.devicePixelRatio || 1);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, []);

  useLayoutEffect(() => {
    holder.current?.replaceChildren(store.live.canvas);
  }, [store]);

  useEffect(() => {
    void store.live.watch(scale);
  }, [store, scale]);

  useEffect(() => () => store.live.stop(), [store]);

  // The keys of picking work at once, without a click first.
  useEffect(() => {
    if (state.mode !== "look") place.current?.focus();
  }, [state.mode, state.picked]);

  useEffect(() => {
    if (shown) onShown(shown);
  }, [shown?.scale]);

  const at = useCallback(
    (event: { clientX: number; clientY: number }): [number, number] => {
      const box = place.current?.getBoundingClientRect();
      return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
    },
    [],
  );

  // React listens to wheels passively: the page would scroll along.
  useEffect(() => {
    const element = place.current;
    if (!element || !shown) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const [x, y] = at(event);
      if (isActing && desktop) {
        const [dx, dy] = [notches(event.deltaX), notches(event.deltaY)];
        if (isOn(shown, desktop, x, y) && (dx || dy)) store.act({ action: "scroll", ...toDesktop(shown, desktop, x, y), dx, dy, modifiers: held(event) });
        return;
      }
      if (event.ctrlKey || event.metaKey) onFrame(zoomed(shown, Math.exp(-event.deltaY * 0.002), x, y));
      else onFrame({ ...shown, left: shown.left - event.deltaX, top: shown.top - event.deltaY });
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [at, onFrame, isActing, shown?.scale, shown?.left, shown?.top]);

  if (!desktop || !shown) {
    return (
      <div ref={place} className="desktop-stage" data-testid="desktop-stage">
        <div ref={holder} hidden />
        <p className="desktop-note" role="status">
          {live.problem || t("Waiting for the desktop…")}
        </p>
      </div>
    );
  }

  const { picked } = state;
  const isPicking = state.mode === "pick";

  const down = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button > (isActing ? 2 : 1)) return;
    const [x, y] = at(event);
    const isPan = !isActing && (event.button === 1 || !isPicking);
    if (!isPan && !isOn(shown, desktop, x, y)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    press.current = { at: toDesktop(shown, desktop, x, y), x, y, isPan, frame: shown, isDrag: false };
  };

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const [x, y] = at(event);
    const here = toDesktop(shown, desktop, x, y);
    onPoint(isOn(shown, desktop, x, y) ? here : null);
    const begun = press.current;
    if (!begun) {
      if (!isOn(shown, desktop, x, y)) return;
      if (isActing) store.act({ action: "move", ...here });
      else store.hover(here);
      return;
    }
    begun.isDrag ||= Math.hypot(x - begun.x, y - begun.y) >= DRAG;
    if (!begun.isDrag) return;
    if (begun.isPan)
      onFrame({ ...begun.frame, left: begun.frame.left + x - begun.x, top: begun.frame.top + y - begun.y });
    else if (!isActing) store.draw(begun.at, here);
  };

  const up = (event: PointerEvent<HTMLDivElement>) => {
    const begun = press.current;
    press.current = null;
    if (!begun || begun.isPan) return;
    const [x, y] = at(event);
    if (isActing) {
      const button = BUTTONS[event.button] ?? "left";
      const end = toDesktop(shown, desktop, x, y);
      store.act(begun.isDrag ? { action: "drag", ...begun.at, to_x: end.x, to_y: end.y, button, modifiers: held(event) } : { action: "click", ...begun.at, button, modifiers: held(event) });
      return;
    }
    if (begun.isDrag) void store.finish(between(begun.at, toDesktop(shown, desktop, x, y)));
    else void store.click(begun.at);
  };

  const cancel = () => {
    if (press.current && !press.current.isPan) store.undraw();
    press.current = null;
  };

  const outlined = picked ? picked.element : (state.hovered?.path[state.level] ?? null);
  const frameOf = (box: Box) => styleOf(toView(shown, desktop, box));
  return (
    <div
      ref={place}
      className={isPicking ? "desktop-stage is-picking" : isActing ? "desktop-stage is-acting" : "desktop-stage"}
      data-testid="desktop-stage"
      role="application"
      aria-label={t("The desktop, live")}
      aria-describedby={isPicking && !picked ? "desktop-hint" : undefined}
      tabIndex={0}
      onKeyDown={(event) => {
        const isStop = event.ctrlKey && event.key === ".";  // stops the run from wherever one is
        const act = isActing && !isStop ? actOfKey(event) : null;
        if (!act) return;
        event.preventDefault();
        event.stopPropagation();
        store.act(act);
      }}
      onContextMenu={(event) => isActing && event.preventDefault()}
      onPointerDown={down}
      onPointerMove={move}
      onPointerUp={up}
      onPointerCancel={cancel}
      onPointerLeave={() => onPoint(null)}
    >
      <div
        ref={holder}
        className={shown.scale * ratio >= 2 ? "desktop-pixels is-large" : "desktop-pixels"}
        style={styleOf([shown.left, shown.top, desktop[2] * shown.scale, desktop[3] * shown.scale])}
      />
      {live.pointer && <i className="desktop-pointer" style={pointAt(shown, desktop, live.pointer)} />}
      {isPicking && outlined && !state.drawn && <Outline element={outlined} style={frameOf(outlined.box)} />}
      {isPicking && !outlined && state.hovered?.window && !state.drawn && !picked && (
        <i className="desktop-outline is-window" style={frameOf(state.hovered.window.box)} />
      )}
      {isPicking && state.drawn && <i className="desktop-drawn" style={frameOf(state.drawn)} />}
      {state.ring?.others.map((box, index) => <i key={index} className="desktop-other" style={frameOf(box)} />)}
      {state.ring && (
        <i key={state.ring.count} className="desktop-ring" data-testid="desktop-ring" style={frameOf(state.ring.box)} />
      )}
      {live.problem && <p className="desktop-problem">{live.problem}</p>}
    </div>
  );
}

function Outline({ element, style }: { element: DesktopElement; style: { top: number; left: number } }) {
  return (
    <>
      <i className="desktop-outline" data-testid="desktop-outline" style={style} />
      <span className="desktop-tag" style={{ left: style.left, top: style.top }}>
        <b>{element.role.replaceAll("_", " ")}</b> {element.name}
      </span>
    </>
  );
}

function styleOf([left, top, width, height]: Box) {
  return { left, top, width, height };
}

function pointAt(frame: Frame, desktop: Box, [x, y]: readonly [number, number]) {
  const [left, top] = toView(frame, desktop, [x, y, 1, 1]);
  return { left, top };
}

/** The list under a field while a reference is being written in it. */

import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";

import { t } from "../i18n";
import { useLastValues } from "./LastValues";
import { completed, fitting, fittingSelectors, inserted, lineAt, stepOf, type Offer, type SelectorOffers } from "./offers";

type Writable = HTMLInputElement | HTMLTextAreaElement;

interface Completion {
  readonly list: ReactNode;
  /** Takes a key for the list; `true` if it was one. */
  readonly onKeyDown: (event: KeyboardEvent<Writable>) => void;
  /** Looks what is being written before the cursor. */
  readonly look: (field: Writable) => void;
  readonly onFocus: () => void;
  readonly close: () => void;
}

/** Asks what may stand where a selector ends; `null` where that cannot be told. */
export type AskSelectors = (before: string) => Promise<SelectorOffers | null>;

/** Milliseconds without a key after which the desktop is looked at. */
const PAUSE = 120;

interface Open {
  readonly token: string;
  readonly offers: readonly Offer[];
  readonly isSelector?: boolean;
}

/** Offers values and functions in a field, and in a target what may stand next. `write` puts a text into it. */
export function useCompletion(field: RefObject<Writable>, write: (text: string) => void, ask?: AskSelectors): Completion {
  const { offers, target } = useLastValues();
  const [open, setOpen] = useState<Open | null>(null);
  const [marked, setMarked] = useState(0);
  const told = useRef<{ step: string | null; answer: SelectorOffers | null; timer: number }>({ step: null, answer: null, timer: 0 });
  useEffect(() => () => window.clearTimeout(told.current.timer), []);
  const lookAtSelector = (now: Writable) => {
    const { before, behind } = lineAt(now.value, now.selectionStart ?? 0);
    if (!ask || behind.trim()) return setOpen(null);
    const show = (answer: SelectorOffers) => {
      setOpen({ ...fittingSelectors(before, answer, t), isSelector: true });
      setMarked(-1);
    };
    if (stepOf(before) === told.current.step) {
      return told.current.answer ? show(told.current.answer) : setOpen(null);
    }
    window.clearTimeout(told.current.timer);
    told.current = { step: stepOf(before), answer: null, timer: window.setTimeout(() => void fetch(), PAUSE) };
    setOpen(null);
    const fetch = async () => {
      const step = told.current.step;
      const answer = await ask(lineAt(now.value, now.selectionStart ?? 0).before);
      if (!answer || step !== told.current.step) return;
      told.current = { ...told.current, answer };
      if (document.activeElement === now && stepOf(lineAt(now.value, now.selectionStart ?? 0).before) === step) lookAtSelector(now);
    };
  };
  const cursor = useRef<number | null>(null);
  /** A word such as `window=` was taken: what may stand behind it comes next. */
  const goesOn = useRef(false);
  const isWriting = useRef(false);
  // Values that arrive while a reference is being written are offered at once, not at the next key.
  useEffect(() => {
    const now = field.current;
    if (!now || !isWriting.current || document.activeElement !== now) return;
    const fits = fitting(now.value.slice(0, now.selectionStart ?? 0), offers);
    if (fits) setOpen(fits);
  }, [field, offers]);
  useEffect(() => {
    if (cursor.current === null || !field.current) return;
    field.current.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
    if (goesOn.current) lookAtSelector(field.current);
    goesOn.current = false;
  });
  const put = (next: { readonly text: string; readonly cursor: number }) => {
    cursor.current = next.cursor;
    write(next.text);
    isWriting.current = false;
    setOpen(null);
  };
  const take = (offer: Offer) => {
    const now = field.current;
    if (!now || !open) return;
    const at = now.selectionStart ?? now.value.length;
    const around = lineAt(now.value, at);
    const isElsewhere = open.isSelector && (stepOf(around.before) !== told.current.step || around.behind.trim() !== "");
    if (isElsewhere || !around.before.endsWith(open.token)) return setOpen(null); // The cursor went away from what the list was about.
    if (!open.isSelector) return put(completed(now.value, at, open.token, offer.path));
    goesOn.current = offer.path.endsWith("=");
    const before = now.value.slice(0, at - open.token.length) + offer.path;
    put({ text: before + now.value.slice(at), cursor: before.length });
  };
  const list =
    open && open.offers.length > 0 ? (
      <ul className="offers" role="listbox" aria-label={open.isSelector ? t("Windows and elements") : t("Variables and results")}>
        {open.offers.map((offer, index) => (
          <li
            key={offer.path}
            role="option"
            aria-selected={index === marked}
            ref={index === marked ? (item) => item?.scrollIntoView({ block: "nearest" }) : undefined}
            onMouseDown={(event) => {
              event.preventDefault();
              take(offer);
            }}
          >
            <b>{offer.path}</b> <small>{offer.beside}</small>
          </li>
        ))}
      </ul>
    ) : null;
  return {
    list,
    onKeyDown: (event) => {
      if (!open || !open.offers.length) return;
      const { length } = open.offers;
      if (event.key === "Enter" && marked < 0) return setOpen(null);
      if (event.key === "ArrowDown") setMarked((marked + 1) % length);
      else if (event.key === "ArrowUp") setMarked((Math.max(marked, 0) + length - 1) % length);
      else if (event.key === "Enter" || event.key === "Tab") take(open.offers[marked] ?? (open.offers[0] as Offer));
      else if (event.key === "Escape") {
        isWriting.current = false;
        setOpen(null);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    },
    look: (now) => {
      isWriting.current = true;
      const fits = fitting(now.value.slice(0, now.selectionStart ?? 0), offers);
      if (ask && !fits) return lookAtSelector(now);
      setOpen(fits);
      setMarked(0);
    },
    onFocus: () => {
      told.current.step = null;
      target.current = (path) => {
        const now = field.current;
        if (!now) return;
        put(inserted(now.value, now.selectionStart ?? now.value.length, path));
        now.focus();
      };
    },
    close: () => {
      isWriting.current = false;
      window.clearTimeout(told.current.timer);
      setOpen(null);
    },
  };
}

/** The list under a field while a reference is being written in it. */

import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode, type RefObject } from "react";

import { t } from "../i18n";
import { useLastValues } from "./LastValues";
import { completed, fitting, inserted, type Offer } from "./offers";

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

/** Offers values and functions in a field. `write` puts a text into it. */
export function useCompletion(field: RefObject<Writable>, write: (text: string) => void): Completion {
  const { offers, target } = useLastValues();
  const [open, setOpen] = useState<{ readonly token: string; readonly offers: readonly Offer[] } | null>(null);
  const [marked, setMarked] = useState(0);
  const cursor = useRef<number | null>(null);
  const isWriting = useRef(false);
  // Values that arrive while a reference is being written are offered at once, not at the next key.
  useEffect(() => {
    const now = field.current;
    if (now && isWriting.current && document.activeElement === now) setOpen(fitting(now.value.slice(0, now.selectionStart ?? 0), offers));
  }, [field, offers]);
  useEffect(() => {
    if (cursor.current === null || !field.current) return;
    field.current.setSelectionRange(cursor.current, cursor.current);
    cursor.current = null;
  });
  const put = (next: { readonly text: string; readonly cursor: number }) => {
    cursor.current = next.cursor;
    write(next.text);
    isWriting.current = false;
    setOpen(null);
  };
  const take = (offer: Offer) => {
    const now = field.current;
    if (now && open) put(completed(now.value, now.selectionStart ?? now.value.length, open.token, offer.path));
  };
  const list =
    open && open.offers.length > 0 ? (
      <ul className="offers" role="listbox" aria-label={t("Variables and results")}>
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
      if (event.key === "ArrowDown") setMarked((marked + 1) % length);
      else if (event.key === "ArrowUp") setMarked((marked + length - 1) % length);
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
      setOpen(fitting(now.value.slice(0, now.selectionStart ?? 0), offers));
      setMarked(0);
    },
    onFocus: () => {
      target.current = (path) => {
        const now = field.current;
        if (!now) return;
        put(inserted(now.value, now.selectionStart ?? now.value.length, path));
        now.focus();
      };
    },
    close: () => {
      isWriting.current = false;
      setOpen(null);
    },
  };
}

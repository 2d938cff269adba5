/** What a person is told: short notices, and what the server refused. */

import { Refused } from "./connection";
import { said } from "./i18n";
import { useStore, type Problem } from "./store";

const NOTICE_TIME = 6000;
/** Milliseconds after which what is waited for is said. */
const WORTH_SAYING = 400;
const get = useStore.getState;
const set = useStore.setState;
let notices = 0;

/** Does something that nobody waits for. What a break cuts off is done again when we are back. */
export function quietly(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof Refused && error.code === "connection.gone")) tell(error);
  });
}

export function notify(level: "info" | "error", text: string): void {
  const key = (notices += 1);
  // Said again, it moves to the end instead of standing there twice.
  set({ notices: [...get().notices.filter((one) => one.text !== text).slice(-3), { key, level, text }] });
  setTimeout(() => dismiss(key), level === "error" ? 2 * NOTICE_TIME : NOTICE_TIME);
}

/** Says what is waited for until the returned function is called; what is over at once is not worth saying. */
export function waitFor(text: string): () => void {
  const key = (notices += 1);
  const saying = setTimeout(() => set({ notices: [...get().notices.slice(-3), { key, level: "info", text }] }), WORTH_SAYING);
  return () => {
    clearTimeout(saying);
    dismiss(key);
  };
}

export function dismiss(key: number): void {
  set({ notices: get().notices.filter((notice) => notice.key !== key) });
}

export function tell(error: unknown): void {
  if (error instanceof Refused) {
    const problems = (error.details.problems ?? []) as readonly Problem[];
    if (problems.length) set({ panel: "problems" });
    notify("error", [said(error.message), said(error.fix)].filter(Boolean).join(" "));
  } else throw error;
}

/** Does something; what is refused is told. */
export async function attempt(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    tell(error);
  }
}

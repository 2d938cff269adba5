/** What is typed in a field and not sent yet. A command such as *Save* or *Run* sends it first, so that it works on what is seen. */

import { useEffect, useRef } from "react";

const fields = new Set<() => void>();

/** Sends what is typed in every field. */
export function sendDrafts(): void {
  for (const send of [...fields]) send();
}

/** Calls `send` before a command, and when the field goes away. It does nothing where nothing is typed. */
export function useDraft(send: () => void): void {
  const latest = useRef(send);
  latest.current = send;
  useEffect(() => {
    const now = () => latest.current();
    fields.add(now);
    return () => {
      fields.delete(now);
      now();
    };
  }, []);
}

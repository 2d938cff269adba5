/** The session of the page, for every component. */

import { createContext, useContext } from "react";

import type { Session } from "./session";

export const SessionContext = createContext<Session | null>(null);

/** The session of the page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("SessionContext is missing");
  return session;
}

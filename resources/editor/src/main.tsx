/** Where the page begins. */

import "virtual:tokens.css";
import "@xyflow/react/dist/style.css";
import "./styles.css";

import { createRoot } from "react-dom/client";

import { App } from "./App";
import { Connection } from "./connection";
import { LANGUAGES, setLanguage, type Language } from "./i18n";
import { randomId } from "./random";
import { Session } from "./session";
import { useStore } from "./store";

const address = new URL(location.href);
const code = new URLSearchParams(address.hash.slice(1)).get("code");
// A used code and a token have no business in the history or on a shared screen.
history.replaceState(null, "", address.pathname);

const name = await ownTabName();
sessionStorage.setItem("flowdesk.name", name);
const theme = localStorage.getItem("flowdesk.theme");
if (theme === "light" || theme === "dark") useStore.setState({ theme });

const wanted = localStorage.getItem("flowdesk.language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh_CN" : "en");
await setLanguage(wanted in LANGUAGES ? (wanted as Language) : "en");

const connection = new Connection(`${address.protocol === "https:" ? "wss" : "ws"}://${address.host}/ws/${name}`, sessionStorage, code);
const session = new Session(connection);
createRoot(document.getElementById("root") as HTMLElement).render(<App session={session} />);
connection.connect();

/**
 * What this tab calls itself: undo belongs to it, so it stays through a reload and a break. A tab that was duplicated
 * has a copy of the name, which the first one holds a lock on: it takes another.
 */
async function ownTabName(): Promise<string> {
  const fresh = () => `browser-${randomId()}`;
  const known = sessionStorage.getItem("flowdesk.name");
  const [entry] = performance.getEntriesByType("navigation");
  const isReload = entry instanceof PerformanceNavigationTiming && entry.type === "reload";
  const wanted = known ?? fresh();
  if (!("locks" in navigator)) return wanted;
  const isFree = await new Promise<boolean>((resolve) => {
    void navigator.locks.request(`flowdesk ${wanted}`, { ifAvailable: !isReload }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => undefined) : undefined;
    });
    if (isReload) resolve(true);
  });
  return isFree ? wanted : fresh();
}

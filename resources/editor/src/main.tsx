/** Where the page begins. */

import "virtual:tokens.css";
import "@xyflow/react/dist/style.css";
import "./styles.css";

import { createRoot } from "react-dom/client";

import { App } from "./App";
import { Connection } from "./connection";
import { LANGUAGES, setLanguage, type Language } from "./i18n";
import { Session } from "./session";
import { useStore } from "./store";

const address = new URL(location.href);
const code = new URLSearchParams(address.hash.slice(1)).get("code");
// A used code and a token have no business in the history or on a shared screen.
history.replaceState(null, "", address.pathname);

const name = (sessionStorage.getItem("flowdesk.name") ?? `browser-${crypto.randomUUID().slice(0, 8)}`);
sessionStorage.setItem("flowdesk.name", name);
const theme = localStorage.getItem("flowdesk.theme");
if (theme === "light" || theme === "dark") useStore.setState({ theme });

const wanted = localStorage.getItem("flowdesk.language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh_CN" : "en");
await setLanguage(wanted in LANGUAGES ? (wanted as Language) : "en");

const connection = new Connection(`${address.protocol === "https:" ? "wss" : "ws"}://${address.host}/ws/${name}`, sessionStorage, code);
const session = new Session(connection);
createRoot(document.getElementById("root") as HTMLElement).render(<App session={session} />);
connection.connect();

/** What lies over the rest: questions of a run, find, help, notices, the entry page, the banner. */

import { useMemo, useState, useSyncExternalStore } from "react";

import { summaryOf, type NodeType } from "../nodetypes";
import { titleOf } from "../canvas/NodeCard";
import { useSession } from "../context";
import type { Flow, FlowNode } from "../flow";
import { choiceWord, said, t } from "../i18n";
import { Icon } from "../icons";
import { BARE_POINT, isBarePoint } from "../desktop/barepoint";
import type { HelpAnswer } from "../protocol";
import { rank } from "../searching";
import { useMay, useStore, type Doing, type Question } from "../store";
import { show } from "./Bottom";
import { Dialog } from "./Dialog";
import { dismiss } from "../telling";

/** A run asks a person; not while they point at a target, to which the question may have led them. */
export function Questions() {
  const { desktop } = useSession();
  const { mode } = useSyncExternalStore(desktop.subscribe, desktop.snapshot);
  const question = useStore((state) => state.questions[0]);
  const asideId = useStore((state) => state.asideId);
  const mayRun = useMay("run");
  return question && mayRun && mode !== "pick" && question.help_id !== asideId ? <Ask key={question.help_id} question={question} /> : null;
}

function Ask({ question }: { readonly question: Question }) {
  const session = useSession();
  const [value, setValue] = useState(question.default === null || question.default === undefined ? "" : String(question.default));
  const answer = (action: HelpAnswer["action"], given: unknown = null) => void session.running.answer(question, action, given);
  const isTarget = question.kind === "help";
  const repicked = useStore((state) => (state.repicked?.helpId === question.help_id ? state.repicked.selectors : null));
  // Esc closes it, and the run still waits: the question stays at hand in the bar.
  const close = () => useStore.setState({ asideId: question.help_id });
  return (
    <Dialog title={said(question.title) || t("The run needs an answer")} onClose={close}>
      <p className="asked">
        {said(question.message)} {said(question.fix ?? "")}
      </p>
      {question.doings && <Doings doings={question.doings} />}
      {question.picture && <img src={`data:image/png;base64,${question.picture}`} alt={t("Screen at that moment")} />}
      {repicked && (
        <div className="repicked">
          <b>{t("New target")}</b>
          {repicked.map((selector) => (
            <code key={selector}>{selector}</code>
          ))}
          {isBarePoint(repicked) && <p className="is-bad">{t(BARE_POINT)}</p>}
        </div>
      )}
      {isTarget ? (
        <footer>
          {repicked && <button type="button" className="is-primary" onClick={() => session.running.accept(question, repicked)}>{t("Use it and continue")}</button>}
          <button type="button" className={repicked ? undefined : "is-primary"} onClick={() => session.running.repick(question)}>{t("Pick again")}</button>
          <button type="button" onClick={() => void session.running.show(question)}>{t("Show me")}</button>
          <button type="button" onClick={() => answer("retry")}>{t("Try again")}</button>
          <button type="button" onClick={() => answer("skip")}>{t("Skip the node")}</button>
          <button type="button" onClick={() => answer("stop")}>{t("Stop the run")}</button>
        </footer>
      ) : question.kind === "confirm" || question.kind === "permission" ? (
        <footer>
          <button type="button" className="is-primary" onClick={() => answer("answer", true)}>{t("Yes")}</button>
          <button type="button" onClick={() => answer("answer", false)}>{t("No")}</button>
        </footer>
      ) : question.choices.length ? (
        <footer>
          {question.choices.map((choice) => (
            <button key={choice} type="button" onClick={() => answer("answer", choice)}>
              {said(choice)}
            </button>
          ))}
        </footer>
      ) : (
        <form
          method="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            answer("answer", value);
          }}
        >
          <input autoFocus type={question.kind === "password" ? "password" : "text"} value={value} aria-label={question.message} onChange={(event) => setValue(event.target.value)} />
          <footer>
            <button type="submit" className="is-primary">{t("Answer")}</button>
            <button type="button" onClick={() => answer("stop")}>{t("Stop the run")}</button>
          </footer>
        </form>
      )}
    </Dialog>
  );
}

const USES: Readonly<Record<Doing["uses"], () => string>> = {
  programs: () => t("starts a program"),
  files: () => t("uses files"),
  network: () => t("uses the network"),
};

/** All that a flow would do, of which a person allows the whole. */
function Doings({ doings }: { readonly doings: readonly Doing[] }) {
  return (
    <ul className="differences">
      {doings.map((doing) => (
        <li key={doing.node_id}>
          <b>{doing.label}</b>: {USES[doing.uses]()}: <code>{doing.detail}</code>
        </li>
      ))}
    </ul>
  );
}

/** Finds nodes by name, type and settings, and walks from one to the next. */
export function Find() {
  const session = useSession();
  const isShown = useStore((state) => state.isFindShown);
  const flow = useStore((state) => state.flow);
  const types = useStore((state) => state.types);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const found = useMemo(() => {
    return flow ? foundIn(flow, types, wanted) : [];
  }, [flow, types, wanted]);
  if (!isShown) return null;
  const go = (index: number) => {
    const next = found.length ? (index + found.length) % found.length : 0;
    setAt(next);
    const node = found[next];
    if (node) show(session, node.id);
  };
  const close = () => useStore.setState({ isFindShown: false });
  return (
    <div className="find" role="search">
      <Icon name="search" />
      <input
        autoFocus
        value={wanted}
        placeholder={t("Find in this flow")}
        aria-label={t("Find in this flow")}
        onChange={(event) => {
          setWanted(event.target.value);
          setAt(-1);
        }}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") go(at + (event.shiftKey ? -1 : 1));
          if (event.key === "Escape") close();
        }}
      />
      <span aria-live="polite">{wanted && (found.length ? `${Math.max(0, at) + 1} / ${found.length}` : t("No matches."))}</span>
      <button type="button" aria-label={t("Previous")} disabled={!found.length} onClick={() => go(at - 1)}><Icon name="chevron-up" /></button>
      <button type="button" aria-label={t("Next")} disabled={!found.length} onClick={() => go(at + 1)}><Icon name="chevron-down" /></button>
      <button type="button" aria-label={t("Close")} onClick={close}><Icon name="x" /></button>
    </div>
  );
}

/** The nodes that hold every word, names first; else those called so in other words, by pinyin or but for typing errors. */
function foundIn(flow: Flow, types: ReadonlyMap<string, NodeType>, wanted: string): FlowNode[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  const nodes = [...flow.nodes.values()];
  const holds = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const titles = (node: FlowNode) => [titleOf(node, types.get(node.type)), ...(types.has(node.type) ? [t(types.get(node.type)?.title ?? "")] : []), node.type];
  const whole = nodes.filter((node) => holds(`${titles(node).join("\n")} ${node.id} ${summaryOf(node, types.get(node.type), choiceWord)} ${JSON.stringify(node.data.config ?? {})}`));
  if (whole.length) return whole.sort((one, other) => Number(holds(titles(other)[0] ?? "")) - Number(holds(titles(one)[0] ?? "")));
  const found = rank(wanted, nodes.map((node) => ({ key: node.id, titles: titles(node), words: types.get(node.type)?.words ?? [], texts: [] })));
  return found.isNearest ? [] : found.keys.flatMap((key) => flow.nodes.get(key) ?? []);
}

/** Asks for the name of a file, and before one that somebody else wrote is overwritten. */
export function Saving() {
  const session = useSession();
  const isNaming = useStore((state) => state.isNaming);
  const overwriting = useStore((state) => state.overwriting);
  const name = useStore((state) => String(state.flow?.fields.name || t("New flow")));
  const files = useStore((state) => state.files);
  const badName = useStore((state) => state.badName);
  const close = () => useStore.setState({ isNaming: false, overwriting: null, badName: null });
  if (overwriting) {
    return (
      <Dialog title={t("Overwrite it?")} onClose={close}>
        <p className="asked">{said(overwriting.message)}</p>
        <form method="dialog" onSubmit={() => void session.files.save(overwriting.path, true)}>
          <footer>
            <button type="button" onClick={close}>{t("Cancel")}</button>
            <button type="submit" className="is-primary">{t("Overwrite")}</button>
          </footer>
        </form>
      </Dialog>
    );
  }
  if (!isNaming) return null;
  return (
    <Dialog title={t("Save the flow as")} onClose={close}>
      <form
        method="dialog"
        onSubmit={(event) => {
          const given = String(new FormData(event.currentTarget).get("name")).trim();
          if (!given) return;
          const path = given.endsWith(".json") ? given : `${given}.flow.json`;
          // Asked after this dialog has closed.
          if (files.some((file) => file.path === path)) setTimeout(() => useStore.setState({ overwriting: { message: t("The file {name} already exists.", { name: path }), path } }));
          else {
            useStore.setState({ badName: null });
            void session.files.save(path);
          }
        }}
      >
        {badName && <p className="fault" role="alert">{badName.told}</p>}
        <input name="name" key={badName?.suggestion ?? ""} autoFocus required defaultValue={badName?.suggestion.replace(/(\.flow)?\.json$/, "") ?? name.replace(/[\\/:*?"<>|]/g, "-")} aria-label={t("File name")} onFocus={(event) => event.currentTarget.select()} />
        <footer>
          <button type="button" onClick={close}>{t("Cancel")}</button>
          <button type="submit" className="is-primary">{t("Save")}</button>
        </footer>
      </form>
    </Dialog>
  );
}

export function Help() {
  const isShown = useStore((state) => state.isHelpShown);
  if (!isShown) return null;
  const keys: readonly [string, string][] = [
    [t("Double click"), t("Add a node")],
    ["Shift+A", t("Add a node")],
    [t("Drag a wire to empty canvas"), t("Add and connect")],
    [t("Shift+drag"), t("Select with a box")],
    ["Ctrl+A", t("Select all")],
    ["Delete", t("Delete")],
    ["Ctrl+C, Ctrl+X, Ctrl+V", t("Copy, cut, paste")],
    ["Ctrl+D", t("Duplicate")],
    ["Ctrl+G, Ctrl+Shift+G", t("Group, ungroup")],
    ["Alt+G", t("Collapse or expand")],
    ["Shift+S", t("Add a note")],
    ["Ctrl+Z, Ctrl+Shift+Z", t("Undo, redo")],
    ["Ctrl+S", t("Save")],
    ["Ctrl+F", t("Find")],
    ["F1", t("User guide")],
    ["Ctrl+K", t("Commands…")],
    ["Ctrl+Enter", t("Run")],
    ["Ctrl+Shift+Enter", t("Run from here")],
    ["Ctrl+Alt+Enter", t("Run only these")],
    ["Ctrl+.", t("Stop")],
    ["F, Home", t("Show everything")],
    [t("Alt+arrows"), t("Move along the flow")],
    ["F2", t("Rename")],
    ["F9", t("Breakpoint")],
    ["D", t("Disabled")],
  ];
  return (
    <Dialog title={t("Keyboard and mouse")} onClose={() => useStore.setState({ isHelpShown: false })} isWide>
      <dl className="keys">
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <footer>
        <form method="dialog"><button type="submit" className="is-primary">{t("Close")}</button></form>
      </footer>
    </Dialog>
  );
}

export function Notices() {
  const notices = useStore((state) => state.notices);
  return (
    <div className="notices" aria-live="assertive">
      {notices.map((notice) => (
        <p key={notice.key} className={`is-${notice.level}`} role={notice.level === "error" ? "alert" : "status"}>
          <span>{notice.text}</span>
          <button type="button" aria-label={t("Close")} onClick={() => dismiss(notice.key)}>
            <Icon name="x" size={14} />
          </button>
        </p>
      ))}
    </div>
  );
}

/** Says that the server is gone; what was edited meanwhile is kept and sent when it is back. */
export function Banner() {
  const link = useStore((state) => state.link);
  const isBack = useStore((state) => state.isBack);
  if (isBack) return null;
  return (
    <p className="banner" role="status">
      <Icon name="loader-circle" className="is-turning" />
      {link === "gone" ? t("flowdesk does not respond. Your edits are kept here and sent when it is back.") : t("Connecting…")}
    </p>
  );
}

/** A text in which what stands between backticks is code. */
function Coded({ text }: { readonly text: string }) {
  return <>{text.split("`").map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}</>;
}

/** Asks for the token. */
export function Entry() {
  const session = useSession();
  const link = useStore((state) => state.link);
  const [token, setToken] = useState("");
  const refusal = link === "refused" ? session.connection.refusal : null;
  return (
    <main className="entry">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim()) session.connection.connect(token.trim());
        }}
      >
        <img src="/flowdesk.svg" alt="" width={56} height={56} />
        <h1>flowdesk</h1>
        {link === "refused" ? (
          <>
            <label htmlFor="token">{t("Token or six-digit code")}</label>
            <input
              id="token"
              type="password"
              autoFocus
              autoComplete="off"
              value={token}
              aria-invalid={refusal !== null}
              aria-describedby="token-hint"
              onFocus={(event) => event.currentTarget.select()}
              onChange={(event) => setToken(event.target.value)}
            />
            {refusal && (
              <p className="fault" role="alert">
                {said(refusal.message)} {t("A link or code works once and expires soon.")}
              </p>
            )}
            <p id="token-hint" className="hint">
              <Coded text={t("To get a token, run flowdesk token show, or choose “Open in browser” in the window.")} />
            </p>
            <button type="submit" className="is-primary" disabled={!token.trim()}>
              {t("Connect")}
            </button>
          </>
        ) : (
          <p role="status">{link === "gone" ? t("flowdesk does not respond; trying again…") : t("Connecting…")}</p>
        )}
      </form>
    </main>
  );
}

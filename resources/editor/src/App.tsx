/** The page: bar, palette, canvas, inspector, desktop, log. */

import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { useEffect } from "react";

import { Canvas } from "./canvas/Canvas";
import { canvasId } from "./canvas/drawn";
import { titleOf } from "./canvas/NodeCard";
import { SessionContext, useSession } from "./context";
import { DesktopPanel } from "./desktop/DesktopPanel";
import { Inspector } from "./form/Inspector";
import { VisitPanel } from "./form/Visit";
import { hiddenBy } from "./frames";
import { t, useLanguage } from "./i18n";
import { keyDown, onCopy, onPaste, walk } from "./keys";
import { Bottom } from "./panels/Bottom";
import { AfterRecording } from "./panels/RecordBar";
import { Banner, Entry, Find, Help, Notices, Questions, Saving } from "./panels/Dialogs";
import { Clashes, DiskBanner, FileQuestions } from "./panels/Files";
import { GalleryDialog, Welcome } from "./panels/Gallery";
import { Commands } from "./panels/Commands";
import { EditsBar } from "./panels/EditsBar";
import { MovedBar } from "./panels/MovedBar";
import { PastBar } from "./panels/PastBar";
import { Palette } from "./panels/Palette";
import { TopBar } from "./panels/TopBar";
import { CARD } from "./nodetypes";
import { completing } from "./rules";
import type { Session } from "./session";
import { isRunning, may, useMay, useStore } from "./store";

export function App({ session }: { readonly session: Session }) {
  const language = useLanguage();
  const theme = useStore((state) => state.theme);
  const wasIn = useStore((state) => state.wasIn);
  const link = useStore((state) => state.link);
  useEffect(() => applyTheme(theme), [theme]);
  const isIn = wasIn && link !== "refused";
  return (
    <SessionContext.Provider value={session}>
      <ReactFlowProvider key={language}>{isIn ? <Editor /> : <Entry />}</ReactFlowProvider>
      <Notices />
    </SessionContext.Provider>
  );
}

function Editor() {
  const session = useSession();
  const hasFlow = useStore((state) => state.flow !== null);
  const isDesktopShown = useStore((state) => state.isDesktopShown);
  const isPaletteShown = useStore((state) => state.isPaletteShown);
  const isInspectorShown = useStore((state) => state.isInspectorShown);
  const isOn = useStore((state) => isRunning(state.run));
  const isVisitShown = useStore((state) => state.isVisitShown);
  const name = useStore((state) => state.flow?.fields.name);
  const { fitView, setCenter, getNode } = useReactFlow();
  useEffect(() => {
    document.title = name ? `${String(name)} · flowdesk` : "flowdesk";
  }, [name]);
  useEffect(() => {
    const key = (event: KeyboardEvent) => keyDown(event, session, () => void fitView({ duration: 200, padding: 0.2 }));
    const copy = (event: ClipboardEvent) => onCopy(event, session);
    const paste = (event: ClipboardEvent) => onPaste(event, session);
    const desktop = () => useStore.setState({ isDesktopShown: true });
    const shown = (event: Event) => {
      const { detail: id } = event as CustomEvent<string>;
      const { flow } = useStore.getState();
      const group = flow && hiddenBy(flow).get(id);
      const node = getNode(group ? canvasId(group.id) : id);
      if (node) void setCenter(node.position.x + CARD.width / 2, node.position.y + CARD.height / 2, { zoom: 1, duration: 200 });
    };
    const walking = (event: KeyboardEvent) => walk(event, session);
    window.addEventListener("keydown", walking, true);
    window.addEventListener("keydown", key);
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", paste);
    document.addEventListener("flowdesk:show-desktop", desktop);
    window.addEventListener("flowdesk:show", shown);
    return () => {
      window.removeEventListener("keydown", walking, true);
      window.removeEventListener("keydown", key);
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", paste);
      document.removeEventListener("flowdesk:show-desktop", desktop);
      window.removeEventListener("flowdesk:show", shown);
    };
  }, [session, fitView, getNode, setCenter]);
  useEffect(() => {
    // Where the window becomes narrow, the sides would lie over the flow; where it is wide, nothing else brings them back.
    const narrow = window.matchMedia("(max-width: 1100px)");
    const fold = () => useStore.setState({ isPaletteShown: !narrow.matches, isInspectorShown: !narrow.matches });
    narrow.addEventListener("change", fold);
    return () => narrow.removeEventListener("change", fold);
  }, []);
  const mayRun = useMay("run");
  const controller = useStore((state) => state.controller);
  useEffect(() => {
    if (!controller) session.desktop.lostControl();
  }, [controller, session]);
  const parts = ["editor", hasFlow && isPaletteShown ? "has-palette" : "", hasFlow && isInspectorShown ? "has-inspector" : "", isDesktopShown ? "has-desktop" : "", hasFlow ? "" : "is-empty"];
  return (
    <div className={parts.filter(Boolean).join(" ")}>
      <TopBar />
      <Banner />
      <DiskBanner />
      <Find />
      {hasFlow && isPaletteShown && <Palette />}
      <main className="stage">
        {hasFlow ? (
          <Canvas />
        ) : (
          <Welcome />
        )}
        <PastBar />
        <EditsBar />
        <MovedBar />
        {isDesktopShown && <DesktopPanel store={session.desktop} onPick={() => pickForSelected(session)} onStop={isOn ? () => void session.running.stop() : undefined} onClose={() => useStore.setState({ isDesktopShown: false })} mayAct={mayRun} controller={controller} />}
        {hasFlow && <Bottom />}
      </main>
      {isInspectorShown && isVisitShown && hasFlow && <VisitPanel />}
      {hasFlow && isInspectorShown && <Inspector />}
      <Questions />
      <AfterRecording />
      <Help />
      <Saving />
      <FileQuestions />
      <Clashes />
      <GalleryDialog />
      <Commands />
    </div>
  );
}

/** Picks for the node that is selected: what is taken becomes its target. Without one it is only looked at. */
function pickForSelected(session: Session): void {
  const { flow, types, selection } = useStore.getState();
  const node = selection.size === 1 ? flow?.nodes.get([...selection][0] ?? "") : undefined;
  const type = node && types.get(node.type);
  const key = type?.fields.find((field) => field.kind === "target")?.key;
  if (!node || !key || !may("edit")) return session.desktop.pick();
  session.desktop.pick(t("Target of {name}", { name: titleOf(node, type) }), (selectors, better) => {
    const value = selectors.length === 1 ? selectors[0] : selectors;
    void session.edit([{ op: "setNode", id: node.id, path: ["data", "config", key], value }, ...completing(node, better)], t("Pick"));
  });
}

function applyTheme(theme: "light" | "dark" | "system"): () => void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const put = () => {
    document.documentElement.dataset.theme = theme === "system" ? (dark.matches ? "dark" : "light") : theme;
  };
  put();
  dark.addEventListener("change", put);
  return () => dark.removeEventListener("change", put);
}

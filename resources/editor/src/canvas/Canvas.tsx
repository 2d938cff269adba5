/** The canvas: the flow as cards and wires, edited with mouse, touch and keys. */

import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  SelectionMode,
  useReactFlow,
  useStore as useZoom,
  type Edge,
  type EdgeChange,
  type FinalConnectionState,
  type NodeChange,
  type Connection as Wire,
} from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState, type CSSProperties, type DragEvent, type MouseEvent } from "react";

import { useSession } from "../context";
import type { Change } from "../flow";
import { boxOf, freePlace, newNote } from "../frames";
import { t } from "../i18n";
import { CARD, beginsFlow, type NodeType } from "../nodetypes";
import { turn } from "../keys";
import { addOnEdge, placeAfter, placedFree } from "../placing";
import { newEdge, newNode, refusal, snapped } from "../rules";
import { isHeld, onlyInspector, useMay, useStore } from "../store";
import { drawn, frameId, mayJoin, shownBox, wires, type Shown } from "./drawn";
import { FrameCard } from "./FrameCard";
import { CanvasMenu, type MenuPlace } from "./Menu";
import { commitOf, moved } from "./moving";
import { FarContext, NodeCard } from "./NodeCard";
import { Pointers } from "./Pointers";
import { QuickAdd } from "./QuickAdd";
import { Wire as WirePath } from "./Wire";
import { notify } from "../telling";

export const NODE_MIME = "application/x-flowdesk-node";
const NODE_TYPES = { card: NodeCard, frame: FrameCard };
const EDGE_TYPES = { wire: WirePath };
const SNAP: [number, number] = [20, 20];
/** The zoom below which cards are drawn without what nobody could read. */
const FAR = 0.42;
/** The number of cards from which a small picture of all helps. */
const MANY = 15;
const PRO = { hideAttribution: true };

interface Adding {
  readonly x: number;
  readonly y: number;
  readonly at: { readonly x: number; readonly y: number };
  readonly from: { readonly node: string; readonly handle: string | null } | null;
  /** The wire into which the node goes. */
  readonly into?: string;
}

export function Canvas() {
  const session = useSession();
  const flow = useStore((state) => state.flow);
  const types = useStore((state) => state.types);
  const told = useStore((state) => state.problems);
  const fresh = useStore((state) => state.fresh);
  const typed = useStore((state) => state.typed);
  const problems = useMemo(() => told.filter((problem) => isHeld(problem, { fresh, typed })), [told, fresh, typed]);
  const editors = useStore((state) => state.editors);
  const selection = useStore((state) => state.selection);
  const selectedEdges = useStore((state) => state.selectedEdges);
  const selectedFrames = useStore((state) => state.selectedFrames);
  const taken = useStore((state) => state.taken);
  const theme = useStore((state) => state.theme);
  const workflowId = useStore((state) => state.workflowId);
  const mayEdit = useMay("edit");
  const [adding, setAdding] = useState<Adding | null>(null);
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const closeMenu = useCallback(() => setMenu(null), []);
  const [nodes, setNodes] = useState<readonly Shown[]>([]);
  const { screenToFlowPosition, flowToScreenPosition, fitView, getZoom, setCenter } = useReactFlow();
  const isFar = useZoom((state) => state.transform[2] < FAR);
  // In steps: what stands on the cards is not laid out anew at each bit of a zoom.
  const scale = useZoom((state) => Math.round(Math.max(1, Math.min(2.6, 0.88 / state.transform[2])) * 10) / 10);
  const isSmall = useZoom((state) => state.transform[2] < 0.88);
  const board = useRef<HTMLDivElement>(null);
  const fitted = useRef("");
  // Changes of the canvas come several in one go: each goes on from the one before, not from what React drew last.
  const shown = useRef<readonly Shown[]>([]);
  const put = useCallback((next: readonly Shown[]) => {
    shown.current = next;
    setNodes(next);
  }, []);

  useEffect(() => {
    if (flow) put(drawn(shown.current, { flow, types, problems, editors, selection, selectedFrames }));
  }, [flow, types, problems, editors, selection, selectedFrames, put]);

  // What is dragged when somebody else removes it never hears of the end of the drag.
  useEffect(() => {
    const released = () =>
      setTimeout(() => {
        const { flow: now, types: known, problems: all, editors: others, ...chosen } = useStore.getState();
        const faults = all.filter((problem) => isHeld(problem, chosen));
        if (!now || !shown.current.some((one) => one.dragging)) return;
        const still = shown.current.map((one) => (one.dragging ? { ...one, dragging: false } : one));
        put(drawn(still, { flow: now, types: known, problems: faults, editors: others, selection: chosen.selection, selectedFrames: chosen.selectedFrames }));
      });
    window.addEventListener("pointerup", released);
    return () => window.removeEventListener("pointerup", released);
  }, [put]);

  useEffect(() => {
    const last = nodes.at(-1);
    // The cards follow the flow by one drawing: those of the flow before are not what is fitted.
    if (last?.type !== "card" || flow?.nodes.get(last.id) !== last.data.node || fitted.current === workflowId) return;
    fitted.current = workflowId;
    requestAnimationFrame(() => void fitView({ maxZoom: 1, padding: 0.1 }));
  }, [nodes, flow, workflowId, fitView]);

  const edges = useMemo(() => {
    const boxes = new Map(nodes.map((one) => [one.id, shownBox(one)]));
    return flow ? wires({ flow, types, taken, selected: selectedEdges, boxes }) : [];
  }, [flow, types, taken, selectedEdges, nodes]);

  const onNodesChange = useCallback(
    (changes: NodeChange<Shown>[]) => {
      const now = useStore.getState();
      const picked = changes.filter((change) => change.type === "select");
      if (picked.length) {
        const nodesNow = chosenBy(picked.filter((change) => frameId(change.id) === null), now.selection);
        const framesNow = chosenBy(picked.flatMap((change) => (frameId(change.id) === null ? [] : [{ ...change, id: frameId(change.id) ?? "" }])), now.selectedFrames);
        if (nodesNow || framesNow) session.select(nodesNow ?? now.selection, now.selectedEdges, framesNow ?? now.selectedFrames);
      }
      if (!now.flow) return;
      const next = moved(changes, shown.current);
      if (next === shown.current) return;
      put(next);
      const moves = commitOf(changes, next, now.flow, now.types);
      if (moves.length) void session.edit(moves, t("Move"));
    },
    [session, put],
  );

  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => {
      const now = useStore.getState();
      const chosen = chosenBy(changes, now.selectedEdges);
      if (chosen) session.select(now.selection, chosen, now.selectedFrames);
    },
    [session],
  );

  const connect = useCallback(
    (wire: Wire) => {
      const now = useStore.getState();
      if (!now.flow || !wire.source || !wire.target) return;
      const edge = newEdge(now.flow, now.types, wire.source, wire.sourceHandle, wire.target);
      void session.edit([{ op: "addEdge", edge }], t("Connect"));
    },
    [session],
  );

  const mayConnect = useCallback((wire: Wire | Edge) => {
    const now = useStore.getState();
    return !!now.flow && mayJoin(now.flow, now.types, wire);
  }, []);

  const onConnectEnd = useCallback(
    (event: globalThis.MouseEvent | TouchEvent, wire: FinalConnectionState) => {
      if (wire.isValid || !wire.fromNode || wire.fromHandle?.type !== "source") return;
      const now = useStore.getState();
      if (wire.toNode && now.flow) {
        const reason = refusal(now.flow, now.types, wire.fromNode.id, wire.fromHandle.id ?? null, wire.toNode.id);
        if (reason) notify("error", reason);
        return;
      }
      const { clientX: x, clientY: y } = "changedTouches" in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
      setAdding({ x, y, at: screenToFlowPosition({ x, y }), from: { node: wire.fromNode.id, handle: wire.fromHandle.id ?? null } });
    },
    [session, screenToFlowPosition],
  );

  const add = useCallback(
    (type: NodeType, place: Adding) => {
      const now = useStore.getState();
      if (!now.flow) return;
      const made = newNode(type.type, place.at.x, place.at.y - 30, now.flow);
      const node = placedFree(now.flow, now.types, made);
      const changes: Change[] = place.into && !beginsFlow(type) ? addOnEdge(now.flow, now.types, made, place.into) : [{ op: "addNode", node }];
      if (place.from && !beginsFlow(type)) {
        changes.push({ op: "addEdge", edge: newEdge(now.flow, now.types, place.from.node, place.from.handle, node.id) });
      }
      void session.edit(changes, t("Add {name}", { name: t(type.title) }));
      session.select([node.id]);
      window.dispatchEvent(new CustomEvent("flowdesk:reveal", { detail: node.id }));
    },
    [session],
  );

  const ask = useCallback(
    (x: number, y: number) => mayEdit && setAdding({ x, y, at: screenToFlowPosition({ x, y }), from: null }),
    [mayEdit, screenToFlowPosition],
  );

  useEffect(() => {
    const quick = () => ask(window.innerWidth / 2 - 140, window.innerHeight / 3);
    window.addEventListener("flowdesk:quick-add", quick);
    return () => window.removeEventListener("flowdesk:quick-add", quick);
  }, [ask]);

  useEffect(() => {
    const insert = (event: Event) => {
      const { flow: now, types: known } = useStore.getState();
      const edge = now?.edges.get((event as CustomEvent<string>).detail);
      const [from, to] = [edge?.source, edge?.target].map((id) => (now && id ? boxOf(now, known, id) : null));
      if (!edge || !from || !to || !mayEdit) return;
      const at = { x: (from.x + from.width + to.x - CARD.width) / 2, y: (from.y + to.y) / 2 + 30 };
      const { x, y } = flowToScreenPosition({ x: at.x + CARD.width / 2, y: at.y });
      setAdding({ x, y, at, from: null, into: edge.id });
    };
    window.addEventListener("flowdesk:insert", insert);
    return () => window.removeEventListener("flowdesk:insert", insert);
  }, [mayEdit, flowToScreenPosition]);

  useEffect(() => {
    const append = (event: Event) => {
      const { flow: now, types: known } = useStore.getState();
      const { node, handle } = (event as CustomEvent<{ node: string; handle: string }>).detail;
      const source = now?.nodes.get(node);
      if (!now || !source || !mayEdit) return;
      const place = placeAfter(now, known, source);
      const at = { x: place.x, y: place.y + 30 };
      setAdding({ ...flowToScreenPosition(at), at, from: { node, handle } });
    };
    const breakpoint = (event: Event) => {
      session.select([(event as CustomEvent<string>).detail]);
      turn(session, "breakpoint", t("Breakpoint"));
    };
    const fit = () => requestAnimationFrame(() => void fitView({ maxZoom: 1, padding: 0.1, duration: 200 }));
    window.addEventListener("flowdesk:append", append);
    window.addEventListener("flowdesk:breakpoint", breakpoint);
    window.addEventListener("flowdesk:fit", fit);
    return () => {
      window.removeEventListener("flowdesk:append", append);
      window.removeEventListener("flowdesk:breakpoint", breakpoint);
      window.removeEventListener("flowdesk:fit", fit);
    };
  }, [mayEdit, flowToScreenPosition, fitView, session]);

  useEffect(() => {
    const note = () => {
      const view = board.current?.getBoundingClientRect();
      if (!view || !mayEdit) return;
      const at = screenToFlowPosition({ x: view.left + view.width / 2, y: view.top + view.height / 2 });
      const { x, y } = freePlace({ x: snapped(at.x - 100), y: snapped(at.y - 60), width: 200, height: 120 }, shown.current.map(shownBox));
      const made = newNote(x, y);
      void session.edit(made.changes, t("Add a note"));
      session.select([], [], [made.id]);
      useStore.setState({ writing: made.id });
    };
    window.addEventListener("flowdesk:note", note);
    return () => window.removeEventListener("flowdesk:note", note);
  }, [mayEdit, screenToFlowPosition, session]);

  useEffect(() => {
    const reveal = (event: Event) => {
      const node = useStore.getState().flow?.nodes.get((event as CustomEvent<string>).detail);
      const view = board.current?.getBoundingClientRect();
      if (!node || !view) return;
      const { x, y } = node.position;
      const start = flowToScreenPosition({ x, y });
      const end = flowToScreenPosition({ x: x + CARD.width, y: y + CARD.height });
      const isInSight = start.x >= view.left && start.y >= view.top && end.x <= view.right && end.y <= view.bottom;
      if (!isInSight) void setCenter(x + CARD.width / 2, y + CARD.height / 2, { zoom: getZoom(), duration: 200 });
    };
    window.addEventListener("flowdesk:reveal", reveal);
    return () => window.removeEventListener("flowdesk:reveal", reveal);
  }, [flowToScreenPosition, getZoom, setCenter]);

  const onDrop = useCallback(
    (event: DragEvent) => {
      event.preventDefault();
      const type = types.get(event.dataTransfer.getData(NODE_MIME));
      const at = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      if (type) add(type, { x: 0, y: 0, at: { x: at.x - CARD.width / 2, y: at.y }, from: null });
      void openFiles(session, [...event.dataTransfer.files]);
    },
    [types, add, screenToFlowPosition, session],
  );

  return (
    <div
      ref={board}
      className={isFar ? "canvas is-far" : isSmall ? "canvas is-small" : "canvas"}
      style={{ "--text-scale": scale } as CSSProperties}
      onDoubleClick={(event: MouseEvent) => {
        if ((event.target as Element).classList.contains("react-flow__pane")) ask(event.clientX, event.clientY);
      }}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      }}
      onDrop={onDrop}
      onPointerMove={({ clientX: x, clientY: y, pointerType }) => {
        if (!useStore.getState().editors.length || pointerType !== "mouse") return;
        const at = screenToFlowPosition({ x, y }, { snapToGrid: false });
        session.tellPresence({ cursor: [Math.round(at.x), Math.round(at.y)] });
      }}
      onPointerLeave={() => useStore.getState().editors.length && session.tellPresence({ cursor: null })}
    >
      <FarContext.Provider value={isFar}>
        <ReactFlow<Shown>
          nodes={nodes as Shown[]}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDoubleClick={(_event, node) => node.type === "card" && useStore.setState(onlyInspector())}
          onNodeContextMenu={(event, node) => {
            if (node.type !== "card") return;
            event.preventDefault();
            if (!useStore.getState().selection.has(node.id)) session.select([node.id]);
            setMenu({ x: event.clientX, y: event.clientY, kind: "node", id: node.id });
          }}
          onEdgeContextMenu={(event, edge) => {
            event.preventDefault();
            session.select([], [edge.id]);
            setMenu({ x: event.clientX, y: event.clientY, kind: "edge", id: edge.id });
          }}
          onPaneContextMenu={(event) => {
            event.preventDefault();
            setMenu({ x: event.clientX, y: event.clientY, kind: "canvas", id: "" });
          }}
          onMoveStart={closeMenu}
          onConnect={connect}
          onConnectEnd={onConnectEnd}
          isValidConnection={mayConnect}
          nodesDraggable={mayEdit}
          nodesConnectable={mayEdit}
          edgesReconnectable={false}
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={["Control", "Meta"]}
          selectionMode={SelectionMode.Partial}
          panOnDrag={[0, 1]}
          selectionOnDrag={false}
          zoomOnDoubleClick={false}
          snapToGrid
          snapGrid={SNAP}
          minZoom={0.05}
          maxZoom={2.5}
          onlyRenderVisibleElements
          elevateNodesOnSelect={false}
          colorMode={theme}
          proOptions={PRO}
          connectionRadius={28}
          aria-label={t("Canvas")}
          ariaLabelConfig={labels()}
        >
          <Background variant={BackgroundVariant.Dots} gap={isFar ? 100 : 20} size={isFar ? 4 : 1.2} />
          {nodes.length >= MANY && <MiniMap pannable zoomable ariaLabel={t("Overview")} nodeClassName={miniature} />}
          <Controls showInteractive={false} />
          <Pointers />
        </ReactFlow>
      </FarContext.Provider>
      {menu && <CanvasMenu place={menu} onAdd={() => ask(menu.x, menu.y)} onClose={closeMenu} />}
      {adding && <QuickAdd x={adding.x} y={adding.y} onAdd={(type) => add(type, adding)} onClose={() => setAdding(null)} />}
    </div>
  );
}

const SCRIPT = /\.(py|pyw|ascr|pmc|ahk)$/i;
const LARGEST_IMPORT = 5_000_000;

/** Opens flow files as new live documents; scripts of other tools, with the pictures beside them, become flows. */
export async function openFiles(session: ReturnType<typeof useSession>, files: readonly File[]): Promise<void> {
  const scripts: File[] = [];
  for (const file of files) {
    if (SCRIPT.test(file.name) || /\.(png|jpe?g|bmp)$/i.test(file.name) || (await isOfOtherTool(file))) scripts.push(file);
    else await openFile(session, file);
  }
  if (!scripts.length) return;
  if (scripts.reduce((sum, file) => sum + file.size, 0) > LARGEST_IMPORT) {
    notify("error", t("These files are too large to import here. Use flowdesk import on the command line."));
    return;
  }
  const sent: Record<string, string> = {};
  for (const file of scripts) sent[file.name] = toBase64(new Uint8Array(await file.arrayBuffer()));
  await session.files.importScripts(sent);
}

/** Whether a JSON file is a macro or a workflow of another tool, and no flow. */
async function isOfOtherTool(file: File): Promise<boolean> {
  if (!/\.json$/i.test(file.name)) return false;
  const values: unknown = await file.text().then(JSON.parse).catch(() => null);
  return typeof values === "object" && values !== null && ["Commands", "connections", "drawflow"].some((key) => key in values);
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Opens a dropped flow file as a new live document. */
async function openFile(session: ReturnType<typeof useSession>, file: File): Promise<void> {
  try {
    const flow = JSON.parse(await file.text()) as Record<string, unknown>;
    await session.open({ flow: { name: file.name.replace(/(\.flow)?\.json$/, ""), ...flow } });
  } catch {
    notify("error", t("{name} is not a flow.", { name: file.name }));
  }
}

/** What the canvas library says to those who listen instead of looking. */
function labels(): Record<string, string> {
  const keys = t("Press Enter to select, arrow keys to move, Delete to remove.");
  return {
    "node.a11yDescription.default": keys,
    "node.a11yDescription.keyboardDisabled": keys,
    "edge.a11yDescription.default": t("Press Enter to select, Delete to remove."),
    "controls.ariaLabel": t("Zoom"),
    "controls.zoomIn.ariaLabel": t("Zoom in"),
    "controls.zoomOut.ariaLabel": t("Zoom out"),
    "controls.fitView.ariaLabel": t("Show everything"),
    "minimap.ariaLabel": t("Overview"),
  };
}

/** What is selected after changes of the canvas, `null` where they are about something else. */
function chosenBy(changes: readonly (NodeChange<Shown> | EdgeChange)[], before: ReadonlySet<string>): ReadonlySet<string> | null {
  const after = new Set(before);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) after.add(change.id);
    else after.delete(change.id);
  }
  return after.size === before.size && [...after].every((id) => before.has(id)) ? null : after;
}

function miniature(node: Shown): string {
  return node.type === "frame" ? `mini-frame tint-${node.data.frame.color}` : `mini-${node.data.type?.category ?? "other"}`;
}

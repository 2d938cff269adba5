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
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent, type MouseEvent } from "react";

import { useSession } from "../context";
import type { Change } from "../flow";
import { boxOf, freePlace, newNote } from "../frames";
import { t } from "../i18n";
import { CARD, type NodeType } from "../nodetypes";
import { newEdge, newNode, refusal, snapped, spliced } from "../rules";
import { onlyInspector, useMay, useStore } from "../store";
import { drawn, frameId, mayJoin, shownBox, wires, type Shown } from "./drawn";
import { FrameCard } from "./FrameCard";
import { commitOf, moved } from "./moving";
import { FarContext, NodeCard } from "./NodeCard";
import { Pointers } from "./Pointers";
import { QuickAdd } from "./QuickAdd";
import { Wire as WirePath } from "./Wire";

export const NODE_MIME = "application/x-flowdesk-node";
const NODE_TYPES = { card: NodeCard, frame: FrameCard };
const EDGE_TYPES = { wire: WirePath };
const SNAP: [number, number] = [20, 20];
/** The zoom below which cards are drawn without what nobody could read. */
const FAR = 0.42;
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
  const problems = useStore((state) => state.problems);
  const editors = useStore((state) => state.editors);
  const selection = useStore((state) => state.selection);
  const selectedEdges = useStore((state) => state.selectedEdges);
  const selectedFrames = useStore((state) => state.selectedFrames);
  const taken = useStore((state) => state.taken);
  const theme = useStore((state) => state.theme);
  const workflowId = useStore((state) => state.workflowId);
  const mayEdit = useMay("edit");
  const [adding, setAdding] = useState<Adding | null>(null);
  const [nodes, setNodes] = useState<readonly Shown[]>([]);
  const { screenToFlowPosition, flowToScreenPosition, fitView, getZoom, setCenter } = useReactFlow();
  const isFar = useZoom((state) => state.transform[2] < FAR);
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
        const { flow: now, types: known, problems: faults, editors: others, ...chosen } = useStore.getState();
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
    requestAnimationFrame(() => void fitView({ maxZoom: 1, padding: 0.2 }));
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
        if (reason) session.notify("error", reason);
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
      const node = newNode(type.type, place.at.x, place.at.y - 30);
      const changes: Change[] = place.into && type.kind !== "start" ? spliced(now.flow, now.types, place.into, node) : [{ op: "addNode", node }];
      if (place.from && type.kind !== "start") {
        changes.push({ op: "addEdge", edge: newEdge(now.flow, now.types, place.from.node, place.from.handle, node.id) });
      }
      void session.edit(changes, t("Add {name}", { name: t(type.title) }));
      session.select([node.id]);
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
      const file = event.dataTransfer.files[0];
      if (file) void openFile(session, file);
    },
    [types, add, screenToFlowPosition, session],
  );

  return (
    <div
      ref={board}
      className={isFar ? "canvas is-far" : "canvas"}
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
          <MiniMap pannable zoomable ariaLabel={t("Overview")} nodeClassName={miniature} />
          <Controls showInteractive={false} />
          <Pointers />
        </ReactFlow>
      </FarContext.Provider>
      {adding && <QuickAdd x={adding.x} y={adding.y} onAdd={(type) => add(type, adding)} onClose={() => setAdding(null)} />}
    </div>
  );
}

/** Opens a dropped flow file as a new live document. */
export async function openFile(session: ReturnType<typeof useSession>, file: File): Promise<void> {
  try {
    const flow = JSON.parse(await file.text()) as Record<string, unknown>;
    await session.open({ flow: { name: file.name.replace(/(\.flow)?\.json$/, ""), ...flow } });
  } catch {
    session.notify("error", t("{name} is not a flow.", { name: file.name }));
  }
}

/** What the canvas library says to those who listen instead of looking. */
function labels(): Record<string, string> {
  const keys = t("Enter selects, arrow keys move, Delete removes.");
  return {
    "node.a11yDescription.default": keys,
    "node.a11yDescription.keyboardDisabled": keys,
    "edge.a11yDescription.default": t("Enter selects, Delete removes."),
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

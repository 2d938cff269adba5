/** The canvas: the flow as cards and wires, edited with mouse, touch and keys. */

import {
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  Position,
  ReactFlow,
  SelectionMode,
  applyNodeChanges,
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
import type { Change, Flow, FlowEdge, FlowNode } from "../flow";
import { t } from "../i18n";
import { CARD, portOf, shapeOf, type NodeType } from "../nodetypes";
import { newEdge, newNode, refusal, snapped, type Types } from "../rules";
import { onlyInspector, useMay, useStore, type Editor, type Problem } from "../store";
import { NodeCard, statusWord, titleOf, type CardNode } from "./NodeCard";
import { QuickAdd } from "./QuickAdd";

export const NODE_MIME = "application/x-flowdesk-node";
const NODE_TYPES = { card: NodeCard };
const SNAP: [number, number] = [20, 20];
/** The zoom below which cards are drawn without what nobody could read. */
const FAR = 0.42;
const PRO = { hideAttribution: true };

interface Adding {
  readonly x: number;
  readonly y: number;
  readonly at: { readonly x: number; readonly y: number };
  readonly from: { readonly node: string; readonly handle: string | null } | null;
}

export function Canvas() {
  const session = useSession();
  const flow = useStore((state) => state.flow);
  const types = useStore((state) => state.types);
  const problems = useStore((state) => state.problems);
  const editors = useStore((state) => state.editors);
  const selection = useStore((state) => state.selection);
  const selectedEdges = useStore((state) => state.selectedEdges);
  const taken = useStore((state) => state.taken);
  const theme = useStore((state) => state.theme);
  const workflowId = useStore((state) => state.workflowId);
  const mayEdit = useMay("edit");
  const [adding, setAdding] = useState<Adding | null>(null);
  const [nodes, setNodes] = useState<CardNode[]>([]);
  const { screenToFlowPosition, flowToScreenPosition, fitView, getZoom, setCenter } = useReactFlow();
  const isFar = useZoom((state) => state.transform[2] < FAR);
  const board = useRef<HTMLDivElement>(null);
  const fitted = useRef("");

  useEffect(() => {
    if (flow) setNodes((before) => cards(before, flow, types, problems, editors, selection));
  }, [flow, types, problems, editors, selection]);

  useEffect(() => {
    const first = nodes[0];
    // The cards follow the flow by one drawing: those of the flow before are not what is fitted.
    if (!first || flow?.nodes.get(first.id) !== first.data.node || fitted.current === workflowId) return;
    fitted.current = workflowId;
    requestAnimationFrame(() => void fitView({ maxZoom: 1, padding: 0.2 }));
  }, [nodes, flow, workflowId, fitView]);

  const edges = useMemo(() => (flow ? wires(flow, types, taken, selectedEdges) : []), [flow, types, taken, selectedEdges]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const now = useStore.getState();
      const chosen = chosenBy(changes, now.selection);
      if (chosen) session.select(chosen, now.selectedEdges);
      setNodes((before) => applyNodeChanges(changes.filter((change) => change.type === "position"), before));
      const moves = now.flow ? movesOf(changes, now.flow) : [];
      if (moves.length) void session.edit(moves, t("Move"));
    },
    [session],
  );

  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => {
      const chosen = chosenBy(changes, useStore.getState().selectedEdges);
      if (chosen) session.select(useStore.getState().selection, chosen);
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
    return !!now.flow && refusal(now.flow, now.types, wire.source, wire.sourceHandle ?? null, wire.target) === null;
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
      const changes: Change[] = [{ op: "addNode", node }];
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
      if (type) add(type, { x: 0, y: 0, at: { x: at.x - 90, y: at.y }, from: null });
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
    >
      <ReactFlow<CardNode>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDoubleClick={() => useStore.setState(onlyInspector())}
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
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
        <MiniMap pannable zoomable ariaLabel={t("Overview")} nodeClassName={(node: CardNode) => `mini-${node.data.type?.category ?? "other"}`} />
        <Controls showInteractive={false} />
      </ReactFlow>
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

/** The moves that have ended, by mouse or by arrow keys. */
function movesOf(changes: readonly NodeChange<CardNode>[], flow: Flow): Change[] {
  return changes.flatMap((change): Change[] => {
    if (change.type !== "position" || change.dragging || !change.position) return [];
    const { x, y } = change.position;
    const old = flow.nodes.get(change.id)?.position;
    return old && (old.x !== x || old.y !== y) ? [{ op: "moveNode", id: change.id, x, y }] : [];
  });
}

/** What is selected after changes of the canvas, `null` where they are about something else. */
function chosenBy(changes: readonly (NodeChange<CardNode> | EdgeChange)[], before: ReadonlySet<string>): ReadonlySet<string> | null {
  const after = new Set(before);
  for (const change of changes) {
    if (change.type !== "select") continue;
    if (change.selected) after.add(change.id);
    else after.delete(change.id);
  }
  return after.size === before.size && [...after].every((id) => before.has(id)) ? null : after;
}

/** Makes the cards. One whose node did not change stays the same object, so that it is not drawn again. */
function cards(
  before: readonly CardNode[],
  flow: Flow,
  types: Types,
  problems: readonly Problem[],
  editors: readonly Editor[],
  selection: ReadonlySet<string>,
): CardNode[] {
  const old = new Map(before.map((card) => [card.id, card]));
  const worst = new Map<string, Problem>();
  for (const problem of problems) {
    if (problem.node_id && (problem.level === "error" || !worst.has(problem.node_id))) worst.set(problem.node_id, problem);
  }
  const there = new Map<string, string>();
  for (const editor of editors) for (const id of editor.selection ?? []) there.set(id, editor.name || editor.id);
  return [...flow.nodes.values()].map((node) => {
    const known = old.get(node.id);
    const type = types.get(node.type);
    const problem = worst.get(node.id) ?? null;
    const who = there.get(node.id) ?? "";
    const selected = selection.has(node.id);
    const isSame = known && known.data.node === node && known.data.type === type && known.data.editors === who && samePlaint(known.data.problem, problem);
    if (isSame) return known.selected === selected ? known : { ...known, selected };
    return card(node, type, problem, who, selected, known);
  });
}

function samePlaint(one: Problem | null, other: Problem | null): boolean {
  return one?.message === other?.message && one?.level === other?.level;
}

function card(node: FlowNode, type: NodeType | undefined, problem: Problem | null, editors: string, selected: boolean, known: CardNode | undefined): CardNode {
  const shape = shapeOf(node, type);
  const title = titleOf(node, type);
  return {
    id: node.id,
    type: "card",
    position: known?.dragging ? known.position : { x: node.position.x, y: node.position.y },
    selected,
    dragging: known?.dragging,
    // Known without a look at the page: so all cards count where everything is shown, those out of sight too.
    measured: { width: shape.width, height: shape.height },
    width: shape.width,
    height: shape.height,
    handles: [
      ...(shape.hasInput ? [{ id: "in", type: "target" as const, position: Position.Left, x: -5, y: 25, width: 10, height: 10 }] : []),
      ...shape.ports.map((port) => ({ id: port.handle, type: "source" as const, position: Position.Right, x: shape.width - 5, y: port.y - 5, width: 10, height: 10 })),
    ],
    ariaLabel: `${title}, ${type ? t(type.title) : node.type}${problem ? `, ${t(problem.level)}` : ""}`,
    data: { node, type, shape, problem, editors },
  };
}

const kept = new WeakMap<FlowEdge, { edge: Edge; key: string }>();

function wires(flow: Flow, types: Types, taken: Readonly<Record<string, number>>, selected: ReadonlySet<string>): Edge[] {
  return [...flow.edges.values()].flatMap((edge) => {
    const source = flow.nodes.get(edge.source);
    if (!source || !flow.nodes.has(edge.target)) return [];
    const handle = portOf(shapeOf(source, types.get(source.type)), edge.sourceHandle)?.handle ?? null;
    const count = taken[edge.id] ?? 0;
    const key = `${handle} ${count} ${selected.has(edge.id)}`;
    const known = kept.get(edge);
    if (known?.key === key) return [known.edge];
    const made: Edge = {
      id: edge.id,
      source: edge.source,
      target: edge.target,
      sourceHandle: handle,
      targetHandle: "in",
      selected: selected.has(edge.id),
      className: [count ? "is-taken" : "", handle === "error" || handle === "timeout" ? "is-side" : ""].join(" "),
      label: count > 1 ? `${count}×` : undefined,
      ariaLabel: t("Edge from {source} to {target}", { source: edge.source, target: edge.target }),
    };
    kept.set(edge, { edge: made, key });
    return [made];
  });
}

export { snapped, statusWord };

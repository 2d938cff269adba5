/** Where new nodes go, and what leads to them. As `flowdesk.ui.canvas.placing`, by `tests/vectors/placing.json`. Pure. */

import { freshId, type Change, type Flow, type FlowEdge, type FlowNode } from "./flow";
import { freePlace, type Box } from "./frames";
import { CARD, portOf, shapeOf } from "./nodetypes";
import { newEdge, refusal, type Types } from "./rules";

/** Between a node and the one that follows it. */
const GAP = 60;

const boxOf = (node: FlowNode, types: Types): Box => {
  const { width, height } = shapeOf(node, types.get(node.type));
  return { x: node.position.x, y: node.position.y, width, height };
};
const boxesOf = (nodes: Iterable<FlowNode>, types: Types): Box[] => [...nodes].map((node) => boxOf(node, types));
const at = (node: FlowNode, { x, y }: { readonly x: number; readonly y: number }): FlowNode => ({ ...node, position: { ...node.position, x, y } });

/** A new node at the place nearest below its own where it lies on no other. */
export function placedFree(flow: Flow, types: Types, node: FlowNode): FlowNode {
  return at(node, freePlace(boxOf(node, types), boxesOf(flow.nodes.values(), types)));
}

/** Where a node that follows another goes: right of it. */
export function placeAfter(flow: Flow, types: Types, source: FlowNode): { x: number; y: number } {
  const { height } = shapeOf(source, types.get(source.type));
  const { x, y } = freePlace({ x: source.position.x + CARD.width + GAP, y: source.position.y, width: CARD.width, height }, boxesOf(flow.nodes.values(), types));
  return { x, y };
}

/** Adds a node where the flow goes on: after the selected node, else after the last that nothing follows. */
export function goOn(flow: Flow, types: Types, node: FlowNode, selected: string | null): Change[] {
  const source = flow.nodes.get(selected ?? "") ?? lastOpen(flow, types);
  const main = source && shapeOf(node, types.get(node.type)).hasInput ? mainOutputs(source, types) : [];
  if (!source || !main.length) {
    const boxes = boxesOf(flow.nodes.values(), types);
    const left = boxes.length ? Math.min(...boxes.map((box) => box.x)) : 0;
    const bottom = boxes.length ? Math.max(...boxes.map((box) => box.y + box.height)) : -GAP;
    return [{ op: "addNode", node: at(node, { x: left, y: bottom + GAP }) }];
  }
  const taken = new Map([...flow.edges.values()].filter((edge) => edge.source === source.id).map((edge) => [usedOutput(flow, types, edge), edge.id]));
  const free = main.find((handle) => !taken.has(handle));
  if (free === undefined) return addOnEdge(flow, types, node, taken.get(main[0]) ?? "");
  return [
    { op: "addNode", node: at(node, placeAfter(flow, types, source)) },
    { op: "addEdge", edge: newEdge(flow, types, source.id, free, node.id) },
  ];
}

/** Puts a new node into an edge; what lies too near behind it makes room. */
export function addOnEdge(flow: Flow, types: Types, node: FlowNode, edgeId: string): Change[] {
  const edge = flow.edges.get(edgeId);
  const source = flow.nodes.get(edge?.source ?? "");
  const target = flow.nodes.get(edge?.target ?? "");
  if (!edge || !source || !target) return [{ op: "addNode", node: placedFree(flow, types, node) }];
  const after: Flow = { ...flow, nodes: new Map(flow.nodes).set(node.id, node) };
  const without: Flow = { ...after, edges: new Map([...flow.edges].filter(([id]) => id !== edgeId)) };
  if (refusal(without, types, edge.source, edge.sourceHandle ?? null, node.id) !== null) return [{ op: "addNode", node: placedFree(flow, types, node) }];
  const x = source.position.x + CARD.width + GAP;
  const shift = x + CARD.width + GAP - target.position.x;
  const behind = target.position.x > source.position.x && shift > 0 ? behindOf(flow, edge) : new Set<string>();
  const nodes = [...flow.nodes.values()];
  const { width, height } = shapeOf(node, types.get(node.type));
  const staying = boxesOf(nodes.filter((one) => !behind.has(one.id)), types);
  const changes: Change[] = [
    ...nodes.filter((one) => behind.has(one.id)).map((one): Change => ({ op: "moveNode", id: one.id, x: one.position.x + shift, y: one.position.y })),
    { op: "addNode", node: at(node, freePlace({ x, y: source.position.y, width, height }, staying)) },
    { op: "setEdge", id: edgeId, path: ["target"], value: node.id },
  ];
  const main = mainOutputs(node, types);
  const out = main.includes("done") ? "done" : main[0];
  if (out !== undefined) changes.push({ op: "addEdge", edge: { ...newEdge(after, types, node.id, out, edge.target), id: freshId("edge") } });
  return changes;
}

function lastOpen(flow: Flow, types: Types): FlowNode | undefined {
  const taken = new Set([...flow.edges.values()].map((edge) => `${edge.source}\n${usedOutput(flow, types, edge)}`));
  return [...flow.nodes.values()].reverse().find((node) => mainOutputs(node, types).some((handle) => !taken.has(`${node.id}\n${handle}`)));
}

/** The outputs of a node by which it goes on when nothing goes wrong. */
export function mainOutputs(node: FlowNode, types: Types): string[] {
  return shapeOf(node, types.get(node.type)).ports.flatMap((port) => (port.isSide ? [] : [port.handle]));
}

/** The output that an edge leaves by. */
export function usedOutput(flow: Flow, types: Types, edge: FlowEdge): string | undefined {
  const node = flow.nodes.get(edge.source);
  return node && portOf(shapeOf(node, types.get(node.type)), edge.sourceHandle)?.handle;
}

function behindOf(flow: Flow, edge: FlowEdge): ReadonlySet<string> {
  const left = flow.nodes.get(edge.source)?.position.x ?? 0;
  const found = new Set<string>();
  const waiting = [edge.target];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const node = flow.nodes.get(id);
    if (!node || found.has(id) || node.position.x <= left) continue;
    found.add(id);
    for (const other of flow.edges.values()) if (other.source === id) waiting.push(other.target);
  }
  return found;
}

/** A flow as the server has it, and the changes by which it is edited. Pure. */

export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly position: { readonly x: number; readonly y: number };
  readonly data: { readonly label?: string; readonly config?: Config; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export interface FlowEdge {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly sourceHandle?: string | null;
  readonly targetHandle?: string | null;
  readonly [key: string]: unknown;
}

export type Config = Readonly<Record<string, unknown>>;

/** The rest of a flow file beside `nodes` and `edges`. */
export type FlowFields = Readonly<Record<string, unknown>>;

export interface Flow {
  readonly fields: FlowFields;
  readonly nodes: ReadonlyMap<string, FlowNode>;
  readonly edges: ReadonlyMap<string, FlowEdge>;
}

export type Change =
  | { readonly op: "addNode"; readonly node: FlowNode; readonly index?: number | null; readonly ids?: Readonly<Record<string, string>> }
  | { readonly op: "removeNode"; readonly id: string }
  | { readonly op: "renameNode"; readonly id: string; readonly to: string }
  | { readonly op: "makeFunction"; readonly nodes: readonly string[]; readonly name: string }
  | { readonly op: "moveNode"; readonly id: string; readonly x: number; readonly y: number }
  | ({ readonly op: "setNode"; readonly id: string } & Setting)
  | { readonly op: "addEdge"; readonly edge: FlowEdge; readonly index?: number | null }
  | { readonly op: "removeEdge"; readonly id: string }
  | ({ readonly op: "setEdge"; readonly id: string } & Setting)
  | ({ readonly op: "setFlow" } & Setting);

/** Sets or removes one value at a path. */
export interface Setting {
  readonly path: readonly string[];
  readonly value?: unknown;
  readonly remove?: boolean;
  /** Place of a new key among its siblings; without it the last. */
  readonly index?: number | null;
  /** How many of the objects around a removed value go with it if that empties them. */
  readonly prune?: number;
}

/** Whether a flow says that it runs on a desktop of its own. */
export function isOnOwnDesktop(flow: Flow | null): boolean {
  const desktop = flow?.fields.desktop;
  return typeof desktop === "string" && desktop.startsWith("private");
}

/** Reads a flow file. */
export function readFlow(json: Record<string, unknown>): Flow {
  const { nodes, edges, ...fields } = json;
  const byId = <T extends { id: string }>(items: unknown) => new Map(((items ?? []) as T[]).map((item) => [item.id, item]));
  return { fields, nodes: byId<FlowNode>(nodes), edges: byId<FlowEdge>(edges) };
}

/** Returns the flow as it stands in a file. */
export function writeFlow(flow: Flow): Record<string, unknown> {
  return { ...flow.fields, nodes: [...flow.nodes.values()], edges: [...flow.edges.values()] };
}

/** Applies changes in order; one that does not fit (another editor was there first) is left out. */
export function apply(flow: Flow, changes: readonly Change[]): Flow {
  let { fields } = flow;
  let nodes: Map<string, FlowNode> | null = null;
  let edges: Map<string, FlowEdge> | null = null;
  const ownNodes = () => (nodes ??= new Map(flow.nodes));
  const ownEdges = () => (edges ??= new Map(flow.edges));
  for (const change of changes) {
    const node = "id" in change ? (nodes ?? flow.nodes).get(change.id) : undefined;
    const edge = "id" in change ? (edges ?? flow.edges).get(change.id) : undefined;
    switch (change.op) {
      case "addNode":
        if (!(nodes ?? flow.nodes).has(change.node.id)) nodes = inserted(ownNodes(), change.node, change.index);
        break;
      case "removeNode":
        ownNodes().delete(change.id);
        break;
      case "moveNode":
        if (node) ownNodes().set(node.id, { ...node, position: { ...node.position, x: change.x, y: change.y } });
        break;
      case "renameNode":
        if (node && !(nodes ?? flow.nodes).has(change.to)) {
          nodes = new Map([...(nodes ?? flow.nodes)].map(([id, one]) => (id === change.id ? [change.to, { ...one, id: change.to }] : [id, one])));
          const end = (id: string) => (id === change.id ? change.to : id);
          edges = new Map([...(edges ?? flow.edges)].map(([id, one]) => [id, one.source === change.id || one.target === change.id ? { ...one, source: end(one.source), target: end(one.target) } : one]));
          fields = withMember(fields, change.id, change.to);
        }
        break;
      case "setNode":
        if (node) ownNodes().set(node.id, changed(node, change.path, change));
        break;
      case "addEdge":
        if (!(edges ?? flow.edges).has(change.edge.id)) edges = inserted(ownEdges(), change.edge, change.index);
        break;
      case "removeEdge":
        ownEdges().delete(change.id);
        break;
      case "setEdge":
        if (edge) ownEdges().set(edge.id, changed(edge, change.path, change));
        break;
      case "setFlow":
        fields = changed(fields, change.path, change);
        break;
    }
  }
  return { fields, nodes: nodes ?? flow.nodes, edges: edges ?? flow.edges };
}

/** Returns the changes that remove nodes with every edge that touches them, and edges. */
export function removal(flow: Flow, nodeIds: Iterable<string>, edgeIds: Iterable<string> = []): Change[] {
  const gone = new Set(nodeIds);
  const cut = new Set(edgeIds);
  for (const edge of flow.edges.values()) if (gone.has(edge.source) || gone.has(edge.target)) cut.add(edge.id);
  return [
    ...[...cut].filter((id) => flow.edges.has(id)).map((id): Change => ({ op: "removeEdge", id })),
    ...[...gone].filter((id) => flow.nodes.has(id)).map((id): Change => ({ op: "removeNode", id })),
  ];
}

/** Returns an id that is not in use. */
export function freshId(prefix: string): string {
  return `${prefix}_${crypto.randomUUID().replaceAll("-", "").slice(0, 8)}`;
}

/** The rest of a flow with one member of its groups under another id. */
function withMember(fields: FlowFields, old: string, to: string): FlowFields {
  const groups = fields.groups as Readonly<Record<string, { readonly nodes?: readonly string[] }>> | undefined;
  if (!groups || !Object.values(groups).some((group) => group.nodes?.includes?.(old))) return fields;
  const renamed = Object.entries(groups).map(([id, group]) => [id, group.nodes?.includes?.(old) ? { ...group, nodes: group.nodes.map((one) => (one === old ? to : one)) } : group]);
  return { ...fields, groups: Object.fromEntries(renamed) };
}

function inserted<T extends { id: string }>(items: Map<string, T>, item: T, index: number | null | undefined): Map<string, T> {
  if (index === null || index === undefined || index >= items.size) return items.set(item.id, item);
  const all = [...items];
  all.splice(Math.max(0, index), 0, [item.id, item]);
  return new Map(all);
}

function changed<T extends object>(values: T, path: readonly string[], change: Setting): T {
  const [key, ...rest] = path;
  if (key === undefined) return values;
  const copy = { ...values } as Record<string, unknown>;
  if (rest.length) {
    const inner = copy[key] ?? {};
    if (typeof inner !== "object" || Array.isArray(inner)) return values;
    const next = changed(inner as object, rest, change);
    // As many of the innermost objects as the change says go when they are empty.
    if (change.remove && rest.length <= (change.prune ?? 0) && !Object.keys(next).length) delete copy[key];
    else copy[key] = next;
  } else if (change.remove) delete copy[key];
  else if (key in copy || change.index === null || change.index === undefined) copy[key] = change.value ?? null;
  else {
    const pairs = Object.entries(copy);
    pairs.splice(Math.max(0, change.index), 0, [key, change.value ?? null]);
    return Object.fromEntries(pairs) as T;
  }
  return copy as T;
}

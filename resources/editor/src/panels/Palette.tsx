/** Every node type by category: dragged to the canvas, or added behind the selected node by a click. */

import { useMemo, useState } from "react";

import { NODE_MIME } from "../canvas/Canvas";
import { matching } from "../canvas/QuickAdd";
import { useSession } from "../context";
import type { Change } from "../flow";
import { t } from "../i18n";
import { Icon } from "../icons";
import { CARD, shapeOf, type NodeType } from "../nodetypes";
import { newEdge, newNode, refusal } from "../rules";
import { useMay, useStore } from "../store";

export function Palette() {
  const session = useSession();
  const types = useStore((state) => state.types);
  const mayEdit = useMay("edit");
  const [wanted, setWanted] = useState("");
  const groups = useMemo(() => {
    const found = new Map<string, NodeType[]>();
    for (const type of wanted ? matching(types.values(), wanted) : types.values()) {
      found.set(type.category, [...(found.get(type.category) ?? []), type]);
    }
    return [...found];
  }, [types, wanted]);

  const add = (type: NodeType) => {
    const changes = added(type);
    const made = changes.find((change) => change.op === "addNode");
    void session.edit(changes, t("Add {name}", { name: t(type.title) }));
    if (made?.op !== "addNode") return;
    session.select([made.node.id]);
    window.dispatchEvent(new CustomEvent("flowdesk:reveal", { detail: made.node.id }));
  };

  return (
    <nav className="palette" aria-label={t("Palette")}>
      <label className="search">
        <Icon name="search" />
        <input value={wanted} placeholder={t("Search nodes…")} aria-label={t("Search nodes…")} onChange={(event) => setWanted(event.target.value)} />
      </label>
      <div className="palette-list">
        {groups.map(([category, inside]) => (
          <section key={category} className={`card-${category}`}>
            <h3>{t(category.charAt(0).toUpperCase() + category.slice(1))}</h3>
            {inside.map((type) => (
              <button
                key={type.type}
                type="button"
                disabled={!mayEdit}
                draggable={mayEdit}
                title={t(type.description)}
                onDragStart={(event) => {
                  event.dataTransfer.setData(NODE_MIME, type.type);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onClick={() => add(type)}
              >
                <span className="card-icon">
                  <Icon name={type.icon} size={15} />
                </span>
                {t(type.title)}
              </button>
            ))}
          </section>
        ))}
        {!groups.length && <p className="hint">{t("Nothing fits.")}</p>}
      </div>
    </nav>
  );
}

/** A node behind the selected one and joined to it; else below all others. */
function added(type: NodeType): Change[] {
  const { flow, types, selection } = useStore.getState();
  if (!flow) return [];
  const nodes = [...flow.nodes.values()];
  const before = selection.size === 1 ? flow.nodes.get([...selection][0] ?? "") : undefined;
  if (!before) {
    const left = nodes.length ? Math.min(...nodes.map((node) => node.position.x)) : 0;
    const bottom = nodes.length ? Math.max(...nodes.map((node) => node.position.y + shapeOf(node, types.get(node.type)).height)) + 60 : 0;
    return [{ op: "addNode", node: newNode(type.type, left, bottom) }];
  }
  const isFree = (x: number, y: number) => !nodes.some((node) => Math.abs(node.position.x - x) < CARD.width && Math.abs(node.position.y - y) < 80);
  let { y } = before.position;
  const x = before.position.x + CARD.width + 60;
  while (!isFree(x, y)) y += 100;
  const node = newNode(type.type, x, y);
  const changes: Change[] = [{ op: "addNode", node }];
  const ports = shapeOf(before, types.get(before.type)).ports;
  const used = new Set([...flow.edges.values()].filter((edge) => edge.source === before.id).map((edge) => edge.sourceHandle ?? ports[0]?.handle));
  const port = ports.find((one) => !one.isSide && !used.has(one.handle));
  const after = { ...flow, nodes: new Map(flow.nodes).set(node.id, node) };
  if (port && refusal(after, types, before.id, port.handle, node.id) === null) {
    changes.push({ op: "addEdge", edge: newEdge(flow, types, before.id, port.handle, node.id) });
  }
  return changes;
}

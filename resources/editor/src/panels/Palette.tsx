/** Every node type by category: dragged to the canvas, or added behind the selected node by a click. */

import { useMemo, useState } from "react";

import { NODE_MIME } from "../canvas/Canvas";
import { matching } from "../canvas/QuickAdd";
import { useSession } from "../context";
import type { Change } from "../flow";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { type NodeType, originOf } from "../nodetypes";
import { goOn } from "../placing";
import { newNode } from "../rules";
import { useMay, useStore } from "../store";

export function Palette() {
  const session = useSession();
  const types = useStore((state) => state.types);
  const leftOut = useStore((state) => state.leftOut);
  const mayEdit = useMay("edit");
  const [wanted, setWanted] = useState("");
  const { groups, isNearest } = useMemo(() => {
    const found = new Map<string, NodeType[]>();
    const fit = matching(types.values(), wanted);
    for (const type of fit.types) found.set(type.category, [...(found.get(type.category) ?? []), type]);
    return { groups: [...found], isNearest: fit.isNearest };
  }, [types, wanted]);

  const sought = wanted.trim().toLowerCase();
  const missing = leftOut.filter((one) => !sought || one.package.toLowerCase().includes(sought));

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
        <input value={wanted} placeholder={t("Search nodes…")} aria-label={t("Search nodes…")} onChange={(event) => setWanted(event.target.value)} onKeyDown={(event) => {
          const first = groups[0]?.[1][0];
          if (event.key === "Escape") setWanted("");
          if (event.key !== "Enter" || !wanted || isNearest || !first || !mayEdit) return;
          add(first);
          setWanted("");
        }} />
      </label>
      <div className="palette-list">
        {isNearest && <p className="hint">{groups.length ? t("Nothing found. Did you mean:") : t("Nothing found.")}</p>}
        {groups.map(([category, inside]) => (
          <section key={category} className={`card-${category}`}>
            <h3>{t(category.charAt(0).toUpperCase() + category.slice(1))}</h3>
            {inside.map((type) => (
              <button
                key={type.type}
                type="button"
                disabled={!mayEdit}
                draggable={mayEdit}
                title={[t(type.description), ...originOf(type)].join("\n")}
                onDragStart={(event) => {
                  event.dataTransfer.setData(NODE_MIME, type.type);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onClick={() => add(type)}
              >
                <span className="card-icon">
                  <Icon name={type.icon} size={15} />
                </span>
                <span className="palette-name">
                  {t(type.title)}
                  {type.package && <small>{`${type.package.name} ${type.package.version}`}</small>}
                </span>
              </button>
            ))}
          </section>
        ))}
        {missing.length > 0 && (
          <section className="palette-left-out">
            <h3>{t("Not loaded")}</h3>
            {missing.map((one, index) => (
              <p key={index} title={said(one.fix)}>
                <b>{one.package}</b> <span>{said(one.reason)}</span> <small>{said(one.fix)}</small>
              </p>
            ))}
          </section>
        )}
      </div>
    </nav>
  );
}

/** A node where the flow goes on: behind the selected one, else behind the last. */
function added(type: NodeType): Change[] {
  const { flow, types, selection } = useStore.getState();
  if (!flow) return [];
  return goOn(flow, types, newNode(type.type, 0, 0, flow), selection.size === 1 ? ([...selection][0] ?? null) : null);
}

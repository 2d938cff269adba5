/** A list of node types at the pointer: type to search, Enter adds. */

import { useEffect, useMemo, useRef, useState } from "react";

import { t } from "../i18n";
import { Icon } from "../icons";
import type { NodeType } from "../nodetypes";
import { useStore } from "../store";

interface Props {
  readonly x: number;
  readonly y: number;
  readonly onAdd: (type: NodeType) => void;
  readonly onClose: () => void;
}

/** Node types that fit what was typed, the best first. */
export function matching(types: Iterable<NodeType>, wanted: string): NodeType[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = [...types].flatMap((type) => {
    const title = `${t(type.title)} ${type.title} ${type.type}`.toLowerCase();
    const whole = `${title} ${t(type.category)} ${t(type.description)} ${type.description}`.toLowerCase();
    if (!words.every((word) => whole.includes(word))) return [];
    const score = words.reduce((sum, word) => sum + (title.startsWith(word) ? 0 : title.includes(word) ? 1 : 3), 0);
    return [{ type, score }];
  });
  return scored.sort((one, other) => one.score - other.score).map(({ type }) => type);
}

export function QuickAdd({ x, y, onAdd, onClose }: Props) {
  const types = useStore((state) => state.types);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const found = useMemo(() => matching(types.values(), wanted).filter((type) => type.kind !== "start" || wanted), [types, wanted]);
  useEffect(() => input.current?.focus(), []);
  useEffect(() => {
    void list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const choose = (type: NodeType | undefined) => {
    if (type) onAdd(type);
    onClose();
  };
  return (
    <div className="quick-add" style={{ left: Math.min(x, window.innerWidth - 300), top: Math.min(y, window.innerHeight - 340) }} role="dialog" aria-label={t("Add a node")}>
      <label className="search">
        <Icon name="search" />
        <input
          ref={input}
          value={wanted}
          placeholder={t("Search nodes…")}
          aria-label={t("Search nodes…")}
          role="combobox"
          aria-expanded="true"
          aria-controls="quick-add-list"
          aria-activedescendant={found[at] ? `quick-${found[at].type}` : undefined}
          onChange={(event) => {
            setWanted(event.target.value);
            setAt(0);
          }}
          onBlur={(event) => {
            if (!event.currentTarget.closest(".quick-add")?.contains(event.relatedTarget)) onClose();
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") onClose();
            else if (event.key === "Enter") choose(found[at]);
            else if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
            else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
            else return;
            event.preventDefault();
          }}
        />
      </label>
      <ul id="quick-add-list" ref={list} role="listbox" aria-label={t("Node types")}>
        {found.map((type, index) => (
          <li
            key={type.type}
            id={`quick-${type.type}`}
            role="option"
            aria-selected={index === at}
            className={`card-${type.category}`}
            onMouseDown={(event) => {
              event.preventDefault();
              choose(type);
            }}
            onMouseEnter={() => setAt(index)}
          >
            <Icon name={type.icon} />
            <span>{t(type.title)}</span>
            <small>{t(type.category.charAt(0).toUpperCase() + type.category.slice(1))}</small>
          </li>
        ))}
        {!found.length && <li className="empty">{t("Nothing fits.")}</li>}
      </ul>
    </div>
  );
}

/** A list of node types at the pointer: type to search, Enter adds. */

import { useEffect, useMemo, useRef, useState } from "react";

import { t } from "../i18n";
import { Icon } from "../icons";
import type { NodeType } from "../nodetypes";
import { rank, type Entry } from "../searching";
import { useStore } from "../store";

interface Props {
  readonly x: number;
  readonly y: number;
  readonly onAdd: (type: NodeType) => void;
  readonly onClose: () => void;
}

/** Node types that fit what was typed, the best first; the nearest where none does. */
export function matching(types: Iterable<NodeType>, wanted: string): { readonly types: readonly NodeType[]; readonly isNearest: boolean } {
  const known = new Map([...types].map((type) => [type.type, type]));
  const found = rank(wanted, [...known.values()].map(entryOf));
  return { types: found.keys.flatMap((key) => known.get(key) ?? []), isNearest: found.isNearest };
}

/** A node type as something that can be found, in the language shown and in English. */
export function entryOf(type: NodeType): Entry {
  const category = type.category.charAt(0).toUpperCase() + type.category.slice(1);
  return { key: type.type, titles: [t(type.title), type.title, type.type], words: type.words, texts: [t(category), type.category, t(type.description), type.description] };
}

export function QuickAdd({ x, y, onAdd, onClose }: Props) {
  const types = useStore((state) => state.types);
  const [wanted, setWanted] = useState("");
  const [chosen, setAt] = useState<number | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const hasStart = useStore((state) => [...(state.flow?.nodes.values() ?? [])].some((node) => node.type === "start"));
  const { types: found, isNearest } = useMemo(() => matching([...types.values()].filter((type) => type.kind !== "start" || !hasStart), wanted), [types, wanted, hasStart]);
  // Of the nearest none is meant until somebody chooses it.
  const at = chosen ?? (isNearest ? -1 : 0);
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
            setAt(null);
          }}
          onBlur={(event) => {
            if (!event.currentTarget.closest(".quick-add")?.contains(event.relatedTarget)) onClose();
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Escape") onClose();
            else if (event.key === "Enter") {
              if (found[at]) choose(found[at]);
            } else if (event.key === "ArrowDown") setAt(Math.min(found.length - 1, at + 1));
            else if (event.key === "ArrowUp") setAt(Math.max(0, at - 1));
            else return;
            event.preventDefault();
          }}
        />
      </label>
      {isNearest && <p className="hint">{found.length ? t("Nothing found. Did you mean:") : t("Nothing found.")}</p>}
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
      </ul>
    </div>
  );
}

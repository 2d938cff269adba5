/** The form of the node that is selected, drawn from its declaration; the flow's own form where nothing is. */

import { useId, useRef, useState } from "react";

import { statusWord, titleOf } from "../canvas/NodeCard";
import { useSession } from "../context";
import type { Step } from "../desktop/protocol";
import type { Change, Flow, FlowEdge, FlowNode } from "../flow";
import { framesOf } from "../frames";
import { guideOfError, guideOfType } from "../guide";
import { said, t } from "../i18n";
import { Icon } from "../icons";
import { isWanted, originOf, type Field, type NodeType } from "../nodetypes";
import { duplicate, group, runSelection } from "../keys";
import { formOf } from "../renames";
import { aligned, completing, type Side, type Types } from "../rules";
import { FailurePicture } from "../panels/Pictures";
import { isAbout, isHeld, isRunning, useMay, useStore, type Problem } from "../store";
import { FieldWidget, TargetOptions } from "./fields";
import { FrameForm } from "./FrameForm";
import { LastValues, PreviewLine, ValuePicker } from "./LastValues";
import { ABSENT, type Written } from "./values";
import { Line } from "./Line";

const GROUPS = { target: "Search options", more: "More", options: "Execution and errors" } as const;

export function Inspector() {
  const flow = useStore((state) => state.flow);
  const selection = useStore((state) => state.selection);
  const types = useStore((state) => state.types);
  const selectedFrames = useStore((state) => state.selectedFrames);
  const selectedEdges = useStore((state) => state.selectedEdges);
  if (!flow) return null;
  const framed = framesOf(flow).filter((frame) => selectedFrames.has(frame.id));
  const chosen = [...selection].flatMap((id) => flow.nodes.get(id) ?? []);
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const edge = flow.edges.get([...selectedEdges][0] ?? "");
  return (
    <aside className="inspector" aria-label={t("Inspector")}>
      {framed.length && !chosen.length ? <FrameForm frames={framed} /> : only ? <NodeForm key={formOf(only.id)} node={only} type={types.get(only.type)} types={types} /> : chosen.length ? <Several nodes={chosen} /> : edge ? <EdgeForm flow={flow} edge={edge} types={types} /> : <FlowForm />}
    </aside>
  );
}

function NodeForm({ node, type, types }: { readonly node: FlowNode; readonly type: NodeType | undefined; readonly types: ReadonlyMap<string, NodeType> }) {
  const session = useSession();
  const fresh = useStore((state) => state.fresh);
  const typed = useStore((state) => state.typed);
  const problems = useStore((state) => state.problems).filter((problem) => problem.node_id === node.id && isHeld(problem, { fresh, typed }));
  const mayEdit = useMay("edit");
  const isVisitShown = useStore((state) => state.isVisitShown);
  const gesture = useRef(0);
  const title = titleOf(node, type);
  const config = node.data.config ?? {};
  const edit = (key: string, value: Written) => {
    const path = ["data", "config", key];
    const change: Change = value === ABSENT ? { op: "setNode", id: node.id, path, remove: true } : { op: "setNode", id: node.id, path, value };
    if (value === ABSENT && !(key in config)) return;
    void session.edit([change], t("Edit {name}", { name: title }), `${node.id}.${key}.${gesture.current}`);
  };
  const become = (step: Step) => {
    const other = types.get(step.type);
    if (step.type === "input") {
      const settled = completing(node, step);
      if (settled.length) void session.edit(settled, t("Edit {name}", { name: title }), `${node.id}.${mainTarget}.${gesture.current}`);
      return;
    }
    if (!other || step.type === node.type) return;
    const kept = new Set(other.fields.map((field) => field.key));
    const same = Object.fromEntries(Object.entries(node.data.config ?? {}).filter(([key]) => kept.has(key)));
    void session.edit(
      [
        { op: "setNode", id: node.id, path: ["type"], value: step.type },
        { op: "setNode", id: node.id, path: ["data", "config"], value: { ...same, ...step.config } },
      ],
      t("Convert to a “{title}” node", { title: t(other.title) }),
    );
  };
  const fields = type ? type.fields.filter((field) => isWanted(field, config, type.defaults) || field.key in config) : [];
  const mainTarget = type?.fields.find((field) => field.kind === "target")?.key;
  const row = (field: Field) => (
    <Row key={field.key} nodeId={node.id} field={field} value={optionOf(node, field)} config={config} problems={problems} onChange={(value) => edit(field.key, value)} onStep={field.key === mainTarget ? become : undefined} />
  );
  return (
    <LastValues nodeId={node.id} config={config}>
    <TargetOptions.Provider value={(type?.fields ?? []).filter((field) => field.group === "target").map((field) => field.key)}>
    <form onSubmit={(event) => event.preventDefault()} onFocus={() => (gesture.current += 1)}>
      <header className={`card-${type?.category ?? "other"}`}>
        <span className="card-icon">
          <Icon name={type?.icon ?? "circle-help"} />
        </span>
        <Line
          className="name"
          value={node.data.label ?? ""}
          placeholder={type ? t(type.title) : node.type}
          label={t("Name")}
          onChange={(value) => void session.edit([{ op: "setNode", id: node.id, path: ["data", "label"], value }], t("Rename"))}
        />
        <a className="tool" href={guideOfType(node.type)} target="_blank" rel="noopener" aria-label={t("User guide")} title={t("User guide")}>
          <Icon name="circle-help" />
        </a>
        <button type="button" className="tool" aria-label={t("Input and output")} title={t("Input and output")} aria-pressed={isVisitShown} onClick={() => useStore.setState({ isVisitShown: !isVisitShown })}>
          <Icon name="columns-3" />
        </button>
      </header>
      <p className="hint">{type ? t(type.description).replaceAll("`", "") : t('There is no node type "{type}".', { type: node.type })}</p>
      {originOf(type).map((line) => <p key={line} className="hint">{line}</p>)}
      {problems.filter((problem) => !fields.some((field) => isAbout(problem, field.key))).map((problem) => (
        <p key={problem.code + problem.message} className={`fault is-${problem.level}`} role="alert">
          {said(problem.message)} {said(problem.fix)}
        </p>
      ))}
      <LastResult id={node.id} />
      {fields.filter((field) => !field.group).map(row)}
      {(["target", "more", "options"] as const).map((group) => {
        const inside = fields.filter((field) => field.group === group);
        return inside.length ? (
          <Group key={group} title={t(GROUPS[group])} isOpen={inside.some((field) => problems.some((problem) => isAbout(problem, field.key)))}>
            {inside.map(row)}
          </Group>
        ) : null;
      })}
      <IdField id={node.id} title={title} />
      <ValuePicker />
      {mayEdit && <Actions />}
    </form>
    </TargetOptions.Provider>
    </LastValues>
  );
}

/** An option that every node may have is read from its config, else its data, else the node itself. */
function optionOf(node: FlowNode, field: Field): unknown {
  const config = node.data.config ?? {};
  if (field.key in config || field.group !== "options") return config[field.key];
  return field.key in node.data ? node.data[field.key] : node[field.key];
}

function Row({ nodeId, field, value, config, problems, onChange, onStep }: { readonly nodeId: string; readonly onStep?: ((step: Step) => void) | undefined; readonly field: Field; readonly value: unknown; readonly config: FlowNode["data"]; readonly problems: readonly Problem[]; readonly onChange: (value: Written) => void }) {
  const id = useId();
  const fault = problems.find((problem) => isAbout(problem, field.key));
  const label = t(field.title);
  const beginTyping = () => !fault && useStore.getState().typed?.key !== field.key && useStore.setState({ typed: { nodeId, key: field.key } });
  const endTyping = () => useStore.getState().typed && useStore.setState({ typed: null });
  return (
    <div className="field" onInput={beginTyping} onBlur={endTyping}>
      {field.kind !== "bool" && <span className="label">{label}</span>}
      <FieldWidget field={field} value={value} config={config} label={label} onChange={onChange} describedBy={id} isFaulty={!!fault} {...(onStep ? { onStep } : {})} />
      <small id={id} className={fault ? `fault is-${fault.level}` : "help"}>
        {fault ? `${said(fault.message)} ${said(fault.fix)}` : t(field.description)}
      </small>
      {!fault && <PreviewLine name={field.key} />}
    </div>
  );
}

/** The id, by which references name the node. Every reference follows when it is renamed. */
function IdField({ id, title }: { readonly id: string; readonly title: string }) {
  const session = useSession();
  const helpId = useId();
  const rename = (text: string) => {
    const to = text.trim();
    if (to && to !== id) void session.edit([{ op: "renameNode", id, to }], t("Rename {name}", { name: title }));
  };
  return (
    <div className="field">
      <span className="label">{t("ID")}</span>
      <Line className="is-code" value={id} label={t("ID")} describedBy={helpId} onChange={rename} />
      <small id={helpId} className="help">
        {t("References use this ID: {{id.field}}. Renaming it updates all references.")}
      </small>
    </div>
  );
}

function Group({ title, isOpen, children }: { readonly title: string; readonly isOpen: boolean; readonly children: React.ReactNode }) {
  const [open, setOpen] = useState(isOpen);
  return (
    <details open={open || isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {(open || isOpen) && children}
    </details>
  );
}

function LastResult({ id }: { readonly id: string }) {
  const state = useStore((store) => store.nodes[id]);
  const runId = useStore((store) => store.run?.runId ?? "");
  if (!state) return null;
  const hasResult = state.result !== undefined && state.result !== null;
  return (
    <section className={`last is-${state.status}`} aria-label={t("Last run")}>
      <b>
        {statusWord(state.status)}
        {state.duration !== null && ` · ${Math.round(state.duration * 1000)} ms`}
        {state.visits > 1 && ` · ${state.visits}×`}
      </b>
      {state.message && (
        <p>
          {said(state.message)} {said(state.fix)}
        </p>
      )}
      {state.code && <a href={guideOfError(state.code)} target="_blank" rel="noopener">{t("More in the user guide")}</a>}
      {state.picture && <FailurePicture runId={runId} path={state.picture} />}
      {hasResult && <pre tabIndex={0}>{JSON.stringify(state.result, null, 1).slice(0, 2000)}</pre>}
    </section>
  );
}

const SIDES: readonly [Side, string, () => string][] = [
  ["left", "align-start-vertical", () => t("Align left")],
  ["center", "align-center-vertical", () => t("Align centers")],
  ["right", "align-end-vertical", () => t("Align right")],
  ["top", "align-start-horizontal", () => t("Align top")],
  ["middle", "align-center-horizontal", () => t("Align middles")],
  ["bottom", "align-end-horizontal", () => t("Align bottom")],
  ["across", "align-horizontal-distribute-center", () => t("Equal horizontal spacing")],
  ["down", "align-vertical-distribute-center", () => t("Equal vertical spacing")],
];

/** What keys do, for fingers. */
function Actions() {
  const session = useSession();
  return (
    <div className="choices">
      <button type="button" title="Ctrl+D" onClick={() => duplicate(session)}>
        <Icon name="copy" /> {t("Duplicate")}
      </button>
      <button type="button" title="Delete" onClick={() => void session.remove()}>
        <Icon name="trash-2" /> {t("Delete")}
      </button>
    </div>
  );
}

function EdgeForm({ flow, edge, types }: { readonly flow: Flow; readonly edge: FlowEdge; readonly types: Types }) {
  const session = useSession();
  const mayEdit = useMay("edit");
  const taken = useStore((state) => state.taken[edge.id] ?? 0);
  const name = (id: string) => {
    const node = flow.nodes.get(id);
    return node ? titleOf(node, types.get(node.type)) : id;
  };
  return (
    <section>
      <h2>{t("Edge")}</h2>
      <p>{t("Edge from {source} to {target}", { source: name(edge.source), target: name(edge.target) })}</p>
      {taken > 0 && <p className="hint">{t("Taken {count} times in the last run", { count: taken })}</p>}
      <div className="choices">
        <button type="button" disabled={!mayEdit} onClick={() => window.dispatchEvent(new CustomEvent("flowdesk:insert", { detail: edge.id }))}>
          <Icon name="plus" /> {t("Insert a node")}
        </button>
        <button type="button" disabled={!mayEdit} onClick={() => void session.remove()}>
          <Icon name="trash-2" /> {t("Delete")}
        </button>
      </div>
    </section>
  );
}

function Several({ nodes }: { readonly nodes: readonly FlowNode[] }) {
  const session = useSession();
  const mayEdit = useMay("edit");
  const mayRun = useMay("run");
  const isOn = useStore((state) => isRunning(state.run));
  const move = (side: Side, label: string) => {
    const { flow, types } = useStore.getState();
    if (flow) void session.edit(aligned(flow, types, nodes.map((node) => node.id), side), label);
  };
  return (
    <section>
      <p className="hint">{t("{count} nodes selected", { count: nodes.length })}</p>
      <div className="choices" role="group" aria-label={t("Align")}>
        {SIDES.map(([side, name, label]) => (
          <button key={side} type="button" disabled={!mayEdit} title={label()} aria-label={label()} onClick={() => move(side, label())}>
            <Icon name={name} />
          </button>
        ))}
      </div>
      <div className="choices">
        <button type="button" disabled={!mayRun || isOn} onClick={() => runSelection(session)}>
          <Icon name="play" /> {t("Run only these")}
        </button>
        <button type="button" disabled={!mayEdit} title="Ctrl+G" onClick={() => group(session)}>
          <Icon name="group" /> {t("Group")}
        </button>
        <button type="button" disabled={!mayEdit} onClick={() => void session.remove()}>
          <Icon name="trash-2" /> {t("Delete")}
        </button>
      </div>
    </section>
  );
}

function FlowForm() {
  const session = useSession();
  const fields = useStore((state) => state.flow?.fields) ?? {};
  const setText = (key: string, value: string) => {
    if (value !== (fields[key] ?? "")) void session.edit([{ op: "setFlow", path: [key], value }], t("Edit the flow"));
  };
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <header>
        <Icon name="workflow" />
        <Line className="name" value={String(fields.name ?? "")} label={t("Name of the flow")} placeholder={t("New flow")} onChange={(value) => setText("name", value)} />
      </header>
      <div className="field">
        <span className="label">{t("Description")}</span>
        <Line rows={4} value={String(fields.description ?? "")} label={t("Description")} onChange={(value) => setText("description", value)} />
      </div>
      <p className="hint">{t("Select a node to see its settings.")}</p>
    </form>
  );
}

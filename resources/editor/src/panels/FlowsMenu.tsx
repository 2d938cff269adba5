/** The flows that are open and the files of the flows folder; new, import and export. */

import { useEffect, useRef, useState } from "react";

import { openFile } from "../canvas/Canvas";
import { useSession } from "../context";
import { writeFlow } from "../flow";
import { t } from "../i18n";
import { Icon } from "../icons";
import { useMay, useStore } from "../store";

export function FlowsMenu() {
  const session = useSession();
  const open = useStore((state) => state.open);
  const files = useStore((state) => state.files);
  const workflowId = useStore((state) => state.workflowId);
  const name = useStore((state) => (state.flow ? String(state.flow.fields.name || t("Flow without a name")) : t("Flows")));
  const isModified = useStore((state) => state.isModified);
  const mayEdit = useMay("edit");
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    session.quietly(session.listFlows());
    const leave = (event: Event) => !box.current?.contains(event.target as Element) && setOpen(false);
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [isOpen, session]);
  const act = (action: () => void) => () => {
    setOpen(false);
    action();
  };
  const closed = files.filter((file) => !open.some((flow) => flow.path === file.path));
  return (
    <span className="menu" ref={box} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <button type="button" className="flow-name" aria-haspopup="true" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name="workflow" /> <b>{name}</b> {isModified && <i title={t("Not saved")}>•</i>} <Icon name="chevron-down" size={14} />
      </button>
      {isOpen && (
        <div className="menu-body">
          <h3>{t("Open flows")}</h3>
          {open.map((flow) => (
            <span className="menu-row" key={flow.workflow_id}>
              <button type="button" aria-current={flow.workflow_id === workflowId} onClick={act(() => void session.show(flow.workflow_id))}>
                <Icon name="file-text" /> {flow.name || flow.workflow_id} {flow.modified && "•"}
              </button>
              {mayEdit && (
                <button type="button" aria-label={t("Close {name}", { name: flow.name })} onClick={() => void session.close(flow.workflow_id)}>
                  <Icon name="x" size={14} />
                </button>
              )}
            </span>
          ))}
          {!open.length && <p className="hint">{t("No flow is open.")}</p>}
          {mayEdit && closed.length > 0 && <h3>{t("Files")}</h3>}
          {mayEdit &&
            closed.map((file) => (
              <button type="button" key={file.path} title={file.path} onClick={act(() => void session.open({ path: file.path }))}>
                <Icon name="folder-open" /> {file.name}
              </button>
            ))}
          <hr />
          {mayEdit && (
            <button type="button" onClick={act(() => void session.open(null))}>
              <Icon name="file-plus" /> {t("New flow")}
            </button>
          )}
          {mayEdit && (
            <button type="button" onClick={() => chooser.current?.click()}>
              <Icon name="import" /> {t("Import a file…")}
            </button>
          )}
          <button type="button" disabled={!workflowId} onClick={act(download)}>
            <Icon name="download" /> {t("Export as a file")}
          </button>
          <input
            ref={chooser}
            type="file"
            accept=".json,application/json"
            hidden
            aria-label={t("Import a file…")}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file) void openFile(session, file);
              setOpen(false);
            }}
          />
        </div>
      )}
    </span>
  );
}

function download(): void {
  const { flow } = useStore.getState();
  if (!flow) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${JSON.stringify(writeFlow(flow), null, 2)}\n`], { type: "application/json" }));
  link.download = `${String(flow.fields.name || "flow")}.flow.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

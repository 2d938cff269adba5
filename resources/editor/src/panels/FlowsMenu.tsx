/** The flows that are open and the files of the flows folder; new, import and export. */

import { useEffect, useRef, useState } from "react";

import { openFiles } from "../canvas/Canvas";
import { useSession } from "../context";
import { writeFlow } from "../flow";
import { t } from "../i18n";
import { Icon } from "../icons";
import { useMay, useStore, type FileQuestion } from "../store";
import { quietly } from "../telling";

export function FlowsMenu() {
  const session = useSession();
  const open = useStore((state) => state.open);
  const files = useStore((state) => state.files);
  const workflowId = useStore((state) => state.workflowId);
  const name = useStore((state) => (state.flow ? String(state.flow.fields.name || t("New flow")) : t("Flows")));
  const isModified = useStore((state) => state.isModified);
  const mayEdit = useMay("edit");
  const [isOpen, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (!isOpen) return;
    quietly(session.files.listFlows());
    const leave = (event: Event) => !box.current?.contains(event.target as Element) && setOpen(false);
    document.addEventListener("pointerdown", leave);
    return () => document.removeEventListener("pointerdown", leave);
  }, [isOpen, session]);
  const act = (action: () => void) => () => {
    setOpen(false);
    action();
  };
  const closed = files.filter((file) => !open.some((flow) => flow.file === file.path));
  const ask = (fileQuestion: FileQuestion) => useStore.setState({ fileQuestion });
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
                <Icon name="file-text" /> {flow.name || t("New flow")} {flow.modified && "•"}
                {flow.unsaved && !flow.editors && <small>{t("not saved, no editors")}</small>}
              </button>
              {mayEdit && flow.file && <FileTools path={flow.file} name={stemOf(flow.file)} onAsk={(question) => act(() => ask(question))()} />}
              {mayEdit && (
                <button type="button" aria-label={t("Close {name}", { name: flow.name || t("New flow") })} onClick={act(() => session.files.closeOrAsk(flow))}>
                  <Icon name="x" size={14} />
                </button>
              )}
            </span>
          ))}
          {!open.length && <p className="hint">{t("No flow is open.")}</p>}
          {mayEdit && closed.length > 0 && <h3>{t("Files")}</h3>}
          {mayEdit &&
            closed.map((file) => (
              <span className="menu-row" key={file.path}>
                <button type="button" title={file.path} onClick={act(() => void session.open({ path: file.path }))}>
                  <Icon name="folder-open" /> {file.folder && <small>{file.folder}/</small>}
                  {file.name}
                </button>
                <FileTools path={file.path} name={file.name} onAsk={(question) => act(() => ask(question))()} />
              </span>
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
          {mayEdit && (
            <button type="button" onClick={act(() => ask({ kind: "folder" }))}>
              <Icon name="folder-open" /> {t("New folder…")}
            </button>
          )}
          {mayEdit && (
            <button type="button" onClick={act(() => useStore.setState({ isGalleryShown: true }))}>
              <Icon name="layout-grid" /> {t("Gallery")}
            </button>
          )}
          <button type="button" disabled={!workflowId} onClick={act(download)}>
            <Icon name="download" /> {t("Export as a file")}
          </button>
          <input
            ref={chooser}
            type="file"
            accept=".json,.py,.pyw,.ascr,.pmc,.ahk,.png,.jpg,application/json"
            multiple
            hidden
            aria-label={t("Import a file…")}
            onChange={(event) => {
              void openFiles(session, [...(event.target.files ?? [])]);
              event.target.value = "";
              setOpen(false);
            }}
          />
        </div>
      )}
    </span>
  );
}

function stemOf(path: string): string {
  return (path.split("/").pop() ?? path).replace(/(\.flow)?\.json$/, "");
}

/** Rename, copy, move and delete a file. */
export function FileTools({ path, name, onAsk }: { readonly path: string; readonly name: string; readonly onAsk: (question: FileQuestion) => void }) {
  return (
    <>
      <button type="button" className="tool" title={t("Rename")} aria-label={t("Rename {name}", { name })} onClick={() => onAsk({ kind: "rename", path, name })}>
        <Icon name="text-cursor-input" size={14} />
      </button>
      <button type="button" className="tool" title={t("Duplicate")} aria-label={t("Duplicate {name}", { name })} onClick={() => onAsk({ kind: "duplicate", path, name })}>
        <Icon name="copy" size={14} />
      </button>
      <button type="button" className="tool" title={t("Move to a folder")} aria-label={t("Move {name}", { name })} onClick={() => onAsk({ kind: "move", path, name })}>
        <Icon name="folder-open" size={14} />
      </button>
      <button type="button" className="tool" title={t("Delete")} aria-label={t("Delete {name}", { name })} onClick={() => onAsk({ kind: "delete", path, name })}>
        <Icon name="trash-2" size={14} />
      </button>
    </>
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

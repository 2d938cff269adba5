/** What is asked about a flow's file: its name, its end, which of two states counts. */

import { useEffect, useRef } from "react";

import { useSession } from "../context";
import { phrased, t, type Phrase } from "../i18n";
import { Icon } from "../icons";
import { useMay, useStore, type Clash, type Conflict, type FileQuestion } from "../store";
import { Dialog } from "./Dialog";

const close = () => useStore.setState({ fileQuestion: null });

export function FileQuestions() {
  const asked = useStore((state) => state.fileQuestion);
  if (!asked) return null;
  switch (asked.kind) {
    case "close":
      return <Closing asked={asked} />;
    case "delete":
      return <Deleting asked={asked} />;
    case "move":
      return <Moving asked={asked} />;
    case "compare":
      return <Comparing phrases={asked.phrases} />;
    default:
      return <Naming key={asked.suggestion ?? ""} asked={asked} />;
  }
}

function Closing({ asked }: { readonly asked: Extract<FileQuestion, { kind: "close" }> }) {
  const session = useSession();
  const save = async () => {
    close();
    await session.show(asked.workflowId);
    if (!useStore.getState().path) useStore.setState({ isNaming: true });
    else if (await session.files.save()) await session.close(asked.workflowId);
  };
  return (
    <Dialog title={t("Save the changes to {names}?", { names: asked.name })} onClose={close}>
      <p className="asked">{t("If you do not save, your changes are lost.")}</p>
      <footer>
        <button type="button" className="is-primary" onClick={() => void save()}>{t("Save")}</button>
        <button type="button" onClick={() => { close(); void session.close(asked.workflowId); }}>{t("Discard")}</button>
        <button type="button" onClick={close}>{t("Cancel")}</button>
      </footer>
    </Dialog>
  );
}

function Deleting({ asked }: { readonly asked: Extract<FileQuestion, { kind: "delete" }> }) {
  const session = useSession();
  const remove = (force: boolean) => void session.files.manage("flow.delete", { path: asked.path, force });
  return (
    <Dialog title={t("Delete {name}?", { name: asked.name })} onClose={close}>
      <p className="asked">{asked.told ?? t("The file and its images go to the trash.")}</p>
      <footer>
        <button type="button" className="is-primary" onClick={() => remove(Boolean(asked.told))}>{asked.told ? t("Delete it anyway") : t("Delete")}</button>
        <button type="button" onClick={close}>{t("Cancel")}</button>
      </footer>
    </Dialog>
  );
}

function Naming({ asked }: { readonly asked: Extract<FileQuestion, { kind: "rename" | "duplicate" | "folder" }> }) {
  const session = useSession();
  const titles = { rename: t("Rename the flow"), duplicate: t("Copy the flow"), folder: t("New folder") };
  const now = asked.suggestion ?? (asked.kind === "folder" ? "" : asked.kind === "rename" ? asked.name : `${asked.name} 2`);
  return (
    <Dialog title={titles[asked.kind]} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("name")).trim();
          if (!name) return;
          if (asked.kind === "folder") void session.files.manage("flow.folder", { name });
          else void session.files.manage(asked.kind === "rename" ? "flow.rename" : "flow.duplicate", { path: asked.path, name });
        }}
      >
        {asked.told && <p className="fault" role="alert">{asked.told}</p>}
        <input name="name" autoFocus required defaultValue={now} aria-label={t("Name")} onFocus={(event) => event.currentTarget.select()} />
        <footer>
          <button type="button" onClick={close}>{t("Cancel")}</button>
          <button type="submit" className="is-primary">{t("OK")}</button>
        </footer>
      </form>
    </Dialog>
  );
}

function Moving({ asked }: { readonly asked: Extract<FileQuestion, { kind: "move" }> }) {
  const session = useSession();
  const folders = useStore((state) => state.folders);
  const now = asked.path.split("/").slice(0, -1).join("/");
  const others = ["", ...folders].filter((folder) => folder !== now);
  return (
    <Dialog title={t("Move {name}", { name: asked.name })} onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const folder = String(new FormData(event.currentTarget).get("folder") ?? "");
          void session.files.manage("flow.rename", { path: asked.path, folder });
        }}
      >
        {asked.told && <p className="fault" role="alert">{asked.told}</p>}
        {others.length > 0 && (
          <select name="folder" autoFocus aria-label={t("Folder")}>
            {others.map((folder) => <option key={folder} value={folder}>{folder || t("(no folder)")}</option>)}
          </select>
        )}
        {!others.length && <p className="asked">{t("There is no other folder yet.")}</p>}
        <footer>
          <button type="button" onClick={() => useStore.setState({ fileQuestion: { kind: "folder" } })}>{t("New folder…")}</button>
          <button type="button" onClick={close}>{t("Cancel")}</button>
          {others.length > 0 && <button type="submit" className="is-primary">{t("Move")}</button>}
        </footer>
      </form>
    </Dialog>
  );
}

function Comparing({ phrases }: { readonly phrases: readonly Phrase[] }) {
  const session = useSession();
  const onDisk = useStore((state) => state.onDisk);
  const workflowId = useStore((state) => state.workflowId);
  const asked = useRef(workflowId);
  const isSettled = onDisk !== "changed" || workflowId !== asked.current;
  useEffect(() => {
    if (isSettled) close();  // somebody else answered, or closed the flow: the answers here would mean another one
  }, [isSettled]);
  return (
    <Dialog title={t("Differences in the file on disk")} onClose={close} isWide>
      <ul className="differences">
        {phrases.slice(0, 200).map((phrase, index) => <li key={index}>{phrased(phrase)}</li>)}
        {!phrases.length && <li>{t("Nothing.")}</li>}
      </ul>
      <footer>
        <button type="button" onClick={() => void session.files.settleDisk("reload")}>{t("Reload the file")}</button>
        <button type="button" onClick={() => void session.files.settleDisk("keep")}>{t("Keep mine")}</button>
        <button type="button" onClick={close}>{t("Cancel")}</button>
      </footer>
    </Dialog>
  );
}

/** Says that another program changed the file that is open. */
export function DiskBanner() {
  const session = useSession();
  const onDisk = useStore((state) => state.onDisk);
  const mayEdit = useMay("edit");
  if (onDisk === "same") return null;
  return (
    <p className="banner" role="status">
      <Icon name="triangle-alert" />
      {onDisk === "gone" ? t("The file of this flow no longer exists on disk.") : t("Another program changed the file of this flow.")}
      {mayEdit && onDisk === "changed" && <button type="button" onClick={() => void session.files.settleDisk("reload")}>{t("Reload the file")}</button>}
      {mayEdit && <button type="button" onClick={() => void session.files.settleDisk("keep")}>{t("Keep mine")}</button>}
      {mayEdit && onDisk === "changed" && <button type="button" onClick={() => void session.files.settleDisk("compare")}>{t("Compare")}</button>}
    </p>
  );
}

/** Shows both values of a field that somebody else set meanwhile. */
export function Clashes() {
  const clash = useStore((state) => state.clash);
  return clash && <Choosing clash={clash} />;
}

function Choosing({ clash }: { readonly clash: Clash }) {
  const session = useSession();
  const drop = () => useStore.setState({ clash: null });
  return (
    <Dialog title={t("Two people changed this at the same time")} onClose={drop}>
      {clash.conflicts.map((one) => (
        <dl className="clash" key={one.id + one.path.join(".")}>
          <dt>{placeOf(one)}</dt>
          <dd>
            <span>{t("Yours")}</span> <code>{shown(one.yours)}</code>
          </dd>
          <dd>
            <span>{t("Value of {name}", { name: one.by })}</span> <code>{shown(one.theirs)}</code>
          </dd>
        </dl>
      ))}
      <footer>
        <button type="button" className="is-primary" onClick={drop}>{t("Keep theirs")}</button>
        <button type="button" onClick={() => void session.insist(clash)}>{t("Use mine")}</button>
      </footer>
    </Dialog>
  );
}

function placeOf({ label, path }: Conflict): string {
  const field = path.filter((key) => key !== "data" && key !== "config").join(".");
  return label ? `${label}: ${field}` : field;
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === "") return t("(empty)");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Pictures that a run took or that show why it failed: fetched when they are first seen, large when clicked. */

import { useEffect, useState } from "react";

import { useSession } from "../context";
import { t } from "../i18n";
import { useMay, useStore } from "../store";
import { Dialog } from "./Dialog";

/** The newest pictures of a run that are shown. */
const MOST = 12;
const KEPT = 60;
const fetched = new Map<string, Promise<string>>();

/** The names of a run's pictures, none while they are not known. */
export function usePictureNames(runId: string): readonly string[] {
  const { connection } = useSession();
  const mayEdit = useMay("edit");
  const status = useStore((state) => state.runs.find((run) => run.run_id === runId)?.status);
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    let isOver = false;
    if (!mayEdit || !runId) return;
    // A run without a record has no pictures.
    connection.request("execution.picture", { run_id: runId }).then(
      (answer) => !isOver && setNames((answer.names ?? []).slice(-MOST)),
      () => undefined,
    );
    return () => {
      isOver = true;
    };
  }, [connection, mayEdit, runId, status]);
  return names;
}

export function RunPicture({ runId, name }: { readonly runId: string; readonly name: string }) {
  const { connection } = useSession();
  const [source, setSource] = useState("");
  const [isLarge, setLarge] = useState(false);
  useEffect(() => {
    let isOver = false;
    const key = `${runId}/${name}`;
    const asked = fetched.get(key) ?? connection.request("execution.picture", { run_id: runId, name }).then(({ data }) => `data:${kindOf(name)};base64,${data}`);
    fetched.set(key, asked);
    if (fetched.size > KEPT) fetched.delete(fetched.keys().next().value ?? "");
    asked.then((data) => !isOver && setSource(data), () => fetched.delete(key));
    return () => {
      isOver = true;
    };
  }, [connection, runId, name]);
  if (!source) return <span className="picture is-empty" />;
  return (
    <>
      <button type="button" className="picture" title={name} aria-label={t("Enlarge {name}", { name })} onClick={() => setLarge(true)}>
        <img src={source} alt={name} />
      </button>
      {isLarge && (
        <Dialog title={name} onClose={() => setLarge(false)} isWide>
          <img src={source} alt={name} />
          <footer>
            <form method="dialog">
              <button type="submit" className="is-primary">{t("Close")}</button>
            </form>
          </footer>
        </Dialog>
      )}
    </>
  );
}

function kindOf(name: string): string {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return `image/${ending === "jpg" ? "jpeg" : ending}`;
}

/** The picture of a path on the server's machine, which an error names. */
export function FailurePicture({ runId, path }: { readonly runId: string; readonly path: string }) {
  const names = usePictureNames(runId);
  const plain = path.replaceAll("\\", "/");
  const name = names.find((one) => plain.endsWith(`/${one}`));
  return name ? <RunPicture runId={runId} name={name} /> : null;
}

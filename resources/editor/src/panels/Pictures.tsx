/** Pictures that a run took or that show why it failed: fetched when they are first seen, large when clicked. */

import { useEffect, useRef, useState, type PointerEvent } from "react";

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

/** A picture of a run as a `data:` address, empty while it is fetched. */
function useRunPicture(runId: string, name: string): string {
  const { connection } = useSession();
  const [source, setSource] = useState("");
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
  return source;
}

interface Marked {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest side of a box that makes a target, in pixels of the picture. */
const LEAST = 6;

/** The picture that shows why a node failed; a box drawn in it becomes the node's target. */
export function MarkedPicture({ runId, name, onTake }: { readonly runId: string; readonly name: string; readonly onTake: ((picture: string) => void) | null }) {
  const source = useRunPicture(runId, name);
  const [isLarge, setLarge] = useState(false);
  const [marked, setMarked] = useState<Marked | null>(null);
  const image = useRef<HTMLImageElement>(null);
  const from = useRef<readonly [number, number] | null>(null);
  if (!source) return <span className="picture is-empty" />;
  const close = () => {
    setLarge(false);
    setMarked(null);
  };
  const at = (event: PointerEvent): readonly [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    const inside = (place: number, size: number) => Math.max(0, Math.min(1, place / size));
    return [inside(event.clientX - box.left, box.width), inside(event.clientY - box.top, box.height)];
  };
  const draw = (event: PointerEvent) => {
    if (!from.current) return;
    const [x, y] = at(event);
    const [left, top] = from.current;
    setMarked({ x: Math.min(x, left), y: Math.min(y, top), width: Math.abs(x - left), height: Math.abs(y - top) });
  };
  const natural = image.current ? { width: image.current.naturalWidth, height: image.current.naturalHeight } : { width: 0, height: 0 };
  const isEnough = marked !== null && marked.width * natural.width >= LEAST && marked.height * natural.height >= LEAST;
  const take = () => {
    if (!marked || !image.current || !onTake) return;
    const cut = document.createElement("canvas");
    cut.width = Math.round(marked.width * natural.width);
    cut.height = Math.round(marked.height * natural.height);
    cut.getContext("2d")?.drawImage(image.current, Math.round(marked.x * natural.width), Math.round(marked.y * natural.height), cut.width, cut.height, 0, 0, cut.width, cut.height);
    onTake(cut.toDataURL("image/png").split(",")[1] ?? "");
    close();
  };
  const percent = (part: number) => `${100 * part}%`;
  return (
    <>
      <button type="button" className="picture" title={t("Screen at the failure")} aria-label={t("Screen at the failure")} onClick={() => setLarge(true)}>
        <img src={source} alt={t("Screen at the failure")} />
      </button>
      {isLarge && (
        <Dialog title={t("Screen at the failure")} onClose={close} isWide>
          {onTake && <p className="hint">{t("Drag a box around what the node is to find.")}</p>}
          <div
            className="marking"
            onPointerDown={(event) => {
              if (!onTake) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              from.current = at(event);
              setMarked(null);
            }}
            onPointerMove={draw}
            onPointerUp={(event) => {
              draw(event);
              from.current = null;
            }}
          >
            <img ref={image} src={source} alt={t("Screen at the failure")} draggable={false} />
            {marked && <i style={{ left: percent(marked.x), top: percent(marked.y), width: percent(marked.width), height: percent(marked.height) }} />}
          </div>
          <footer>
            <button type="button" onClick={close}>{t("Close")}</button>
            {onTake && (
              <button type="button" className="is-primary" disabled={!isEnough} onClick={take}>
                {t("Make this my target")}
              </button>
            )}
          </footer>
        </Dialog>
      )}
    </>
  );
}

export function RunPicture({ runId, name }: { readonly runId: string; readonly name: string }) {
  const source = useRunPicture(runId, name);
  const [isLarge, setLarge] = useState(false);
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

/** Keeps a canvas equal to the desktop: takes `desktop.frame` events, draws their parts, and says when they are shown. */

import { said } from "../i18n";
import { underWayOf, type Run } from "../store";

import type { Box } from "./geometry";
import type { DesktopFrame, Link, Part, Watched } from "./protocol";

/** What the live view knows beside the pixels. */
export interface LiveState {
  readonly box: Box | null;
  readonly pointer: readonly [number, number] | null;
  /** Why there is no picture, `""` if there is one. */
  readonly problem: string;
  readonly isShown: boolean;
}

const NOTHING: LiveState = { box: null, pointer: null, problem: "", isShown: false };

export class LiveDesktop {
  readonly canvas: HTMLCanvasElement = document.createElement("canvas");
  state: LiveState = NOTHING;
  private readonly listeners = new Set<() => void>();
  private leave: (() => void) | null = null;
  private peer = "";
  private queue: Promise<void> = Promise.resolve();
  private scale = 0;
  private asked = 0;
  private isOver = true;

  private own = "";

  /** `workflowId` is the flow that is shown: while it runs on a desktop of its own, that one is watched. */
  constructor(
    private readonly link: Link,
    private readonly workflowId: () => string,
  ) {}

  /** Calls `listener` after each change of `state`, until the returned function is called. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): LiveState => this.state;

  /** Begins to watch, or goes on in another scale. */
  async watch(scale: number): Promise<void> {
    if (!this.isOver && scale === this.asked) return;
    this.asked = scale;
    this.isOver = false;
    this.leave ??= this.listen();
    await this.ask(scale);
  }

  private listen(): () => void {
    const leave = [
      this.link.on("desktop.frame", (payload) => this.take(payload as DesktopFrame)),
      // After a break the server knows nothing of us: the first word of a new connection has a new name for us.
      this.link.on("system.status", (payload) => {
        const { peer_id: peer, runs } = payload as { peer_id?: string; runs?: readonly Run[] };
        if (!peer) return;
        const own = underWayOf(runs ?? []).find((run) => run.desktop === "private" && run.workflow_id === this.workflowId());
        if (peer === this.peer && (own?.run_id ?? "") === this.own) return;
        this.peer = peer;
        this.own = own?.run_id ?? "";
        void this.ask(this.asked);
      }),
    ];
    return () => leave.forEach((each) => each());
  }

  private async ask(scale: number): Promise<void> {
    try {
      const watched = (await this.link.request("desktop.watch", { scale }, this.workflowId())) as Watched;
      this.tell({ box: watched.box, problem: "" });
    } catch (error) {
      this.tell({ problem: messageOf(error) });
    }
  }

  /** Watches no more. */
  stop(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.leave?.();
    this.leave = null;
    void this.link.request("desktop.unwatch", {}).catch(() => undefined);
    this.tell({ isShown: false });
  }

  private take(frame: DesktopFrame): void {
    this.queue = this.queue.then(() => this.show(frame)).catch(() => undefined);
  }

  private async show(frame: DesktopFrame): Promise<void> {
    if (this.isOver) return;
    if (frame.reason) {
      this.tell({ problem: [frame.reason, frame.fix ?? ""].filter(Boolean).map(said).join(" ") });
      return;
    }
    const pictures = await Promise.all(frame.parts.map(decoded));
    const { box, scale } = frame;
    if (box && scale) {
      this.size(box, scale);
      const context = this.canvas.getContext("2d");
      frame.parts.forEach((part, index) => {
        const picture = pictures[index];
        if (!picture) return;
        context?.drawImage(
          picture,
          Math.round((part.box[0] - box[0]) * scale),
          Math.round((part.box[1] - box[1]) * scale),
        );
        picture.close();
      });
      this.tell({ box, pointer: frame.pointer ?? null, problem: "", isShown: true });
    }
    await this.link.request("desktop.shown", { frame: frame.frame }).catch(() => undefined);
  }

  private size(box: Box, scale: number): void {
    const width = Math.max(1, Math.round(box[2] * scale));
    const height = Math.max(1, Math.round(box[3] * scale));
    if (this.canvas.width === width && this.canvas.height === height && this.scale === scale) return;
    const before = this.state.isShown ? copyOf(this.canvas) : null;
    this.canvas.width = width;
    this.canvas.height = height;
    if (before) this.canvas.getContext("2d")?.drawImage(before, 0, 0, width, height);
    this.scale = scale;
  }

  private tell(change: Partial<LiveState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

async function decoded(part: Part): Promise<ImageBitmap | null> {
  const bytes = Uint8Array.from(atob(part.data), (letter) => letter.charCodeAt(0));
  try {
    return await createImageBitmap(new Blob([bytes], { type: `image/${part.format}` }));
  } catch {
    return null;
  }
}

function copyOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  copy.getContext("2d")?.drawImage(canvas, 0, 0);
  return copy;
}

/** Returns the sentence of an error. */
export function messageOf(error: unknown): string {
  if (error && typeof error === "object" && "message" in error) {
    const { message, fix } = error as { message: unknown; fix?: unknown };
    return [message, fix].filter((text): text is string => typeof text === "string" && text !== "").map(said).join(" ");
  }
  return String(error);
}

/** What the desktop panel knows and does: watch, outline, pick, test. One for the page; it outlives the panel. */

import { between, type Box, type Point } from "./geometry";
import { LiveDesktop, messageOf } from "./live";
import type { Completions, Requests } from "../protocol";
import type { Candidate, Candidates, DesktopElement, Inspected, Link, Step, Tested } from "./protocol";

/** Milliseconds between two questions for the element under the pointer. */
const PACE = 60;
/** Milliseconds that a ring is shown. */
const RING = 4000;
/** Selectors of other kinds that are kept beside the chosen one. */
const FALLBACKS = 2;

export type Mode = "look" | "pick" | "act";

/** Something that a person does on the desktop through its picture. */
export type Act = Requests["desktop.act"];

/** Gets the selectors that were chosen, and the node that says what was picked better than a click. */
export type Use = (selectors: string[], step: Step | null) => void;

export interface Picked {
  readonly at: Point;
  /** What was drawn; `null` for a click. */
  readonly drawn: Box | null;
  readonly path: readonly DesktopElement[];
  readonly window: Inspected["window"];
  /** Which element of the path was chosen; `null`: the one that a click means. */
  readonly level: number | null;
  readonly element: DesktopElement | null;
  readonly candidates: readonly Candidate[];
  readonly step?: Step | null;
}

export interface Ring {
  readonly box: Box;
  readonly others: readonly Box[];
  /** New for each test, so that the same place rings again. */
  readonly count: number;
}

export interface DesktopState {
  readonly mode: Mode;
  readonly hovered: Inspected | null;
  /** How many steps up from the innermost element the outline is. */
  readonly level: number;
  readonly drawn: Box | null;
  readonly picked: Picked | null;
  readonly isLooking: boolean;
  readonly problem: string;
  readonly ring: Ring | null;
  readonly tested: ReadonlyMap<string, Tested>;
  /** What the pick is for, such as the label of a node; `""` if nobody waits for one. */
  readonly purpose: string;
}

const START: DesktopState = {
  mode: "look",
  hovered: null,
  level: 0,
  drawn: null,
  picked: null,
  isLooking: false,
  problem: "",
  ring: null,
  tested: new Map(),
  purpose: "",
};

export class DesktopStore {
  readonly live: LiveDesktop;
  state: DesktopState = START;
  private readonly listeners = new Set<() => void>();
  private use: Use | null = null;
  private asking = false;
  private next: Point | null = null;
  private picks = 0;
  private rings = 0;
  /** Whether this page has the mouse and the keyboard of the desktop, also while it picks. */
  controls = false;
  private readonly acts: Act[] = [];
  private isActing = false;

  constructor(
    readonly link: Link,
    private workflowId: () => string,
  ) {
    this.live = new LiveDesktop(link, workflowId);
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): DesktopState => this.state;

  /** Begins to pick. `use` gets the chosen selector and its fallbacks; `purpose` says what for. */
  pick(purpose = "", use: Use | null = null): void {
    this.use = use;
    this.set({ mode: "pick", purpose, hovered: null, level: 0, drawn: null, picked: null, problem: "" });
  }

  /** Whether somebody waits for a pick. */
  get hasUse(): boolean {
    return this.use !== null;
  }

  /** Stops picking; what was picked is forgotten. */
  leave(): void {
    this.picks += 1;
    this.use = null;
    this.set({ mode: this.controls ? "act" : "look", purpose: "", hovered: null, drawn: null, picked: null, isLooking: false, problem: "" });
  }

  /** Takes the mouse and the keyboard of the desktop, or lets go of them. */
  async control(on: boolean): Promise<void> {
    this.controls = on;
    this.set({ mode: on ? "act" : "look", problem: "", hovered: null, drawn: null, picked: null });
    try {
      await this.link.request("desktop.control", { on }, this.workflowId());
    } catch (error) {
      this.controls = false;
      this.set({ mode: "look", problem: messageOf(error) });
    }
  }

  /** Somebody stopped all that acts on the desktop, or another has it now. */
  lostControl(): void {
    this.controls = false;
    if (this.state.mode === "act") this.set({ mode: "look" });
  }

  /** Does something on the desktop, after all that was done before. A move gives way to the next one that comes meanwhile. */
  act(act: Act): void {
    const last = this.acts.at(-1);
    if (last?.action === "move" && act.action === "move") this.acts.pop();
    if (last?.action === "text" && act.action === "text") this.acts[this.acts.length - 1] = { ...last, text: `${last.text ?? ""}${act.text ?? ""}` };
    else this.acts.push(act);
    if (!this.isActing) void this.carryOut();
  }

  private async carryOut(): Promise<void> {
    this.isActing = true;
    for (let act = this.acts.shift(); act; act = this.acts.shift()) {
      try {
        await this.link.request("desktop.act", act, this.workflowId());
        if (this.state.problem) this.set({ problem: "" });
      } catch (error) {
        this.acts.length = 0;
        this.set({ problem: messageOf(error) });
      }
    }
    this.isActing = false;
  }

  /** Goes on picking after a pick. */
  again(): void {
    this.picks += 1;
    this.set({ mode: "pick", hovered: null, level: 0, drawn: null, picked: null, isLooking: false, problem: "" });
  }

  /** The pointer is over a pixel of the desktop: asks what is there, one question at a time, the newest place next. */
  hover(at: Point): void {
    if (this.state.mode !== "pick" || this.state.picked || this.state.isLooking) return;
    this.next = at;
    if (!this.asking) void this.ask();
  }

  private async ask(): Promise<void> {
    this.asking = true;
    try {
      while (this.next && this.state.mode === "pick" && !this.state.picked && !this.state.isLooking) {
        const at = this.next;
        this.next = null;
        const inspected = (await this.link.request("target.inspect", at, this.workflowId())) as Inspected;
        if (this.state.mode === "pick" && !this.state.picked && !this.state.isLooking) {
          const isSame = sameElement(inspected.path[0], this.state.hovered?.path[0]);
          this.set({ hovered: inspected, level: isSame ? this.state.level : 0, problem: "" });
        }
        await new Promise((done) => setTimeout(done, PACE));
      }
    } catch (error) {
      this.next = null;
      this.set({ problem: messageOf(error) });
    } finally {
      this.asking = false;
    }
  }

  /** Moves the outline to the parent (1) or the child (-1); after a pick, picks that one. */
  async walk(step: 1 | -1): Promise<void> {
    const { picked, hovered, level } = this.state;
    if (picked) {
      const now = picked.level ?? Math.max(0, picked.path.findIndex((one) => sameElement(one, picked.element ?? undefined)));
      const wanted = Math.max(0, Math.min(picked.path.length - 1, now + step));
      if (picked.path.length && wanted !== now) await this.choose(wanted);
    } else if (hovered) {
      this.set({ level: Math.max(0, Math.min(hovered.path.length - 1, level + step)) });
    }
  }

  /** Picks another element of the path of the last pick. */
  async choose(level: number): Promise<void> {
    const { picked } = this.state;
    if (picked) await this.look(picked.at, null, level);
  }

  /** Shows what is being drawn. */
  draw(from: Point, to: Point): void {
    this.set({ drawn: between(from, to), hovered: null });
  }

  /** Forgets what is being drawn. */
  undraw(): void {
    this.set({ drawn: null });
  }

  /** Picks what was clicked. */
  async click(at: Point): Promise<void> {
    await this.look(at, null, this.state.level > 0 ? this.state.level : null);
  }

  /** Picks what was drawn. */
  async finish(drawn: Box): Promise<void> {
    const at = { x: drawn[0] + Math.floor(drawn[2] / 2), y: drawn[1] + Math.floor(drawn[3] / 2) };
    await this.look(at, drawn, null);
  }

  private async look(at: Point, drawn: Box | null, level: number | null): Promise<void> {
    const pick = ++this.picks;
    this.set({ isLooking: true, drawn, problem: "", tested: new Map() });
    try {
      const [inspected, found] = await Promise.all([
        this.link.request("target.inspect", at, this.workflowId()) as Promise<Inspected>,
        this.link.request(
          "target.candidates",
          drawn ? { box: drawn } : { ...at, ...(level === null ? {} : { level }) },
          this.workflowId(),
        ) as Promise<Candidates>,
      ]);
      if (pick !== this.picks) return;
      const { path, window } = inspected;
      this.set({ isLooking: false, picked: { at, drawn, path, window, level, ...found } });
    } catch (error) {
      if (pick === this.picks) this.set({ isLooking: false, drawn: null, problem: messageOf(error) });
    }
  }

  /** Looks for a candidate again, now, and rings it. */
  async testCandidate(candidate: Candidate): Promise<void> {
    const tested = await this.test({ selector: inline(candidate), timeout: 0 });
    if (tested) this.set({ tested: new Map(this.state.tested).set(candidate.selector, tested) });
  }

  /** Looks for the target of a config now, rings it here and on the desktop; `null` if looking was impossible. */
  async test(config: Record<string, unknown>): Promise<Tested | null> {
    try {
      const tested = (await this.link.request(
        "target.test",
        { config, highlight: true },
        this.workflowId(),
      )) as Tested;
      const [spot, ...others] = tested.spots;
      if (spot) this.ringAround(spot.box, others.map((other) => other.box));
      else this.set({ ring: null });
      this.set({ problem: "" });
      return tested;
    } catch (error) {
      this.set({ problem: messageOf(error) });
      return null;
    }
  }

  /** Lists what may stand where a selector ends; `null` where that cannot be told. */
  async complete(text: string): Promise<Completions | null> {
    try {
      return (await this.link.request("target.complete", { text }, this.workflowId())) as Completions;
    } catch {
      return null; // The list is a courtesy; Test says what is wrong.
    }
  }

  /** Rings a box of the desktop for a moment. */
  ringAround(box: Box, others: readonly Box[] = []): void {
    const count = ++this.rings;
    this.set({ ring: { box, others, count } });
    setTimeout(() => {
      if (this.state.ring?.count === count) this.set({ ring: null });
    }, RING);
  }

  /** Takes a candidate: stores its picture if it has one, and gives the selectors to whoever asked for a pick. */
  async take(candidate: Candidate, withFallbacks: boolean): Promise<string[] | null> {
    const all = this.state.picked?.candidates ?? [];
    try {
      const selectors = [await this.stored(candidate)];
      if (withFallbacks) selectors.push(...fallbacks(candidate, all));
      this.use?.(selectors, this.state.picked?.step ?? null);
      this.leave();
      return selectors;
    } catch (error) {
      this.set({ problem: messageOf(error) });
      return null;
    }
  }

  /** Puts a candidate's selector on the clipboard; its picture is stored first. */
  async copy(candidate: Candidate): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(await this.stored(candidate));
      return true;
    } catch (error) {
      this.set({ problem: messageOf(error) });
      return false;
    }
  }

  private async stored(candidate: Candidate): Promise<string> {
    if (!candidate.picture || !candidate.name) return candidate.selector;
    const put = (await this.link.request(
      "asset.put",
      { name: candidate.name, data: candidate.picture },
      this.workflowId(),
    )) as { name: string };
    return renamed(candidate.selector, candidate.name, put.name);
  }

  private set(change: Partial<DesktopState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

/** Returns selectors of other kinds that find the same and nothing else, the best first; no pictures, no points. */
export function fallbacks(chosen: Candidate, all: readonly Candidate[]): string[] {
  return all
    .filter((one) => one.unique && one.kind !== chosen.kind && one.kind !== "image" && one.kind !== "point")
    .slice(0, FALLBACKS)
    .map((one) => one.selector);
}

/** Returns a picture's selector with the name under which it was stored. */
export function renamed(selector: string, name: string, stored: string): string {
  return name === stored ? selector : selector.replace(`image=${name}`, `image=${stored}`);
}

/** Returns a selector that can be tested before its picture is stored. */
export function inline(candidate: Candidate): string {
  if (!candidate.picture || !candidate.name) return candidate.selector;
  return renamed(candidate.selector, candidate.name, `data:image/png;base64,${candidate.picture}`);
}

function sameElement(one: DesktopElement | undefined, other: DesktopElement | undefined): boolean {
  return !!one && !!other && one.role === other.role && one.name === other.name && `${one.box}` === `${other.box}`;
}

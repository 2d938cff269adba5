/** The part of the protocol that the desktop panel speaks. The requests are declared by the server. */

import type { Ask } from "../protocol";

import type { Box } from "./geometry";

/** The connection to the server, as far as this panel needs it. */
export interface Link {
  /** Sends a request and resolves with the payload of its reply; rejects with an error that has a `message`. */
  request(...ask: Ask): Promise<unknown>;
  /** Calls `take` with the payload of each event of a type, until the returned function is called. */
  on(type: string, take: (payload: unknown) => void): () => void;
}

export interface Part {
  readonly box: Box;
  readonly format: "png" | "jpeg";
  readonly data: string;
}

export interface DesktopFrame {
  readonly frame: number;
  readonly box?: Box;
  readonly scale?: number;
  readonly pointer?: readonly [number, number];
  readonly parts: readonly Part[];
  readonly reason?: string;
  readonly fix?: string;
}

export interface Watched {
  readonly box: Box;
  readonly scale: number;
  readonly monitors: readonly { number: number; box: Box; scale: number; name: string }[];
}

export interface DesktopElement {
  readonly role: string;
  readonly name: string;
  readonly box: Box;
  readonly app: string;
  readonly value?: string;
  readonly states?: readonly string[];
}

export interface Inspected {
  readonly path: readonly DesktopElement[];
  readonly window: { readonly title: string; readonly app: string; readonly box: Box } | null;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly box: Box;
  readonly score: number;
}

export type CandidateKind = "element" | "text" | "image" | "relative" | "point";

export interface Candidate {
  readonly selector: string;
  readonly kind: CandidateKind;
  readonly count: number;
  readonly unique: boolean;
  readonly spot: Spot;
  readonly score: number;
  readonly ms: number;
  readonly picture?: string;
  readonly name?: string;
}

/** The node that says what is meant by an element better than a click. */
export interface Step {
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly element: DesktopElement | null;
  readonly step?: Step | null;
}

export interface Tested {
  readonly found: boolean;
  /** How many fit; `spots` may hold fewer. */
  readonly count: number;
  readonly spots: readonly Spot[];
  readonly ms: number;
  readonly reason: string | null;
  readonly best_score: number | null;
  readonly best_box: Box | null;
  readonly candidates: readonly string[];
}

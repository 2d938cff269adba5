/** The socket to flowdesk: who we are, requests and their replies, events, and coming back after a break. */

import type { Link } from "./desktop/protocol";
import type { Replies, Requests, Told } from "./protocol";

/** A message of the protocol, as it comes from the server. */
export type Message = Told;

/** `refused`: a token is needed. `gone`: the server does not answer; we keep trying. */
export type LinkState = "connecting" | "open" | "gone" | "refused";

/** What the server refused, with what to do about it. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly fix: string,
    readonly details: Record<string, unknown>,
  ) {
    super(message);
  }
}

/** What is said of a request that nobody can answer now. */
export function gone(): Refused {
  return new Refused("connection.gone", "flowdesk does not answer.", "Wait until it is back.", {});
}

const NEEDS_TOKEN = 4401;
const FIRST_PAUSE = 400;
const LONGEST_PAUSE = 8000;
/** Milliseconds without any message after which a heartbeat is sent, and after twice as many the socket is given up. */
const QUIET = 15_000;

interface Waiting {
  readonly resolve: (payload: object) => void;
  readonly reject: (error: Error) => void;
}

/** Where tokens are kept: for this tab only. */
export interface Keep {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class Connection implements Link {
  state: LinkState = "connecting";
  /** Why what was given last does not open it; `null` if nothing was given. */
  refusal: Refused | null = null;
  private socket: WebSocket | null = null;
  private pause = FIRST_PAUSE;
  private count = 0;
  private heard = 0;
  private readonly waiting = new Map<string, Waiting>();
  private readonly takers = new Map<string, Set<(payload: never, message: Message) => void>>();
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly url: string,
    private readonly keep: Keep,
    private code: string | null,
    private readonly make: (url: string) => WebSocket = (address) => new WebSocket(address),
  ) {
    setInterval(() => this.beat(), QUIET / 2);
  }

  /** Calls `watch` after each change of `state`. */
  watch = (watch: () => void): (() => void) => {
    this.watchers.add(watch);
    return () => this.watchers.delete(watch);
  };

  /** Connects; with what a person typed, if given: a token, or the six digits that pair another machine. */
  connect(typed?: string): void {
    if (typed && /^\d{6}$/.test(typed)) this.code = typed;
    else if (typed) this.keep.setItem("flowdesk.token", typed);
    this.refusal = null;
    this.to("connecting");
    const socket = this.make(this.url);
    this.socket = socket;
    socket.onopen = () => this.introduce();
    socket.onmessage = (event: MessageEvent<string>) => {
      this.heard = Date.now();
      this.take(JSON.parse(event.data) as Message);
    };
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code);
    };
  }

  /** Sends a request and resolves with the payload of its reply. Rejects with `Refused`, or when the socket goes. */
  request<Type extends keyof Requests>(type: Type, payload?: Requests[Type], workflowId = ""): Promise<Replies[Type]> {
    const socket = this.socket;
    if (!socket || socket.readyState !== 1 || this.state === "refused") {
      return Promise.reject(gone());
    }
    const id = `p${Date.now().toString(36)}-${(this.count += 1)}`;
    const sent = new Promise<Replies[Type]>((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (payload: object) => void, reject });
    });
    socket.send(JSON.stringify({ id, type, timestamp: Date.now() / 1000, workflow_id: workflowId, payload: payload ?? {} }));
    return sent;
  }

  /** Calls `then` when a request is answered, refused, or given up. */
  whenAnswered(id: string, then: () => void): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    this.waiting.set(id, {
      resolve: (payload) => (then(), waiting.resolve(payload)),
      reject: (error) => (then(), waiting.reject(error)),
    });
  }

  /** Calls `take` with the payload of each event of a type (`"*"`: of all), until the returned function is called. */
  on<T = unknown>(type: string, take: (payload: T, message: Message) => void): () => void {
    const known = this.takers.get(type) ?? new Set();
    this.takers.set(type, known);
    known.add(take as (payload: never, message: Message) => void);
    return () => known.delete(take as (payload: never, message: Message) => void);
  }

  private introduce(): void {
    const token = this.keep.getItem("flowdesk.token");
    const secret = this.code ? { code: this.code } : token ? { token } : null;
    this.code = null;
    const asked = secret ? this.request("auth", secret) : this.request("system.status");
    asked.then(
      (answer) => {
        if ("token" in answer && typeof answer.token === "string") this.keep.setItem("flowdesk.token", answer.token);
        this.pause = FIRST_PAUSE;
        this.to("open");
      },
      (error: unknown) => {
        // The socket closes with a code that says why.
        if (secret && error instanceof Refused && error.code !== "connection.gone") this.refusal = error;
      },
    );
  }

  private take(message: Message): void {
    const waiting = message.reply_to ? this.waiting.get(message.reply_to) : undefined;
    if (waiting && message.reply_to) {
      this.waiting.delete(message.reply_to);
      if (message.type === "error") {
        const { code, message: text, fix, ...details } = message.payload;
        waiting.reject(new Refused(code, text, fix, details));
      } else waiting.resolve(message.payload);
      return;
    }
    for (const type of [message.type, "*"]) {
      for (const taker of this.takers.get(type) ?? []) taker(message.payload as never, message);
    }
  }

  private lost(code: number): void {
    this.socket = null;
    for (const waiting of this.waiting.values()) {
      waiting.reject(gone());
    }
    this.waiting.clear();
    if (code === NEEDS_TOKEN) {
      this.keep.removeItem("flowdesk.token");
      this.to("refused");
      return;
    }
    this.to("gone");
    setTimeout(() => this.connect(), this.pause);
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 1.7);
  }

  private beat(): void {
    if (this.state !== "open") return;
    const quiet = Date.now() - this.heard;
    if (quiet > 2 * QUIET) {
      const socket = this.socket;
      this.lost(1006);
      socket?.close();
    } else if (quiet > QUIET) void this.request("heartbeat").catch(() => undefined);
  }

  private to(state: LinkState): void {
    this.state = state;
    for (const watch of this.watchers) watch();
  }
}

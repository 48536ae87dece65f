// One connection to /events for the page. It carries topics and numbers, never a plate; what is new is fetched through
// the ordinary pages. A connection that says nothing for a while counts as lost: silence must never look like "no hits".
import { setServerTime } from "./clock.ts";

/** The server says something at least every 3 s (`events::BEAT_EVERY`); after three missed beats nothing can be trusted. */
const SILENCE_MAX_MS = 10_000;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 10_000;

export type LiveState =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "lost"; since_ms: number }
  | { kind: "signed-out" };

export class Live extends EventTarget {
  state: LiveState = { kind: "connecting" };
  heard_ms = Date.now();
  #source: EventSource | null = null;
  #retry_ms = RETRY_FIRST_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #last_seq = "";

  constructor(readonly url: string) {
    super();
    setInterval(() => this.#watch(), 1000);
    document.addEventListener("visibilitychange", () => this.#watch());
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.#lose());
  }

  /** Connects, or connects anew. */
  open(): void {
    this.close();
    const url = this.#last_seq
      ? `${this.url}?last=${encodeURIComponent(this.#last_seq)}`
      : this.url;
    const source = new EventSource(url);
    this.#source = source;
    source.addEventListener("open", () => this.#found());
    source.addEventListener("error", () => {
      this.#lose();
      // Closed means that the browser gave up (an error page instead of a stream): try again ourselves.
      if (source.readyState === EventSource.CLOSED) this.#tryAgain();
    });
    source.addEventListener("beat", (event) => {
      this.#heard(event);
      const { now_ms } = JSON.parse(event.data) as { now_ms: number };
      setServerTime(now_ms);
      this.dispatchEvent(new CustomEvent("beat"));
    });
    source.addEventListener("stale", (event) => {
      this.#heard(event);
      this.dispatchEvent(new CustomEvent("stale"));
    });
    source.addEventListener("message", (event) => {
      this.#heard(event);
      const { topic } = JSON.parse(event.data) as { topic: string; seq: number };
      this.dispatchEvent(new CustomEvent("topic", { detail: topic }));
    });
  }

  /** Stops listening for a while; what is missed meanwhile is asked for when it opens again. */
  pause(): void {
    this.close();
    this.#set({ kind: "connecting" });
  }

  /** Lets go of the connection on purpose. */
  close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
  }

  /** What was fetched said that nobody is signed in: no use in trying on. */
  signedOut(): void {
    this.close();
    this.#set({ kind: "signed-out" });
  }

  #heard(event: MessageEvent): void {
    this.heard_ms = Date.now();
    if (event.lastEventId) this.#last_seq = event.lastEventId;
    if (this.state.kind !== "live") this.#found();
  }

  #found(): void {
    this.heard_ms = Date.now();
    this.#retry_ms = RETRY_FIRST_MS;
    const was = this.state.kind;
    this.#set({ kind: "live" });
    // Whatever happened while nobody listened is asked for once, whether or not the stream repeats it.
    if (was !== "live") this.dispatchEvent(new CustomEvent("stale"));
  }

  #lose(): void {
    if (this.state.kind === "lost" || this.state.kind === "signed-out") return;
    this.#set({ kind: "lost", since_ms: this.heard_ms });
  }

  #tryAgain(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.open(), this.#retry_ms);
    this.#retry_ms = Math.min(RETRY_MAX_MS, this.#retry_ms * 2);
  }

  #watch(): void {
    if (this.#source === null || Date.now() - this.heard_ms < SILENCE_MAX_MS) return;
    this.#lose();
    this.heard_ms = Date.now();
    this.open();
  }

  #set(state: LiveState): void {
    this.state = state;
    this.dispatchEvent(new CustomEvent("state"));
  }
}

let shared: Live | undefined;

/** The page's one connection. */
export function live(): Live {
  shared ??= new Live("/events");
  return shared;
}

// The line at the top of every page: is what I see alive, and will I hear it. On pages other than the live list it also
// says how many hits came meanwhile. Such a page listens only while it is looked at: browsers allow six connections to
// one server, and a seventh open tab would otherwise stop them all.
import { clockText } from "./clock.ts";
import { fetchHits, fetchNewest, lastTold, remember, SignedOut } from "./hits-feed.ts";
import { live } from "./live.ts";
import { answer } from "./signed-on.ts";
import * as sounds from "./sound.ts";

/** The live list sounds first where both are open. */
const YIELD_TO_LIST_MS = 400;
/** Behind by less is nothing that a person notices. */
const BEHIND_MIN_MS = 3500;

export class LiveLine extends HTMLElement {
  #state!: HTMLElement;
  #sound!: HTMLButtonElement;
  #count: HTMLElement | null = null;
  #last = 0;
  #n_new = 0;
  #asking = false;
  #again = false;
  #blocked_seen = false;

  connectedCallback(): void {
    const state = this.querySelector<HTMLElement>("[data-live-state]");
    const sound = this.querySelector<HTMLButtonElement>("[data-live-sound]");
    if (!state || !sound) return;
    this.#state = state;
    this.#sound = sound;
    this.#count = document.querySelector("[data-nav-hits]");
    this.hidden = false;
    sound.addEventListener("click", () => void this.#toggleSound());
    // Any click or key lets the browser sound; do not wait for the one on our button.
    for (const kind of ["pointerdown", "keydown"]) {
      addEventListener(kind, () => void sounds.unblock().then(() => this.#showSound()), {
        capture: true,
        passive: true,
      });
    }
    document.addEventListener("plateglass:sound", () => this.#showSound());
    this.#showSound();
    const connection = live();
    connection.addEventListener("state", () => this.#showState());
    connection.addEventListener("beat", () => void answer());
    setInterval(() => this.#showState(), 1000);
    if (!document.querySelector("live-hits")) this.#watchFromElsewhere();
    this.#showState();
    connection.open();
  }

  #watchFromElsewhere(): void {
    const connection = live();
    connection.addEventListener("stale", () => void this.#ask());
    connection.addEventListener("topic", (event) => {
      if ((event as CustomEvent<string>).detail === "hits") void this.#ask();
    });
    // In a car another program may be in front: hits are still to be heard.
    if (document.querySelector("car-page")) return;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) connection.pause();
      else connection.open();
    });
  }

  async #ask(): Promise<void> {
    this.#again = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    try {
      if (this.#last === 0) this.#last = lastTold(await fetchNewest());
      const batch = await fetchHits(this.#last);
      this.#last = batch.last;
      remember(this.#last);
      // A vehicle that was seen again is only counted, on the list; one that moved on is told quietly.
      const first = batch.entries.filter((entry) => entry.dataset.again === undefined);
      if (first.length > 0) this.#tell(first);
      else {
        const moved = batch.entries.filter((entry) => entry.dataset.moved !== undefined);
        const last = this.#last;
        setTimeout(() => sounds.sound(sounds.loudest(moved) && "low", last), YIELD_TO_LIST_MS);
      }
    } catch (error) {
      if (error instanceof SignedOut) live().signedOut();
    } finally {
      this.#asking = false;
      if (this.#again) void this.#ask();
    }
  }

  #tell(entries: HTMLElement[]): void {
    this.#n_new += entries.length;
    if (this.#count) {
      this.#count.hidden = false;
      this.#count.textContent = `${this.#n_new} new`;
    }
    const last = this.#last;
    setTimeout(() => sounds.sound(sounds.loudest(entries), last), YIELD_TO_LIST_MS);
  }

  #showState(): void {
    const { state, heard_ms } = live();
    const behind_ms = Date.now() - heard_ms;
    let kind: string = state.kind;
    let text = "connecting…";
    if (state.kind === "live") {
      text = "live";
      if (behind_ms > BEHIND_MIN_MS) {
        kind = "behind";
        text = `${Math.round(behind_ms / 1000)} s behind`;
      }
    } else if (state.kind === "lost") {
      text = `disconnected since ${clockText(state.since_ms)}`;
    } else if (state.kind === "signed-out") {
      text = "signed out: open a sign-in link";
    }
    if (this.#state.dataset.liveState !== kind) this.#state.dataset.liveState = kind;
    const label = this.#state.querySelector("[data-text]");
    if (label && label.textContent !== text) label.textContent = text;
  }

  async #toggleSound(): Promise<void> {
    if (this.#blocked_seen) {
      // The click that unblocks says so with a tone; it does not mute at the same time.
      if (await sounds.unblock()) sounds.play("low");
    } else {
      sounds.setMuted(!sounds.muted());
      if (!sounds.muted()) sounds.play("low");
    }
    this.#showSound();
  }

  #showSound(): void {
    const blocked = sounds.blocked();
    this.#blocked_seen = blocked;
    const state = blocked ? "blocked" : sounds.muted() ? "muted" : "on";
    this.#sound.dataset.liveSound = state;
    this.#sound.setAttribute("aria-pressed", String(state === "on"));
    const label = this.#sound.querySelector("[data-text]");
    if (!label) return;
    this.#sound.title = {
      on: "New hits sound. Press to mute all but the highest priority.",
      muted: "Only hits of the highest priority sound. Press to hear all.",
      blocked: "The browser allows sound after a first press or key on this page.",
    }[state];
    label.textContent = {
      on: "Sound on",
      muted: "Muted except highest",
      blocked: "Press for sound",
    }[state];
  }
}

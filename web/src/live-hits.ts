// The live list. What is new stands on top at once while nobody points at the list; otherwise it waits behind "3 new".
import { clockText } from "./clock.ts";
import { fetchHits, lastTold, remember, SignedOut } from "./hits-feed.ts";
import { live } from "./live.ts";
import * as sounds from "./sound.ts";
import { tellTimesHere } from "./times.ts";

/** More than this on one page helps nobody; older ones are a link away. */
const ROWS_MAX = 200;
const RETRY_MS = 1500;

export class LiveHits extends HTMLElement {
  #list!: HTMLElement;
  #show!: HTMLButtonElement;
  #spoken!: HTMLElement;
  #trouble!: HTMLElement;
  #last = 0;
  #waiting: HTMLElement[] = [];
  #pointed = false;
  #asking = false;
  #again = false;
  #failing_since_ms = 0;
  #title = document.title;

  connectedCallback(): void {
    const list = this.querySelector<HTMLElement>("[data-feed]");
    const show = this.querySelector<HTMLButtonElement>("[data-show-new]");
    const spoken = this.querySelector<HTMLElement>("[data-spoken]");
    const trouble = this.querySelector<HTMLElement>("[data-trouble]");
    if (!list || !show || !spoken || !trouble) return;
    this.#list = list;
    this.#show = show;
    this.#spoken = spoken;
    this.#trouble = trouble;
    this.#last = Number(list.dataset.last ?? 0);
    this.#soundForMissed(lastTold(this.#last));
    remember(this.#last);
    list.addEventListener("pointerenter", () => {
      this.#pointed = true;
    });
    list.addEventListener("pointerleave", () => {
      this.#pointed = false;
    });
    show.addEventListener("click", () => this.showWaiting());
    const connection = live();
    connection.addEventListener("stale", () => void this.#ask());
    connection.addEventListener("topic", (event) => {
      if ((event as CustomEvent<string>).detail === "hits") void this.#ask();
    });
    document.addEventListener("visibilitychange", () => this.#showTitle());
  }

  /** Puts what waited on top of the list. */
  showWaiting(): void {
    const fresh = this.#waiting;
    this.#waiting = [];
    this.#put(fresh);
    this.#showCount();
    scrollTo({ top: 0 });
    this.#list.querySelector<HTMLElement>("[data-row] a")?.focus({ preventScroll: true });
  }

  /** Hits that came while this tab went from one page to this one were told by neither. */
  #soundForMissed(told: number): void {
    const missed = [...this.#list.querySelectorAll<HTMLElement>("[data-hit]")].filter(
      (entry) => Number(entry.dataset.hit) > told,
    );
    if (missed.length === 0) return;
    for (const entry of missed) entry.classList.add("fresh");
    sounds.sound(sounds.loudest(missed), this.#last);
  }

  async #ask(): Promise<void> {
    this.#again = this.#asking;
    if (this.#asking) return;
    this.#asking = true;
    try {
      const batch = await fetchHits(this.#last);
      this.#last = batch.last;
      remember(this.#last);
      this.#take(batch.entries);
      this.#failing_since_ms = 0;
      this.#trouble.hidden = true;
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#asking = false;
      if (this.#again) void this.#ask();
    }
  }

  #fail(error: unknown): void {
    if (error instanceof SignedOut) {
      live().signedOut();
      this.#trouble.hidden = false;
      this.#trouble.textContent =
        "You were signed out. This list no longer updates. Open a new sign-in link.";
      return;
    }
    this.#failing_since_ms ||= Date.now();
    this.#trouble.hidden = false;
    this.#trouble.textContent = `New hits could not be fetched since ${clockText(this.#failing_since_ms)}. Trying again.`;
    setTimeout(() => void this.#ask(), RETRY_MS);
  }

  #take(entries: HTMLElement[]): void {
    // The same hit may be asked for twice when a connection comes back, and comes again when its vehicle was seen again: it is
    // shown once.
    const fresh = entries.filter((entry) => !this.#known(entry));
    const again = entries.filter((entry) => this.#known(entry));
    for (const entry of again) this.#count(entry);
    // A vehicle that comes to another camera is told more quietly; one that stays is only counted.
    if (fresh.length === 0) {
      const moved = again.filter((entry) => entry.dataset.moved !== undefined);
      if (moved.length === 0) return;
      this.#spoken.textContent = `Seen again at another camera: ${moved[0]?.dataset.spoken ?? ""}`;
      sounds.sound(sounds.loudest(moved) && "low", this.#last);
      return;
    }
    for (const entry of fresh) {
      entry.classList.add("fresh");
      tellTimesHere(entry);
    }
    if (this.#busy()) this.#waiting = [...fresh, ...this.#waiting];
    else this.#put(fresh);
    this.#showCount();
    this.#spoken.textContent =
      fresh.length === 1
        ? `New hit: ${fresh[0]?.dataset.spoken ?? ""}`
        : `${fresh.length} new hits, the first: ${fresh[0]?.dataset.spoken ?? ""}`;
    sounds.sound(sounds.loudest(fresh), this.#last);
  }

  #known(entry: HTMLElement): boolean {
    return this.#shown(entry) !== undefined;
  }

  /** The row of the same hit, on the page or waiting for it. */
  #shown(entry: HTMLElement): HTMLElement | undefined {
    const hit = entry.dataset.hit;
    return (
      this.#waiting.find((other) => other.dataset.hit === hit) ??
      this.#list.querySelector<HTMLElement>(`[data-hit="${CSS.escape(hit ?? "")}"]`) ??
      undefined
    );
  }

  /** Says on its row how often a vehicle was seen by now. The row stays where it is. */
  #count(entry: HTMLElement): void {
    const row = this.#shown(entry);
    const [before, now] = [row, entry].map((one) => one?.querySelector("[data-seen]"));
    if (!row || !before || !now || entry.dataset.again === undefined) return;
    if (Number(entry.dataset.again) <= Number(row.dataset.again ?? 0)) return;
    row.dataset.again = entry.dataset.again;
    tellTimesHere(now);
    before.replaceWith(now);
  }

  /** Somebody points at the list, has the focus in it, or has scrolled into it: nothing may move there. */
  #busy(): boolean {
    const focused = this.#list.contains(document.activeElement);
    const scrolled = this.getBoundingClientRect().top < 0;
    return (this.#pointed && !document.hidden) || focused || scrolled || this.#waiting.length > 0;
  }

  #put(fresh: HTMLElement[]): void {
    this.querySelector("[data-empty]")?.remove();
    this.#list.prepend(...fresh);
    for (const row of [...this.#list.children].slice(ROWS_MAX)) row.remove();
  }

  #showCount(): void {
    const n = this.#waiting.length;
    this.#show.hidden = n === 0;
    this.#show.textContent = `${n} new`;
    this.#showTitle();
  }

  #showTitle(): void {
    if (!document.hidden && this.#waiting.length === 0) {
      document.title = this.#title;
      for (const row of this.#list.querySelectorAll(".fresh")) row.classList.add("seen");
      return;
    }
    const unseen = this.#list.querySelectorAll(".fresh:not(.seen)").length + this.#waiting.length;
    document.title = unseen > 0 ? `(${unseen}) ${this.#title}` : this.#title;
  }
}

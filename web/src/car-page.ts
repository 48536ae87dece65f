// The page that is kept open in a car. It shows the newest hit by itself, but never takes one away from under a hand; it
// keeps the screen awake; it tells loudly when nothing reaches it; and its buttons have keys.
import { clockText } from "./clock.ts";
import { live } from "./live.ts";
import { forgetSignOn, rememberSignOn } from "./signed-on.ts";
import * as sounds from "./sound.ts";
import { tellTimesHere } from "./times.ts";

const AT_MOST_EVERY_MS = 500;
const RETRY_MS = 3000;
/** So long after a touch or a key somebody is still at work on the hit that is shown. */
const AT_WORK_MS = 15_000;
/** A page that is blind says so again this often: a glance away must not miss it. */
const BLIND_AGAIN_MS = 30_000;

export class CarPage extends HTMLElement {
  #due: ReturnType<typeof setTimeout> | undefined;
  #touched_ms = 0;
  #blind_told_ms = 0;
  #lock: WakeLockSentinel | undefined;
  #title = document.title;

  connectedCallback(): void {
    const ends_ms = Number(this.dataset.endsMs ?? 0);
    if (ends_ms > 0) rememberSignOn(ends_ms);
    else forgetSignOn();
    installWorker();
    if (ends_ms === 0) return;
    const touched = () => {
      this.#touched_ms = Date.now();
    };
    this.addEventListener("pointerdown", touched, { passive: true });
    document.addEventListener("keydown", (event) => {
      touched();
      this.#key(event);
    });
    const connection = live();
    connection.addEventListener("stale", () => this.#soon(AT_MOST_EVERY_MS));
    connection.addEventListener("topic", (event) => {
      const topic = (event as CustomEvent<string>).detail;
      if (topic === "hits" || topic === "lives") this.#soon(AT_MOST_EVERY_MS);
    });
    connection.addEventListener("state", () => this.#showBlind());
    setInterval(() => this.#showBlind(), 1000);
    this.#showBlind();
    document.addEventListener("visibilitychange", () => void this.#stayAwake());
    void this.#stayAwake();
  }

  #soon(after_ms: number): void {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      void this.#again();
    }, after_ms);
  }

  async #again(): Promise<void> {
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (answer?.status === 401) return live().signedOut();
    if (!answer?.ok) return this.#soon(RETRY_MS);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector<HTMLElement>("[data-car-live]");
    const old = this.querySelector<HTMLElement>("[data-car-live]");
    // Signed off, or no longer permitted: the whole page says why.
    if (!fresh || !old) return location.reload();
    const is_same = shownIn(fresh) === shownIn(old);
    if (is_same || !this.#atWork(old)) this.#put(old, fresh);
    else this.#offer(old);
  }

  /** Whether somebody is at work on the hit that is shown: then it stays until they say otherwise. */
  #atWork(old: HTMLElement): boolean {
    return shownIn(old) !== "0" && Date.now() - this.#touched_ms < AT_WORK_MS;
  }

  #put(old: HTMLElement, fresh: HTMLElement): void {
    const focused = document.activeElement;
    const key = focused instanceof HTMLElement && old.contains(focused) ? focused.dataset.key : "";
    old.replaceChildren(...fresh.childNodes);
    tellTimesHere(old);
    if (key) old.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  /** Says that there is a newer hit, and asks again once nobody is at work. */
  #offer(old: HTMLElement): void {
    const bar = old.querySelector<HTMLElement>("[data-newer]");
    if (bar && !bar.firstChild) {
      const link = document.createElement("a");
      link.className = "button main big";
      link.href = "/car";
      link.dataset.key = "n";
      const key = document.createElement("kbd");
      key.textContent = "n";
      link.append("A new hit: show it ", key);
      bar.append(link);
    }
    this.#soon(AT_WORK_MS);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
    const target = event.target;
    if (target instanceof HTMLElement && ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
      return;
    // `t` is everybody's key, and listened to for every page.
    if (event.key === "t" || document.querySelector("dialog[open]")) return;
    const button = this.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  #showBlind(): void {
    const bar = this.querySelector<HTMLElement>("[data-blind]");
    if (!bar) return;
    const { state, heard_ms } = live();
    const is_blind = state.kind === "lost" || state.kind === "signed-out";
    const since_ms = state.kind === "lost" ? state.since_ms : heard_ms;
    const since = bar.querySelector("[data-blind-since]");
    if (is_blind && since) since.textContent = clockText(since_ms);
    if (bar.hidden === is_blind) bar.hidden = !is_blind;
    document.title = is_blind ? `BLIND · ${this.#title}` : this.#title;
    if (!is_blind) {
      this.#blind_told_ms = 0;
    } else if (Date.now() - this.#blind_told_ms >= BLIND_AGAIN_MS) {
      this.#blind_told_ms = Date.now();
      sounds.play("high");
    }
  }

  /** Asks the device to keep its screen on; it forgets that whenever the page is out of sight. */
  async #stayAwake(): Promise<void> {
    const says = this.querySelector<HTMLElement>("[data-awake]");
    if (document.visibilityState !== "visible") return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
      this.#lock.addEventListener("release", () => this.#showAwake(says, false));
      this.#showAwake(says, true);
    } catch {
      // Old browsers cannot, and an empty battery forbids it: the person has to know.
      this.#showAwake(says, false);
    }
  }

  #showAwake(says: HTMLElement | null, is_awake: boolean): void {
    if (!says) return;
    says.hidden = false;
    says.textContent = is_awake ? "· the screen stays on" : "· the screen may go dark: keep it on";
  }
}

function shownIn(part: HTMLElement): string {
  return part.querySelector<HTMLElement>("[data-shown]")?.dataset.shown ?? "0";
}

/** The worker that shows notifications, where this server has one. */
function installWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  void fetch("/worker.js", { method: "HEAD", cache: "no-cache" })
    .then((answer) => {
      const is_script = answer.headers.get("content-type")?.includes("javascript");
      if (answer.ok && is_script) return navigator.serviceWorker.register("/worker.js");
    })
    .catch(() => undefined);
}

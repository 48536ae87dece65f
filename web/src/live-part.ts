// A part of a page that is fetched again when one of its topics changes: an import's progress, say. Not for lists that people
// point at.
import { live } from "./live.ts";
import { tellTimesHere } from "./times.ts";

const AT_MOST_EVERY_MS = 700;

export class LivePart extends HTMLElement {
  #due: ReturnType<typeof setTimeout> | undefined;
  #poll: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    const topics = (this.getAttribute("topic") ?? "").split(" ");
    live().addEventListener("stale", () => this.#soon());
    live().addEventListener("topic", (event) => {
      if (topics.includes((event as CustomEvent<string>).detail)) this.#soon();
    });
    this.#pollWhileBusy();
  }

  disconnectedCallback(): void {
    clearInterval(this.#poll);
  }

  #pollWhileBusy(): void {
    clearInterval(this.#poll);
    if (this.querySelector("[data-busy]")) this.#poll = setInterval(() => this.#soon(), 1000);
  }

  #soon(): void {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      void this.#again();
    }, AT_MOST_EVERY_MS);
  }

  async #again(): Promise<void> {
    if (this.contains(document.activeElement)) return;
    const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(this.id);
    if (!fresh) return;
    this.replaceChildren(...fresh.childNodes);
    tellTimesHere(this);
    this.#pollWhileBusy();
  }
}

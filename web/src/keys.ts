// `/` to the filter, `j` and `k` through the list, `enter` opens (the focus is on a link), `t` takes a hit, `n` shows what
// is new, `?` helps.
// Never while somebody types, and never together with Ctrl, Alt or Meta: those belong to the browser and to screen readers.
import { LiveHits } from "./live-hits.ts";

function typing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName))
  );
}

function move(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-row]")];
  const links = rows.flatMap((row) => row.querySelector<HTMLElement>("a[data-open], a") ?? []);
  if (links.length === 0) return;
  const at = links.findIndex((link) =>
    link.closest("[data-row]")?.contains(document.activeElement),
  );
  const next = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + by));
  links[next]?.focus();
  links[next]?.closest("[data-row]")?.scrollIntoView({ block: "nearest" });
}

// Takes the hit that the focus is on; on a hit's own page, that hit.
function take(): void {
  const row = document.activeElement?.closest("[data-row]") ?? document;
  row.querySelector<HTMLButtonElement>("button[data-take]")?.click();
}

export function listenForKeys(): void {
  const help = document.querySelector<HTMLDialogElement>("dialog#keys");
  const ask = document.querySelector<HTMLButtonElement>("[data-keys-help]");
  if (ask) {
    ask.hidden = false;
    ask.addEventListener("click", () => help?.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (typing(event.target) || help?.open) return;
    const search = document.querySelector<HTMLElement>("[data-search]");
    const list = document.querySelector("live-hits");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/" && search) search.focus();
    else if (event.key === "t") take();
    else if (event.key === "n" && list instanceof LiveHits) list.showWaiting();
    else if (event.key === "?") help?.showModal();
    else return;
    event.preventDefault();
  });
}

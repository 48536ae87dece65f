// Asks for hits after the last one known, through the ordinary page, until there are no more.

export type Batch = { entries: HTMLElement[]; last: number };

/** The answer said that nobody is signed in. */
export class SignedOut extends Error {}

/** The number of the newest hit there is. */
export async function fetchNewest(): Promise<number> {
  return (await fetchPage("latest=1")).last;
}

/** Every hit after the one numbered `after`, newest first, however many pages that takes. */
export async function fetchHits(after: number): Promise<Batch> {
  const all: Batch = { entries: [], last: after };
  for (let before = ""; ; ) {
    const page = await fetchPage(`after=${after}${before ? `&before=${before}` : ""}`);
    all.entries.push(...page.entries);
    all.last = Math.max(all.last, page.last);
    if (!page.next || page.next === before) return all;
    before = page.next;
  }
}

async function fetchPage(query: string): Promise<Batch & { next: string }> {
  const answer = await fetch(`/hits/feed?${query}`, {
    headers: { accept: "text/html" },
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(8000),
  });
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const feed = page.querySelector<HTMLElement>("[data-feed]");
  if (!feed) throw new Error("the answer holds no feed");
  return {
    entries: [...feed.querySelectorAll<HTMLElement>("[data-hit]")],
    last: Number(feed.dataset.last ?? 0),
    next: feed.dataset.next ?? "",
  };
}

const TOLD_KEY = "plateglass.told";

/** The newest hit this tab has told of, where the newest there is is `newest`; a first page has told of all it shows. */
export function lastTold(newest: number): number {
  const told = sessionStorage.getItem(TOLD_KEY);
  return told === null ? newest : Math.min(Number(told), newest);
}

/** Remembers it for the next page of this tab. */
export function remember(told: number): void {
  sessionStorage.setItem(TOLD_KEY, String(told));
}

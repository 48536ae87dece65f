// The server writes UTC. Here moments are told in the zone of whoever looks, and the page says which zone that is.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

function two(n: number): string {
  return String(n).padStart(2, "0");
}

function tell(time: HTMLTimeElement): void {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const today = new Date();
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  time.title = time.dateTime;
  time.textContent =
    at.toDateString() === today.toDateString() && time.dataset.at !== "full"
      ? clock
      : `${date} ${clock}`;
}

/** Rewrites every `<time data-at>` under `root` to local time. */
export function tellTimesHere(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-at]")) tell(time);
  for (const name of document.querySelectorAll("[data-zone]")) name.textContent = zone;
}

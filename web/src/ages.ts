// Ages tick: a number that looks fresh and is not would be a lie.
import { serverNow } from "./clock.ts";

/** The same words as `console::words::age` on the server. */
export function ageText(age_ms: number): string {
  const s = Math.max(0, Math.floor(age_ms / 1000));
  if (s < 3600) return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
  const minutes = Math.floor(s / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.floor(minutes / 60);
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function tick(): void {
  const now = serverNow();
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-age]")) {
    const text = ageText(now - Date.parse(time.dateTime));
    if (time.textContent !== text) time.textContent = text;
  }
}

/** Lets every `<time data-age>` on the page count on. */
export function keepAgesTicking(): void {
  tick();
  setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}

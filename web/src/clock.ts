// The server's clock as seen from here: ages are counted by it, because a terminal's own clock may be wrong.

let ahead_ms = 0;

/** Takes the server's time, in milliseconds since 1970, as it is this moment. */
export function setServerTime(now_ms: number): void {
  if (Number.isFinite(now_ms)) ahead_ms = now_ms - Date.now();
}

/** The server's time now. */
export function serverNow(): number {
  return Date.now() + ahead_ms;
}

setServerTime(Number(document.documentElement.dataset.now));

/** The local clock's hours, minutes, seconds. */
export function clockText(at_ms: number): string {
  const at = new Date(at_ms);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((n) => String(n).padStart(2, "0"))
    .join(":");
}

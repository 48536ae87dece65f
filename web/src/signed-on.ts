// On a device on which somebody signed on for a shift, every open page of the console answers what it hears: only an answer
// proves that the way is open in both directions. Kept for this device alone, so that a desk elsewhere does not answer for
// the car.
import { serverNow } from "./clock.ts";

const KEY = "plateglass.signed-on-until";
/** The server calls a page blind after 30 seconds at the earliest (`[duty] blind_seconds`). */
const ANSWER_EVERY_MS = 10_000;

let answered_ms = 0;

export function rememberSignOn(ends_ms: number): void {
  localStorage.setItem(KEY, String(ends_ms));
}

export function forgetSignOn(): void {
  localStorage.removeItem(KEY);
}

/** Answers, where somebody is signed on here and the last answer is not from just now. */
export async function answer(): Promise<void> {
  const now_ms = Date.now();
  if (Number(localStorage.getItem(KEY) ?? 0) <= serverNow()) return;
  if (now_ms - answered_ms < ANSWER_EVERY_MS) return;
  answered_ms = now_ms;
  const token = document.querySelector<HTMLInputElement>('input[name="form_token"]')?.value;
  if (!token) return;
  const body = new URLSearchParams({ form_token: token });
  const said = await fetch("/car/alive", { method: "POST", body, redirect: "error" }).catch(
    () => null,
  );
  // Signed off elsewhere, or the shift is over.
  if (said?.status === 410) forgetSignOn();
}

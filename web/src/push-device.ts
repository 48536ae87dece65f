// Asks the browser for an address at which it takes push messages, and sends it with the form. Without script the form stays
// hidden and the page says so.
import { toBytes, toText } from "./passkey-form.ts";

/** What the person can do about it. */
function inWords(error: unknown): string {
  if (Notification.permission === "denied")
    return "This browser does not show notifications of this console: allow them in its settings, then try again.";
  const name = error instanceof DOMException ? error.name : "";
  if (name === "AbortError" || name === "NetworkError")
    return "The browser reached no push service. Check that this device is online, then try again.";
  return "This browser could not be added. Try again, or use another browser.";
}

/** A name that its owner knows it by. */
function suggestion(): string {
  const agent = navigator.userAgent;
  const browser = [/Edg\//, /Firefox\//, /Chrome\//, /Safari\//].findIndex((one) =>
    one.test(agent),
  );
  const system = [/Android/, /iPhone|iPad/, /Windows/, /Mac OS/, /Linux/].findIndex((one) =>
    one.test(agent),
  );
  const browsers = ["Edge", "Firefox", "Chrome", "Safari"];
  const systems = ["Android", "iOS", "Windows", "macOS", "Linux"];
  return `${browsers[browser] ?? "Browser"} on ${systems[system] ?? "this device"}`;
}

function key(subscription: PushSubscription, which: PushEncryptionKeyName): string {
  const bytes = subscription.getKey(which);
  if (!bytes) throw new Error(`the browser gave no ${which}`);
  return toText(bytes);
}

export class PushDevice extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    if (!isSecureContext || !("serviceWorker" in navigator) || !("PushManager" in window)) {
      this.#say(
        "This browser takes no push messages here. On an iPhone or iPad, first put the console on the home screen.",
      );
      return;
    }
    form.hidden = false;
    const label = form.querySelector<HTMLInputElement>("input[name=label]");
    if (label && label.value === "") label.value = suggestion();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask(form);
    });
  }

  async #ask(form: HTMLFormElement): Promise<void> {
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    this.#say("");
    try {
      if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed");
      await navigator.serviceWorker.register("/worker.js", { scope: "/" });
      const { pushManager } = await navigator.serviceWorker.ready;
      // One for another key, of a server that was set up anew, takes nothing of ours.
      await (await pushManager.getSubscription())?.unsubscribe();
      const subscription = await pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: toBytes(this.dataset.key ?? ""),
      });
      const fill = (name: string, value: string) => {
        const field = form.querySelector<HTMLInputElement>(`input[name=${name}]`);
        if (field) field.value = value;
      };
      fill("endpoint", subscription.endpoint);
      fill("key", key(subscription, "p256dh"));
      fill("auth", key(subscription, "auth"));
      form.submit();
    } catch (error) {
      this.#say(inWords(error));
      if (button) button.disabled = false;
    }
  }

  #say(text: string): void {
    const place = this.querySelector<HTMLElement>("[role=alert]");
    if (!place) return;
    place.hidden = text === "";
    place.textContent = text;
  }
}

// Asks the device for a passkey, or to use one, and sends its answer with the form. Without script the form stays hidden, and the
// page says so; the password works without it.

type Parts = { [name: string]: unknown };
type Asked = { publicKey: Parts };

/** Bytes written as base64url (RFC 4648 §5, no padding), as the server writes and reads them. */
export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

export function toText(bytes: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function withBytes(parts: Parts, name: string): Parts {
  const value = parts[name];
  return typeof value === "string" ? { ...parts, [name]: toBytes(value) } : parts;
}

/** The question as the browser takes it: with bytes where the server wrote text. */
function asBrowserTakesIt(asked: Asked): Parts {
  let options = withBytes(asked.publicKey, "challenge");
  if (options.user) options = { ...options, user: withBytes(options.user as Parts, "id") };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    const keys = options[list];
    if (Array.isArray(keys))
      options = { ...options, [list]: keys.map((key: Parts) => withBytes(key, "id")) };
  }
  return options;
}

/** The answer as the server reads it. */
function asServerReadsIt(key: PublicKeyCredential): string {
  const said = key.response;
  const response: Parts = { clientDataJSON: toText(said.clientDataJSON) };
  if (said instanceof AuthenticatorAttestationResponse) {
    response.attestationObject = toText(said.attestationObject);
    response.transports = said.getTransports?.() ?? [];
  } else if (said instanceof AuthenticatorAssertionResponse) {
    response.authenticatorData = toText(said.authenticatorData);
    response.signature = toText(said.signature);
    if (said.userHandle) response.userHandle = toText(said.userHandle);
  }
  const extensions = key.getClientExtensionResults();
  return JSON.stringify({
    id: key.id,
    rawId: toText(key.rawId),
    type: key.type,
    response,
    extensions,
  });
}

/** What the person can do about it. The browser does not say which of these it was, so that no site can find out. */
function inWords(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") return "This device already has a passkey for your account.";
  if (name === "SecurityError") return "This browser does not allow passkeys at this address.";
  return "No passkey was used: it was cancelled, took too long, or this device has none for here. Try again, or use another way.";
}

export class PasskeyForm extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector("form");
    if (!form) return;
    const here = this.dataset.origin ?? location.origin;
    if (here !== location.origin) {
      this.#say(`Passkeys work at ${here} only. Open the console there.`);
      return;
    }
    if (!("credentials" in navigator) || !("PublicKeyCredential" in window)) {
      this.#say("This browser has no passkeys. Use another way.");
      return;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#ask(form);
    });
    // The page has no other question: who came here wants to be asked.
    if (this.dataset.now !== undefined) void this.#ask(form);
  }

  async #ask(form: HTMLFormElement): Promise<void> {
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    this.#say("");
    try {
      const publicKey = asBrowserTakesIt(JSON.parse(this.dataset.options ?? "{}") as Asked);
      const key =
        this.dataset.kind === "create"
          ? await navigator.credentials.create({
              publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions,
            })
          : await navigator.credentials.get({
              publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions,
            });
      const answer = form.querySelector<HTMLInputElement>("input[name=answer]");
      if (!(key instanceof PublicKeyCredential) || !answer) throw new Error("no answer");
      answer.value = asServerReadsIt(key);
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

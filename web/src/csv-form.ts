// The import form. With script it reads the first lines of the chosen file here, offers its columns by name, shows how far
// the upload is, and keeps the file chosen between the dry run and the import. Without script the same form is sent plainly.

const LOOK_AT_BYTES = 65_536;

/** Splits one line of CSV. Enough for a heading; the server parses the file itself. */
export function splitLine(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i];
    if (quoted && c === '"' && line[i + 1] === '"') {
      cell += '"';
      i += 1;
    } else if (c === '"') quoted = !quoted;
    else if (c === "," && !quoted) {
      cells.push(cell);
      cell = "";
    } else cell += c;
  }
  cells.push(cell);
  return cells.map((text) => text.trim());
}

export class CsvForm extends HTMLElement {
  #form!: HTMLFormElement;

  connectedCallback(): void {
    const form = this.querySelector("form");
    const file = this.querySelector<HTMLInputElement>("input[type=file]");
    if (!form || !file) return;
    this.#form = form;
    file.addEventListener("change", () => void this.#offerColumns(file.files?.[0]));
    form.addEventListener("submit", (event) => this.#send(event));
    const layout = this.querySelector<HTMLSelectElement>("select[data-layout]");
    layout?.addEventListener("change", () => this.#showColumns(layout.value));
    if (layout) this.#showColumns(layout.value);
  }

  /** Columns are asked for only where no layout says them. */
  #showColumns(layout: string): void {
    for (const part of this.querySelectorAll<HTMLElement>("[data-columns-only]")) {
      part.hidden = layout !== "columns";
    }
  }

  async #offerColumns(file: File | undefined): Promise<void> {
    if (!file) return;
    const text = await file.slice(0, LOOK_AT_BYTES).text();
    const first = text.replace(/^\uFEFF/, "").split(/\r?\n/)[0] ?? "";
    const columns = splitLine(first).filter((name) => name !== "");
    const list = this.querySelector("datalist");
    list?.replaceChildren(...columns.map((name) => new Option(name, name)));
    const note = this.querySelector<HTMLElement>("[data-columns]");
    if (note) {
      note.hidden = false;
      note.textContent = `Columns in this file: ${columns.join(", ")}`;
    }
    for (const input of this.querySelectorAll<HTMLInputElement>("input[data-guess]")) {
      const names = (input.dataset.guess ?? "").split(" ");
      const kept = columns.find((name) => name.toLowerCase() === input.value.toLowerCase());
      const guess = columns.find((name) => names.includes(name.toLowerCase()));
      input.value = kept ?? guess ?? "";
    }
  }

  #send(event: SubmitEvent): void {
    event.preventDefault();
    const submitter = event.submitter as HTMLButtonElement | null;
    const request = new XMLHttpRequest();
    const progress = this.querySelector<HTMLProgressElement>("progress");
    const said = this.querySelector<HTMLElement>("[data-progress]");
    const area = this.querySelector<HTMLElement>("[data-upload]");
    if (area) area.hidden = false;
    const say = (text: string) => {
      if (said) said.textContent = text;
    };
    say("Sending…");
    request.upload.addEventListener("progress", (sent) => {
      if (!sent.lengthComputable || !progress) return;
      progress.value = sent.loaded / sent.total;
      say(
        sent.loaded < sent.total
          ? `${Math.floor((sent.loaded / sent.total) * 100)} % sent`
          : "Sent. The server is reading the rows…",
      );
    });
    request.addEventListener("load", () => this.#show(request, say));
    request.addEventListener("error", () => say("The connection was lost. Nothing was imported."));
    // A large file is read for a while after it has been sent: the list's own page tells how far that is.
    const asking = setInterval(() => void this.#tellReading(request, say), 1000);
    request.addEventListener("loadend", () => {
      clearInterval(asking);
      for (const button of this.#form.querySelectorAll("button")) button.disabled = false;
    });
    request.open("POST", submitter?.formAction || this.#form.action);
    request.setRequestHeader("accept", "text/html");
    request.send(new FormData(this.#form, submitter));
    for (const button of this.#form.querySelectorAll("button")) button.disabled = true;
  }

  async #tellReading(request: XMLHttpRequest, say: (text: string) => void): Promise<void> {
    const list = this.#form.action.replace(/\/import.*$/, "");
    const answer = await fetch(list, { cache: "no-store" }).catch(() => null);
    if (!answer?.ok || request.readyState === XMLHttpRequest.DONE) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const text = page.querySelector("[data-busy][data-import-text]")?.textContent?.trim();
    if (text && request.readyState !== XMLHttpRequest.DONE) say(text);
  }

  #show(request: XMLHttpRequest, say: (text: string) => void): void {
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    const fresh = page.getElementById("report");
    const here = document.getElementById("report");
    if (fresh && here) {
      here.replaceChildren(...fresh.childNodes);
      const heading = here.querySelector<HTMLElement>("h2");
      heading?.focus();
      heading?.scrollIntoView({ block: "start" });
      say("");
      const area = this.querySelector<HTMLElement>("[data-upload]");
      if (area) area.hidden = true;
      return;
    }
    if (request.status < 400 && request.responseURL) {
      location.assign(request.responseURL);
      return;
    }
    const what = page.querySelector("[data-what]")?.textContent?.trim();
    say(what || `The server answered ${request.status}. Nothing was imported.`);
  }
}

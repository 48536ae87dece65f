// Sounds are made here, tone by tone: nothing is fetched when a child is missing. Three priorities, three shapes that are
// told apart without looking: one soft tick, a rising pair, an urgent triple that comes twice.

export type Priority = "low" | "normal" | "high";

type Tone = { at_s: number; hz: number; lasts_s: number; gain: number; shape: OscillatorType };

const SHAPES: Record<Priority, Tone[]> = {
  low: [{ at_s: 0, hz: 660, lasts_s: 0.09, gain: 0.12, shape: "sine" }],
  normal: [
    { at_s: 0, hz: 660, lasts_s: 0.14, gain: 0.25, shape: "sine" },
    { at_s: 0.16, hz: 880, lasts_s: 0.22, gain: 0.25, shape: "sine" },
  ],
  high: [0, 0.75].flatMap((start_s) =>
    [880, 1175, 1480].map((hz, i) => ({
      at_s: start_s + i * 0.2,
      hz,
      lasts_s: 0.18,
      gain: 0.45,
      shape: "triangle" as const,
    })),
  ),
};

const MUTED_KEY = "plateglass.muted";
const SOUNDED_KEY = "plateglass.sounded";

let context: AudioContext | undefined;

function audio(): AudioContext {
  context ??= new AudioContext();
  return context;
}

/** Whether low and normal priorities are silent. High never is. */
export function muted(): boolean {
  return localStorage.getItem(MUTED_KEY) === "yes";
}

export function setMuted(on: boolean): void {
  localStorage.setItem(MUTED_KEY, on ? "yes" : "no");
}

/** Whether the browser lets this page make sounds at all; before the first click most do not. */
export function blocked(): boolean {
  return audio().state !== "running";
}

/** Asks the browser again; only works from within a click or a key. */
export async function unblock(): Promise<boolean> {
  const asked = audio();
  if (asked.state !== "running") {
    // `resume` may stay pending for ever where no click allows it.
    await Promise.race([asked.resume(), new Promise((done) => setTimeout(done, 500))]);
  }
  return !blocked();
}

/** Two open pages hear of the same hit within moments of each other; later than this it is another alert. */
const SAME_ALERT_MS = 3000;

/** Whether another page of this browser has just sounded for `hit`. */
function soundedElsewhere(hit: number): boolean {
  const [last, at_ms] = (localStorage.getItem(SOUNDED_KEY) ?? "").split("@").map(Number);
  return last === hit && Date.now() - (at_ms ?? 0) < SAME_ALERT_MS;
}

/** Sounds for hits up to `hit`, unless another page of this browser already did. Tells the page what it did. */
export function sound(priority: Priority | undefined, hit: number): void {
  if (priority === undefined || soundedElsewhere(hit)) return;
  const silent = muted() && priority !== "high";
  const played = !silent && play(priority);
  if (played) localStorage.setItem(SOUNDED_KEY, `${hit}@${Date.now()}`);
  document.dispatchEvent(
    new CustomEvent("plateglass:sound", {
      detail: { priority, played, muted: silent, blocked: !silent && !played },
    }),
  );
}

/** Plays the shape; false where the browser forbids it. */
export function play(priority: Priority): boolean {
  const ctx = audio();
  if (ctx.state !== "running") {
    void ctx.resume();
    return false;
  }
  const start_s = ctx.currentTime + 0.02;
  for (const tone of SHAPES[priority]) {
    const oscillator = ctx.createOscillator();
    const volume = ctx.createGain();
    const from_s = start_s + tone.at_s;
    oscillator.type = tone.shape;
    oscillator.frequency.value = tone.hz;
    // Soft edges: a tone that starts at full height clicks.
    volume.gain.setValueAtTime(0, from_s);
    volume.gain.linearRampToValueAtTime(tone.gain, from_s + 0.012);
    volume.gain.setValueAtTime(tone.gain, from_s + tone.lasts_s - 0.03);
    volume.gain.linearRampToValueAtTime(0, from_s + tone.lasts_s);
    oscillator.connect(volume).connect(ctx.destination);
    oscillator.start(from_s);
    oscillator.stop(from_s + tone.lasts_s);
  }
  return true;
}

const ORDER: Priority[] = ["low", "normal", "high"];

function asPriority(word: string | undefined): Priority {
  return ORDER.find((p) => p === word) ?? "normal";
}

function louder(a: Priority, b: Priority): Priority {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

/** How loud the loudest of these rows of hits is; none where all of them are silent: those are information only. */
export function loudest(rows: HTMLElement[]): Priority | undefined {
  const sounding = rows.filter((row) => row.dataset.silent === undefined);
  if (sounding.length === 0) return undefined;
  return sounding.map((row) => asPriority(row.dataset.priority)).reduce(louder, "low");
}

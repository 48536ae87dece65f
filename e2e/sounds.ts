// What a page of the console sounds, as a test hears it.
type Sounded = { priority: string; played: boolean; muted: boolean };

declare global {
  interface Window {
    sounds: Sounded[];
    n_contexts: number;
    n_tones: number;
  }
}

/** For a page before it is opened: notes every sound event, and counts the real tones behind them. */
export function listen(): void {
  window.sounds = [];
  window.n_contexts = 0;
  window.n_tones = 0;
  document.addEventListener("plateglass:sound", (event) => {
    window.sounds.push((event as CustomEvent<Sounded>).detail);
  });
  const Original = window.AudioContext;
  window.AudioContext = class extends Original {
    constructor() {
      super();
      window.n_contexts += 1;
    }
    override createOscillator(): OscillatorNode {
      window.n_tones += 1;
      return super.createOscillator();
    }
  };
}

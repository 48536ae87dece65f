// The real server, in a folder of its own that is gone afterwards.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";

const BINARY =
  env.PLATEGLASS_BIN ??
  fileURLToPath(new URL("../target/debug/plateglass", import.meta.url));
/** A debug build opens its store, makes keys and loads its models on two busy cores. */
const STARTS_WITHIN_MS = 90_000;

export class Server {
  private constructor(
    readonly address: string,
    readonly port: number,
    private readonly process: ChildProcess,
    private readonly dir: string,
  ) {}

  /** `more` are lines of the configuration's beginning, `agency` lines of its agency and of what follows it; any port is taken
   * where none is given. */
  static async start(more: string[] = [], agency: string[] = [], port = 0): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), "plateglass-e2e-"));
    const config = join(dir, "plateglass.toml");
    const lines = [
      `data_dir = ${JSON.stringify(join(dir, "data"))}`,
      `listen = "127.0.0.1:${port}"`,
      ...more,
      `[log]`,
      `level = "warn"`,
      `[[agency]]`,
      `name = "Austin PD"`,
      `time_zone = "America/Chicago"`,
      ...agency,
    ];
    writeFileSync(config, lines.join("\n"));
    const process = spawn(BINARY, ["serve", "--config", config], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...env, PLATEGLASS_TEST_CLOCK: join(dir, "clock.sock") },
    });
    const said = await greeting(process);
    const address = /listens on (http:\/\/\S+)/.exec(said)?.[1] ?? "";
    return new Server(address, Number(new URL(address).port), process, dir);
  }

  /** Where the server keeps what it keeps. */
  get dataDir(): string {
    return join(this.dir, "data");
  }

  /** Sets the server's clock so many seconds ahead of this machine's. */
  setAhead(seconds: number): Promise<void> {
    return new Promise((done, fail) => {
      const line = connect(join(this.dir, "clock.sock"), () => line.write(`${seconds}\n`));
      line.once("data", () => line.end(done));
      line.once("error", fail);
    });
  }

  /** Runs a command beside the server; what it printed. */
  command(...words: string[]): string {
    return execFileSync(BINARY, [...words, "--config", join(this.dir, "plateglass.toml")], { encoding: "utf8" });
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await ended;
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A port of this machine that nobody listened at a moment ago: for a server whose address somebody has to know before it is there. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const listener = createServer();
    listener.once("error", fail);
    listener.listen(0, "127.0.0.1", () => {
      const address = listener.address();
      listener.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Waits for the address on standard output. */
function greeting(process: ChildProcess): Promise<string> {
  return new Promise((done, fail) => {
    let said = "";
    const late = setTimeout(() => fail(new Error(`no address in time; it said:\n${said}`)), STARTS_WITHIN_MS);
    process.once("error", fail);
    process.once("exit", (code) => fail(new Error(`the server ended with ${code}; it said:\n${said}`)));
    process.stdout?.on("data", (piece) => {
      said += String(piece);
      if (!/listens on \S+\n/.test(said)) return;
      clearTimeout(late);
      process.removeAllListeners("exit");
      done(said);
    });
  });
}

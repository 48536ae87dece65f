// A real OpenID Connect provider: the certified `oidc-provider` of npm, as a process of its own on this machine, with the people
// whom the Rust tests know too.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const SOURCE = fileURLToPath(new URL("../crates/identity/tests/oidc-provider", import.meta.url));
/** Its packages are kept beside those of these tests. */
const INSTALLED = fileURLToPath(new URL("node_modules/.cache/oidc-provider", import.meta.url));

/** What the server under test is called there. */
export const CLIENT_ID = "plateglass";
/** What it shares with the server under test. */
export const SECRET = "a secret that this server and the provider share";

export class Provider {
  private constructor(
    readonly issuer: string,
    private readonly process: ChildProcess,
  ) {}

  /** Starts it for a server that people come back to at `redirect`. */
  static async start(redirect: string): Promise<Provider> {
    const dir = installed();
    // It ends when its input closes, and with this process.
    const process = spawn("node", ["serve.mjs", redirect, SECRET], { cwd: dir, stdio: ["pipe", "pipe", "ignore"] });
    const issuer = await new Promise<string>((done, fail) => {
      process.once("error", fail);
      process.once("exit", (code) => fail(new Error(`the provider ended with ${code}`)));
      createInterface(process.stdout).once("line", done);
    });
    process.removeAllListeners("exit");
    return new Provider(issuer, process);
  }

  async stop(): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    this.process.stdin?.end();
    await ended;
  }
}

/** The program with the packages that its lock file names: a copy, so that nothing is written beside the sources. */
function installed(): string {
  const isComplete = existsSync(join(INSTALLED, "node_modules/.package-lock.json"));
  mkdirSync(INSTALLED, { recursive: true });
  for (const file of ["package.json", "package-lock.json", "serve.mjs"]) cpSync(join(SOURCE, file), join(INSTALLED, file));
  if (!isComplete) {
    execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: INSTALLED, stdio: "ignore" });
  }
  return INSTALLED;
}

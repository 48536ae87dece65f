// The state's switch: a button asks it, the answer fills the form, a person reads it and records it. Against the real simulator.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env } from "node:process";
import { fileURLToPath } from "node:url";
import { expect, type Page, test as plain } from "@playwright/test";
import { Server } from "../server.ts";
import { addCamera, comeToAccount, firstAccount, importRows, makeHotlist, postReads, work } from "../steps.ts";

const BINARY = env.PLATEGLASS_BIN ?? fileURLToPath(new URL("../../target/debug/plateglass", import.meta.url));
const REASON = "Owner reported it stolen from a garage downtown.";
const ANSWERS = ["7SWT001 TX delayed", "7SWT002 TX no-record", "7SWT003 TX error", "7SWT004 TX malformed"];

/** The simulator, and where it listens. */
async function simulator(dir: string): Promise<{ process: ChildProcess; url: string }> {
  const answers = join(dir, "answers");
  writeFileSync(answers, ANSWERS.join("\n"));
  const process = spawn(BINARY, ["switch-simulator", "--listen", "127.0.0.1:0", "--answers", answers], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((done, fail) => {
    let said = "";
    process.once("exit", () => fail(new Error(`the simulator ended; it said:\n${said}`)));
    process.stdout?.on("data", (piece) => {
      said += String(piece);
      const found = /listens on (\S+)\n/.exec(said)?.[1];
      if (found) done(found);
    });
  });
  return { process, url };
}

const test = plain.extend<object, { switched: Server }>({
  switched: [
    // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
    async ({}, use) => {
      const dir = mkdtempSync(join(tmpdir(), "plateglass-switch-"));
      const { process, url } = await simulator(dir);
      const operators = join(dir, "operators");
      writeFileSync(operators, "s.officer,TX-0042\n");
      const server = await Server.start(
        [],
        [
          `ori = "TX2270000"`,
          "[agency.switch]",
          `systems = ["NCIC"]`,
          `url = ${JSON.stringify(url)}`,
          `question = "XQ.{ori}.{state}.TXT LIC/{plate}.LIS/{state}.SYS/{system}.OPR/{operator}.PUR/{purpose}.REF/{reference}"`,
          `purpose_codes = { stolen-vehicle = "C" }`,
          `operators_file = ${JSON.stringify(operators)}`,
          "wait_s = 30",
          `answer = { echo = "REF", result = "RES", in_force = ["HIT"], not_in_force = ["NOREC"], waiting = ["WAIT"], reference = "SRF" }`,
        ],
      );
      await use(server);
      await server.stop();
      process.kill();
      rmSync(dir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 120_000 },
  ],
});

test("an officer has NCIC asked, reads the answer and records it; what fails is said", async ({ switched: server, browser }) => {
  const staff = await (await browser.newContext({ baseURL: server.address })).newPage();
  await firstAccount(staff, server);
  await work(staff, "stolen-vehicle", REASON);
  const key = await addCamera(staff, "Cam Switch");
  await makeHotlist(staff, "Wanted by the state", "Stolen vehicle");
  const plates = ANSWERS.map((line) => line.split(" ")[0] ?? "");
  await importRows(staff, `plate,state\n${plates.map((plate) => `${plate},TX`).join("\n")}\n`);
  await postReads(server.address, key, plates);

  const said = server.command("person", "add", "s.officer", "--name", "S. Officer", "--reason", "a test", "--role", "officer");
  server.command("person", "train", "s.officer");
  const officer = await (await browser.newContext({ baseURL: server.address })).newPage();
  await comeToAccount(officer, "s.officer", /\/invitation\/\S+/.exec(said)?.[0] ?? "");
  await work(officer, "stolen-vehicle", REASON);

  await open(officer, "7SWT001");
  const step = officer.locator("[data-step=in-force]");
  await step.getByRole("button", { name: "Ask NCIC" }).click();
  // The answer comes by itself, and is no confirmation.
  await expect(step.locator("[data-exchange=answered]")).toContainText("recorded by nobody yet");
  await expect(step.locator("pre")).toContainText("STOLEN VEHICLE");
  await expect(step).toHaveAttribute("data-progress", "waiting");
  await expect(step.getByLabel("Answer", { exact: true })).toHaveValue("in-force");
  await expect(step.getByLabel("Reference of the answer")).toHaveValue(/^SPG/);
  await step.getByRole("button", { name: "I have read it: record" }).click();
  await expect(step).toHaveAttribute("data-progress", "holds");

  await open(officer, "7SWT002");
  await step.getByRole("button", { name: "Ask NCIC" }).click();
  await expect(step.getByLabel("Answer", { exact: true })).toHaveValue("not-in-force");
  for (const [plate, says] of [
    ["7SWT003", "The switch refused the question"],
    ["7SWT004", "The answer could not be read"],
  ] as const) {
    await open(officer, plate);
    await step.getByRole("button", { name: "Ask NCIC" }).click();
    await expect(step.locator("[data-exchange=failed]")).toContainText(says);
    await expect(step.getByLabel("Answer", { exact: true })).toHaveValue("");
  }
  // Who is no operator of the state's is told so, and nothing is asked.
  await open(staff, "7SWT001");
  await staff.locator("[data-step=in-force]").getByRole("button", { name: "Ask NCIC again" }).click();
  await expect(staff.getByRole("alert").first()).toContainText("does not know you");

  // The stop's facts: counted, and the hit says only that they are entered.
  await open(officer, "7SWT002");
  await officer.getByRole("button", { name: /vehicle was stopped/ }).click();
  await officer.getByRole("link", { name: "Enter the facts of the stop" }).click();
  await officer.getByLabel("Race of the driver").selectOption("Not known");
  await officer.getByLabel("Gender of the driver").selectOption("Woman");
  await officer.getByLabel("Offence").selectOption("240");
  await officer.getByLabel("The detention was").selectOption("with");
  await officer.getByRole("button", { name: "Count it" }).click();
  await expect(officer.getByText("read it once more.")).toBeVisible();
  await officer.getByLabel("I have read it once more").check();
  await officer.getByRole("button", { name: "Count it" }).click();
  await expect(officer.getByText("The facts of the stop are entered.")).toBeVisible();
  await staff.goto("/precision");
  await expect(staff.getByRole("row").filter({ hasText: "Wanted by the state" })).toContainText("too few to say");
  await staff.goto("/stops");
  await expect(staff.getByRole("heading", { name: "The detained driver" })).toBeVisible();
});

/** Opens the hit of a plate. */
async function open(page: Page, plate: string): Promise<void> {
  await page.goto("/queue");
  const row = page.locator("[data-row]").filter({ hasText: plate }).first();
  await page.goto((await row.locator("a[data-open]").getAttribute("href")) ?? "");
}

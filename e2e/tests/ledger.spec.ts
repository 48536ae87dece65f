// What an auditor does: sees an act in the log, takes its receipt home, checks it there, and finds out when somebody
// changes a byte.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../fixtures.ts";
import { addCamera, postReads } from "../steps.ts";

const VERIFY = process.env.PLATEGLASS_VERIFY ?? "plateglass-verify";
const MEDDLE = process.env.PLATEGLASS_MEDDLE ?? "meddle";

/** Runs the outsider's program: its exit status and what it said. */
function verify(...words: string[]): { status: number | null; said: string } {
  const ran = spawnSync(VERIFY, words, { encoding: "utf8" });
  return { status: ran.status, said: `${ran.stdout}${ran.stderr}` };
}

test("an opened read is proved offline, and a changed byte of the database is named", async ({ staff, server, session }) => {
  const dir = test.info().outputPath();
  const key = await addCamera(staff, "Cam Ledger");
  await postReads(server.address, key, ["7LDG123"]);
  await staff.goto("/reads");
  await staff.locator("a.plate-link").first().click();
  const read = new URL(staff.url()).pathname.split("/").pop() ?? "";

  await staff.goto("/ledger");
  await expect(staff.getByText("No witness cosigns this log.")).toBeVisible();
  const row = staff.locator("tbody tr").filter({ hasText: "open-read" }).filter({ hasText: "begins" }).first();
  await row.getByRole("link").first().click();
  await expect(staff.locator("tr").filter({ hasText: "objects" })).toContainText(`read ${read}`);
  await expect(staff.getByText("7LDG123")).toHaveCount(0);
  const leaf = Number(new URL(staff.url()).pathname.split("/").pop());
  const command = (await staff.locator("#verify-command").textContent()) ?? "";
  const logKey = /--key '([^']+)'/.exec(command)?.[1] ?? "";

  const [download] = await Promise.all([
    staff.waitForEvent("download"),
    staff.getByRole("link", { name: "Receipt" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`leaf-${leaf}.tlog-proof`);
  const receipt = join(dir, "leaf.tlog-proof");
  await download.saveAs(receipt);
  const shown = verify("receipt", receipt, "--key", logKey);
  expect(shown.said).toContain("open-read");
  expect(shown.status, shown.said).toBe(0);

  const forged = join(dir, "forged.tlog-proof");
  writeFileSync(forged, readFileSync(receipt, "utf8").replace(/index (\d+)/, (_, n) => `index ${Number(n) + 1}`));
  expect(verify("receipt", forged, "--key", logKey).status).toBe(1);

  // The read's own receipt: its record out of its batch.
  await staff.goto(`/reads/${read}`);
  const [second] = await Promise.all([
    staff.waitForEvent("download"),
    staff.getByRole("link", { name: "Receipt" }).click(),
  ]);
  const readReceipt = join(dir, "read.tlog-proof");
  await second.saveAs(readReceipt);
  const proved = verify("receipt", readReceipt, "--key", logKey);
  expect(proved.status, proved.said).toBe(0);
  expect(proved.said).toContain("7LDG123");

  await staff.goto("/ledger");
  await staff.getByRole("button", { name: "Sign now" }).click();
  const headers = join(dir, "headers");
  writeFileSync(headers, session.map(({ name, value }) => `Cookie: ${name}=${value}\n`).join(""));
  const whole = ["log", `${server.address}/log/agency-1`, "--key", logKey, "--leaves", "--header-file", headers];
  const sound = verify(...whole);
  expect(sound.status, sound.said).toBe(0);

  execFileSync(MEDDLE, [server.dataDir, "agency-1", String(leaf)]);
  const tampered = verify(...whole);
  expect(tampered.said).toContain(`leaf ${leaf}`);
  expect(tampered.status).toBe(1);
  // The same byte again: as it was.
  execFileSync(MEDDLE, [server.dataDir, "agency-1", String(leaf)]);
  expect(verify(...whole).status).toBe(0);
});

test("the ledger is kept without script too, and says what is refused", async ({ staff, server }) => {
  await fetch(`${server.address}/sign-in/link/${"A".repeat(43)}`, {
    method: "POST",
    headers: { "sec-fetch-site": "same-origin" },
  });
  await staff.goto("/ledger");
  await expect(staff.getByRole("heading", { level: 1 })).toHaveText("Ledger");
  const checkpoint = await fetch(`${server.address}/log/agency-1/checkpoint`);
  expect(checkpoint.status).toBe(200);
  expect(checkpoint.headers.get("cache-control")).toBe("no-cache");
  expect((await checkpoint.text()).split("\n")[0]).toContain("/agency-1");
  const entries = await fetch(`${server.address}/log/agency-1/tile/entries/000.p/1`);
  expect(entries.status).toBe(401);
});

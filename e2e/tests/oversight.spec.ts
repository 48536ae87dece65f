// Oversight: an officer states what they should not; the auditor finds it, finds who looked at a plate, takes the proof home,
// and cannot close a review without a finding; the chief security officer sees failed sign-ins and locks an account.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import type { Server } from "../server.ts";
import { addCamera, comeToAccount, PASSWORD, postReads, work } from "../steps.ts";

const VERIFY = process.env.PLATEGLASS_VERIFY ?? "plateglass-verify";

/** Somebody with these roles, trained, signed in on a page of their own. */
async function somebody(browser: Browser, server: Server, login: string, name: string, ...roles: string[]): Promise<Page> {
  const held = roles.flatMap((role) => ["--role", role]);
  const said = server.command("person", "add", login, "--name", name, "--reason", "a test", ...held);
  server.command("person", "train", login);
  const page = await (await browser.newContext({ baseURL: server.address })).newPage();
  await comeToAccount(page, login, /\/invitation\/\S+/.exec(said)?.[0] ?? "");
  return page;
}

/** States a purpose without a case. */
async function audits(page: Page): Promise<void> {
  await page.goto("/work");
  await page.getByLabel("Purpose").selectOption("audit");
  await page.getByLabel("Why, in your own words").fill("Quarterly audit of what officers looked at.");
  await page.getByRole("button", { name: "Put it on record" }).click();
}

test("what should not be stated is reviewed, who looked at a plate is found and proved", async ({ staff, browser, server }) => {
  const key = await addCamera(staff, "Cam Oversight");
  await postReads(server.address, key, ["7OVR123"]);

  const officer = await somebody(browser, server, "k.ellis", "K. Ellis", "officer");
  await work(officer, "stolen-vehicle", "Owner reported it stolen from a garage downtown.");
  await officer.goto("/reads");
  await officer.locator("a.plate-link").filter({ hasText: "7OVR123" }).first().click();
  await expect(officer.getByText("7OVR123").first()).toBeAttached();
  const read = new URL(officer.url()).pathname;
  await work(officer, "stolen-vehicle", "Wants to know where his ex-wife parks her car at night.");
  // A prohibited use is not among the purposes; the form takes it all the same when somebody tries, and it stands on record.
  await work(officer, "stolen-vehicle", "ICE request: find him so that they can deport him.");
  const refused = await officer.goto(read);
  expect(refused?.status()).toBe(403);
  expect((await officer.goto("/reviews"))?.status()).toBe(403);

  const auditor = await somebody(browser, server, "a.mora", "A. Mora", "auditor");
  await audits(auditor);
  await auditor.goto("/reviews");
  await expect(auditor.getByRole("row").filter({ hasText: "A stated reason has suspicious words" })).toContainText("K. Ellis");
  await expect(auditor.getByRole("row").filter({ hasText: "A prohibited use was tried" })).toContainText("K. Ellis");
  await auditor.getByRole("link", { name: "A stated reason has suspicious words" }).click();
  await expect(auditor.getByText("ex-wife")).toBeVisible();
  await auditor.getByLabel("What you found").fill("She is the complainant of the case.");
  await auditor.getByRole("button", { name: "Close with this finding" }).click();
  await expect(auditor.getByText("nothing is closed without a finding")).toBeVisible();
  await auditor.getByLabel("Finding", { exact: true }).selectOption("violation");
  await auditor.getByRole("button", { name: "Close with this finding" }).click();
  await expect(auditor.getByText("Closed: Violation.")).toBeVisible();
  await expect(auditor.getByRole("button", { name: "Close with this finding" })).toHaveCount(0);

  await auditor.goto("/audit");
  await auditor.getByLabel("At this plate").fill("7ovr 123");
  await auditor.getByLabel("Action").selectOption("open-read");
  await auditor.getByRole("button", { name: "Search" }).click();
  expect(auditor.url()).not.toContain("OVR");
  const rows = auditor.locator("tbody tr");
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("K. Ellis (k.ellis)");
  await expect(rows.first()).toContainText("26-001234");

  const dir = test.info().outputPath();
  const [table] = await Promise.all([
    auditor.waitForEvent("download"),
    auditor.getByRole("button", { name: "Export as CSV" }).click(),
  ]);
  await table.saveAs(join(dir, "audit.csv"));
  const csv = readFileSync(join(dir, "audit.csv"), "utf8");
  expect(csv.trim().split("\r\n")).toHaveLength(2);
  expect(csv).toContain("leaf_hash");
  const [receipts] = await Promise.all([
    auditor.waitForEvent("download"),
    auditor.getByRole("button", { name: "Export receipts" }).click(),
  ]);
  const file = join(dir, "audit.tlog-proofs");
  await receipts.saveAs(file);
  await auditor.goto("/ledger");
  const command = (await auditor.locator("#verify-command").textContent()) ?? "";
  const logKey = /--key '([^']+)'/.exec(command)?.[1] ?? "";
  const ran = spawnSync(VERIFY, ["receipt", file, "--key", logKey], { encoding: "utf8" });
  expect(ran.status, `${ran.stdout}${ran.stderr}`).toBe(0);
  expect(ran.stdout).toContain("receipt 1 of 2");

  await auditor.goto("/audit/week");
  await expect(auditor.getByRole("heading", { level: 1 })).toContainText("Week of");
});

test("whoever is signed in reports misuse, and an auditor brings it to a finding", async ({ browser, server }) => {
  const suspect = await somebody(browser, server, "s.pike", "S. Pike", "officer");
  await work(suspect, "stolen-vehicle", "Owner reported it stolen from a garage downtown.");
  // Who sees no reads may report too.
  const witness = await somebody(browser, server, "w.new", "W. New", "trainer");
  await witness.goto("/report");
  await witness.getByLabel("A person here").selectOption({ label: "S. Pike" });
  await witness.getByLabel("What happened").fill("Looked up a neighbour's car on Friday; I stood beside him.");
  await witness.getByRole("button", { name: "Report it" }).click();
  await expect(witness.getByRole("row").filter({ hasText: "S. Pike" })).toContainText("Allegation");

  const auditor = await somebody(browser, server, "b.lind", "B. Lind", "auditor");
  await auditor.goto("/misuse");
  await auditor.getByRole("link", { name: "S. Pike" }).click();
  await auditor.getByRole("button", { name: "Begin the investigation" }).click();
  await expect(auditor.getByRole("row").filter({ hasText: "state-work" }).first()).toContainText("stolen from a garage");
  await auditor.getByLabel("Finding", { exact: true }).selectOption("in-policy");
  await auditor.getByLabel("What you found").fill("The case is real; the witness saw another screen.");
  await auditor.getByRole("button", { name: "Close with this finding" }).click();
  await witness.reload();
  await expect(witness.getByRole("row").filter({ hasText: "S. Pike" })).toContainText("In policy");
});

test("the chief security officer sees failed sign-ins and locks an account in one click", async ({ browser, server }) => {
  const victim = await somebody(browser, server, "t.vale", "T. Vale", "officer");
  const stranger = await (await browser.newContext({ baseURL: server.address })).newPage();
  await stranger.goto("/sign-in");
  await stranger.getByLabel("Sign-in name").fill("t.vale");
  await stranger.getByLabel("Password").fill(`not ${PASSWORD}`);
  await stranger.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(stranger.getByRole("alert")).toBeVisible();

  const chief = await somebody(browser, server, "c.stone", "C. Stone", "chief-security-officer");
  await chief.goto("/security");
  const row = chief.getByRole("row").filter({ hasText: "wrong password" }).filter({ hasText: "T. Vale" }).first();
  await expect(row).toBeVisible();
  await row.getByRole("button", { name: "Lock the account of T. Vale" }).click();
  await expect(chief.getByRole("row").filter({ hasText: "T. Vale" }).first()).toContainText("account is locked");
  expect((await victim.goto("/account"))?.status()).toBe(401);
});

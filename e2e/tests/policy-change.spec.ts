// The policy is changed by two people: one proposes and sees the difference, another approves exactly that, and it decides at
// once. A broken one shows where it is broken.
import { readFileSync } from "node:fs";
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import type { Server } from "../server.ts";
import { comeToAccount } from "../steps.ts";

/** Somebody new with a role, signed in just now. */
async function somebody(browser: Browser, server: Server, login: string, name: string, role: string): Promise<Page> {
  const words = ["person", "add", login, "--name", name, "--reason", "changes the policy", "--role", role];
  const path = /\/invitation\/\S+/.exec(server.command(...words))?.[0] ?? "";
  const context = await browser.newContext({ baseURL: server.address });
  const page = await context.newPage();
  await comeToAccount(page, login, path);
  return page;
}

/** A text of the policy in force, as it is downloaded. */
async function inForce(page: Page, file: string): Promise<string> {
  await page.goto("/policy/changes");
  await page.locator("tbody tr", { hasText: "in force" }).getByRole("link").first().click();
  const waiting = page.waitForEvent("download");
  await page.getByRole("link", { name: file }).click();
  const download = await waiting;
  return readFileSync(await download.path(), "utf8");
}

/** The settings without a purpose. */
function without(settings: string, word: string): string {
  const blocks = settings.split(/\n(?=\[)/);
  const rest = blocks.filter((block) => !block.includes(`word = "${word}"`));
  expect(rest.length, `${word} is a purpose`).toBe(blocks.length - 1);
  return rest.join("\n");
}

async function propose(page: Page, name: string, text: string, reason: string): Promise<void> {
  await page.goto("/policy/propose");
  await page.getByLabel("Texts that change").setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
  await page.getByLabel("Why").fill(reason);
  await page.getByRole("button", { name: "Propose", exact: true }).click();
}

test("two people take a purpose away, and it is gone at once", async ({ browser, server }) => {
  const one = await somebody(browser, server, "p.lang", "P. Lang", "administrator");
  const two = await somebody(browser, server, "c.okoro", "C. Okoro", "chief-security-officer");
  const settings = await inForce(one, "bundle.toml");
  await two.goto("/work");
  await expect(two.locator("#purpose option[value='missing-person']")).toHaveCount(1);

  await propose(one, "bundle.toml", without(settings, "missing-person"), "Council resolution 2026-117");
  await expect(one.getByRole("heading", { level: 1 })).toContainText("waits for approval");
  await expect(one.getByText(/The purpose .*[Mm]issing.* goes/)).toBeVisible();
  await expect(one.getByText("You proposed it: somebody else has to approve it.")).toBeVisible();
  await expect(one.getByRole("button", { name: "Approve" })).toHaveCount(0);
  const change = new URL(one.url()).pathname;

  await two.goto("/policy/changes");
  await two.getByRole("link", { name: "Council resolution 2026-117" }).click();
  await expect(two).toHaveURL(new RegExp(`${change}$`));
  await expect(two.getByText("touches privacy")).toBeVisible();
  await two.getByRole("button", { name: "Approve" }).click();
  await expect(two.getByRole("heading", { level: 1 })).toContainText("in force");
  await two.goto("/work");
  await expect(two.locator("#purpose option[value='missing-person']")).toHaveCount(0);

  await one.goto("/policy/changes?privacy=yes");
  const row = one.locator("tbody tr", { hasText: "Council resolution 2026-117" });
  await expect(row).toContainText("P. Lang");
  await expect(row).toContainText("C. Okoro");
  await expect(row).toContainText("in force");

  // Back again, so that what follows finds the purposes that it knows; and withdrawn, so that it never decides.
  await propose(one, "bundle.toml", settings, "Council resolution 2026-118");
  await one.getByRole("button", { name: "Withdraw" }).click();
  await expect(one.getByRole("heading", { level: 1 })).toContainText("withdrawn");
  await propose(one, "bundle.toml", settings, "Council resolution 2026-119");
  await two.goto(new URL(one.url()).pathname);
  await two.getByRole("button", { name: "Approve" }).click();
  await expect(two.getByRole("heading", { level: 1 })).toContainText("in force");
  await one.context().close();
  await two.context().close();
});

test("a broken policy shows its faults, each with its line", async ({ browser, server }) => {
  const one = await somebody(browser, server, "q.lang", "Q. Lang", "administrator");
  const rules = await inForce(one, "rules.cedar");
  const broken = `${rules}\npermit (principal, action, resource);\n`;
  const line = broken.split("\n").indexOf("permit (principal, action, resource);") + 1;
  await propose(one, "rules.cedar", broken, "by mistake");
  const row = one.locator("tbody tr", { hasText: "It has no @id" });
  await expect(row).toContainText("rules.cedar");
  await expect(row).toContainText(`line ${line}`);
  await one.goto("/policy/changes");
  await expect(one.getByText("by mistake")).toHaveCount(0);
  await one.context().close();
});

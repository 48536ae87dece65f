// A hit's life, by two people at once: a dispatcher takes it, an officer compares, each sees what the other did; a stop
// without the steps is a violation; a wrong vehicle is an incident that a supervisor sees before the shift ends.
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import type { Server } from "../server.ts";
import { addCamera, comeToAccount, importRows, makeHotlist, postReads, work } from "../steps.ts";

const REASON = "Owner reported it stolen from a garage downtown.";

/** Somebody with this role, trained, about a stolen vehicle, on a page of their own. */
async function somebody(browser: Browser, server: Server, login: string, name: string, role: string): Promise<Page> {
  const said = server.command("person", "add", login, "--name", name, "--reason", "a test", "--role", role);
  server.command("person", "train", login);
  const page = await (await browser.newContext({ baseURL: server.address })).newPage();
  await comeToAccount(page, login, /\/invitation\/\S+/.exec(said)?.[0] ?? "");
  await work(page, "stolen-vehicle", REASON);
  return page;
}

/** A hit of this plate, from a list of its own; its address. */
async function hitOf(staff: Page, dispatcher: Page, server: Server, key: string, plate: string): Promise<string> {
  await makeHotlist(staff, `Wanted ${plate}`, "Stolen vehicle");
  await importRows(staff, `plate,state\n${plate},TX\n`);
  await postReads(server.address, key, [plate]);
  await dispatcher.goto("/queue");
  const row = dispatcher.locator("[data-row]").filter({ hasText: plate }).first();
  await expect(row).toContainText("Unreviewed");
  return (await row.locator("a[data-open]").getAttribute("href")) ?? "";
}

async function compare(page: Page, step: string, answer: RegExp): Promise<void> {
  const row = page.locator(`[data-step=${step}]`);
  await row.getByRole("button", { name: answer }).click();
}

test.describe.serial("a hit's life", () => {
  let key = "";
  let dispatcher: Page;
  let officer: Page;

  test("an officer and a dispatcher clear one hit, and neither can do both parts", async ({ staff, browser, server }) => {
    key = await addCamera(staff, "Cam Lives");
    dispatcher = await somebody(browser, server, "l.dispatch", "L. Dispatch", "rtcc-operator");
    officer = await somebody(browser, server, "l.officer", "L. Officer", "officer");
    const hit = await hitOf(staff, dispatcher, server, key, "7LFE001");
    const row = dispatcher.locator("[data-row]").filter({ hasText: "7LFE001" }).first();
    await row.getByRole("button", { name: /^Take/ }).click();
    await expect(dispatcher.getByText("You look after it.")).toBeVisible();

    await officer.goto(hit);
    await expect(officer.getByText("L. Dispatch looks after it.")).toBeVisible();
    await expect(officer.locator(".verdict")).toHaveText("NOT CLEARED: 6 steps are missing");
    await compare(officer, "plate", /^Matches/);
    await compare(officer, "state", /^Matches/);
    await compare(officer, "vehicle", /^Matches/);
    // The other screen follows by itself.
    await expect(dispatcher.locator("[data-step=vehicle]")).toContainText("L. Officer");
    await expect(dispatcher.locator(".verdict")).toHaveText("NOT CLEARED: 3 steps are missing");
    await officer.getByRole("button", { name: "I looked and agree" }).click();
    await expect(officer.getByRole("alert").first()).toContainText("the second officer is another person");

    await dispatcher.reload();
    await dispatcher.getByRole("button", { name: "I looked and agree" }).click();
    const inForce = dispatcher.locator("[data-step=in-force]");
    await inForce.getByLabel("Answer", { exact: true }).selectOption("in-force");
    await inForce.getByLabel("Reference of the answer").fill("4711");
    await inForce.getByRole("button", { name: "Record" }).click();
    await expect(dispatcher.locator("[data-step=second-officer]")).toContainText("L. Dispatch");
    await officer.reload();
    await officer.getByLabel("What the offence and the cautions say of the risk").fill("Nothing known; daylight.");
    await officer.locator("[data-step=risk]").getByRole("button", { name: "Record" }).click();
    await expect(officer.locator(".verdict")).toHaveText("Cleared by people: every step is done");
    await officer.getByRole("button", { name: "Report that the vehicle was stopped" }).click();
    await expect(officer.locator(".verdict")).toContainText("with every step done");

    await dispatcher.reload();
    await dispatcher.getByText("What became of it").click();
    await dispatcher.getByLabel("Outcome").selectOption("recovered");
    await dispatcher.getByRole("button", { name: "Record the outcome" }).click();
    await expect(dispatcher.getByRole("heading", { name: "Closed: Stolen vehicle recovered" })).toBeVisible();
  });

  test("a stop without the steps is reviewed, and a wrong vehicle is an incident of the shift", async ({ staff, browser, server }) => {
    const hit = await hitOf(staff, dispatcher, server, key, "7LFE002");
    await officer.goto(hit);
    await compare(officer, "vehicle", /^Does not/);
    await expect(officer.locator("[data-step=vehicle]")).toContainText("speaks against a stop");
    await officer.getByRole("button", { name: /stopped all the same/ }).click();
    await expect(officer.locator(".verdict")).toContainText("This is on record and goes to review.");
    await officer.getByText("What became of it").click();
    await officer.getByLabel("Outcome").selectOption("wrong-vehicle");
    await officer.getByRole("button", { name: "Record the outcome" }).click();
    await expect(officer.getByRole("heading", { name: "Closed: Wrong vehicle stopped" })).toBeVisible();

    const boss = await somebody(browser, server, "l.boss", "L. Boss", "supervisor");
    await boss.goto("/incidents");
    const incident = boss.locator("section.card").filter({ hasText: "L. Officer" }).first();
    await expect(incident).toContainText("Shift ends");
    await incident.getByRole("button", { name: "I have seen it" }).click();
    await boss.getByLabel("What was found and done").fill("The entry had no vehicle; the driver was told and left.");
    await boss.getByRole("button", { name: "Close the incident" }).click();
    await expect(boss.locator("section.card").filter({ hasText: "the driver was told" })).toContainText("closed");

    // The entry raises no more hits for that plate.
    const before = await newest(dispatcher);
    await postReads(server.address, key, ["7LFE002", "7LFE001"]);
    await expect.poll(() => newest(dispatcher)).toBeGreaterThan(before);
    await expect(dispatcher.locator("[data-row]").first()).toContainText("7LFE001");

    const auditor = await auditing(browser, server);
    await auditor.goto("/reviews");
    await expect(auditor.getByRole("row").filter({ hasText: "A stop before every step was done" })).toContainText("L. Officer");
  });
});

/** The newest hit of the queue; 0 where it is empty. */
async function newest(page: Page): Promise<number> {
  await page.goto("/queue");
  const rows = page.locator("[data-hit]");
  return (await rows.count()) === 0 ? 0 : Number(await rows.first().getAttribute("data-hit"));
}

/** An auditor, who is about an audit. */
async function auditing(browser: Browser, server: Server): Promise<Page> {
  const said = server.command("person", "add", "l.auditor", "--name", "L. Auditor", "--reason", "a test", "--role", "auditor");
  server.command("person", "train", "l.auditor");
  const page = await (await browser.newContext({ baseURL: server.address })).newPage();
  await comeToAccount(page, "l.auditor", /\/invitation\/\S+/.exec(said)?.[0] ?? "");
  await page.goto("/work");
  await page.getByLabel("Purpose").selectOption("audit");
  await page.getByLabel("Why, in your own words").fill("Quarterly audit of stops that were reported.");
  await page.getByRole("button", { name: "Put it on record" }).click();
  return page;
}

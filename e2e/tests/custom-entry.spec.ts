// An entry of the agency's own, by two people: one asks, cannot approve it, another does; the next read of the plate raises a hit;
// ending the entry closes the hit, and the plate raises none any more.
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import type { Server } from "../server.ts";
import { addCamera, comeToAccount, postReads, work } from "../steps.ts";

const REASON = "Owner reported it stolen from a garage downtown.";
const PLATE = "8CUS701";

/** Somebody with this role, trained, about a stolen vehicle, on a page of their own. */
async function somebody(browser: Browser, server: Server, login: string, name: string): Promise<Page> {
  const said = server.command("person", "add", login, "--name", name, "--reason", "a test", "--role", "supervisor");
  server.command("person", "train", login);
  const page = await (await browser.newContext({ baseURL: server.address })).newPage();
  await comeToAccount(page, login, /\/invitation\/\S+/.exec(said)?.[0] ?? "");
  await work(page, "stolen-vehicle", REASON);
  return page;
}

/** Tomorrow at noon, as it is typed. */
function tomorrow(): string {
  const day = new Date(Date.now() + 24 * 3600 * 1000);
  return `${day.toISOString().slice(0, 10)} 12:00`;
}

async function newestHit(page: Page, plate: string): Promise<string> {
  await page.goto("/queue");
  const row = page.locator("[data-row]").filter({ hasText: plate }).first();
  await expect(row).toBeVisible();
  return (await row.locator("a[data-open]").getAttribute("href")) ?? "";
}

test("an entry of our own waits for another person, raises a hit at once, and ending it closes the hit", async ({ staff, browser, server }) => {
  const key = await addCamera(staff, "Cam Custom");
  const author = await somebody(browser, server, "cu.author", "C. Author");
  const approver = await somebody(browser, server, "cu.approver", "C. Approver");

  await author.goto("/entries");
  await author.getByRole("link", { name: "Ask for an entry" }).click();
  await author.getByLabel("Plate or part of one").fill(PLATE);
  await author.getByLabel("Make").fill("Honda");
  await author.getByLabel("Colour").fill("blue");
  await author.getByLabel("Category").selectOption("stolen-vehicle");
  await author.getByLabel("Case number").fill("26-001234");
  await author.getByLabel("Reason").fill(REASON);
  await author.getByLabel("Cautions").fill("Driver is said to be armed.");
  await author.getByLabel("Ends").fill(tomorrow());
  await author.getByRole("button", { name: "Ask for it" }).click();
  await expect(author.getByText("You asked for it.")).toBeVisible();
  await expect(author.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  const address = new URL(author.url()).pathname;

  // Sent all the same, it is refused: nobody approves what they asked for.
  const token = (await author.locator("input[name=form_token]").first().getAttribute("value")) ?? "";
  const own = await author.request.post(`${address}/approve`, {
    form: { form_token: token, why: "mine" },
    headers: { "sec-fetch-site": "same-origin" },
  });
  expect(own.status()).toBe(422);
  expect(await own.text()).toContain("TWF-401.4f");
  await postReads(server.address, key, [PLATE]);

  await approver.goto("/entries?state=waiting");
  await approver.locator("[data-row]").filter({ hasText: "C. Author" }).getByRole("link").first().click();
  await approver.getByRole("button", { name: "Count them" }).click();
  await expect(approver.getByText("1 read of the last 7 days would have matched").first()).toBeVisible();
  await approver.getByLabel("Why").fill("The report is on my desk.");
  await approver.getByRole("button", { name: /^Approve/ }).click();
  await expect(approver.getByText("approved it: The report is on my desk.")).toBeVisible();
  const past = approver.locator("section").filter({ hasText: "Before it was approved" }).last();
  await expect(past.locator("[data-row]")).toHaveCount(1);

  await postReads(server.address, key, [PLATE]);
  const hit = await newestHit(author, PLATE);
  await author.goto(hit);
  await expect(author.getByText("by C. Author, approved by C. Approver")).toBeVisible();
  await expect(author.getByText("Driver is said to be armed.").first()).toBeVisible();

  await approver.goto(address);
  await approver.getByRole("radio", { name: "Recovered" }).check();
  await approver.getByLabel("Note").fill("Found in the owner's other garage.");
  await approver.getByRole("button", { name: "End the entry" }).click();
  await expect(approver.getByText("ended it (recovered)")).toBeVisible();
  await author.reload();
  await expect(author.getByText("Not looked for any more.")).toBeVisible();
  await expect(author.getByRole("heading", { name: "Closed" })).toBeVisible();
  await author.goto("/queue");
  await expect(author.locator("[data-row]").filter({ hasText: PLATE })).toHaveCount(0);
  await postReads(server.address, key, [PLATE]);
  await author.goto("/reads");
  const newest = author.locator("[data-row]").filter({ hasText: PLATE }).first();
  await expect(newest.locator("td[data-label=Hits]")).toHaveText("none");
});

// What comes too late: a list that was not renewed says so on its hits, and an incident that nobody saw is overdue once the
// reporter's shift has ended. The server's clock goes ahead by itself; nobody does anything meanwhile.
import { expect, test, type Page } from "@playwright/test";
import { Server } from "../server.ts";
import { addCamera, comeToAccount, firstAccount, importRows, makeHotlist, postReads, signIn, work } from "../steps.ts";

const HOUR = 3600;
const REASON = "Owner reported it stolen from a garage downtown.";

/** The row of a plate in the live list. */
function row(page: Page, plate: string) {
  return page.locator("[data-hit]").filter({ hasText: plate }).first();
}

test("a list that was not renewed says so, and an incident that nobody saw is overdue", async ({ browser }) => {
  const server = await Server.start();
  const context = await browser.newContext({ baseURL: server.address });
  const cars = await browser.newContext({ baseURL: server.address });
  const [boss, officer] = [await context.newPage(), await cars.newPage()];
  try {
    const account = await firstAccount(boss, server);
    await work(boss, "stolen-vehicle", REASON);
    const key = await addCamera(boss, "Cam Late");
    await makeHotlist(boss, "Wanted here", "Stolen vehicle");
    await importRows(boss, "plate,state\n7LTE001,TX\n7LTE002,TX\n");
    const said = server.command("person", "add", "l.late", "--name", "L. Late", "--reason", "a test", "--role", "officer");
    server.command("person", "train", "l.late");
    await comeToAccount(officer, "l.late", /\/invitation\/\S+/.exec(said)?.[0] ?? "");
    await work(officer, "stolen-vehicle", REASON);

    await postReads(server.address, key, ["7LTE001"]);
    await officer.goto("/hits");
    await expect(row(officer, "7LTE001")).toContainText("Wanted here");
    await expect(row(officer, "7LTE001")).not.toContainText("stale");
    await row(officer, "7LTE001").locator("a[data-open]").click();
    await expect(officer.getByText("This list is stale.")).toHaveCount(0);
    await officer.getByRole("button", { name: /stopped all the same/ }).click();
    await officer.getByText("What became of it").click();
    await officer.getByLabel("Outcome").selectOption("wrong-vehicle");
    await officer.getByRole("button", { name: "Record the outcome" }).click();
    await expect(officer.getByRole("heading", { name: "Closed: Wrong vehicle stopped" })).toBeVisible();
    await boss.goto("/incidents");
    const incident = boss.locator("section.card").filter({ hasText: "L. Late" });
    await expect(incident).toContainText("Shift ends");
    await expect(incident).not.toContainText("overdue");

    // A day and an hour later: whatever the shift, it has ended; a stolen vehicles' list is a day old at most.
    await server.setAhead(25 * HOUR);
    await postReads(server.address, key, ["7LTE002"]);
    await signIn(boss, account);
    await boss.goto("/incidents");
    await expect(incident).toContainText("overdue");
    await work(boss, "stolen-vehicle", REASON);
    await boss.goto("/hits");
    await expect(row(boss, "7LTE002")).toContainText("stale list");
    await row(boss, "7LTE002").locator("a[data-open]").click();
    await expect(boss.getByText("This list is stale.")).toBeVisible();

    // Renewed, it is as good as new.
    await boss.goto("/hotlists");
    await boss.getByRole("link", { name: "Wanted here" }).click();
    await boss.getByRole("link", { name: /Import/ }).first().click();
    await importRows(boss, "plate,state\n7LTE001,TX\n7LTE002,TX\n");
    await postReads(server.address, key, ["7LTE002"]);
    await boss.goto("/hits");
    await expect(row(boss, "7LTE002")).not.toContainText("stale list");
  } finally {
    await context.close();
    await cars.close();
    await server.stop();
  }
});

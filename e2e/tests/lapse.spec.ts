// The year ends: training lapses at midnight where the agency is, with nobody acting, and is told of before.
import { expect, test } from "@playwright/test";
import { Server } from "../server.ts";
import { firstAccount, signIn } from "../steps.ts";

const HOUR = 3600;

/** Seconds from now until a moment. */
function until(moment: string): number {
  return Math.round((Date.parse(moment) - Date.now()) / 1000);
}

test("training lapses at midnight where the agency is, and is told of before", async ({ browser }) => {
  const server = await Server.start();
  const context = await browser.newContext({ baseURL: server.address });
  const page = await context.newPage();
  try {
    const account = await firstAccount(page, server);
    // The training was completed this year at the agency, and counts to the end of it.
    const year = new Intl.DateTimeFormat("en", { year: "numeric", timeZone: "America/Chicago" }).format(Date.now());
    const midnight = until(`${Number(year) + 1}-01-01T00:00:00-06:00`);
    // The clock only goes ahead: in the year's last weeks what lies behind cannot be seen any more.
    if (midnight > 31 * 24 * HOUR) {
      await page.goto("/reads");
      await expect(page.locator(".warn-bar")).toHaveCount(0);
    }
    if (midnight > 7 * 24 * HOUR) {
      await server.setAhead(midnight - 6 * 24 * HOUR);
      await signIn(page, account);
      await expect(page.locator(".warn-bar")).toContainText(/Your reader training lapses in [67] days/);
    }
    await page.goto("/reads");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Reads");

    await server.setAhead(Math.max(0, midnight - 10 * 60));
    await signIn(page, account);
    await expect(page.locator(".warn-bar")).toContainText("lapses tonight at midnight");
    await page.goto("/reads");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Reads");

    // The session is the same, nobody did anything: it is midnight.
    await server.setAhead(midnight + 1);
    const refused = await page.goto("/reads");
    expect(refused?.status()).toBe(403);
    await expect(page.getByText(/reader training is not complete/)).toBeVisible();
    await expect(page.locator(".warn-bar")).toHaveCount(0);
  } finally {
    await context.close();
    await server.stop();
  }
});

import { expect, test } from "../fixtures.ts";
import { pictures, real } from "../pictures.ts";
import { listen } from "../sounds.ts";
import { addCamera, importRows, makeHotlist, post } from "../steps.ts";

test.describe.serial("from a photograph to an alert", () => {
  const wanted = pictures().slice(0, 30);
  let key = "";

  test("a hotlist and a camera are made", async ({ staff }) => {
    test.info().annotations.push({ type: "pictures", description: real ? "real" : "generated" });
    await makeHotlist(staff, "Wanted in the test", "Stolen vehicle");
    const row = (plate: string) => `${plate},,FORD,F-150,black,2019,24-11532,`;
    await importRows(
      staff,
      ["plate,state,make,model,colour,year,reference,note", ...wanted.map((p) => row(p.plate))].join("\n"),
    );
    key = await addCamera(staff, "Cam 14 · Lamar / 5th");
  });

  test("a posted photograph becomes a hit on the open page, heard and seen", async ({ staff, server }) => {
    await staff.addInitScript(listen);
    await staff.goto("/hits");
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();
    await staff.locator("h1").click();
    await expect(staff.locator("[data-live-sound=on]")).toBeVisible();
    let took_ms = 0;
    for (const picture of wanted) {
      await post(server.address, key, picture);
      const began = Date.now();
      const hit = staff.locator("[data-hit]").first();
      if (await hit.waitFor({ timeout: 3000 }).then(() => true, () => false)) {
        took_ms = Date.now() - began;
        break;
      }
    }
    const hit = staff.locator("[data-hit]").first();
    await expect(hit).toContainText("Stolen vehicle");
    await expect(hit).toContainText("Cam 14 · Lamar / 5th");
    await expect(hit).toContainText("black FORD F-150 2019");
    expect(took_ms, "the hit is there within moments of the answer").toBeLessThan(2000);
    const heard = await staff.evaluate(() => ({ all: window.sounds, contexts: window.n_contexts, tones: window.n_tones }));
    expect(heard.all[0]).toMatchObject({ priority: "normal", played: true, muted: false });
    expect(heard.contexts).toBe(1);
    expect(heard.tones).toBeGreaterThanOrEqual(2);
    const crop = hit.locator("img");
    await expect.poll(() => crop.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(20);
  });

  test("the hit opens, with its pictures beside the entry", async ({ staff }) => {
    await staff.goto("/hits");
    await staff.locator("[data-hit] a").first().click();
    await expect(staff.getByText("An alert is not confirmation.")).toBeVisible();
    await expect(staff.getByText("The driver may not be the person who is wanted.")).toBeVisible();
    for (const picture of ["The plate, as the camera saw it", "The vehicle; glass and surroundings are masked"]) {
      const img = staff.getByRole("img", { name: picture });
      await expect.poll(() => img.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(20);
    }
    await staff.getByRole("link", { name: "open the read" }).click();
    await expect(staff.getByRole("heading", { name: "How it was read" })).toBeVisible();
    await expect(staff.locator(".category", { hasText: "Stolen vehicle" }).first()).toBeVisible();
  });

  test("what is new waits while somebody points at the list", async ({ staff, server }) => {
    await staff.goto("/hits");
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();
    const before = await staff.locator("[data-hit]").count();
    await staff.locator("[data-hit]").first().hover();
    await staff.locator("[data-hit]").first().dispatchEvent("pointerenter");
    for (const picture of wanted.slice(0, 8)) await post(server.address, key, picture);
    const fresh = staff.locator("[data-show-new]");
    await expect(fresh).toBeVisible();
    await expect(fresh).toHaveText(/^\d+ new$/);
    expect(await staff.locator("[data-hit]").count()).toBe(before);
    // The focus is in the list after a click: a hit that comes later waits for the next one.
    await expect(async () => {
      if (await fresh.isVisible()) await fresh.click();
      await expect(fresh).toBeHidden({ timeout: 500 });
    }).toPass();
    expect(await staff.locator("[data-hit]").count()).toBeGreaterThan(before);
  });

  // From here on every test has vehicles of its own: one that comes again is counted on its row, and is no new hit.
  test("a cut line is seen at once, and no hit is lost", async ({ staff, server, line }) => {
    await staff.goto("/hits");
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();
    const newest = await newestHit(staff);
    line.cut();
    await expect(staff.locator("[data-live-state=lost]")).toHaveText(/^disconnected since \d\d:\d\d:\d\d$/, { timeout: 2000 });
    for (const picture of wanted.slice(8, 16)) await post(server.address, key, picture);
    line.mend();
    await expect(staff.locator("[data-live-state=live]")).toBeVisible({ timeout: 20_000 });
    await expect.poll(() => newestHit(staff)).toBeGreaterThan(newest);
    await same(staff);
  });

  test("a line that falls silent is not taken for a quiet night", async ({ staff, server, line }) => {
    await staff.goto("/hits");
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();
    const newest = await newestHit(staff);
    line.hush();
    await expect(staff.locator("[data-live-state=behind]")).toHaveText(/^\d+ s behind$/, { timeout: 8000 });
    await expect(staff.locator("[data-live-state=lost]")).toBeVisible({ timeout: 15_000 });
    for (const picture of wanted.slice(16, 24)) await post(server.address, key, picture);
    line.mend();
    await expect(staff.locator("[data-live-state=live]")).toBeVisible({ timeout: 30_000 });
    await expect.poll(() => newestHit(staff)).toBeGreaterThan(newest);
    await same(staff);
  });

  test("muting is seen, and does not silence the highest priority", async ({ staff, server }) => {
    await makeHotlist(staff, "Children in danger", "AMBER alert");
    await importRows(staff, ["plate", ...wanted.map((p) => p.plate)].join("\n"));
    await staff.addInitScript(listen);
    await staff.goto("/hits");
    await staff.locator("h1").click();
    await staff.locator("[data-live-sound=on]").click();
    await expect(staff.locator("[data-live-sound=muted]")).toHaveText("Muted except highest");
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();
    for (const picture of wanted.slice(0, 8)) await post(server.address, key, picture);
    await expect.poll(() => staff.evaluate(() => window.sounds.some((s) => s.priority === "high" && s.played && !s.muted))).toBe(true);
    await staff.locator("[data-live-sound=muted]").click();
    await expect(staff.locator("[data-live-sound=on]")).toBeVisible();
  });

  test("another page counts the hits that came meanwhile", async ({ staff, server }) => {
    await staff.goto("/cameras");
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();
    for (const picture of wanted.slice(24)) await post(server.address, key, picture);
    await expect(staff.locator("[data-nav-hits]")).toHaveText(/^\d+ new$/);
  });
});

type Page = import("@playwright/test").Page;

function newestHit(page: Page): Promise<number> {
  return page
    .locator("[data-hit]")
    .evaluateAll((all) => Math.max(0, ...all.map((row) => Number((row as HTMLElement).dataset.hit))));
}

/** The live list holds what a fresh page holds: nothing was lost, nothing stands twice. */
async function same(page: Page): Promise<void> {
  const ids = () => page.locator("[data-hit]").evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset.hit));
  const live = await ids();
  expect(new Set(live).size).toBe(live.length);
  await page.reload();
  const fresh = await ids();
  expect(live.slice(0, fresh.length)).toEqual(fresh);
}

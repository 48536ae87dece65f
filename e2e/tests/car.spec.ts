// The car: an officer signs on, hits come by themselves with their picture, a line that is cut is told loudly, and the crime
// centre sees who is on duty and blind.
import type { Browser, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import { pictures } from "../pictures.ts";
import type { Server } from "../server.ts";
import { addCamera, comeToAccount, importRows, makeHotlist, post, postReads, work } from "../steps.ts";

const REASON = "Owner reported it stolen from a garage downtown.";

type Way = { server: Server; port: number };

/** Somebody with this role, trained, about a stolen vehicle, who comes by a way of their own. */
async function somebody(browser: Browser, { server, port }: Way, login: string, name: string, role: string): Promise<Page> {
  const said = server.command("person", "add", login, "--name", name, "--reason", "a test", "--role", role);
  server.command("person", "train", login);
  const context = await browser.newContext({ baseURL: `http://127.0.0.1:${port}`, viewport: { width: 1180, height: 820 } });
  const page = await context.newPage();
  await comeToAccount(page, login, /\/invitation\/\S+/.exec(said)?.[0] ?? "");
  await work(page, "stolen-vehicle", REASON);
  return page;
}

async function signOn(officer: Page, unit: string): Promise<void> {
  await officer.goto("/car");
  await officer.getByLabel("Unit").fill(unit);
  await officer.getByRole("button", { name: "Sign on" }).click();
  await expect(officer.getByRole("heading", { level: 1 })).toHaveText(`Unit ${unit.toUpperCase()}`);
}

/** What is wider than the page. */
function tooWide(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test.describe.serial("in the car", () => {
  const picture = pictures()[0];
  let key = "";

  test("a hit appears by itself with its picture, and officer and dispatcher see each other's deeds", async ({ staff, browser, server }) => {
    test.setTimeout(120_000);
    key = await addCamera(staff, "Cam Car 1");
    await addCamera(staff, "Cam Car 2");
    await makeHotlist(staff, "Wanted by cars", "Stolen vehicle");
    await importRows(staff, `plate,state,make,model,colour,year\n${picture?.plate},,FORD,F-150,black,2019\n7CAR001,TX,,,,\n`);
    const way = { server, port: server.port };
    const officer = await somebody(browser, way, "c.officer", "C. Officer", "officer");
    const dispatcher = await somebody(browser, way, "c.dispatch", "C. Dispatch", "rtcc-operator");
    await officer.goto("/car");
    await expect(officer.getByText("The driver may not be the wanted person.")).toBeVisible();
    await signOn(officer, "12a");
    await expect(officer.locator("[data-live-state=live]")).toBeVisible();
    await officer.locator("h1").click();

    if (!picture) throw new Error("there is no picture to post");
    await post(server.address, key, picture);
    const shown = officer.locator("[data-shown]");
    await expect(shown.locator(".hero")).toContainText(picture.plate);
    await expect(shown.locator(".plate-picture img")).toBeVisible();
    await expect(shown.locator(".compare")).toContainText(picture.plate);
    await expect(shown).toContainText("black FORD F-150 2019");
    await expect(shown.locator(".map svg")).toHaveAttribute("aria-label", /Cam Car 1 in the middle, looking north/);
    await expect(shown.getByRole("link", { name: "30.26980, -97.75310" })).toHaveAttribute("href", "geo:30.26980,-97.75310");
    const id = await shown.getAttribute("data-shown");

    await dispatcher.goto(`/hits/${id}`);
    await expect(dispatcher.getByText("unit 12A, C. Officer")).toBeVisible();
    await dispatcher.getByRole("button", { name: "Take it" }).click();
    await expect(officer.getByText("C. Dispatch looks after it.")).toBeVisible();
    // By keyboard alone.
    for (const [press, step] of [["1", "plate"], ["2", "state"], ["3", "vehicle"]] as const) {
      await officer.keyboard.press(press);
      await expect(officer.locator(`[data-step=${step}]`)).toHaveAttribute("data-progress", "holds");
      await expect(dispatcher.locator(`[data-step=${step}]`)).toContainText("C. Officer");
    }
    await expect(officer).toHaveURL(/\/car\?hit=\d+$/);
    for (const button of await officer.locator(".deeds .button:visible, .page-head .button:visible").all()) {
      expect((await button.boundingBox())?.height ?? 0).toBeGreaterThanOrEqual(44);
    }

    // While somebody is at work on a hit, a newer one waits beside it.
    await officer.locator(".deeds").click({ position: { x: 4, y: 4 } });
    await postReads(server.address, key, ["7CAR001"]);
    await expect(officer.locator("[data-newer] .button")).toBeVisible();
    await expect(officer.locator("[data-shown] .hero")).toContainText(picture.plate);
    await officer.keyboard.press("n");
    await expect(officer.locator("[data-shown] .hero")).toContainText("7CAR001");
    await officer.keyboard.press("9");
    await expect(officer.locator(".deeds .verdict")).toHaveText("Closed: Could not be located");
    await officer.context().close();
    await dispatcher.context().close();
  });

  test("a line that is cut is told loudly here and on the shift's page, and its end too", async ({ browser, server, line }) => {
    test.setTimeout(180_000);
    const officer = await somebody(browser, { server, port: line.port }, "c.blind", "C. Blind", "officer");
    const boss = await somebody(browser, { server, port: server.port }, "c.boss", "C. Boss", "supervisor");
    await boss.goto("/shift");
    await boss.getByLabel("Unit", { exact: true }).fill("31");
    await boss.getByRole("button", { name: "Put on duty" }).click();
    const unit = boss.locator("[data-unit='31']");
    await expect(unit).toContainText("Not signed on");
    await signOn(officer, "31");
    await expect(unit).toContainText("C. Blind");
    await expect(unit.locator(".duty-chip")).toHaveText("Signed on");

    await expect(officer.locator("[data-live-state=live]")).toBeVisible();
    const bar = officer.locator("[data-blind]");
    await expect(bar).toBeHidden();
    line.cut();
    await expect(bar).toBeVisible({ timeout: 20_000 });
    await expect(bar).toHaveText(/BLIND since \d\d:\d\d:\d\d/);
    await expect(officer).toHaveTitle(/^BLIND/);
    await expect(unit.locator(".duty-chip")).toHaveText("Blind", { timeout: 100_000 });
    line.mend();
    await expect(bar).toBeHidden({ timeout: 30_000 });
    await expect(unit.locator(".duty-chip")).toHaveText("Signed on", { timeout: 30_000 });
    await expect(unit).toContainText(/blind .* to /);
    await officer.getByRole("button", { name: "Sign off" }).click();
    await expect(unit).toContainText("Signed off");
    await boss.context().close();
    await officer.context().close();
  });

  test("the page is readable by day, by night and on a phone, and never wider than it", async ({ browser, server }) => {
    test.setTimeout(120_000);
    const officer = await somebody(browser, { server, port: server.port }, "c.looks", "C. Looks", "officer");
    await signOn(officer, "40");
    await post(server.address, key, picture ?? { file: "", plate: "", camera: "" });
    await expect(officer.locator("[data-shown] .plate-picture img")).toBeVisible();
    await officer.getByRole("button", { name: "Night", exact: true }).click();
    await expect(officer.locator("html")).toHaveAttribute("data-theme", "night");
    await expect(officer.locator("meta[name=color-scheme]")).toHaveAttribute("content", "dark");
    for (const [width, height] of [[1180, 820], [390, 844], [340, 640]] as const) {
      await officer.setViewportSize({ width, height });
      expect(await tooWide(officer), `${width} px`).toBeLessThanOrEqual(0);
      await officer.screenshot({ path: test.info().outputPath(`car-night-${width}.png`), fullPage: true });
    }
    await officer.getByRole("button", { name: "Night off" }).click();
    for (const scheme of ["light", "dark"] as const) {
      await officer.emulateMedia({ colorScheme: scheme });
      await officer.setViewportSize({ width: 1180, height: 820 });
      await officer.screenshot({ path: test.info().outputPath(`car-${scheme}.png`), fullPage: true });
    }
    const manifest = await (await officer.request.get("/manifest.webmanifest")).json();
    expect(manifest.start_url).toBe("/car");
    for (const icon of manifest.icons) expect((await officer.request.get(icon.src)).ok()).toBe(true);
    await officer.context().close();
  });

  test("at the end of a shift hits are offered to somebody, who accepts them", async ({ browser, server }) => {
    test.setTimeout(120_000);
    const way = { server, port: server.port };
    const giver = await somebody(browser, way, "c.giver", "C. Giver", "rtcc-operator");
    const taker = await somebody(browser, way, "c.taker", "C. Taker", "rtcc-operator");
    await postReads(server.address, key, ["7CAR001"]);
    await giver.goto("/queue");
    const row = giver.locator("[data-row]").filter({ hasText: "7CAR001" }).first();
    await row.getByRole("button", { name: /^Take/ }).click();
    await giver.goto("/queue/handover");
    await giver.getByLabel("To", { exact: true }).selectOption({ label: "C. Taker" });
    await giver.getByLabel("What they have to know").fill("Seen on Lamar, going north.");
    await giver.getByRole("button", { name: "Offer them" }).click();
    await expect(giver.getByText("offered to C. Taker, not accepted yet")).toBeVisible();
    await taker.goto("/queue/handover");
    await expect(taker.getByText("Seen on Lamar, going north.")).toBeVisible();
    await taker.screenshot({ path: test.info().outputPath("handover.png"), fullPage: true });
    await taker.getByRole("button", { name: "Accept those that are ticked" }).click();
    await expect(taker.getByRole("heading", { name: "Offered to you" })).toHaveCount(0);
    await giver.reload();
    await expect(giver.getByText("You look after no open hit")).toBeVisible();
    await giver.context().close();
    await taker.context().close();
  });
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("the car's page signs on and reloads itself", async ({ staff }) => {
    await staff.goto("/car");
    await staff.getByLabel("Unit").fill("77");
    await staff.getByRole("button", { name: "Sign on" }).click();
    await expect(staff.getByRole("heading", { level: 1 })).toHaveText("Unit 77");
    await expect(staff.locator("noscript meta[http-equiv=refresh]")).toHaveCount(1);
    await staff.getByRole("button", { name: "Sign off" }).click();
    await expect(staff.getByRole("heading", { level: 1 })).toHaveText("Sign on for your shift");
  });
});

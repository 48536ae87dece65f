// Every page, looked at: by axe, by keyboard, without script, and as pictures in shots/ for people to look at.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "../fixtures.ts";
import { generated, pictures } from "../pictures.ts";
import { addCamera, importRows, makeHotlist, post } from "../steps.ts";

type Page = import("@playwright/test").Page;

const SHOTS = new URL("../shots/", import.meta.url).pathname;
const README_PICTURE = new URL("../../docs/screenshot.png", import.meta.url).pathname;

const CARS = ["black,Ford,F-150,2019,26-11532", "silver,Honda,Civic,2014,26-11608", "white,Toyota,Tacoma,2021,26-11611"];

/** The address of a page by the name of its picture; some are found by following the first link of a list. */
const PAGES: [name: string, path: string, follow?: string][] = [
  ["hits", "/hits"],
  ["hit", "/hits", "[data-hit] a"],
  ["queue", "/queue"],
  ["incidents", "/incidents"],
  ["trouble", "/trouble"],
  ["trouble-new", "/trouble/new"],
  ["protected", "/protected"],
  ["protected-new", "/protected/new"],
  ["reads", "/reads"],
  ["read", "/reads", "tr[data-row] a"],
  ["cameras", "/cameras"],
  ["camera", "/cameras", "tr[data-row] a"],
  ["camera-new", "/cameras/new"],
  ["hotlists", "/hotlists"],
  ["hotlist", "/hotlists", "tr[data-row] a"],
  ["hotlist-new", "/hotlists/new"],
  ["import", "/hotlists", "tr[data-row] a"],
  ["ledger", "/ledger"],
  ["leaf", "/ledger", "tr[data-row] a"],
  ["people", "/people"],
  ["person", "/people", "tbody tr a"],
  ["person-new", "/people/new"],
  ["training", "/training"],
  ["policy", "/policy"],
  ["policy-propose", "/policy/propose"],
  ["policy-changes", "/policy/changes"],
  ["policy-change", "/policy/changes", "tbody tr a"],
  ["alerts", "/alerts"],
  ["account", "/account"],
  ["account-alerts", "/account/alerts"],
  ["precision", "/precision"],
  ["stops", "/stops"],
  ["shift", "/shift"],
  ["entries", "/entries"],
  ["entry-new", "/entries/new"],
  ["work", "/work"],
  ["work-complete", "/looks/complete"],
  ["confirm", "/confirm"],
  ["not-found", "/no-such-page"],
];

async function open(page: Page, [name, path, follow]: (typeof PAGES)[number]): Promise<void> {
  await page.goto(path);
  if (follow) {
    const href = await page.locator(follow).first().getAttribute("href");
    await page.goto(name === "import" ? `${href}/import` : (href ?? "/"));
  }
  await expect(page.locator("main h1").first()).toBeAttached();
}

async function wear(page: Page, theme: string): Promise<void> {
  await page.goto("/cameras");
  await page.locator("summary").click();
  await page.getByRole("button", { name: theme }).click();
  await expect(page).toHaveURL(/\/cameras$/);
}

test.describe.serial("every page", () => {
  test("has something to show", async ({ staff, server }) => {
    const all = pictures().slice(0, 12);
    await makeHotlist(staff, "NCIC vehicles, daily", "Stolen vehicle");
    const row = (plate: string) => `${plate},TX,Ford,F-150,black,2019,24-11532,`;
    const header = "plate,state,make,model,colour,year,reference,note";
    await importRows(staff, [header, ...all.slice(0, 6).map((p) => row(p.plate))].join("\n"));
    const key = await addCamera(staff, "Cam 22 · Congress / 11th");
    for (const picture of all) await post(server.address, key, picture);
    await staff.goto("/reads");
    await expect(staff.locator("tr[data-row]").first()).toBeVisible();
  });

  for (const scheme of ["light", "dark", "night"] as const) {
    test(`is readable for everybody, ${scheme}`, async ({ staff }) => {
      await staff.emulateMedia({ colorScheme: scheme === "light" ? "light" : "dark", reducedMotion: "reduce" });
      await wear(staff, scheme === "night" ? "Night" : "As system");
      for (const one of PAGES) {
        await open(staff, one);
        const found = await new AxeBuilder({ page: staff }).analyze();
        const bad = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
        const says = bad.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" | ")}`);
        expect(says, `${one[0]}, ${scheme}`).toEqual([]);
      }
    });
  }

  test("has a picture: light, dark, narrow, night", async ({ staff }) => {
    mkdirSync(SHOTS, { recursive: true });
    const looks: [string, number, "light" | "dark"][] = [
      ["light", 1360, "light"],
      ["dark", 1360, "dark"],
      ["narrow", 390, "dark"],
      ["night", 1360, "dark"],
    ];
    for (const [look, width, scheme] of looks) {
      if (look === "night") await wear(staff, "Night");
      await staff.setViewportSize({ width, height: 860 });
      await staff.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      for (const one of PAGES) {
        await open(staff, one);
        const wide = await staff.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide, `${one[0]} is wider than the ${look} screen`).toBeLessThanOrEqual(0);
        await staff.waitForLoadState("networkidle").catch(() => {});
        await staff.screenshot({ path: `${SHOTS}${one[0]}-${look}.png`, fullPage: look === "narrow" });
      }
    }
    await wear(staff, "As system");
  });

  test("is in the README", async ({ staff, server }) => {
    test.slow();
    const all = generated();
    // A look-alike among them, as on any evening: one character that could be another.
    const twins: Record<string, string> = { "0": "O", O: "0", "1": "I", I: "1", "8": "B", B: "8", "5": "S", S: "5" };
    const alike = (plate: string) => plate.replace(/[0O1I8B5S]/, (c) => twins[c] ?? c);
    const row = (plate: string, i: number) => `${plate},${CARS[i % CARS.length]}`;
    const header = "plate,colour,make,model,year,reference";
    await makeHotlist(staff, "State list, daily", "Stolen vehicle");
    const stolen = all.filter((_, i) => i % 4 !== 3);
    const wanted = (plate: string, i: number) => (i === stolen.length - 2 ? alike(plate) : plate);
    await importRows(staff, [header, ...stolen.map((p, i) => row(wanted(p.plate, i), i))].join("\n"));
    await makeHotlist(staff, "AMBER, state", "AMBER alert");
    await importRows(staff, [header, ...all.filter((_, i) => i % 4 === 3).map((p) => row(p.plate, 1))].join("\n"));
    const keys = new Map<string, string>();
    for (const { camera } of all) {
      const name = camera.replaceAll("-", " ").replace(/^./, (c) => c.toUpperCase());
      if (!keys.has(camera)) keys.set(camera, await addCamera(staff, name));
    }
    for (const picture of all) await post(server.address, keys.get(picture.camera) ?? "", picture);
    await staff.setViewportSize({ width: 1280, height: 800 });
    await staff.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
    await staff.goto("/hits");
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();
    await staff.locator("h1").click();
    await staff.mouse.move(0, 0);
    await expect(staff.locator("[data-live-sound=on]")).toBeVisible();
    await staff.waitForLoadState("networkidle").catch(() => {});
    const here = `${SHOTS}readme.png`;
    await staff.screenshot({ path: here });
    // The committed picture changes only when somebody means it to: its times are new in every run.
    if (process.env.PLATEGLASS_NEW_SCREENSHOT) {
      mkdirSync(dirname(README_PICTURE), { recursive: true });
      copyFileSync(here, README_PICTURE);
    }
  });

  test("goes by keyboard", async ({ staff }) => {
    await staff.goto("/reads");
    await staff.keyboard.press("Tab");
    await expect(staff.getByRole("link", { name: "Skip to content" })).toBeFocused();
    await staff.keyboard.press("Enter");
    await expect(staff.locator("main")).toBeFocused();
    await staff.keyboard.press("j");
    const rows = staff.locator("tr[data-row] a[data-open]");
    await expect(rows.nth(0)).toBeFocused();
    await staff.keyboard.press("j");
    await expect(rows.nth(1)).toBeFocused();
    await staff.keyboard.press("k");
    await expect(rows.nth(0)).toBeFocused();
    await staff.keyboard.press("/");
    await expect(staff.getByLabel("Camera")).toBeFocused();
    await staff.keyboard.press("Tab");
    await staff.keyboard.press("?");
    await expect(staff.getByRole("dialog", { name: "Keys" })).toBeVisible();
    await staff.keyboard.press("Escape");
    await expect(staff.getByRole("dialog", { name: "Keys" })).toBeHidden();
    await staff.keyboard.press("j");
    await staff.keyboard.press("Enter");
    await expect(staff).toHaveURL(/\/reads\/\d+-\d{8}-\d+$/);
  });

  test("has targets that a finger finds", async ({ staff }) => {
    await staff.setViewportSize({ width: 390, height: 860 });
    for (const one of PAGES) {
      await open(staff, one);
      const small = await staff
        .locator("a.button, button:visible, .nav a, summary, input:visible:not([type=radio], [type=checkbox]), select")
        .evaluateAll((all) =>
          all
            .filter((el) => el.getClientRects().length > 0 && el.getBoundingClientRect().height < 44)
            .map((el) => el.outerHTML.slice(0, 120)),
        );
      expect(small, one[0]).toEqual([]);
    }
  });
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("every page shows what it has", async ({ staff }) => {
    for (const one of PAGES) await open(staff, one);
    await staff.goto("/hits");
    await expect(staff.getByText("Without script this page does not update itself")).toBeVisible();
    await expect(staff.locator("[data-hit]").first()).toBeVisible();
    await staff.goto("/reads");
    await staff.getByLabel("Camera").selectOption({ index: 1 });
    await staff.getByRole("button", { name: "Show" }).click();
    await expect(staff).toHaveURL(/camera=\d+/);
  });
});

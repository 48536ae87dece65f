// An AMBER alert comes into a watched folder; a person confirms its plate, and its end is matched no more.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { Server } from "../server.ts";
import { addCamera, firstAccount, makeHotlist, postReads, work } from "../steps.ts";

const SHOTS = new URL("../shots/", import.meta.url).pathname;
const SENDER = "missing@dps.example.gov";

const moment = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, "+00:00");

function alert(identifier: string, kind: string, sent: string, references: string): string {
  return `<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>${identifier}</identifier><sender>${SENDER}</sender><sent>${sent}</sent>
  <status>Actual</status><msgType>${kind}</msgType><scope>Public</scope>${references}
  <info><language>en-US</language><event>Child Abduction Emergency</event>
    <eventCode><valueName>SAME</valueName><value>CAE</value></eventCode><expires>${moment(120)}</expires>
    <headline>AMBER Alert for Travis County</headline>
    <description>The vehicle is a silver 2015 Honda Civic sedan with Texas license plate LKW-4873.</description>
    <area><areaDesc>Travis County</areaDesc></area></info>
</alert>`;
}

test("a plate of an AMBER alert is matched once a person has confirmed it", async ({ browser }) => {
  test.slow();
  const dir = mkdtempSync(join(tmpdir(), "plateglass-amber-"));
  const drop = (name: string, text: string) => {
    writeFileSync(join(dir, `${name}.part`), text);
    renameSync(join(dir, `${name}.part`), join(dir, name));
  };
  const server = await Server.start(
    [],
    [`[[agency.hotlist]]`, `name = "NCMEC AMBER"`, `format = "cap"`, `folder = { path = ${JSON.stringify(dir)} }`],
  );
  try {
    const context = await browser.newContext({ baseURL: server.address });
    const page = await context.newPage();
    await firstAccount(page, server);
    await work(page, "stolen-vehicle", "A vehicle was reported stolen at Lamar and 5th.");
    const key = await addCamera(page, "Cam A");
    await makeHotlist(page, "NCMEC AMBER", "AMBER alert");
    const sent = moment(-5);
    drop("alert.xml", alert("A-1", "Alert", sent, ""));
    await page.goto("/hotlists");
    await page.getByRole("link", { name: "NCMEC AMBER" }).click();
    // The server may have fetched it by itself meanwhile: then there is nothing left for the button.
    const fetched = async (times: number) => {
      await page.getByRole("button", { name: "Fetch now" }).click();
      const taken = page.locator("#state").getByRole("row").filter({ hasText: "taken in" });
      await expect(taken).toHaveCount(times, { timeout: 20_000 });
    };
    await fetched(1);
    await expect(page.locator("#state")).toContainText("1 plate waits for a person");
    mkdirSync(SHOTS, { recursive: true });
    await page.screenshot({ path: join(SHOTS, "amber-hotlist.png"), fullPage: true });

    await postReads(server.address, key, ["LKW4873"]);
    await page.getByRole("link", { name: "See the alerts" }).click();
    await page.screenshot({ path: join(SHOTS, "amber-alerts.png"), fullPage: true });
    await page.getByRole("link", { name: "AMBER Alert for Travis County" }).click();
    await expect(page.locator("mark")).toHaveText("LKW-4873");
    await expect(page.getByLabel("State").first()).toHaveValue("US-TX");
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.screenshot({ path: join(SHOTS, `amber-alert-${scheme}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.screenshot({ path: join(SHOTS, "amber-alert-narrow.png"), fullPage: true });
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.getByRole("button", { name: "Confirm the plate" }).click();
    await expect(page.locator("#plates")).toContainText("it is matched until the alert ends");
    const address = page.url();

    await page.goto("/hits");
    await expect(page.locator("[data-hit]")).toHaveCount(0);
    await postReads(server.address, key, ["LKW4873"]);
    await page.goto("/hits");
    await expect(page.locator("[data-hit]")).toHaveCount(1);
    const hit = `/hits/${await page.locator("[data-hit]").getAttribute("data-hit")}`;

    drop("cancel.xml", alert("A-2", "Cancel", moment(-1), `<references>${SENDER},A-1,${sent}</references>`));
    await page.goto("/hotlists");
    await page.getByRole("link", { name: "NCMEC AMBER" }).click();
    await fetched(2);
    await page.goto(address);
    await expect(page.getByText("Nothing of this alert is matched.")).toBeVisible();
    await postReads(server.address, key, ["LKW4873"]);
    await page.goto("/hits");
    await expect(page.locator("[data-hit]")).toHaveCount(1);
    await page.goto("/queue");
    await expect(page.locator("[data-hit]")).toHaveCount(0);
    await page.goto(hit);
    await expect(page.locator("#life")).toContainText("its plate is matched no more (alert cancelled): message A-2");

    // What comes by mail is taken in by hand, and waits for a person as well.
    await page.goto(address.replace(/\/\d+(#.*)?$/, ""));
    await page.getByRole("link", { name: "Take in a file" }).click();
    const whole = alert("B-1", "Alert", moment(-2), "");
    const handIn = async (text: string) => {
      await page.getByLabel("File").setInputFiles({ name: "alert.xml", mimeType: "application/xml", buffer: Buffer.from(text) });
      await page.getByRole("button", { name: "Take it in" }).click();
    };
    await handIn(whole.slice(0, 300));
    await expect(page.locator("#file-wrong")).toContainText("it is not XML that is whole");
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await handIn(whole);
    await expect(page.getByText("1 message taken in")).toBeVisible();
    await page.getByRole("main").getByRole("link", { name: "See the alerts" }).click();
    await expect(page.locator("#alerts")).toContainText("1 plate to confirm");
    await context.close();
  } finally {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
});

// A motorcycle's plate on a car, as in Aurora in 2020: the console says that it is information only and why, stays silent, and nothing
// clears a stop before a person has compared the vehicle. The motorcycle itself is told as ever.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import { listen } from "../sounds.ts";
import { addCamera, importRows, makeHotlist, postReads } from "../steps.ts";

const PLATE = "4HRD22";
const SAYS = "Information only: the vehicle differs. The list says motorcycle; the camera saw a car.";

/** The address of the one hit that is information only. */
async function otherVehicle(page: Page): Promise<string> {
  const row = page.locator("[data-hit]").filter({ hasText: PLATE }).filter({ hasText: "information only" });
  await expect(row).toHaveCount(1);
  return (await row.locator("a[data-open]").getAttribute("href")) ?? "";
}

test.describe.serial("a motorcycle plate on a car", () => {
  let key = "";
  let hit = "";

  test("it is information only, in words and without a sound; the motorcycle itself sounds", async ({ staff, server }) => {
    key = await addCamera(staff, "Cam Class");
    await makeHotlist(staff, "Stolen motorcycles", "Stolen vehicle");
    await importRows(staff, `plate,class,make\n${PLATE},motorcycle,HARLEY-DAVIDSON\n`);
    await staff.addInitScript(listen);
    await staff.goto("/hits");
    await staff.locator("h1").click();
    await expect(staff.locator("[data-live-sound=on]")).toBeVisible();
    await expect(staff.locator("[data-live-state=live]")).toBeVisible();

    await postReads(server.address, key, [{ plate: PLATE, vehicle: { class: "sedan-standard", confidence: 0.96 } }]);
    const row = staff.locator("[data-hit]").filter({ hasText: PLATE }).first();
    await expect(row).toContainText("other vehicle class");
    hit = await otherVehicle(staff);
    expect(await staff.evaluate(() => window.sounds)).toEqual([]);

    await postReads(server.address, key, [{ plate: PLATE, vehicle: { class: "motorbike", confidence: 0.96 } }]);
    await expect(staff.locator("[data-hit]").filter({ hasText: PLATE })).toHaveCount(2);
    await expect.poll(() => staff.evaluate(() => window.sounds.map((one) => one.priority))).toEqual(["normal"]);
    expect(await otherVehicle(staff)).toBe(hit);
  });

  test("nothing clears a stop before the vehicle is compared, and what does not match speaks against one", async ({ staff }) => {
    await staff.goto(hit);
    await expect(staff.getByText(SAYS)).toBeVisible();
    const step = staff.locator("[data-step=vehicle]");
    await expect(step).toContainText("The list says motorcycle; the camera saw a car.");
    for (const part of ["plate", "state"]) {
      await staff.locator(`[data-step=${part}]`).getByRole("button", { name: /^Matches/ }).click();
      await expect(staff.locator(`[data-step=${part}]`)).toHaveAttribute("data-progress", "holds");
    }
    await expect(staff.locator(".stop")).toContainText("The vehicle matches");
    await expect(staff.locator(".verdict")).toContainText("NOT CLEARED");
    await step.getByRole("button", { name: /^Does not/ }).click();
    await expect(step).toContainText("speaks against a stop");
    await expect(staff.getByRole("button", { name: /stopped all the same/ })).toBeVisible();
    await expect(staff.getByRole("button", { name: "Report that the vehicle was stopped", exact: true })).toHaveCount(0);

    await staff.getByRole("button", { name: "Take it" }).first().click();
    await staff.locator("summary").getByText("Reject", { exact: true }).click();
    await staff.locator("#reject-why").selectOption("wrong-vehicle");
    await staff.getByRole("button", { name: "Reject the hit" }).click();
    await expect(staff.locator("#life-now")).toHaveText(/^Rejected/);
    await expect(staff.locator("ol.dots")).toContainText("rejected it (another vehicle)");
  });

  test("the car's page says it too", async ({ staff }) => {
    await staff.goto("/car");
    await staff.getByLabel("Unit").fill("12a");
    await staff.getByRole("button", { name: "Sign on" }).click();
    await staff.goto(`/car?hit=${hit.split("/").pop()}`);
    await expect(staff.getByText(SAYS)).toBeVisible();
  });
});

import { expect, test } from "../fixtures.ts";
import { addCamera, makeHotlist } from "../steps.ts";

const CSV = [
  "LIC,LIS,VMA,Remarks",
  "7ABC123,TX,FORD,first",
  "TOOLONGPLATE99,TX,FORD,refused",
  "8XYZ987,ZZ,FORD,refused too",
  "9QRS456,CA,TOYT,second",
].join("\n");

for (const scripted of [true, false]) {
  test.describe(scripted ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled: scripted });

    test("a hotlist is made, tried and imported", async ({ staff }) => {
      const name = `NCIC vehicles, ${scripted ? "scripted" : "plain"}`;
      await makeHotlist(staff, name, "Stolen vehicle");
      const file = { name: "ncic.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) };
      const choose = async () => {
        await staff.getByLabel("File", { exact: true }).setInputFiles(file);
        if (scripted) await expect(staff.getByLabel("Plate or pattern")).toHaveValue("LIC");
        await staff.getByLabel("Plate or pattern").fill("LIC");
        await staff.getByLabel("State", { exact: true }).fill("LIS");
        await staff.getByLabel("Make").fill("VMA");
        await staff.getByLabel("Note").fill("Remarks");
        for (const label of ["Model", "Colour", "Year", "Case or NCIC number"]) {
          await staff.getByLabel(label, { exact: true }).fill("");
        }
      };
      await choose();
      await staff.getByRole("button", { name: "Dry run" }).click();
      await expect(staff.getByText("Dry run: nothing was changed.")).toBeVisible();
      const refused = staff.locator("#report tbody tr");
      await expect(refused).toHaveCount(2);
      await expect(refused.nth(0)).toContainText("3");
      await expect(refused.nth(1)).toContainText("4");
      if (!scripted) await choose();
      await staff.getByRole("button", { name: "Import", exact: true }).click();
      await expect(staff.getByText("The new list is in force.")).toBeVisible();
      await staff.getByRole("link", { name: "Back to the list" }).click();
      await expect(staff.locator("#state .facts")).toContainText("2");
      await expect(staff.locator("#import ~ *, [data-import-text]").first()).toContainText("2 rows taken, 2 refused");
    });

    test("a file that cannot be read says what and where, and changes nothing", async ({ staff }) => {
      await makeHotlist(staff, `Broken, ${scripted ? "scripted" : "plain"}`, "Stolen plate");
      const buffer = Buffer.concat([Buffer.from("plate\n7ABC123\n"), Buffer.from([0xff, 0xfe, 0x41, 0x0a])]);
      await staff.getByLabel("File", { exact: true }).setInputFiles({ name: "bad.csv", mimeType: "text/csv", buffer });
      for (const label of ["State", "Make", "Model", "Colour", "Year", "Case or NCIC number", "Note"]) {
        await staff.getByLabel(label, { exact: true }).fill("");
      }
      await staff.getByRole("button", { name: "Import", exact: true }).click();
      await expect(staff.locator("#report")).toContainText(/3/);
      await expect(staff.locator("#report")).toContainText(/Nothing was imported|Refused/);
    });

    test("a camera is added, its key shown once; then rekeyed and taken out of use", async ({ staff }) => {
      const name = `Cam ${scripted ? "S" : "P"}`;
      await staff.goto("/cameras/new");
      await staff.getByLabel("Name").fill(name);
      await staff.getByLabel("Site").fill("Lamar");
      await staff.getByLabel("Looks towards").fill("400");
      await staff.getByRole("button", { name: "Add and show the key" }).click();
      await expect(staff.getByText("Whole degrees from 0 to 359")).toBeVisible();
      await expect(staff.getByLabel("Name")).toHaveValue(name);
      const key = await addCamera(staff, name);
      expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
      await expect(staff.locator("#camera-test")).toContainText("/api/v1/frames");
      await expect(staff.locator("#camera-test")).not.toContainText(key);
      await staff.goto("/cameras");
      expect(await staff.content()).not.toContain(key);
      await staff.getByRole("link", { name }).click();
      await staff.getByRole("button", { name: "Make a new key" }).click();
      const second = (await staff.locator("#camera-key").textContent())?.trim();
      expect(second).not.toBe(key);
      await staff.goto("/cameras");
      await staff.getByRole("link", { name }).click();
      await staff.getByRole("button", { name: "Take out of use" }).click();
      await expect(staff.getByText("out of use since")).toBeVisible();
    });

    test("the theme is remembered", async ({ staff }) => {
      await staff.goto("/cameras");
      await staff.locator("summary", { hasText: "R. Ortiz" }).click();
      await staff.getByRole("button", { name: "Night" }).click();
      await expect(staff).toHaveURL(/\/cameras$/);
      await expect(staff.locator("html")).toHaveAttribute("data-theme", "night");
      await staff.goto("/hits");
      await expect(staff.locator("html")).toHaveAttribute("data-theme", "night");
      await staff.locator("summary", { hasText: "R. Ortiz" }).click();
      await staff.getByRole("button", { name: "As system" }).click();
      await expect(staff.locator("html")).toHaveAttribute("data-theme", "system");
    });
  });
}

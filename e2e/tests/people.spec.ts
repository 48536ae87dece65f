// Somebody new: invited, refused for want of training, trained, allowed; refused for want of a purpose; locked out. All of it
// stands in the ledger.
import { expect, test } from "../fixtures.ts";
import { addCamera, comeToAccount, postReads, signIn, work } from "../steps.ts";

test("a new officer is invited, trained, asked why, and locked out", async ({ staff, browser, server }) => {
  const key = await addCamera(staff, "Cam People");
  await postReads(server.address, key, ["7PPL123"]);

  await staff.goto("/people");
  await staff.getByRole("link", { name: "Invite" }).first().click();
  await staff.getByLabel("Sign-in name").fill("d.chen");
  await staff.getByLabel("Name", { exact: true }).fill("D. Chen");
  await staff.getByRole("button", { name: /Invite/ }).click();
  const shown = (await staff.locator("main").textContent()) ?? "";
  const path = /\/invitation\/pgi_[\w-]+/.exec(shown)?.[0] ?? "";
  expect(path).not.toBe("");

  const context = await browser.newContext({ baseURL: server.address });
  const chen = await context.newPage();
  const account = await comeToAccount(chen, "d.chen", path);
  await expect(chen).toHaveURL(/\/account$/);
  await expect(chen.getByText("You hold no role")).toBeVisible();

  await staff.goto("/people");
  await staff.getByRole("link", { name: "D. Chen" }).first().click();
  const person = staff.url();
  await staff.getByLabel("Role", { exact: true }).selectOption("officer");
  await staff.locator("form[action$='/role']").getByLabel(/Reason|Why/).fill("patrol, district 3");
  await staff.getByRole("button", { name: /Give/ }).click();
  await expect(staff.getByText("patrol, district 3").first()).toBeVisible();

  const untrained = await chen.goto("/reads");
  expect(untrained?.status()).toBe(403);
  await expect(chen.getByText(/reader training is not complete/)).toBeVisible();
  await staff.goto("/training");
  const record = staff.locator("form[action='/training/record']").first();
  await record.getByLabel("Person", { exact: true }).selectOption({ label: "D. Chen (d.chen)" });
  await record.getByLabel("Completed on").fill((await record.getByLabel("Completed on").getAttribute("max")) ?? "");
  for (const topic of await record.getByRole("checkbox").all()) await topic.check();
  await record.getByRole("button", { name: "Record" }).click();
  await expect(staff.getByRole("row", { name: /D\. Chen.*(valid until|lapses)/i }).first()).toBeVisible();
  await chen.goto("/reads");
  await expect(chen.getByRole("heading", { level: 1 })).toHaveText("Reads");

  // Opening one asks why.
  await chen.locator("a.plate-link").first().click();
  await expect(chen.getByRole("heading", { level: 1 })).toHaveText("Refused");
  const read = new URL(chen.url()).pathname;
  await work(chen, "stolen-vehicle", "test");
  await chen.goto(read);
  await expect(chen.getByText("Your reason says nothing")).toBeVisible();
  await work(chen, "stolen-vehicle", "Stolen from a driveway on Oak Street last night.");
  await chen.goto(read);
  await expect(chen.getByText("7PPL123").first()).toBeAttached();
  const elsewhere = await chen.goto("/people");
  expect(elsewhere?.status()).toBe(403);

  await staff.goto(person);
  const lock = staff.locator("form[action$='/lock']");
  await lock.locator("#why").fill("left the department");
  await lock.getByRole("button").click();
  const out = await chen.goto("/reads");
  expect(out?.status()).toBe(401);

  // Whoever has the server in their hands brings somebody back: the way for the last administrator.
  server.command("person", "unlock", "d.chen");
  await signIn(chen, account);
  await expect(chen).toHaveURL(/\/hits$/);

  await staff.goto("/ledger");
  const rows = staff.locator("tbody tr");
  await expect(rows.filter({ hasText: "lock-account" }).first()).toBeVisible();
  await expect(rows.filter({ hasText: "open-read" }).filter({ hasText: /refuse/i }).first()).toBeVisible();
  await context.close();
});

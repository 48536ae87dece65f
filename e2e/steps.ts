// What people do, in the words of the pages.
import { readFileSync } from "node:fs";
import { expect, type Page } from "@playwright/test";
import type { Picture } from "./pictures.ts";
import type { Server } from "./server.ts";
import { codeOf } from "./totp.ts";

export const PASSWORD = "heron quarry mild lantern";

/** Roles that one person may hold together. */
const ROLES = [
  "administrator",
  "chief-security-officer",
  "rtcc-operator",
  "officer",
  "investigator",
  "supervisor",
  "auditor",
  "program-lieutenant",
  "records-custodian",
  "trainer",
  "chief",
];

/** Somebody who has come to their account. */
export type Account = { login: string; key: string; codes: string[] };

/** Follows an invitation: password, authenticator app, recovery codes. Leaves the page signed in. */
export async function comeToAccount(page: Page, login: string, path: string): Promise<Account> {
  await page.goto(path);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Next" }).click();
  const key = (await page.locator("#secret").textContent()) ?? "";
  await page.getByLabel("Six digits").fill(codeOf(key));
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Keep these codes");
  const codes = await page.locator("ol.codes code").allTextContents();
  await page.getByRole("link", { name: "I have them" }).click();
  return { login, key, codes };
}

/** Signs in with password and a recovery code: the app's own code is taken once in half a minute. */
export async function signIn(page: Page, account: Account): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Sign-in name").fill(account.login);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Accept and sign in" }).click();
  await page.getByLabel("Code").fill(account.codes.pop() ?? "");
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Makes the first account by a command on the server, trained, and comes to it. */
export async function firstAccount(page: Page, server: Server): Promise<Account> {
  const roles = ROLES.flatMap((role) => ["--role", role]);
  const said = server.command("person", "add", "r.ortiz", "--name", "R. Ortiz", "--reason", "first account", ...roles);
  server.command("person", "train", "r.ortiz");
  const path = /\/invitation\/\S+/.exec(said)?.[0] ?? "";
  const account = await comeToAccount(page, "r.ortiz", `${server.address}${path}`);
  await expect(page).toHaveURL(/\/hits$/);
  return account;
}

/** States what one works on. */
export async function work(page: Page, purpose: string, reason: string): Promise<void> {
  await page.goto("/work");
  await page.getByLabel("Purpose").selectOption({ value: purpose });
  await page.getByLabel("Case or incident number").fill("26-001234");
  await page.getByLabel("Why, in your own words").fill(reason);
  await page.getByRole("button", { name: "Put it on record" }).click();
  await expect(page.getByRole("heading", { name: "What you work on" })).toHaveCount(0);
}

/** Adds a camera on a trailer, which waits for no sign-off, and returns the key that the page shows. */
export async function addCamera(page: Page, name: string): Promise<string> {
  await page.goto("/cameras/new");
  await page.getByLabel("Name").fill(name);
  await page.getByRole("radio", { name: "on a trailer" }).check();
  await page.getByLabel("Site").fill("Lamar Blvd at W 5th St");
  await page.getByLabel("Looks towards").fill("0");
  await page.getByLabel("Position").fill("30.2698, -97.7531");
  await page.getByRole("button", { name: "Add and show the key" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${name} was added`);
  return (await page.locator("#camera-key").textContent())?.trim() ?? "";
}

export async function makeHotlist(page: Page, name: string, category: string): Promise<void> {
  await page.goto("/hotlists/new");
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Source").fill("made by a test");
  await page.getByRole("radio", { name: category }).check();
  await page.getByRole("button", { name: "Make the hotlist" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Import into ${name}`);
}

/** Imports rows into the list whose import page is open. */
export async function importRows(page: Page, csv: string): Promise<void> {
  const file = { name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
  await page.getByLabel("File", { exact: true }).setInputFiles(file);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByText("The new list is in force.")).toBeVisible();
}

let n_events = 0;

/** A read as a camera hands it in: its plate alone, or with the vehicle as the camera saw it. */
type Seen = string | { plate: string; vehicle: { class: string; confidence: number } };

/** Posts reads as a camera does that reads by itself. */
export async function postReads(server: string, key: string, seen: Seen[]): Promise<void> {
  const reads = seen.map((one) => {
    n_events += 1;
    const read = typeof one === "string" ? { plate: one } : one;
    return { ...read, confidence: 0.97, event_id: `e2e-${process.pid}-${n_events}` };
  });
  const answer = await fetch(`${server}/api/v1/reads`, {
    method: "POST",
    headers: { "content-type": "application/json", "plateglass-camera-key": key },
    body: JSON.stringify(reads),
  });
  expect(answer.ok, `${answer.status} ${await answer.text()}`).toBe(true);
}


/** Posts a picture as a camera does, and returns the server's answer. */
export async function post(server: string, key: string, picture: Picture): Promise<unknown> {
  n_events += 1;
  const answer = await fetch(`${server}/api/v1/frames`, {
    method: "POST",
    headers: {
      "content-type": "image/jpeg",
      "plateglass-camera-key": key,
      "plateglass-event-id": `e2e-${process.pid}-${n_events}`,
    },
    body: readFileSync(picture.file),
  });
  const text = await answer.text();
  expect(answer.ok, `${answer.status} ${text}`).toBe(true);
  return JSON.parse(text);
}

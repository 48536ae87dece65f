// Signing in with the agency's own provider, in the browser: somebody is invited and comes with what the provider says of them;
// what their group gave them ends when it has gone; and nobody comes in without a second factor there.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, expect, test as base, type Page } from "@playwright/test";
import { CLIENT_ID, Provider, SECRET } from "../provider.ts";
import { freePort, Server } from "../server.ts";

const BUTTON = "Sign in with Austin PD";

/** A server whose agency has a provider, and the address by which both know it. */
type House = { server: Server; origin: string };

const test = base.extend<{ house: House }>({
  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
  house: async ({}, use) => {
    // The provider has to know where people come back to before there is a server.
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const provider = await Provider.start(`${origin}/sign-in/oidc/back`);
    const dir = mkdtempSync(join(tmpdir(), "plateglass-oidc-"));
    const secret = join(dir, "secret");
    writeFileSync(secret, SECRET);
    const server = await Server.start(
      [],
      [
        "[agency.oidc]",
        `issuer = ${JSON.stringify(provider.issuer)}`,
        `client_id = ${JSON.stringify(CLIENT_ID)}`,
        `client_secret_file = ${JSON.stringify(secret)}`,
        `label = ${JSON.stringify(BUTTON)}`,
        "[agency.oidc.roles]",
        `"PD-Patrol" = ["officer"]`,
      ],
      port,
    );
    await use({ server, origin });
    await server.stop();
    await provider.stop();
    rmSync(dir, { recursive: true, force: true });
  },
});

/** Invites somebody, who sees no hits by what they are given here; the path of the invitation. */
function invite(server: Server, login: string, name: string): string {
  const said = server.command("person", "add", login, "--name", name, "--role", "trainer", "--reason", "a test");
  return /\/invitation\/\S+/.exec(said)?.[0] ?? "";
}

/** A browser that nobody has used: neither here nor at the provider. */
async function browserOf(browser: Browser, { origin }: House): Promise<Page> {
  const context = await browser.newContext({ baseURL: origin });
  return await context.newPage();
}

/** Goes to the provider from a page of ours, and answers there. */
async function comesBack(page: Page, from: string, answer: string): Promise<void> {
  await page.goto(from);
  await page.getByRole("link", { name: BUTTON }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Who are you?");
  await page.getByRole("link", { name: answer, exact: true }).click();
}

test("somebody comes with the agency's provider, and what their group gave them ends with it", async ({
  browser,
  house,
}) => {
  const invitation = invite(house.server, "a.martinez", "Ana Martínez");
  house.server.command("person", "train", "a.martinez");
  const page = await browserOf(browser, house);
  await comesBack(page, invitation, "Ana Martínez");
  // The group's role opens the live hits, which is where an officer begins.
  await expect(page).toHaveURL(`${house.origin}/hits`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Live hits");
  await page.goto("/account");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Ana Martínez");
  await expect(page.getByText("Officer", { exact: true })).toBeVisible();

  // Another browser, another day: the provider knows her in no group any more.
  const later = await browserOf(browser, house);
  await comesBack(later, "/sign-in", "Ana Martínez, in no group");
  await expect(later).toHaveURL(`${house.origin}/account`);
  for (const one of [later, page]) {
    const answer = await one.goto("/hits");
    expect(answer?.status()).toBe(403);
    await expect(one.getByRole("heading", { level: 1 })).toHaveText("Refused");
    await expect(one.getByText("You may not", { exact: false })).toBeVisible();
    await expect(one.getByRole("link", { name: "Hits", exact: true })).toHaveCount(0);
  }
});

test("nobody comes in without a second factor there, unknown here, or against their will", async ({ browser, house }) => {
  const invitation = invite(house.server, "b.larsen", "Bo Larsen");
  const page = await browserOf(browser, house);
  const isRefused = async (says: string) => {
    await expect(page.getByRole("alert")).toContainText(says);
    const answer = await page.goto("/account");
    expect(answer?.status()).toBe(401);
    await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
    // The provider remembers who was there, and would not ask again.
    await page.context().clearCookies();
  };
  await comesBack(page, invitation, "Bo Larsen");
  await isRefused("The provider does not say that a second factor was used");
  await comesBack(page, "/sign-in", "Ana Martínez");
  await isRefused("no account here is linked with you");
  await comesBack(page, "/sign-in", "Not today");
  await isRefused("not today");
});

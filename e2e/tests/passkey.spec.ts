// Passkeys, with the browser's own virtual authenticator: somebody is invited, comes to the account with a passkey, signs in with
// it alone, and is not kept out by a password that others locked.
import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "../fixtures.ts";
import { Server } from "../server.ts";
import { PASSWORD } from "../steps.ts";

/** Gives a page's browser a device that keeps passkeys and verifies its holder. */
async function device(page: Page, transport: "internal" | "usb"): Promise<{ cdp: CDPSession; id: string }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  const { authenticatorId } = await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, id: authenticatorId };
}

async function typePassword(page: Page, password: string): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("Sign-in name").fill("m.solis");
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Accept and sign in" }).click();
}

/** A server of its own: here the address fails so often that it would have to wait in the tests that follow. */
const alone = test.extend<{ alone: Server }>({
  // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
  alone: async ({}, use) => {
    const server = await Server.start();
    await use(server);
    await server.stop();
  },
});

alone("a passkey is made at the invitation, signs in alone, and outlives a locked password", async ({
  browser,
  alone: server,
}) => {
  const said = server.command(
    "person", "add", "m.solis", "--name", "M. Solis", "--reason", "a test", "--role", "trainer",
  );
  const path = /\/invitation\/\S+/.exec(said)?.[0] ?? "";
  // Passkeys need a name, and this machine's is as good as TLS.
  const context = await browser.newContext({ baseURL: `http://localhost:${server.port}` });
  const page = await context.newPage();
  const { cdp, id } = await device(page, "internal");

  await page.goto(path);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByLabel("The same again").fill(PASSWORD);
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByLabel("Name of this passkey").fill("patrol phone");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Keep these codes");
  const { credentials } = await cdp.send("WebAuthn.getCredentials", { authenticatorId: id });
  expect(credentials).toHaveLength(1);
  expect(credentials[0]?.isResidentCredential).toBe(true);

  await page.goto("/account");
  await expect(page.getByRole("rowheader", { name: "patrol phone" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.goto("/account");
  await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();

  // The page asks by itself; nothing is typed.
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "use a passkey" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  await page.goto("/account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("M. Solis");

  // After the password, in place of a code.
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await typePassword(page, PASSWORD);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your code");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));

  // Five wrong passwords, from the very browser that its person uses: the password is locked.
  await page.context().clearCookies({ name: "plateglass" });
  for (let n = 0; n < 5; n += 1) {
    await typePassword(page, `not the password ${n}`);
    await expect(page.getByRole("alert")).toContainText("The name or the password is wrong");
  }
  await typePassword(page, PASSWORD);
  await expect(page.getByRole("alert")).toContainText("locked");
  await page.goto("/sign-in/passkey");
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  await page.goto("/account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("M. Solis");

  // Another one is added, and the first removed.
  const other = await device(page, "usb");
  await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: id, enabled: false });
  await page.getByRole("link", { name: "Add a passkey" }).click();
  await page.getByLabel("Name of this passkey").fill("blue key");
  await page.getByRole("button", { name: "Make a passkey" }).click();
  await expect(page.getByRole("rowheader", { name: "blue key" })).toBeVisible();
  await page.getByRole("button", { name: "Remove the passkey patrol phone" }).click();
  await expect(page.getByRole("rowheader", { name: "patrol phone" })).toHaveCount(0);
  await other.cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: other.id });

  // A removed passkey opens nothing, and the page says so.
  await cdp.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: id, enabled: true });
  await page.getByRole("button", { name: "Sign out" }).first().click();
  await page.goto("/sign-in/passkey");
  await expect(page.getByRole("alert").filter({ hasText: "not registered" })).toBeVisible();
  await context.close();
});

test("at another address than the server's own the page says where passkeys work", async ({ page, server }) => {
  await page.goto("/sign-in/passkey");
  await expect(page.getByRole("alert")).toContainText(`http://localhost:${server.port}`);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });

  test("the password remains", async ({ page }) => {
    await page.goto("/sign-in/passkey");
    await expect(page.getByText("Passkeys need script")).toBeVisible();
    await page.getByRole("link", { name: "Use a password" }).click();
    await expect(page.getByLabel("Password")).toBeVisible();
  });
});

// The server under test, a line to it that can be cut, and somebody who is signed in.
import { test as base, type BrowserContext, type Page } from "@playwright/test";
import { Line } from "./proxy.ts";
import { Server } from "./server.ts";
import { type Account, firstAccount, work } from "./steps.ts";

type Cookies = Awaited<ReturnType<BrowserContext["cookies"]>>;
type OfWorker = { server: Server; first: { account: Account; cookies: Cookies }; session: Cookies };
type OfTest = { line: Line; staff: Page };

export const test = base.extend<OfTest, OfWorker>({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: the form that Playwright asks for
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],

  first: [
    async ({ browser, server }, use) => {
      const context = await browser.newContext({ baseURL: server.address });
      const page = await context.newPage();
      const account = await firstAccount(page, server);
      await work(page, "stolen-vehicle", "A vehicle was reported stolen at Lamar and 5th.");
      const cookies = await context.cookies();
      await context.close();
      await use({ account, cookies });
    },
    { scope: "worker" },
  ],

  session: [
    async ({ first }, use) => {
      await use(first.cookies);
    },
    { scope: "worker" },
  ],

  line: async ({ server }, use) => {
    const line = await Line.to({ port: server.port });
    await use(line);
    line.close();
  },

  baseURL: async ({ server }, use) => {
    await use(server.address);
  },

  staff: async ({ browser, line, session, javaScriptEnabled, viewport, timezoneId, locale }, use) => {
    const context = await browser.newContext({
      baseURL: `http://127.0.0.1:${line.port}`,
      javaScriptEnabled,
      viewport,
      timezoneId,
      locale,
    });
    await context.addCookies(session);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (said) => {
      if (/Content.Security.Policy|violates/i.test(said.text())) wrong.push(said.text());
    });
    await use(page);
    // Closing in the middle of a navigation can hang the browser.
    await page.waitForLoadState("load");
    await context.close();
    if (wrong.length > 0) throw new Error(`the page complained:\n${wrong.join("\n")}`);
  },
});

export { expect } from "@playwright/test";

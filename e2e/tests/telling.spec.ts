// How hits are told: a person's devices and quiet hours, the agency's webhooks and the log of deliveries, the counter of a vehicle
// that comes again, and the sound that says whether it is on.
import { createHmac } from "node:crypto";
import { type IncomingHttpHeaders, createServer, type Server as Listener } from "node:http";
import type { AddressInfo } from "node:net";
import { test as base, expect, type Page } from "@playwright/test";
import { Server } from "../server.ts";
import { addCamera, firstAccount, importRows, makeHotlist, postReads, work } from "../steps.ts";

type Posted = { path: string; headers: IncomingHttpHeaders; body: Buffer };

/** Takes what is posted, and answers as it is told for each path: with 201 where nobody says otherwise. */
class Receiver {
  readonly posted: Posted[] = [];
  readonly answers = new Map<string, number[]>();
  private constructor(
    private readonly listener: Listener,
    readonly port: number,
  ) {}

  static async open(): Promise<Receiver> {
    const listener = createServer();
    await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
    const receiver = new Receiver(listener, (listener.address() as AddressInfo).port);
    listener.on("request", (request, answer) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        const path = request.url ?? "";
        receiver.posted.push({ path, headers: request.headers, body: Buffer.concat(parts) });
        answer.writeHead(receiver.answers.get(path)?.shift() ?? 201).end();
      });
    });
    return receiver;
  }

  at(path: string): Posted[] {
    return this.posted.filter((one) => one.path === path);
  }

  close(): void {
    this.listener.close();
  }
}

type World = { receiver: Receiver; server: Server; page: Page };

// A server of its own: it may reach the receiver, and nobody else.
const test = base.extend<object, { world: World }>({
  world: [
    async ({ browser }, use) => {
      const receiver = await Receiver.open();
      const more = ["[telling]", `private_hosts = ["127.0.0.1:${receiver.port}"]`];
      const server = await Server.start(more);
      // Push messages need an address that browsers take for safe.
      const address = `http://localhost:${server.port}`;
      const context = await browser.newContext({ baseURL: address, permissions: ["notifications"] });
      const page = await context.newPage();
      await firstAccount(page, Object.assign(Object.create(server), { address }) as Server);
      await work(page, "stolen-vehicle", "A vehicle was reported stolen at Lamar and 5th.");
      await use({ receiver, server, page });
      await context.close();
      await server.stop();
      receiver.close();
    },
    { scope: "worker", timeout: 180_000 },
  ],
});

/** Stands in for the browser's push service, which is not asked in a test: the address is the receiver's. */
function pushService(port: number): void {
  const bytes = (n: number) => crypto.getRandomValues(new Uint8Array(n));
  PushManager.prototype.getSubscription = async () => null;
  PushManager.prototype.subscribe = async () => {
    const pair = (await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"])) as CryptoKeyPair;
    const keys: Record<string, ArrayBuffer> = {
      p256dh: await crypto.subtle.exportKey("raw", pair.publicKey),
      auth: bytes(16).buffer as ArrayBuffer,
    };
    return {
      endpoint: `http://127.0.0.1:${port}/push/e2e`,
      getKey: (name: string) => keys[name] ?? null,
    } as unknown as PushSubscription;
  };
}

test.describe.serial("how hits are told", () => {
  let key = "";

  test("a person adds a device and sets quiet hours, and a test reaches the device", async ({ world }) => {
    const { page, receiver } = world;
    await page.addInitScript(pushService, receiver.port);
    await page.goto("/account");
    await page.getByRole("link", { name: "Devices, mail and quiet hours" }).click();
    await expect(page.getByText("No device of yours is told of hits.")).toBeVisible();
    await page.getByLabel("What you call this device").fill("Desk at the crime centre");
    await page.getByRole("button", { name: "Tell this device" }).click();
    const row = page.getByRole("row").filter({ hasText: "Desk at the crime centre" });
    await expect(row).toContainText("never");
    await row.getByRole("button", { name: "Test" }).click();
    await expect.poll(() => receiver.at("/push/e2e").length).toBe(1);
    const [test] = receiver.at("/push/e2e");
    expect(test?.headers["content-encoding"]).toBe("aes128gcm");
    expect(test?.headers.authorization).toMatch(/^vapid t=.+, k=.+/);
    await page.reload();
    await expect(page.getByRole("row").filter({ hasText: "a test" })).toContainText("sent");

    await page.getByText("Add a quiet rule").click();
    await page.getByRole("checkbox", { name: "Push message" }).check();
    await page.getByLabel("Sunday").check();
    await page.getByLabel("From").fill("25:00");
    await page.getByLabel("From").evaluate((field) => field.removeAttribute("pattern"));
    await page.getByRole("button", { name: "Add the rule" }).click();
    await expect(page.getByText("The beginning is no time of day, such as 22:00.")).toBeVisible();
    await expect(page.getByLabel("Sunday")).toBeChecked();
    await page.getByLabel("From").fill("23:00");
    await page.getByRole("button", { name: "Add the rule" }).click();
    await expect(page.getByText("Sunday, 23:00 to 06:00 of the next day")).toBeVisible();
    await page.getByRole("button", { name: /^End/ }).click();
    await expect(page.getByText("At no time")).toBeVisible();
  });

  test("a webhook is told, its deliveries stand in the log, and its receiver can check who says so", async ({ world }) => {
    const { page, receiver, server } = world;
    await page.goto("/alerts");
    await page.getByLabel("Name").fill("Dispatch");
    await page.getByLabel("Address").fill(`http://127.0.0.1:${receiver.port}/hook`);
    await page.getByRole("button", { name: "Add and show the secret" }).click();
    await expect(page.getByText("This secret is shown once.")).toBeVisible();
    const secret = (await page.locator("#webhook-secret").textContent())?.trim() ?? "";
    await page.getByRole("link", { name: "I have copied it" }).click();
    await expect(page.locator("body")).not.toContainText(secret);

    key = await addCamera(page, "Cam Alerts");
    await makeHotlist(page, "Wanted by alert", "Stolen vehicle");
    await importRows(page, "plate,state\n7TEL001,TX\n7TEL002,TX\n");
    // The same hit is told to the device of the test before, which is not to be refused in the webhook's place.
    receiver.answers.set("/hook", [500]);
    await postReads(server.address, key, ["7TEL001"]);
    await expect.poll(() => receiver.at("/hook").length, { timeout: 30_000 }).toBe(2);
    const [first, second] = receiver.at("/hook");
    expect(first?.headers["webhook-id"]).toBe(second?.headers["webhook-id"]);
    for (const { headers, body } of [first, second].filter((one) => one !== undefined)) {
      const key = Buffer.from(secret.replace("whsec_", ""), "base64");
      const said = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
      const mac = createHmac("sha256", key).update(said).digest("base64");
      expect(headers["webhook-signature"]).toBe(`v1,${mac}`);
      expect(String(body)).not.toContain("7TEL001");
    }
    await page.goto("/alerts");
    const row = page.locator("[data-row]").filter({ hasText: "Dispatch" }).first();
    await expect(row).toContainText("sent");
    await expect(row).toContainText("2 tries, status 201");
    await row.getByRole("button", { name: "Send again" }).click();
    await expect.poll(() => receiver.at("/hook").length).toBe(3);

    // What is in the message leads to the hit, through signing in.
    const link = /http[^"]+\/go\/[\w-]{22}/.exec(String(first?.body))?.[0] ?? "";
    await page.goto(new URL(link).pathname);
    await expect(page).toHaveURL(/\/hits\/\d+$/);
    await expect(page.locator(".hero")).toContainText("7TEL001");
  });

  test("a vehicle that comes again is counted on its row, and is told no more", async ({ world }) => {
    const { page, receiver, server } = world;
    await page.goto("/hits");
    await expect(page.locator("[data-live-state=live]")).toBeVisible();
    await postReads(server.address, key, ["7TEL002"]);
    const row = page.locator("[data-hit]").filter({ hasText: "7TEL002" });
    await expect(row).toHaveCount(1);
    await expect.poll(() => receiver.at("/hook").length).toBe(4);
    await postReads(server.address, key, ["7TEL002"]);
    await expect(row).toContainText("seen 2 times");
    await postReads(server.address, key, ["7TEL002"]);
    await expect(row).toContainText("seen 3 times");
    await expect(row).toContainText("last at Cam Alerts");
    await expect(row).toHaveCount(1);
    await page.reload();
    await expect(row).toHaveCount(1);
    await expect(row).toContainText("seen 3 times");
    await row.locator("a[data-open]").click();
    await expect(page.getByRole("heading", { name: "Seen 3 times" })).toBeVisible();
    await expect(page.locator(".passages li")).toHaveCount(3);
    await page.goto("/queue");
    await expect(page.locator("[data-row]").filter({ hasText: "7TEL002" })).toHaveCount(1);
    expect(receiver.at("/hook").length).toBe(4);
  });

  test("whether the page sounds is seen, and a browser keeps what was chosen", async ({ world }) => {
    const { page } = world;
    await page.goto("/hits");
    await page.locator("h1").click();
    await expect(page.locator("[data-live-sound=on]")).toHaveText("Sound on");
    await page.locator("[data-live-sound]").click();
    await expect(page.locator("[data-live-sound=muted]")).toHaveText("Muted except highest");
    await page.goto("/queue");
    await page.locator("h1").click();
    await expect(page.locator("[data-live-sound=muted]")).toHaveText("Muted except highest");
    await page.locator("[data-live-sound]").click();
    await expect(page.locator("[data-live-sound=on]")).toBeVisible();
  });
});

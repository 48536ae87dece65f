import { expect, test } from "../fixtures.ts";

test("without a link nothing is shown, and the page says what to do", async ({ page }) => {
  for (const path of ["/", "/hits", "/reads", "/cameras", "/hotlists", "/hits/feed?after=0"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(401);
    await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
    await expect(page.getByText("Open the sign-in link")).toBeVisible();
  }
  const events = await page.request.get("/events");
  expect(events.status()).toBe(401);
});

test("a link that was never made is refused", async ({ page }) => {
  const answer = await page.goto(`/sign-in/${"A".repeat(43)}`);
  expect(answer?.status()).toBe(200);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "This sign-in link does not work" })).toBeVisible();
});

test("a link works once: opening it does not use it up, signing in does", async ({ page, staff, server }) => {
  // `staff` has signed in by it.
  await staff.goto("/hits");
  await expect(staff.getByRole("navigation", { name: "Pages" })).toBeVisible();
  await page.goto(server.link());
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "This sign-in link does not work" })).toBeVisible();
  await page.goto("/hits");
  await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
});

test("every answer carries the headers, and forms from elsewhere are turned away", async ({ staff }) => {
  const answer = await staff.goto("/hits");
  const headers = answer?.headers() ?? {};
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(headers["content-security-policy"]).not.toContain("unsafe");
  expect(headers["cache-control"]).toBe("no-store");
  expect(headers["x-content-type-options"]).toBe("nosniff");
  const elsewhere = await staff.request.post("/cameras/new", {
    form: { name: "x" },
    headers: { "sec-fetch-site": "cross-site", origin: "https://elsewhere.example" },
  });
  expect(elsewhere.status()).toBe(403);
  const tokenless = await staff.request.post("/cameras/new", { form: { name: "x" } });
  expect(tokenless.status()).toBe(403);
});

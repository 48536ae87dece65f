import { expect, test } from "../fixtures.ts";
import { PASSWORD, signIn } from "../steps.ts";

test("without signing in nothing is shown, and the page says what to do", async ({ page }) => {
  for (const path of ["/hits", "/reads", "/cameras", "/hotlists", "/people", "/policy", "/hits/feed?after=0"]) {
    const answer = await page.goto(path);
    expect(answer?.status(), path).toBe(401);
    await expect(page.getByRole("heading", { name: "You are not signed in" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  }
  // The start leads to where one signs in.
  await page.goto("/");
  await expect(page).toHaveURL(/\/sign-in$/);
  const events = await page.request.get("/events");
  expect(events.status()).toBe(401);
});

test("links that were never made are refused", async ({ page }) => {
  const answer = await page.goto(`/sign-in/link/${"A".repeat(43)}`);
  expect(answer?.status()).toBe(200);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
  await page.goto(`/invitation/pgi_${"A".repeat(43)}`);
  await expect(page.getByRole("heading", { name: "This link does not work" })).toBeVisible();
});

test("name, password and a code let in; a wrong password and a used code do not", async ({ page, first }) => {
  const { account } = first;
  await page.goto("/sign-in");
  await expect(page.getByText("monitored, recorded and audited")).toBeVisible();
  await page.getByLabel("Sign-in name").fill(account.login);
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Accept and sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("The name or the password is wrong");
  // Others failed from this address before, so that it may have to wait: until then not even the right password is looked at.
  await expect(async () => {
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Accept and sign in" }).click();
    await expect(page.getByLabel("Code")).toBeVisible({ timeout: 2_000 });
  }).toPass({ intervals: [3_000], timeout: 120_000 });
  const code = account.codes.at(-1) ?? "";
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(/\/hits$/);
  await page.context().clearCookies();
  // `signIn` uses the same code again.
  await signIn(page, account);
  await expect(page.getByRole("alert")).toContainText("unknown or was used");
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

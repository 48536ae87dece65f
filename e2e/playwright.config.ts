import { defineConfig } from "@playwright/test";

const quiet = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // One server, one state: lists that a test makes are lists that the next one sees.
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  // Generous: two cores, shared with whatever else runs.
  timeout: 180_000,
  // What fails once and then passes is told as such at the end of `cargo xtask test`, and is a defect of its own.
  retries: 1,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1360, height: 900 },
    timezoneId: "America/Chicago",
    locale: "en-US",
    launchOptions: {
      executablePath: process.env.PLATEGLASS_CHROMIUM ?? "/usr/bin/chromium",
      args: quiet,
    },
  },
});

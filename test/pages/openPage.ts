/** The built page in a real browser, cut off from everything but one hub. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { onTestFinished } from "vitest";

const browserFile = process.env.CHROMIUM ?? "/usr/bin/chromium";
const servicesRequired = process.env.REQUIRE_SERVICES === "1";

/** False where there is no browser, with the reason printed; with REQUIRE_SERVICES=1 the tests run and fail instead. */
export const hasBrowser = (): boolean => {
  if (existsSync(browserFile) || servicesRequired) return true;
  console.warn(`Skipped: there is no browser at ${browserFile}. Install Debian's chromium, or set CHROMIUM to the file of one.`);
  return false;
};

/** Builds the page as `npm start` does, into a folder of the test's own. */
export const buildPage = async (): Promise<string> => {
  const outDir = mkdtempSync(join(tmpdir(), "sandbox-"));
  await build({ configFile: join(import.meta.dirname, "../../pages/sandbox/vite.config.ts"), logLevel: "error", build: { outDir } });
  return outDir;
};

export interface OpenedPage {
  readonly page: Page;
  /** Requests that would have left the hub's origin; each was blocked. */
  readonly outside: readonly string[];
  /** Errors on the browser's console: failed scripts, and what the content security policy stopped. */
  readonly errors: readonly string[];
}

const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Opens the sandbox of a hub as a browser of that locale; closed when the test ends. */
export const openPage = async (hubUrl: string, locale: "en-US" | "zh-CN"): Promise<OpenedPage> => {
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const context = await chromium.launchPersistentContext(profile, { executablePath: browserFile, args: flags, locale, viewport: { width: 1600, height: 1000 } });
  onTestFinished(async () => {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  });
  const outside = await blockOutside(context, hubUrl);
  const page = context.pages()[0] ?? (await context.newPage());
  const errors: string[] = [];
  page.on("pageerror", (error) => void errors.push(error.message));
  page.on("console", (message) => {
    // A refused query is an answer; the browser reports its status all the same.
    if (message.type() === "error" && !message.location().url.endsWith("/graphql") && !message.location().url.endsWith("/explain")) errors.push(message.text());
  });
  await page.goto(`${hubUrl}/sandbox`);
  return { page, outside, errors };
};

const blockOutside = async (context: BrowserContext, hubUrl: string): Promise<readonly string[]> => {
  const outside: string[] = [];
  await context.route("**/*", (route) => {
    const url = route.request().url();
    if (new URL(url).origin === hubUrl) return route.continue();
    outside.push(url);
    return route.abort();
  });
  return outside;
};

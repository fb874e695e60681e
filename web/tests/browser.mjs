/** Opens the page in headless Chromium, and fails on anything that its console says. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Flags of a browser that only computes; with WebGPU on the processor, by SwiftShader. */
const QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"];
const WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** Serves web/dist; returns its address and what ends it. */
export async function serve() {
  const server = spawn(join(WEB, "target/make/release/make"), ["serve", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  const address = await new Promise((resolve, reject) => {
    server.stdout.once("data", (text) => resolve(String(text).trim()));
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return { address, close: () => server.kill() };
}

/** Starts a browser. */
export function open({ webgpu = false } = {}) {
  const executablePath = BROWSERS.find(existsSync);
  if (!executablePath) throw new Error("no Chromium here");
  return chromium.launch({ executablePath, args: [...QUIET, ...(webgpu ? WEBGPU : ["--disable-gpu"])] });
}

/** Opens an address in a new page, whose errors and requests are collected. */
export async function visit(browser, address, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  const errors = [];
  const requests = [];
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(address);
  return { page, context, errors, requests };
}

/** Waits until the question is answered. */
export async function done(page, timeout = 120_000) {
  await page.waitForFunction(() => document.documentElement.dataset.state === "done", undefined, { timeout });
}

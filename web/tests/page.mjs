/**
 * Tests the built page in headless Chromium: node tests/page.mjs GPU_SWEEP [PICTURES]. GPU_SWEEP is the program, with
 * which the page's numbers and messages are compared; PICTURES is a folder for screenshots.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { lessons } from "../page/words.js";
import { done, open, serve, visit } from "./browser.mjs";

const [program, pictures] = process.argv.slice(2);
assert(program, "name the program gpu-sweep");
const REPO = resolve(import.meta.dirname, "../..");
const DIST = join(REPO, "web/dist");
const scratch = mkdtempSync(join(tmpdir(), "page-"));
const FIRST_LOAD = ["index.html", "style.css", "page.js", "core.wasm", "icon.svg"];

/** What the command line writes into models.csv, computed as the page does: without fused multiply-adds. */
function native(settings, name) {
  const out = join(scratch, name);
  execFileSync(program, [...settings, "--device", "cpu", "--isa", "portable", "--quiet", "--out", out]);
  return readFileSync(join(out, "models.csv"), "utf8");
}

/** The text of a file that a button hands out. */
async function downloaded(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name, exact: true }).click()]);
  return readFileSync(await download.path(), "utf8");
}

/** Rows of a CSV as objects. */
function rows(csv) {
  const [head, ...lines] = csv.trim().split("\n").map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((name, n) => [name, line[n]])));
}

const tests = {
  "the first load is at most 1 MB compressed": async () => {
    const bytes = FIRST_LOAD.map((name) => gzipSync(readFileSync(join(DIST, name)), { level: 9 }).length);
    assert(bytes.reduce((sum, one) => sum + one, 0) <= 1_000_000, `${bytes}`);
  },

  "the default question gives the program's models, bit for bit, and asks nobody else": async ({ cpu, address }) => {
    const begun = performance.now();
    const { page, errors, requests, context } = await visit(cpu, `${address}#show.engine=cpu`);
    await page.waitForFunction(() => document.querySelector(".sentence").textContent.startsWith("Epoch"));
    console.log(`  first picture after ${Math.round(performance.now() - begun)} ms`);
    await done(page);
    console.log(`  ${await page.locator(".crowd > .hint").nth(1).textContent()}`);
    assert.equal(await downloaded(page, "models.csv"), native([], "default"));
    assert.deepEqual(requests.filter((url) => !url.startsWith(address) && !url.startsWith("blob:")), []);
    assert.deepEqual(errors, []);
    const sentence = await page.locator(".found .best").textContent();
    assert.match(sentence, /^Best learning rate/);
    await context.close();
  },

  "several networks, optimizers and test rows are the program's, too": async ({ cpu, address }) => {
    const link = "dataset=spirals&hidden=8/4,4&activation=tanh&optimizer=sgd,adam&lr=geomspace:0.01:0.3:4&seeds=3&epochs=40&batch-size=32&test-fraction=0.25&noise=0.1";
    const { page, errors, context } = await visit(cpu, `${address}#${link}&show.engine=cpu`);
    await done(page);
    const flags = link.split("&").map((part) => `--${part}`);
    assert.equal(await downloaded(page, "models.csv"), native(flags, "several"));
    assert.deepEqual(errors, []);
    await context.close();
  },

  "every lesson runs to its end, in all tabs": async ({ cpu, address }) => {
    const { page, errors, context } = await visit(cpu, `${address}#models=40&epochs=10&show.engine=cpu`);
    await done(page);
    for (const lesson of lessons) {
      await page.evaluate(() => delete document.documentElement.dataset.state);
      await page.getByRole("button", { name: lesson.name }).click();
      await done(page);
      assert.equal(await page.locator(".question .alert").textContent(), "", lesson.name);
      for (const tab of ["boundaries", "grid", "pictures", "dots"]) {
        await page.click(`#tab-${tab}`);
        await page.waitForTimeout(150);
      }
      const { models } = await page.evaluate(() => ({ models: document.querySelectorAll(".multiple").length }));
      assert.equal(models, 24, lesson.name);
    }
    assert.deepEqual(errors, []);
    await context.close();
  },

  "dots, pins, keys and the landscape": async ({ cpu, address }) => {
    const { page, errors, context } = await visit(cpu, `${address}#models=200&epochs=60&show.engine=cpu`);
    await done(page);
    await page.locator("canvas.dots, .dots canvas").first().focus();
    for (let n = 0; n < 3; n++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".cards .card");
    assert.match(await page.locator(".card strong").first().textContent(), /^Model 3$/);
    await page.waitForFunction(() => /learning rate|lr /.test(document.querySelector(".card .note").textContent));
    await page.click("#tab-landscape");
    await page.waitForSelector(".landscape img");
    await page.waitForTimeout(700);
    assert.match(page.url(), /show\.models=3/);
    assert.deepEqual(errors, []);
    await context.close();
  },

  "a map, and a window of it": async ({ cpu, address }) => {
    const axes = "show.x=lr-first%3Dgeomspace%3A0.1%3A1000%3A8&show.y=lr%3Dgeomspace%3A0.1%3A1000%3A8";
    const { page, errors, context } = await visit(cpu, `${address}#dataset=moons&points=20&hidden=2&activation=tanh&loss=mse&epochs=20&seeds=2&lr=0.1,1&show.tab=map&${axes}&show.engine=cpu`);
    await page.waitForFunction(() => /networks converge/.test(document.querySelector(".map .best")?.textContent ?? ""), undefined, { timeout: 120_000 });
    await page.waitForFunction(() => /65,536 networks/.test(document.querySelector(".map .best").textContent), undefined, { timeout: 120_000 });
    await page.locator("canvas.pixels").focus();
    await page.keyboard.press("+");
    await page.waitForFunction(() => /of 1,024 networks/.test(document.querySelector(".map .best").textContent), undefined, { timeout: 120_000 });
    await page.waitForFunction(() => /show\.window=/.test(location.hash));
    assert.deepEqual(errors, []);
    await context.close();
  },

  "a link gives the question again, and the program makes the same": async ({ cpu, address }) => {
    const { page, context } = await visit(cpu, `${address}#models=60&epochs=20&hidden=3&show.engine=cpu`);
    await done(page);
    await page.waitForFunction(() => location.hash.includes("hidden=3"));
    const csv = "a,b,label\n" + Array.from({ length: 40 }, (_, n) => `${(n * 7) % 11},${(n * 5) % 7},${n % 2 ? "no" : "yes"}`).join("\n") + "\n";
    await page.evaluate(() => delete document.documentElement.dataset.state);
    await page.locator("details.own summary").first().click();
    await page.locator(".question textarea").fill(csv);
    await page.getByRole("button", { name: "Use this table" }).click();
    await done(page);
    await page.waitForFunction(() => location.hash.includes("table="));
    const [link, models] = [page.url(), await downloaded(page, "models.csv")];
    const again = await visit(cpu, link);
    await done(again.page);
    assert.equal(await downloaded(again.page, "models.csv"), models);
    const path = join(scratch, "pasted.csv");
    writeFileSync(path, csv);
    assert.equal(native(["--data", path, "--models", "60", "--epochs", "20", "--hidden", "3"], "pasted"), models);
    const printed = execFileSync(program, ["link", join(scratch, "pasted"), "--page", address, "--quiet"], { encoding: "utf8" });
    const third = await visit(cpu, `${printed.trim()}&show.engine=cpu`);
    await done(third.page);
    assert.equal(await downloaded(third.page, "models.csv"), models);
    await Promise.all([context, again.context, third.context].map((one) => one.close()));
  },

  "tables that can't be read get the program's messages": async ({ cpu, address }) => {
    const folder = join(REPO, "tests/data/cases");
    const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((path) => /\.(csv|txt|tsv)$/.test(path) && basename(path) !== "expected.txt" && statSync(path).size < 2e6);
    assert(files.length > 10, `only ${files.length} cases`);
    const { page, context } = await visit(cpu, `${address}#models=40&epochs=1&show.engine=cpu`);
    await done(page);
    let refused = 0;
    for (const path of files) {
      const ran = spawnSync(program, ["--data", path, "--models", "40", "--epochs", "1", "--device", "cpu", "--isa", "portable", "--quiet", "--force", "--out", join(scratch, "case")], { encoding: "utf8" });
      await page.evaluate(() => delete document.documentElement.dataset.state);
      await page.locator(".question input[type=file]").setInputFiles(path);
      await page.waitForFunction(() => document.documentElement.dataset.state === "done" || document.querySelector(".question .alert").textContent);
      const shown = await page.locator(".question .alert").textContent();
      if (ran.status === 0) {
        assert.equal(shown, "", path);
        continue;
      }
      refused += 1;
      const line = ran.stderr.trim().split("\n").at(-1).replace(/^(gpu-sweep: )?error: /, "").replace(/^gpu-sweep: /, "").replaceAll(path, basename(path));
      assert.equal(shown, line, path);
    }
    assert(refused > 5, `only ${refused} refused`);
    await context.close();
  },

  "a GPU, on SwiftShader, agrees with the processor": async ({ gpu, address }) => {
    for (const link of ["models=200&epochs=100", "dataset=moons&hidden=16,16&activation=tanh&optimizer=adam&lr=0.003,0.01&seeds=4&epochs=20"]) {
      const { page, errors, context } = await visit(gpu, `${address}#${link}&show.engine=gpu`);
      await done(page);
      assert.match(await page.locator(".crowd").textContent(), /WebGPU/, `${link}: ${await page.locator(".crowd > [role=status]").textContent()}`);
      const own = rows(await downloaded(page, "models.csv"));
      const right = rows(native(link.split("&").map((part) => `--${part}`), link));
      assert.equal(own.length, right.length);
      own.forEach((row, n) => {
        const [a, b] = [Number(row.train_loss), Number(right[n].train_loss)];
        assert(Math.abs(a - b) <= 1e-3 * Math.max(b, 1e-3), `${link}, model ${n}: ${a} for ${b}`);
      });
      assert.deepEqual(errors.filter((text) => !/experimental|powerPreference/i.test(text)), []);
      await context.close();
    }
  },

  "it works from a file, and offline after the first visit": async ({ cpu, address }) => {
    const file = await visit(cpu, `file://${join(DIST, "gpu-sweep.html")}#models=40&epochs=10`);
    await done(file.page);
    assert.deepEqual(file.errors, []);
    await file.context.close();
    const { page, context } = await visit(cpu, `${address}#models=40&epochs=10&show.engine=cpu`);
    await done(page);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await context.setOffline(true);
    await page.reload();
    await done(page);
    await context.close();
  },

  "nothing serious in accessibility, on any screen": async ({ cpu, address }) => {
    const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    if (pictures) mkdirSync(pictures, { recursive: true });
    const screens = { wide: { viewport: { width: 2560, height: 1440 } }, desk: { viewport: { width: 1440, height: 900 } }, phone: { viewport: { width: 360, height: 740 }, hasTouch: true }, dark: { viewport: { width: 1440, height: 900 }, colorScheme: "dark" }, still: { viewport: { width: 900, height: 900 }, reducedMotion: "reduce" } };
    for (const [name, screen] of Object.entries(screens)) {
      const { page, errors, context } = await visit(cpu, `${address}#show.engine=cpu&epochs=300&show.models=7,321`, screen);
      await done(page);
      await page.waitForTimeout(1500);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert(wide <= 0, `${name}: ${wide} pixels too wide`);
      // The page's own policy forbids scripts of others; the test's is let in by the browser's tools.
      const session = await context.newCDPSession(page);
      await session.send("Runtime.evaluate", { expression: axe });
      const found = await session.send("Runtime.evaluate", { expression: "axe.run().then((found) => JSON.stringify(found.violations.filter((one) => ['serious', 'critical'].includes(one.impact)).map((one) => [one.id, one.nodes.map((node) => node.html)])))", awaitPromise: true, returnByValue: true });
      assert.deepEqual(JSON.parse(found.result.value), [], name);
      if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
      assert.deepEqual(errors, []);
      await context.close();
    }
  },
};

const server = await serve();
const [cpu, gpu] = [await open(), await open({ webgpu: true })];
let failed = 0;
const wanted = process.env.ONLY ?? "";
for (const [name, test] of Object.entries(tests).filter(([name]) => name.includes(wanted))) {
  try {
    await test({ cpu, gpu, address: server.address });
    console.log(`ok: ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED: ${name}\n${error.stack}`);
  }
}
await Promise.all([cpu.close(), gpu.close()]);
server.close();
console.log(failed ? `${failed} failed` : "all passed");
process.exit(failed ? 1 : 0);

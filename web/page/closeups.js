import { theme, PALETTE } from "./canvas.js";
import { button, make, percent } from "./dom.js";
import { scoreAt } from "./dots.js";
import { words } from "./words.js";

/** Width and height of a decision region, in places, and how many states of a training are looked at. */
const PLACES = 40;
const STATES = 32;
/** Colours of the classes' points, as the regions have them. */
const CLASSES = ["#0072b2", "#000000", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#999999"];

/** Kept epochs at which weights are looked at, denser at the start, where most happens. */
function states(run) {
  const last = run.epochs.length - 1;
  return [...new Set(Array.from({ length: STATES }, (_, n) => Math.round(last * (n / (STATES - 1)) ** 2)))];
}

/** The regions of single models over the epochs, each computed once. */
export class Closeups {
  constructor(run) {
    [this.run, this.found, this.planes, this.points] = [run, new Map(), new Map(), new Map()];
    this.slots = states(run);
    this.next = 0;
  }

  /** What these models lack for a boundary; undefined if they have one. */
  lacks() {
    return this.run.description.cells.map((cell) => cell.no_boundary).find(Boolean);
  }

  /** Computes the regions of models that have none yet. */
  async load(models) {
    const wanted = models.filter((model) => !this.found.has(model));
    for (const model of wanted) this.found.set(model, undefined);
    const byCell = wanted.reduce((cells, model) => {
      const { cell } = this.run.place(model);
      return cells.set(cell, [...(cells.get(cell) ?? []), model]);
    }, new Map());
    await Promise.all([...byCell].flatMap(([cell, own]) => {
      const parts = Array.from({ length: Math.ceil(own.length / 4) }, (_, n) => own.slice(4 * n, 4 * n + 4));
      return parts.map((part) => this.loadPart(cell, part));
    }));
  }

  async loadPart(cell, models) {
    const { run } = this;
    const helper = run.helpers[this.next++ % run.helpers.length];
    if (!this.planes.has(cell)) {
      this.planes.set(cell, await run.pool.keeper.call("plane", { cell }));
      this.points.set(cell, await run.pool.keeper.call("points", { cell }));
    }
    const trials = Uint32Array.from(models, (model) => run.place(model).trial);
    const epochs = Uint32Array.from(this.slots, (slot) => run.epochs[slot]);
    const weights = await helper.call("weights", { cell, trials, epochs });
    const images = await helper.call("regions", { cell, weights, places: PLACES });
    const size = PLACES * PLACES * 4;
    models.forEach((model, n) => {
      const own = this.slots.map((_, state) => images.subarray((n * this.slots.length + state) * size, (n * this.slots.length + state + 1) * size));
      this.found.set(model, own.map((pixels) => new ImageData(new Uint8ClampedArray(pixels), PLACES, PLACES)));
    });
  }

  /** Draws a model's regions at a time, with the training points. */
  draw(canvas, model, time) {
    const images = this.found.get(model);
    const { clientWidth: size } = canvas;
    const pixels = Math.round(size * Math.min(devicePixelRatio || 1, 3));
    if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
    const context = canvas.getContext("2d");
    context.setTransform(pixels / size, 0, 0, pixels / size, 0, 0);
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, size, size);
    if (!images) return;
    let state = 0;
    while (state + 1 < this.slots.length && this.slots[state + 1] <= time) state++;
    this.sheet ??= new OffscreenCanvas(PLACES, PLACES);
    this.sheet.getContext("2d").putImageData(images[state], 0, 0);
    context.imageSmoothingEnabled = true;
    context.drawImage(this.sheet, 0, 0, size, size);
    const { cell } = this.run.place(model);
    const [plane, points] = [this.planes.get(cell), this.points.get(cell)];
    const every = Math.max(1, Math.floor(points.length / 3 / 400));
    for (let n = 0; n < points.length; n += 3 * every) {
      const x = ((points[n] - plane[0]) / (plane[1] - plane[0])) * size;
      const y = (1 - (points[n + 1] - plane[2]) / (plane[3] - plane[2])) * size;
      context.fillStyle = CLASSES[points[n + 2] % CLASSES.length];
      const wide = size > 150 ? 2.2 : 1.3;
      context.fillRect(x - wide / 2, y - wide / 2, wide, wide);
    }
  }
}

/** A card of one model: its regions, loss curve, class and settings. */
export class Card {
  constructor(run, closeups, model, unpin) {
    Object.assign(this, { run, closeups, model });
    this.canvas = make("canvas", { class: "plane", role: "img", "aria-label": words.model(model) });
    this.curve = make("canvas", { class: "curve", "aria-hidden": "true" });
    this.note = make("p", { class: "note" });
    const head = make("div", { class: "head" }, make("strong", {}, words.model(model)));
    if (unpin) head.append(button("×", unpin, words.unpin(model)));
    this.element = make("div", { class: "card" }, head, closeups.lacks() ? "" : this.canvas, this.curve, this.note);
    if (!closeups.lacks()) closeups.load([model]).then(() => this.draw(this.time ?? 0));
    this.describe();
  }

  async describe() {
    if (!this.run.ends) return;
    const model = await this.run.pool.keeper.call("model", { id: this.model });
    this.note.textContent = `${model.note} · ${model.class}`;
  }

  draw(time) {
    this.time = time;
    if (!this.canvas.isConnected && !this.curve.isConnected) return;
    if (!this.closeups.lacks()) this.closeups.draw(this.canvas, this.model, time);
    const score = scoreAt(this.run, this.model, time);
    this.canvas.setAttribute("aria-label", `${words.model(this.model)}: ${Number.isNaN(score) ? words.lost : percent(score)}`);
    this.drawCurve(time);
  }

  drawCurve(time) {
    const { run, curve, model } = this;
    const [width, height, colours] = [curve.clientWidth, curve.clientHeight, theme()];
    if (!width) return;
    const ratio = Math.min(devicePixelRatio || 1, 3);
    [curve.width, curve.height] = [width * ratio, height * ratio];
    const context = curve.getContext("2d");
    context.scale(ratio, ratio);
    const epochs = run.epochs.length;
    const losses = run.curves[0].subarray(model * epochs, (model + 1) * epochs);
    let [low, high] = [Infinity, 0];
    for (const loss of losses) if (loss > 0) [low, high] = [Math.min(low, loss), Math.max(high, loss)];
    low = Math.max(low, high * 1e-6);
    const y = (loss) => 4 + (height - 8) * (Math.log(high / Math.max(loss, low)) / (Math.log(high / low) || 1));
    const last = run.epochs.at(-1) || 1;
    context.strokeStyle = PALETTE[0];
    context.lineWidth = 1.5;
    context.beginPath();
    losses.forEach((loss, slot) => Number.isNaN(loss) || context.lineTo((run.epochs[slot] / last) * width, y(loss)));
    context.stroke();
    context.strokeStyle = colours.soft;
    context.lineWidth = 1;
    context.beginPath();
    const now = (run.epochs[Math.floor(time)] / last) * width;
    context.moveTo(now, 0);
    context.lineTo(now, height);
    context.stroke();
  }
}

/** So many models, evenly spaced from the best to the worst. */
export function spread(run, wanted) {
  const last = run.epochs.length - 1;
  const ranked = Array.from({ length: run.models }, (_, model) => model).filter((model) => run.trained[model]);
  const score = (model) => scoreAt(run, model, last);
  ranked.sort((a, b) => (score(b) || -1) - (score(a) || -1) || ((a * 2654435761) >>> 0) - ((b * 2654435761) >>> 0));
  const few = Math.min(wanted, ranked.length);
  return Array.from({ length: few }, (_, n) => ranked[Math.round((n * (ranked.length - 1)) / Math.max(few - 1, 1))]);
}

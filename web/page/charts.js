import { Axis, CLASS_COLOURS, PALETTE, theme, xAxis, yAxis } from "./canvas.js";
import { percent, short } from "./dom.js";
import { scoreAt } from "./dots.js";

const BINS = 40;

/** How many trained models have which score at a time. */
export function histogram(run, time) {
  const bins = new Array(BINS).fill(0);
  for (let model = 0; model < run.models; model++) {
    const score = run.trained[model] ? scoreAt(run, model, time) : NaN;
    if (!Number.isNaN(score)) bins[Math.min(Math.max(Math.floor(score * BINS), 0), BINS - 1)] += 1;
  }
  return bins.map((models, n) => ({ from: n / BINS, to: (n + 1) / BINS, models }));
}

export function drawHistogram(context, width, height, { run, time }) {
  const [colours, bins] = [theme(), histogram(run, time)];
  const [left, right, top, bottom] = [50, 14, 12, height - 24];
  const first = Math.max(bins.findIndex((bin) => bin.models), 0);
  const low = Math.min(bins[first].from, 0.4);
  const most = Math.max(...bins.map((bin) => bin.models), 1);
  const x = (score) => left + ((score - low) / (1 - low)) * (width - left - right);
  const y = (models) => bottom - (models / most) * (bottom - top);
  yAxis(context, [0, most], y, short, left, width - right, colours);
  for (const { from, to, models } of bins.slice(Math.floor(low * BINS))) {
    context.fillStyle = from >= run.description.threshold - 1e-9 ? colours.good : colours.bad;
    context.fillRect(x(from) + 0.5, y(models), x(to) - x(from) - 1, bottom - y(models));
  }
  context.fillStyle = colours.soft;
  context.textAlign = "center";
  for (const score of [low, (low + 1) / 2, 1]) context.fillText(percent(score), Math.min(x(score), width - 22), height - 6);
}

/** Milliseconds of work before the page gets a turn. */
const TURN = 12;

/**
 * The losses' quantiles 10 %, 50 %, 90 % over the trained models at each kept epoch; a diverged model's is infinite.
 * Gives the page its turns: with many models it takes longer than a frame.
 */
export async function fan(run) {
  const [epochs, losses] = [run.epochs.length, run.curves[0]];
  const trained = [];
  for (let model = 0; model < run.models; model++) if (run.trained[model]) trained.push(model);
  const own = new Float32Array(trained.length);
  const found = [];
  let begun = performance.now();
  for (let slot = 0; slot < epochs; slot++) {
    for (let n = 0; n < trained.length; n++) {
      const loss = losses[trained[n] * epochs + slot];
      own[n] = Number.isNaN(loss) ? Infinity : loss;
    }
    own.sort();
    const at = (share) => own[Math.min(Math.floor(share * own.length), own.length - 1)];
    found.push({ epoch: run.epochs[slot], low: at(0.1), middle: at(0.5), high: at(0.9) });
    if (performance.now() - begun > TURN) {
      await new Promise((resolve) => setTimeout(resolve));
      begun = performance.now();
    }
  }
  return found;
}

export function drawFan(context, width, height, { run, time }) {
  const colours = theme();
  if (!run.fan?.length) return;
  const [left, right, top, bottom] = [62, 14, 12, height - 24];
  const all = run.fan.flatMap(({ low, middle, high }) => [low, middle, high]).filter((loss) => Number.isFinite(loss) && loss > 0);
  if (!all.length) return;
  // What diverges would set the scale for all others.
  const most = Math.min(Math.max(...all), run.fan[0].high * 10);
  const least = Math.min(Math.max(Math.min(...all), most * 1e-6), most);
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const last = run.epochs.at(-1) || 1;
  const x = (epoch) => left + (epoch / last) * (width - left - right);
  const y = (loss) => bottom - ((Math.log10(Math.min(Math.max(loss, least), 10 ** high)) - low) / (high - low || 1)) * (bottom - top);
  yAxis(context, [10 ** high, 10 ** ((low + high) / 2), 10 ** low], y, short, left, width - right, colours);
  context.fillStyle = PALETTE[4];
  context.globalAlpha = 0.35;
  context.beginPath();
  for (const point of run.fan) context.lineTo(x(point.epoch), y(point.high));
  for (const point of [...run.fan].reverse()) context.lineTo(x(point.epoch), y(point.low));
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = PALETTE[0];
  context.lineWidth = 2;
  context.beginPath();
  for (const point of run.fan) context.lineTo(x(point.epoch), y(point.middle));
  context.stroke();
  context.strokeStyle = colours.text;
  context.lineWidth = 1;
  const now = x(run.epochs[Math.floor(time)]);
  context.beginPath();
  context.moveTo(now, top);
  context.lineTo(now, bottom);
  context.stroke();
  context.fillStyle = colours.soft;
  context.textAlign = "left";
  context.fillText("0", left, height - 6);
  context.textAlign = "right";
  context.fillText(short(last), width - right, height - 6);
}

/** Order of the classes from bottom to top: success, slow, other, chance, dead ReLU, exploded, diverged. */
const STACKED = [4, 5, 6, 3, 2, 1, 0];

export function drawEndings(context, width, height, { run }) {
  const colours = theme();
  if (!run.ends) return;
  const groups = run.ends.curves.flatMap((curve) => curve.groups);
  const [left, right, top, bottom] = [50, 14, 12, height - 44];
  const values = [...new Set(groups.map((group) => group.x))];
  const axis = new Axis(values.some(Number.isFinite) ? values : [0], left, width - right, 8);
  const wide = Math.max(((width - left - right) / values.length) * 0.9, 1);
  for (const value of values) {
    const counts = STACKED.map((kind) => groups.filter((group) => group.x === value).reduce((sum, group) => sum + group.classes[kind], 0));
    const all = counts.reduce((sum, n) => sum + n, 0);
    let below = 0;
    counts.forEach((models, n) => {
      const high = (models / all) * (bottom - top);
      context.fillStyle = colours.dark && STACKED[n] === 2 ? "#cccccc" : CLASS_COLOURS[STACKED[n]];
      context.fillRect(axis.at(value ?? 0) - wide / 2, bottom - below - high, wide, high);
      below += high;
    });
  }
  yAxis(context, [0, 0.5, 1], (share) => bottom - share * (bottom - top), percent, left, width - right, colours);
  xAxis(context, axis, bottom, run.description.axis ?? "", { ...colours, line: "transparent" }, top);
}

/** The classes that occur, with colours and shares, for a legend. */
export function endings(run) {
  const { total, classes } = run.ends;
  const dark = theme().dark;
  return STACKED.filter((kind) => total.classes[kind]).map((kind) => ({
    name: classes[kind],
    colour: dark && kind === 2 ? "#cccccc" : CLASS_COLOURS[kind],
    models: total.classes[kind],
    share: total.classes[kind] / total.n,
  }));
}

import { Axis, PALETTE, theme, xAxis, yAxis } from "./canvas.js";
import { percent } from "./dom.js";
import { words } from "./words.js";

const MARGIN = { left: 52, right: 14, top: 16, bottom: 64 };
/** Pixels around the pointer within which a dot is found. */
const REACH = 14;

/** A number between -1 and 1 that depends on the seed alone, so that a model keeps its place. */
function jitter(seed) {
  let hash = Math.imul((seed % 4294967296) ^ 0x9e3779b9, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2147483648 - 1;
}

/** The smallest score that the axis shows, in steps of 10 %, at most 50 %: only one in a hundred is ever below it. */
function floorOf(run) {
  const every = Math.max(1, Math.floor(run.scores.length / 20_000));
  const some = [];
  for (let n = 0; n < run.scores.length; n += every) if (!Number.isNaN(run.scores[n])) some.push(run.scores[n]);
  some.sort((a, b) => a - b);
  const low = Math.min(some[Math.floor(some.length / 100)] ?? 0, 0.5);
  return Math.max(Math.floor(low * 10 + 1e-6) / 10, 0);
}

/** Where each model's dot is. */
export class DotLayout {
  constructor(run, width, height) {
    const { left, right, top, bottom } = MARGIN;
    this.run = run;
    this.bottom = height - bottom;
    const distinct = [...new Set(run.x)].filter(Number.isFinite);
    const room = (width - left - right) / Math.max(distinct.length, 1);
    this.spread = Math.min(room * 0.42, 26);
    this.axis = new Axis(distinct.length ? distinct : [0], left, width - right, this.spread + 4);
    this.low = floorOf(run);
    // What is below is drawn at the edge.
    this.y = (score) => top + ((1 - Math.max(score, this.low)) / (1 - this.low)) * (this.bottom - top);
    this.x = Float64Array.from(run.x, (x, model) => this.axis.at(Number.isFinite(x) ? x : (distinct[0] ?? 0)) + jitter(run.seeds[model]) * this.spread);
    const many = run.models > 4000 ? 2 : run.models > 1500 ? 3 : 4;
    this.size = many * Math.min(Math.max(width / 700, 0.8), 2);
  }
}

/** The score of a model between two kept epochs; NaN once it diverged. */
export function scoreAt(run, model, time) {
  const [epochs, scores] = [run.epochs.length, run.scores];
  const before = Math.min(Math.floor(time), epochs - 1);
  const [a, b] = [scores[model * epochs + before], scores[model * epochs + Math.min(before + 1, epochs - 1)]];
  return Number.isNaN(b) ? a : a + (b - a) * (time - before);
}

/** Draws the crowd at a time, counted in kept epochs. */
export function drawDots(context, width, height, { run, time, layout, shown, pins }) {
  const colours = theme();
  const { left, right, top } = MARGIN;
  const ticks = [];
  for (let tick = layout.low; tick < 1.001; tick += layout.low < 0.45 ? 0.2 : 0.1) ticks.push(tick);
  xAxis(context, layout.axis, layout.bottom + 18, run.description.axis ?? "", colours, top);
  yAxis(context, ticks, layout.y, (tick) => percent(tick).replace(".0", ""), left, width - right, colours);
  const threshold = run.description.threshold;
  context.strokeStyle = colours.good;
  context.setLineDash([6, 5]);
  context.beginPath();
  context.moveTo(left, layout.y(threshold));
  context.lineTo(width - right, layout.y(threshold));
  context.stroke();
  context.setLineDash([]);
  const several = run.curveNames?.length > 1;
  const means = new Map();
  context.globalAlpha = 0.62;
  let fill = "";
  for (let model = 0; model < run.models; model++) {
    if (!run.trained[model]) continue;
    const score = scoreAt(run, model, time);
    const curve = run.curve[model];
    const colour = several ? PALETTE[curve % PALETTE.length] : score > threshold ? colours.good : colours.bad;
    if (colour !== fill) context.fillStyle = fill = colour;
    if (Number.isNaN(score)) {
      context.fillRect(layout.x[model] - 1, layout.bottom + 8, 2, 7);
      continue;
    }
    context.fillRect(layout.x[model] - layout.size / 2, layout.y(score) - layout.size / 2, layout.size, layout.size);
    const key = `${curve} ${run.x[model]}`;
    const sum = means.get(key) ?? { curve, x: run.x[model], total: 0, models: 0 };
    sum.total += score;
    sum.models += 1;
    means.set(key, sum);
  }
  context.globalAlpha = 1;
  drawMeans(context, [...means.values()], layout, several, colours);
  for (const model of [shown, ...pins]) if (model !== undefined) ring(context, layout, run, model, time, colours);
  if (run.hasLost) {
    context.fillStyle = colours.soft;
    context.textAlign = "right";
    context.fillText(words.lost, left - 6, layout.bottom + 16);
  }
}

function drawMeans(context, means, layout, several, colours) {
  const curves = Map.groupBy ? Map.groupBy(means, (mean) => mean.curve) : means.reduce((map, mean) => map.set(mean.curve, [...(map.get(mean.curve) ?? []), mean]), new Map());
  for (const [curve, points] of curves) {
    points.sort((a, b) => a.x - b.x);
    for (const [colour, wide] of [[colours.panel, 5], [several ? PALETTE[curve % PALETTE.length] : colours.text, 2.5]]) {
      context.strokeStyle = colour;
      context.lineWidth = wide;
      context.beginPath();
      for (const { x, total, models } of points) context.lineTo(layout.axis.at(Number.isFinite(x) ? x : 0), layout.y(total / models));
      context.stroke();
    }
  }
}

function ring(context, layout, run, model, time, colours) {
  const score = scoreAt(run, model, time);
  const y = Number.isNaN(score) ? layout.bottom + 12 : layout.y(score);
  context.strokeStyle = colours.text;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(layout.x[model], y, 7, 0, 2 * Math.PI);
  context.stroke();
}

/** The model whose dot is nearest to a place; undefined if none is near. */
export function modelAt({ run, time, layout }, x, y) {
  let [nearest, least] = [undefined, REACH * REACH];
  for (let model = 0; model < run.models; model++) {
    if (!run.trained[model]) continue;
    const score = scoreAt(run, model, time);
    const own = Number.isNaN(score) ? layout.bottom + 12 : layout.y(score);
    const distance = (layout.x[model] - x) ** 2 + (own - y) ** 2;
    if (distance < least) [nearest, least] = [model, distance];
  }
  return nearest;
}

import { theme } from "./canvas.js";
import { scoreAt } from "./dots.js";

/** Seeds by values: the models of the first curve, a row for each seed, sorted by their final mean. */
export function seedGrid(run) {
  const rows = new Map();
  const values = [...new Set(run.x)].sort((a, b) => a - b);
  for (let model = 0; model < run.models; model++) {
    if (run.curve[model] !== 0) continue;
    const row = rows.get(run.seeds[model]) ?? { seed: run.seeds[model], models: [] };
    row.models[values.indexOf(run.x[model])] = model;
    rows.set(row.seed, row);
  }
  const last = run.epochs.length - 1;
  const mean = (row) => row.models.reduce((sum, model) => sum + (scoreAt(run, model, last) || 0), 0) / row.models.length;
  const sorted = [...rows.values()].map((row) => ({ ...row, mean: mean(row) })).sort((a, b) => b.mean - a.mean);
  return values.length > 1 && sorted.length > 1 ? { values, rows: sorted } : undefined;
}

/** From dark blue over green to yellow, by lightness alone, too (viridis' ends and middle). */
const SHADES = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];

export function shade(share) {
  const place = Math.min(Math.max(share, 0), 1) * (SHADES.length - 1);
  const low = Math.min(Math.floor(place), SHADES.length - 2);
  const mix = SHADES[low].map((c, n) => Math.round(c + (SHADES[low + 1][n] - c) * (place - low)));
  return `rgb(${mix.join(",")})`;
}

export function drawGrid(context, width, height, { run, time, grid }) {
  const colours = theme();
  const [wide, high] = [width / grid.values.length, height / grid.rows.length];
  const low = Math.min(run.description.cells[0].baseline, 0.5);
  grid.rows.forEach((row, r) => {
    row.models.forEach((model, c) => {
      const score = run.trained[model] ? scoreAt(run, model, time) : undefined;
      if (score === undefined) return;
      context.fillStyle = Number.isNaN(score) ? colours.line : shade((score - low) / (1 - low));
      context.fillRect(Math.floor(c * wide), Math.floor(r * high), Math.ceil(wide), Math.ceil(high));
    });
  });
}

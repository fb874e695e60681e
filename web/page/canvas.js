import { short } from "./dom.js";

/** Colours of curves and classes, told apart by people with any colour vision (Okabe and Ito). */
export const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a7f00", "#666666"];
/** Colours of the outcome classes, in the core's order: diverged, exploded, dead ReLU, chance, success, slow, other. */
export const CLASS_COLOURS = ["#d55e00", "#cc79a7", "#222222", "#e69f00", "#0072b2", "#56b4e9", "#999999"];

/** The page's own colours, by its light or dark scheme. */
export function theme() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { text: of("--text"), soft: of("--soft"), line: of("--line"), panel: of("--panel"), good: of("--good"), bad: of("--bad"), dark: of("--scheme") === "dark" };
}

/** A canvas that keeps the size of its place and the sharpness of the screen. */
export class Picture {
  constructor(element, draw) {
    this.element = element;
    this.draw = draw;
    new ResizeObserver(() => this.redraw()).observe(element);
  }

  /** Draws in the next frame; several calls before it draw once. */
  redraw() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      const { clientWidth: width, clientHeight: height } = this.element;
      if (!width || !height) return;
      const ratio = Math.min(devicePixelRatio || 1, 3);
      const wide = Math.round(width * ratio);
      const high = Math.round(height * ratio);
      if (this.element.width !== wide || this.element.height !== high) [this.element.width, this.element.height] = [wide, high];
      const context = this.element.getContext("2d");
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      context.font = "13px system-ui, sans-serif";
      this.draw(context, width, height);
    });
  }
}

/** Whether values are spaced by factors rather than by differences. */
function isLogarithmic(values) {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  if (sorted[0] <= 0 || sorted.length < 2) return false;
  const uneven = (gaps) => Math.max(...gaps) / Math.min(...gaps);
  const gaps = (of) => sorted.slice(1).map((value, n) => of(value) - of(sorted[n]));
  return sorted.length === 2 ? sorted[1] / sorted[0] >= 5 : uneven(gaps(Math.log)) < uneven(gaps(Number));
}

/** A linear or logarithmic axis from values to pixels. */
export class Axis {
  constructor(values, from, to, pad = 0) {
    const finite = values.filter(Number.isFinite);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    this.log = isLogarithmic(finite);
    this.low = this.log ? Math.log10(low) : low;
    this.high = this.log ? Math.log10(high) : high;
    [this.from, this.to] = [from + Math.sign(to - from) * pad, to - Math.sign(to - from) * pad];
  }

  at(value) {
    if (this.high === this.low) return (this.from + this.to) / 2;
    const place = this.log ? Math.log10(value) : value;
    return this.from + ((place - this.low) / (this.high - this.low)) * (this.to - this.from);
  }

  ticks(most = 6) {
    if (this.high === this.low) return [this.log ? 10 ** this.low : this.low];
    if (this.log) {
      const decades = [];
      const step = Math.ceil((this.high - this.low) / most);
      for (let k = Math.ceil(this.low - 1e-9); k <= this.high + 1e-9; k += step) decades.push(10 ** k);
      if (decades.length > 1) return decades;
    }
    const span = this.log ? 10 ** this.high - 10 ** this.low : this.high - this.low;
    const first = this.log ? 10 ** this.low : this.low;
    const raw = span / most;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((k) => k * power).find((k) => k >= raw) ?? raw;
    const ticks = [];
    for (let value = Math.ceil(first / step) * step; value <= first + span * 1.0001; value += step) ticks.push(Number(value.toPrecision(12)));
    return ticks;
  }
}

/** Draws a vertical grid with numbers below, and the axis' name. */
export function xAxis(context, axis, bottom, name, colours, top) {
  context.strokeStyle = colours.line;
  context.fillStyle = colours.soft;
  context.textAlign = "center";
  context.lineWidth = 1;
  for (const tick of axis.ticks()) {
    const x = axis.at(tick);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, bottom);
    context.stroke();
    context.fillText(short(tick), x, bottom + 17);
  }
  context.fillText(name, (axis.from + axis.to) / 2, bottom + 34);
}

/** Draws horizontal lines at these values with texts at their left. */
export function yAxis(context, ticks, at, text, left, right, colours) {
  context.strokeStyle = colours.line;
  context.fillStyle = colours.soft;
  context.textAlign = "right";
  context.lineWidth = 1;
  for (const tick of ticks) {
    const y = at(tick);
    context.beginPath();
    context.moveTo(left, y);
    context.lineTo(right, y);
    context.stroke();
    context.fillText(text(tick), left - 6, y + 4);
  }
}

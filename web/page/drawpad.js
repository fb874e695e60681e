import { button, make } from "./dom.js";
import { words } from "./words.js";

const COLOURS = ["#0072b2", "#d55e00", "#009e73"];
/** Points to each side, and the units of a side: as many as standardised data have. */
const [SIDE, UNITS] = [220, 6];

/** A pad on which points are drawn; `changed` gets them as a table. */
export class DrawPad {
  constructor(changed) {
    [this.changed, this.points, this.chosen, this.cursor] = [changed, [], 0, [SIDE / 2, SIDE / 2]];
    this.canvas = make("canvas", { class: "pad", width: SIDE, height: SIDE, tabindex: 0, role: "application", "aria-label": words.drawHint });
    this.canvas.addEventListener("pointerdown", (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      this.put(event);
    });
    this.canvas.addEventListener("pointermove", (event) => event.buttons && this.put(event));
    this.canvas.addEventListener("pointerup", () => this.hand());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    const classes = COLOURS.map((colour, n) => button(`${words.drawClass} ${n}`, () => this.choose(n)));
    this.classes = classes;
    this.element = make("div", { class: "draw" }, make("p", { class: "hint" }, words.drawHint), make("div", { class: "buttons" }, ...classes), this.canvas, make("div", { class: "buttons" }, button(words.undo, () => this.cut(this.points.length - 1)), button(words.clear, () => this.cut(0))));
    this.choose(0);
  }

  choose(n) {
    this.chosen = n;
    this.classes.forEach((other, k) => other.setAttribute("aria-pressed", String(k === n)));
    this.draw();
  }

  put({ offsetX, offsetY }) {
    const scale = SIDE / this.canvas.clientWidth;
    const place = [offsetX * scale, offsetY * scale];
    const last = this.points.at(-1);
    if (last && Math.hypot(last.x - place[0], last.y - place[1]) < 5) return;
    this.points.push({ x: place[0], y: place[1], label: this.chosen });
    this.draw();
  }

  key(event) {
    const step = { ArrowLeft: [-6, 0], ArrowRight: [6, 0], ArrowUp: [0, -6], ArrowDown: [0, 6] }[event.key];
    if (step) this.cursor = this.cursor.map((place, n) => Math.min(Math.max(place + step[n], 0), SIDE));
    else if (event.key === "Enter" || event.key === " ") {
      this.points.push({ x: this.cursor[0], y: this.cursor[1], label: this.chosen });
      this.hand();
    } else return;
    event.preventDefault();
    this.draw();
  }

  cut(length) {
    this.points.length = Math.max(length, 0);
    this.draw();
    this.hand();
  }

  /** Hands the points on once there are two of each of two classes. */
  hand() {
    const sizes = COLOURS.map((_, label) => this.points.filter((point) => point.label === label).length).filter(Boolean);
    if (sizes.length < 2 || Math.min(...sizes) < 2) return;
    const unit = (pixels) => ((pixels / SIDE - 0.5) * UNITS).toFixed(2);
    const rows = this.points.map(({ x, y, label }) => `${unit(x)},${unit(SIDE - y)},${label}`);
    this.changed(`x1,x2,label\n${rows.join("\n")}\n`);
  }

  draw() {
    const context = this.canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, SIDE, SIDE);
    for (const { x, y, label } of this.points) {
      context.fillStyle = COLOURS[label];
      context.beginPath();
      context.arc(x, y, 3.5, 0, 2 * Math.PI);
      context.fill();
    }
    context.strokeStyle = "#888888";
    context.strokeRect(this.cursor[0] - 4, this.cursor[1] - 4, 8, 8);
  }
}

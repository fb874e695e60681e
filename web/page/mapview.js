import { button, make, short } from "./dom.js";
import { words } from "./words.js";

/** Pixels of a side, coarse first; and models of a piece. */
const SIDES = [32, 64, 128, 256];
const PIECE = 512;

/** The map of a question: a network for each pixel, zoomed by dragging. */
export class MapView {
  /**
   * @param {import("./run.js").Run} run
   * @param {(window: number[]) => void} moved
   */
  constructor(run, axes, moved) {
    Object.assign(this, { run, axes, moved, window: [], turn: undefined });
    this.canvas = make("canvas", { class: "pixels", width: 256, height: 256, role: "img", tabindex: 0, "aria-label": words.mapLabel });
    this.frame = make("div", { class: "frame", hidden: true });
    this.title = make("p", { class: "best", role: "status" });
    this.place = make("p", { class: "hint" });
    const field = (key) => make("label", { class: "field" }, make("span", {}, words.mapAxis[key]), make("input", { value: axes[key], onchange: ({ target }) => this.change(key, target.value.trim()) }));
    this.out = button(words.zoomOut, () => this.zoom([]));
    this.element = make("div", {}, make("p", { class: "hint" }, words.mapHint), this.title, make("div", { class: "mapplace" }, this.canvas, this.frame), this.place, make("div", { class: "buttons" }, this.out, button("PNG", () => this.save())), field("x"), field("y"));
    this.canvas.addEventListener("pointerdown", (event) => this.press(event));
    this.canvas.addEventListener("pointermove", (event) => this.drag(event));
    this.canvas.addEventListener("pointerup", () => this.release());
    this.canvas.addEventListener("keydown", (event) => this.key(event));
  }

  change(key, text) {
    this.axes = { ...this.axes, [key]: text };
    this.zoom([]);
  }

  zoom(window) {
    this.window = window;
    this.moved(window);
    this.compute();
  }

  stop() {
    this.turn = undefined;
  }

  /** Trains coarse maps, then finer ones, until another window is wanted. */
  async compute() {
    const turn = (this.turn = Symbol("turn"));
    const { pool, question } = this.run;
    const helpers = pool.trainers;
    try {
      for (const pixels of SIDES) {
        const asked = { ...question, ...this.axes, pixels, window: this.window };
        const [map] = await Promise.all([pool.keeper.call("map", asked), ...helpers.map((helper) => helper.call("map", asked))]);
        if (turn !== this.turn) return;
        Object.assign(this, { x: map.x, y: map.y, side: pixels });
        this.tellPlace();
        const size = Math.min(PIECE, Math.ceil(map.models / helpers.length / 4) * 4);
        const pieces = Array.from({ length: Math.ceil(map.models / size) }, (_, n) => ({ first: n * size, end: Math.min((n + 1) * size, map.models) }));
        let drawn = performance.now();
        await pool.share(helpers, pieces, async (helper, piece) => {
          const bytes = await helper.call("trainMap", piece);
          if (turn !== this.turn) return;
          await pool.keeper.call("addMap", { bytes }, [bytes.buffer]);
          if (performance.now() - drawn > 300 && pixels > SIDES[0]) {
            drawn = performance.now();
            await this.paint(turn);
          }
        }, () => turn !== this.turn);
        if (turn !== this.turn) return;
        await this.paint(turn, true);
      }
    } catch (error) {
      if (turn === this.turn) this.title.textContent = error.message;
    }
  }

  async paint(turn, whole) {
    const { pixels, title } = await this.run.pool.keeper.call("mapImage");
    if (turn !== this.turn) return;
    const sheet = new OffscreenCanvas(this.side, this.side);
    sheet.getContext("2d").putImageData(new ImageData(new Uint8ClampedArray(pixels), this.side, this.side), 0, 0);
    const context = this.canvas.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.drawImage(sheet, 0, 0, this.canvas.width, this.canvas.height);
    if (whole) this.title.textContent = title;
  }

  tellPlace() {
    const ends = (side) => `${side.words}: ${short(side.values[0])} ${words.to} ${short(side.values.at(-1))}`;
    this.place.textContent = `${ends(this.x)} →, ${ends(this.y)} ↑`;
    this.out.disabled = !this.window.length;
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.from = [event.offsetX, event.offsetY];
  }

  drag({ offsetX, offsetY }) {
    if (!this.from) return;
    const size = Math.max(Math.abs(offsetX - this.from[0]), Math.abs(offsetY - this.from[1]));
    this.box = { left: offsetX < this.from[0] ? this.from[0] - size : this.from[0], top: offsetY < this.from[1] ? this.from[1] - size : this.from[1], size };
    Object.assign(this.frame.style, { left: `${this.box.left}px`, top: `${this.box.top}px`, width: `${size}px`, height: `${size}px` });
    this.frame.hidden = size < 6;
  }

  release() {
    const { box } = this;
    [this.from, this.box] = [undefined, undefined];
    this.frame.hidden = true;
    if (!box || box.size < 6) return;
    const wide = this.canvas.clientWidth;
    this.zoomTo((box.left + box.size / 2) / wide, 1 - (box.top + box.size / 2) / wide, wide / box.size);
  }

  /** Zooms around a place of the window, from 0 to 1 from left to right and from bottom to top. */
  zoomTo(x, y, factor) {
    const at = (side, share) => {
      const [low, high] = [side.values[0], side.values.at(-1)];
      const isLog = low > 0 && Math.abs(side.values[1] / low - high / side.values.at(-2)) < Math.abs(high - low) * 1e-9 + 1e-9;
      return isLog ? low * (high / low) ** share : low + (high - low) * share;
    };
    this.zoom([at(this.x, x), at(this.y, y), (this.window[2] ?? 1) * factor]);
  }

  key(event) {
    if (event.key === "+") this.zoomTo(0.5, 0.5, 2);
    else if (event.key === "-") this.zoom(this.window[2] > 2 ? [this.window[0], this.window[1], this.window[2] / 2] : []);
    else return;
    event.preventDefault();
  }

  save() {
    this.canvas.toBlob((blob) => {
      const link = make("a", { href: URL.createObjectURL(blob), download: "map.png" });
      link.click();
    });
  }
}

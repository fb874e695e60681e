import { PALETTE, Picture } from "./canvas.js";
import { drawEndings, drawFan, drawHistogram, endings, fan, histogram } from "./charts.js";
import { Card, Closeups, spread } from "./closeups.js";
import { button, count, make, percent, save, short, table } from "./dom.js";
import { DotLayout, drawDots, modelAt, scoreAt } from "./dots.js";
import { Form } from "./form.js";
import { drawGrid, seedGrid } from "./grid.js";
import { fragmentOf, readLink, settingsOf, writeLink } from "./link.js";
import { MapView } from "./mapview.js";
import { Player } from "./player.js";
import { Pool } from "./pool.js";
import { Run } from "./run.js";
import { runWorker } from "./worker.js";
import { words } from "./words.js";

/** Most models side by side, and models that learn beside each other in their tab. */
const [MOST_PINS, MULTIPLES] = [6, 24];
/** Milliseconds without a further change before a question is asked. */
const PAUSE = 350;
const TABS = ["dots", "boundaries", "grid", "map", "landscape", "pictures"];

/** An entry of a legend. */
function entry(colour, text) {
  const mark = make("span", { class: "mark" });
  mark.style.background = colour;
  return make("span", { class: "entry" }, mark, text);
}

/** The page: the question, the crowd, the reason. */
class Page {
  constructor(pool, settings) {
    Object.assign(this, { pool, pins: [], tab: "dots", cards: new Map(), multiples: [], drawn: new Map() });
    this.form = new Form(settings, (show) => this.askSoon(show));
    this.player = new Player(() => this.show());
    this.middle = this.buildMiddle();
    this.right = this.buildRight();
    document.getElementById("app").replaceChildren(
      make("header", {}, make("h1", {}, words.title), make("p", {}, words.tagline)),
      make("main", {}, this.form.element, this.middle, this.right),
    );
  }

  buildMiddle() {
    this.sentence = make("p", { class: "sentence" });
    this.live = make("p", { class: "unseen", "aria-live": "polite" });
    this.found = make("div", { class: "found" });
    this.notes = make("div", {});
    this.speed = make("p", { class: "hint" });
    const engines = ["auto", "gpu", "cpu"].map((name) => make("option", { value: name }, words.engines[name]));
    this.engine = make("select", { onchange: () => this.ask() }, ...engines);
    this.why = make("p", { class: "hint", role: "status" });
    this.canvas = make("canvas", { class: "dots", role: "img", tabindex: 0 });
    this.dots = new Picture(this.canvas, (context, width, height) => this.drawDots(context, width, height));
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("pointerleave", () => this.hover(undefined));
    this.canvas.addEventListener("click", (event) => this.pin(this.at(event)));
    this.canvas.addEventListener("keydown", (event) => this.walk(event));
    this.hovered = make("div", { class: "hovered" });
    this.pinned = make("div", { class: "cards" });
    this.playButton = button(words.play, () => (this.player.playing ? this.player.pause() : this.player.play()));
    this.scrubber = make("input", { type: "range", min: 0, step: 1, class: "scrubber", "aria-label": words.epoch, oninput: ({ target }) => { this.player.pause(); this.player.set(Number(target.value)); } });
    this.clock = make("output", { class: "clock" });
    this.stopButton = button(words.stop, () => this.stop());
    this.panes = Object.fromEntries(TABS.map((name) => [name, make("div", { class: `pane ${name}`, role: "tabpanel", id: `pane-${name}`, "aria-labelledby": `tab-${name}` })]));
    this.curveNames = make("p", { class: "legend" });
    this.panes.dots.append(this.canvas, this.curveNames);
    this.tabs = TABS.map((name) => make("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-controls": `pane-${name}`, onclick: () => this.open(name) }, words[name]));
    this.tables = make("details", { class: "tables", ontoggle: () => this.fillTables() }, make("summary", {}, words.table));
    return make(
      "section",
      { class: "crowd", "aria-labelledby": "crowd-title" },
      make("h2", { id: "crowd-title" }, words.crowd),
      this.sentence,
      this.live,
      make("div", { role: "tablist", "aria-label": words.crowd, class: "tabs", onkeydown: (event) => this.turn(event) }, ...this.tabs),
      ...Object.values(this.panes),
      make("div", { class: "player" }, button("‹", () => this.player.step(-1), words.stepBack), this.playButton, button("›", () => this.player.step(1), words.stepOn), this.scrubber, this.clock, this.stopButton),
      this.found,
      this.notes,
      make("p", { class: "hint" }, words.hover),
      make("div", { class: "cards" }, this.hovered, this.pinned),
      this.tables,
      this.buildShare(),
      this.speed,
      make("p", { class: "hint" }, make("label", {}, words.computesOn, " ", this.engine)),
      this.why,
    );
  }

  buildShare() {
    const copy = async (text) => {
      await navigator.clipboard.writeText(text);
      this.say(words.copied);
    };
    const file = (name) => button(name, async () => save(name, await this.pool.keeper.call("text", { name }), "text/csv"));
    return make(
      "div",
      { class: "buttons share" },
      button(words.copyLink, () => copy(location.href)),
      button(words.copyCommand, () => copy(this.run.description.command)),
      button(words.copyPython, () => copy(this.run.description.python)),
      ...["models.csv", "summary.csv", "sweep.toml"].map(file),
    );
  }

  buildRight() {
    const chart = (title, label, draw) => {
      const canvas = make("canvas", { class: "chart", role: "img", "aria-label": label });
      const picture = new Picture(canvas, (context, width, height) => this.run && draw(context, width, height, { run: this.run, time: this.player.time }));
      return { picture, canvas, element: make("figure", {}, make("figcaption", {}, title), canvas) };
    };
    this.charts = [
      chart(words.distribution, words.distributionLabel("accuracy"), drawHistogram),
      chart(words.losses, words.lossesLabel, drawFan),
      chart(words.endings, words.endingsLabel("learning rate"), drawEndings),
    ];
    this.legend = make("p", { class: "legend" });
    this.numbers = make("div", { class: "numbers" });
    return make("section", { class: "reason", "aria-labelledby": "reason-title" }, make("h2", { id: "reason-title" }, words.reason), ...this.charts.map((one) => one.element), this.legend, this.numbers);
  }

  /** Asks after a pause, so that a slider's way asks once. */
  askSoon(show) {
    if (show) this.view(show);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  /** Trains what the form asks for. */
  async ask() {
    const question = { fragment: fragmentOf(this.form.values), table: this.form.table };
    this.run?.stop();
    const turn = (this.turn = Symbol("turn"));
    try {
      // One question after the other: an instance of the core holds one.
      await this.training;
      if (turn !== this.turn) return;
      const gpu = await this.chosenGpu();
      const run = await Run.ask(this.pool, question, gpu);
      if (turn !== this.turn) return;
      this.form.refuse("");
      this.begin(run);
      this.training = run.train(() => this.arrive(run)).then(() => this.end(run));
      await this.training;
    } catch (error) {
      this.training = undefined;
      if (turn !== this.turn) return;
      if (this.run?.gpu && !this.run.ends && this.run.question === question) {
        this.pool.loseGpu(error.message);
        this.tellEngine();
        await this.ask();
      } else this.form.refuse(error.message);
    }
  }

  /** The GPU if the visitor wants one and it computes right. A program on the processor is used only if it is named. */
  async chosenGpu() {
    const { value } = this.engine;
    if (value === "cpu") return undefined;
    const gpu = await this.pool.openGpu();
    this.tellEngine();
    return value === "gpu" || (gpu && !gpu.software) ? gpu : undefined;
  }

  /** Says once why the GPU is not used. */
  tellEngine() {
    this.why.textContent = this.pool.why ? words.noGpu(this.pool.why) : "";
  }

  begin(run) {
    Object.assign(this, { run, pins: [], layout: undefined, shown: undefined, grid: undefined });
    this.closeups = new Closeups(run);
    this.cards.clear();
    this.multiples = [];
    this.drawn.clear();
    this.found.replaceChildren();
    this.numbers.replaceChildren();
    this.legend.replaceChildren();
    this.curveNames.replaceChildren();
    this.hovered.replaceChildren();
    this.pinned.replaceChildren();
    this.panes.boundaries.replaceChildren(make("p", { class: "hint" }, this.closeups.lacks() ? words.noBoundary(this.closeups.lacks()) : words.boundariesHint));
    this.panes.grid.replaceChildren();
    this.panes.map.replaceChildren(make("p", { class: "hint" }, words.waiting));
    this.panes.landscape.replaceChildren(make("p", { class: "hint" }, words.waiting));
    this.landscaped = undefined;
    this.mapView?.stop();
    this.panes.pictures.replaceChildren(make("p", { class: "hint" }, words.waiting));
    const { descriptions, notes } = run.description;
    this.notes.replaceChildren(...(run.question.table ? [descriptions[0], ...notes] : notes).map((line) => make("p", { class: "hint" }, line)));
    this.scrubber.max = String(run.epochs.length - 1);
    this.stopButton.hidden = false;
    this.canvas.setAttribute("aria-label", words.dotsLabel(run.description.measure, run.description.axis ?? ""));
    this.player.reset(run.epochs.length - 1, this.startAt);
    if (this.startAt === undefined && !this.player.still.matches) this.player.play();
    this.startAt = undefined;
    this.writeAddress();
  }

  /** Takes notice of further trained models. */
  arrive(run) {
    if (run !== this.run) return;
    const last = run.epochs.length - 1;
    run.hasLost ||= run.trained.some((trained, model) => trained && Number.isNaN(scoreAt(run, model, last)));
    this.fanSoon(run);
    this.layout = undefined;
    this.tellSpeed();
    this.show();
  }

  /** Computes the losses' quantiles, one after the other. */
  async fanSoon(run) {
    run.fanWanted = true;
    if (run.fanning) return;
    run.fanning = true;
    while (run.fanWanted && run === this.run) {
      run.fanWanted = false;
      run.fan = await fan(run);
      this.charts[1].picture.redraw();
    }
    run.fanning = false;
  }

  end(run) {
    if (run !== this.run || run.stopped) return;
    this.fanSoon(run);
    run.curveNames = run.ends.curves.map((curve) => curve.name);
    this.stopButton.hidden = true;
    this.tellSpeed();
    const { best, share, further, baseline } = run.ends;
    const lines = [best, share && `${share}.`, baseline && `${baseline[0].toUpperCase()}${baseline.slice(1)}.`, further && `${further[0].toUpperCase()}${further.slice(1)}.`];
    this.found.replaceChildren(...lines.filter(Boolean).map((line, n) => make("p", { class: n ? "" : "best" }, line)));
    this.say([best, share].filter(Boolean).join(". "));
    this.legend.replaceChildren(...endings(run).map(({ name, colour, models, share: part }) => entry(colour, `${name}: ${count(models)} (${percent(part)})`)));
    if (run.curveNames.length > 1) this.curveNames.replaceChildren(...run.curveNames.map((name, n) => entry(PALETTE[n % PALETTE.length], name)));
    this.numbers.replaceChildren(this.numbersTable());
    for (const card of this.cards.values()) card.describe();
    this.open(this.tab);
    document.documentElement.dataset.state = "done";
    this.show();
  }

  stop() {
    this.run?.stop();
    this.stopButton.hidden = true;
    document.documentElement.dataset.state = "stopped";
  }

  tellSpeed() {
    const { run } = this;
    const speed = run.gpu ? words.gpuSpeed(run.gpu.name, short(run.speed())) : words.speed(run.description.driver, words.worker(run.helpers.length), short(run.speed()));
    this.speed.textContent = `${run.description.settings}. ${speed}.`;
  }

  say(text) {
    this.live.textContent = text;
  }

  drawDots(context, width, height) {
    const { run } = this;
    if (!run) return;
    if (!this.layout || this.layout.width !== width || this.layout.height !== height) {
      this.layout = Object.assign(new DotLayout(run, width, height), { width, height });
    }
    drawDots(context, width, height, { run, time: this.player.time, layout: this.layout, shown: this.shown, pins: this.pins });
  }

  /** Draws everything that depends on the time. */
  show() {
    const { run, player } = this;
    if (!run) return;
    const { time } = player;
    this.playButton.textContent = player.playing ? words.pause : words.play;
    this.scrubber.value = String(Math.floor(time));
    this.clock.textContent = `${words.epoch} ${count(run.epochs[Math.floor(time)])}`;
    this.sentence.textContent = this.sentenceAt(time);
    if (this.tab === "dots") this.dots.redraw();
    if (this.tab === "boundaries") this.multiples.forEach(({ canvas, model, note }) => this.drawMultiple(canvas, model, note, time));
    if (this.tab === "grid") this.gridPicture?.redraw();
    this.charts.forEach(({ picture }) => picture.redraw());
    this.cards.forEach((card) => card.draw(time));
    if (!player.playing) this.writeAddressSoon();
  }

  sentenceAt(time) {
    const { run } = this;
    const { threshold, measure } = run.description;
    let good = 0;
    for (let model = 0; model < run.models; model++) {
      // A success is counted on the training rows.
      const score = run.trained[model] ? run.curves[1][model * run.epochs.length + Math.floor(time)] : 0;
      if (score > threshold) good++;
    }
    const text = words.now(count(run.epochs[Math.floor(time)]), count(good), count(run.done), percent(threshold), measure);
    return run.done < run.models ? `${text} ${words.stillTraining(count(run.done), count(run.models))}` : text;
  }

  at(event) {
    if (!this.run || !this.layout) return undefined;
    return modelAt({ run: this.run, time: this.player.time, layout: this.layout }, event.offsetX, event.offsetY);
  }

  hover(event) {
    const model = event && this.at(event);
    if (model === this.shown) return;
    this.reveal(model);
  }

  /** Shows a model beside the pinned ones. */
  reveal(model) {
    this.shown = model;
    this.canvas.style.cursor = model === undefined ? "default" : "pointer";
    const others = this.pins.includes(model) ? undefined : model;
    this.hovered.replaceChildren(...(others === undefined ? [] : [this.card(others).element]));
    this.show();
  }

  card(model) {
    if (!this.cards.has(model)) this.cards.set(model, new Card(this.run, this.closeups, model, () => this.unpin(model)));
    return this.cards.get(model);
  }

  pin(model) {
    if (model === undefined || this.pins.includes(model)) return;
    this.pins = [...this.pins, model].slice(-MOST_PINS);
    this.showPins();
  }

  unpin(model) {
    this.pins = this.pins.filter((other) => other !== model);
    if (this.shown === model) this.shown = undefined;
    this.showPins();
  }

  showPins() {
    this.hovered.replaceChildren();
    this.pinned.replaceChildren(...this.pins.map((model) => this.card(model).element));
    this.writeAddressSoon();
    this.show();
  }

  /** Walks from model to model by the arrow keys; Enter pins. */
  walk(event) {
    const { run } = this;
    if (!run) return;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    if (event.key === "Enter") this.pin(this.shown);
    else if (step) {
      const model = ((this.shown ?? 0) + step + run.models) % run.models;
      this.reveal(model);
      const score = scoreAt(run, model, this.player.time);
      this.say(`${words.model(model)}, ${run.description.axis} ${short(run.x[model])}: ${Number.isNaN(score) ? words.lost : percent(score)}`);
    } else return;
    event.preventDefault();
  }

  turn(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length];
    this.open(next);
    document.getElementById(`tab-${next}`).focus();
  }

  open(name) {
    this.tab = name;
    this.tabs.forEach((tab, n) => {
      tab.setAttribute("aria-selected", String(TABS[n] === name));
      tab.tabIndex = TABS[n] === name ? 0 : -1;
    });
    Object.entries(this.panes).forEach(([own, pane]) => (pane.hidden = own !== name));
    if (this.run?.ends) ({ boundaries: () => this.openBoundaries(), grid: () => this.openGrid(), map: () => this.openMap(), landscape: () => this.openLandscape(), pictures: () => this.openPictures() })[name]?.();
    if (name !== "map") this.mapView?.stop();
    if (this.run) this.writeAddressSoon();
    this.show();
  }

  async openBoundaries() {
    if (this.multiples.length || this.closeups.lacks()) return;
    const models = spread(this.run, MULTIPLES);
    this.multiples = models.map((model) => {
      const canvas = make("canvas", { class: "plane", role: "img", "aria-label": words.model(model) });
      const note = make("span", {});
      return { model, canvas, note, element: make("button", { type: "button", class: "multiple", onclick: () => this.pin(model) }, canvas, note) };
    });
    const sheet = make("div", { class: "multiples" }, ...this.multiples.map((one) => one.element));
    this.panes.boundaries.append(sheet);
    await this.closeups.load(models);
    this.show();
  }

  drawMultiple(canvas, model, note, time) {
    this.closeups.draw(canvas, model, time);
    const score = scoreAt(this.run, model, time);
    note.textContent = Number.isNaN(score) ? words.lost : percent(score);
  }

  openGrid() {
    this.grid ??= seedGrid(this.run);
    if (!this.grid) {
      this.panes.grid.replaceChildren(make("p", { class: "hint" }, words.gridFew));
      return;
    }
    if (this.panes.grid.childElementCount) return;
    const canvas = make("canvas", { class: "grid", role: "img", "aria-label": words.gridHint });
    this.gridPicture = new Picture(canvas, (context, width, height) => drawGrid(context, width, height, { run: this.run, time: this.player.time, grid: this.grid }));
    canvas.addEventListener("click", ({ offsetY }) => {
      const row = this.grid.rows[Math.floor((offsetY / canvas.clientHeight) * this.grid.rows.length)];
      const { models } = row;
      this.pins = Array.from({ length: MOST_PINS }, (_, n) => models[Math.round((n * (models.length - 1)) / (MOST_PINS - 1))]).filter((model, n, all) => model !== undefined && all.indexOf(model) === n);
      this.showPins();
    });
    this.panes.grid.replaceChildren(make("p", { class: "hint" }, words.gridHint), canvas);
  }

  openMap() {
    if (this.mapView?.run !== this.run) {
      const axes = this.mapAxes ?? this.run.description.map;
      this.mapView = new MapView(this.run, axes, () => this.writeAddressSoon());
      this.mapView.window = this.mapWindow ?? [];
      [this.mapAxes, this.mapWindow] = [undefined, undefined];
      this.panes.map.replaceChildren(this.mapView.element);
    }
    this.mapView.compute();
  }

  async openLandscape() {
    const model = this.pins.at(-1);
    const pane = this.panes.landscape;
    if (model === undefined || this.landscaped === model) {
      if (model === undefined) pane.replaceChildren(make("p", { class: "hint" }, words.landscapeFirst));
      return;
    }
    this.landscaped = model;
    pane.replaceChildren(make("p", { class: "hint", role: "status" }, words.computing));
    try {
      const text = await this.pool.keeper.call("landscape", { id: model });
      const image = make("img", { alt: `${words.landscape}, ${words.model(model)}`, src: URL.createObjectURL(new Blob([text], { type: "image/svg+xml" })) });
      pane.replaceChildren(make("p", { class: "hint" }, words.landscapeHint), image, make("div", { class: "buttons" }, button("SVG", () => save("landscape.svg", text, "image/svg+xml"))));
    } catch (error) {
      pane.replaceChildren(make("p", { class: "alert", role: "alert" }, error.message));
    }
  }

  openPictures() {
    if (this.drawn.size) return;
    const { run } = this;
    this.panes.pictures.replaceChildren(...run.ends.pictures.map(({ name, heading }) => {
      const image = make("img", { alt: heading, loading: "lazy" });
      this.drawn.set(name, image);
      const files = make("span", { class: "buttons" }, button("SVG", async () => save(`${name}.svg`, await this.svg(name), "image/svg+xml")), button("PNG", () => this.savePng(name)));
      return make("details", { ontoggle: async ({ target }) => target.open && !image.src && (image.src = URL.createObjectURL(new Blob([await this.svg(name)], { type: "image/svg+xml" }))) }, make("summary", {}, heading), image, files);
    }));
  }

  svg(name) {
    return this.pool.keeper.call("picture", { name });
  }

  async savePng(name) {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([await this.svg(name)], { type: "image/svg+xml" }));
    await image.decode();
    const sheet = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
    sheet.getContext("2d").drawImage(image, 0, 0);
    save(`${name}.png`, await sheet.convertToBlob());
    URL.revokeObjectURL(image.src);
  }

  numbersTable() {
    const { curves } = this.run.ends;
    const interval = (pair) => (pair ? `${percent(pair[0])} to ${percent(pair[1])}` : "–");
    const row = (curve, group) => [...(curves.length > 1 ? [curve.name] : []), short(group.x ?? NaN), group.n, group.score === null ? "–" : percent(group.score), interval(group.score_interval), percent(group.success_rate ?? 0), interval(group.success_interval)];
    const head = [...(curves.length > 1 ? [""] : []), this.run.description.axis ?? "", words.count, words.mean, words.interval, words.share, words.interval];
    const rows = curves.flatMap((curve) => curve.groups.map((group) => row(curve, group)));
    return make("details", {}, make("summary", {}, words.numbers), make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": words.numbers }, table([head, ...rows], this.run.ends.graded)));
  }

  fillTables() {
    if (!this.run || !this.tables.open) return;
    const bins = histogram(this.run, this.player.time).filter((bin) => bin.models);
    const losses = this.run.fan ?? [];
    this.tables.replaceChildren(
      make("summary", {}, words.table),
      table([[this.run.description.measure, words.count], ...bins.map((bin) => [`${percent(bin.from)} to ${percent(bin.to)}`, bin.models])], words.distribution),
      table([[words.epoch, "10 %", "50 %", "90 %"], ...losses.map((point) => [point.epoch, short(point.low), short(point.middle), short(point.high)])], words.losses),
    );
  }

  writeAddressSoon() {
    clearTimeout(this.addressTimer);
    this.addressTimer = setTimeout(() => this.writeAddress(), 500);
  }

  async writeAddress() {
    const { run } = this;
    const show = {};
    if (this.tab !== "dots") show.tab = this.tab;
    if (this.tab === "map" && this.mapView) {
      Object.assign(show, { x: this.mapView.axes.x, y: this.mapView.axes.y });
      if (this.mapView.window.length) show.window = this.mapView.window.join(",");
    }
    if (this.engine.value !== "auto") show.engine = this.engine.value;
    if (this.pins.length) show.models = this.pins.join(",");
    if (!this.player.playing && this.player.time < this.player.last) show.epoch = run.epochs[Math.floor(this.player.time)];
    const { link, whole } = await writeLink(run.description.link, show, run.question.table);
    if (run !== this.run) return;
    history.replaceState(null, "", `#${link}`);
    if (!whole) this.say(words.cut);
  }

  /** Chooses the tab and the map's window for the next question. */
  view(show) {
    this.mapAxes = show.x && show.y ? { x: show.x, y: show.y } : undefined;
    this.mapWindow = show.window ? show.window.split(",").map(Number) : undefined;
    this.open(TABS.includes(show.tab) ? show.tab : "dots");
  }

  /** Shows the question of the address. */
  async follow() {
    const { settings, show, table: bytes } = await readLink(location.hash);
    this.form.show(settingsOf(settings), bytes);
    this.engine.value = ["gpu", "cpu"].includes(show.engine) ? show.engine : "auto";
    this.view(show);
    clearTimeout(this.timer);
    const asked = this.ask();
    if (show.epoch !== undefined || show.models) {
      await asked;
      if (!this.run) return;
      (show.models ?? "").split(",").filter(Boolean).map(Number).filter((model) => model < this.run.models).forEach((model) => this.pin(model));
      const slot = this.run.epochs.findIndex((epoch) => epoch >= Number(show.epoch));
      if (slot >= 0) {
        this.player.pause();
        this.player.set(slot);
      }
    }
  }
}

async function openPage() {
  try {
    const pool = await Pool.open();
    const page = new Page(pool, JSON.parse(await pool.keeper.call("settings")));
    addEventListener("hashchange", () => page.follow());
    await page.follow();
    if ("serviceWorker" in navigator && location.protocol !== "file:" && !document.getElementById("core")) {
      navigator.serviceWorker.register("offline.js").catch(() => undefined);
    }
  } catch (error) {
    const why = error instanceof WebAssembly.CompileError ? words.needsSimd : error.message;
    document.getElementById("app").replaceChildren(make("p", { class: "alert", role: "alert" }, words.startFailed(why)));
  }
}

if (typeof document === "undefined") runWorker();
else openPage();

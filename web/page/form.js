import { DrawPad } from "./drawpad.js";
import { button, make } from "./dom.js";
import { lessons, words } from "./words.js";

/** Settings of single built-in data sets, which another one does not read. */
const OF_DATA = ["noise", "blur", "classes", "features", "relevant-features", "modulus", "points"];
/** Built-in data with noise, and how much is much. */
const NOISY = { moons: 0.5, circles: 0.3, xor: 0.5, spirals: 0.5 };
/** Most layers and units that the core takes. */
const [MOST_LAYERS, MOST_UNITS] = [4, 64];
/** Decades of the slider for learning rates. */
const DECADES = [-5, 3];

/** The words of a setting: "sgd, momentum or adam" as a list. */
const choices = (setting) => setting.words.split(/, | or /).filter(Boolean);

/** The form on the left: the settings as texts by key, and the table. */
export class Form {
  constructor(settings, changed) {
    this.table = undefined;
    this.values = new Map();
    this.known = new Map(settings.map((setting) => [setting.key, setting]));
    this.changed = changed;
    this.alert = make("p", { class: "alert", role: "alert" });
    this.fields = make("div", { class: "fields" });
    this.every = make("div", { class: "every" });
    this.lesson = make("p", { class: "lesson" });
    this.element = make(
      "section",
      { class: "question", "aria-labelledby": "question-title" },
      make("h2", { id: "question-title" }, words.question),
      make("nav", { "aria-label": words.lessons, class: "lessons" }, ...lessons.map((lesson) => button(lesson.name, () => this.teach(lesson)))),
      this.lesson,
      this.alert,
      this.fields,
      make("details", { class: "more" }, make("summary", {}, words.more), make("p", { class: "hint" }, words.otherSettings), this.every),
    );
    this.element.addEventListener("dragover", (event) => event.preventDefault());
    this.element.addEventListener("drop", (event) => {
      event.preventDefault();
      const [file] = event.dataTransfer.files;
      if (file) this.takeFile(file);
    });
    this.render();
  }

  text(key) {
    return this.values.get(key) ?? this.known.get(key)?.text ?? "";
  }

  /** Sets a setting; its default leaves it out. */
  set(key, text) {
    if (text === "" || text === this.known.get(key)?.text) this.values.delete(key);
    else this.values.set(key, text);
    this.ask();
  }

  ask() {
    this.lesson.textContent = "";
    this.refuse("");
    this.render();
    this.changed();
  }

  /** Shows a question that comes from a link or a lesson. */
  show(values, table) {
    [this.values, this.table] = [values, table];
    this.render();
  }

  teach(lesson) {
    const pairs = lesson.link.split("&").filter(Boolean).map((part) => part.split("="));
    this.show(new Map(pairs), undefined);
    this.lesson.replaceChildren(lesson.text, " ", make("em", {}, `${words.tryThis} ${lesson.next}`));
    this.refuse("");
    this.changed(lesson.show ?? { tab: "dots" });
  }

  refuse(message) {
    this.alert.textContent = message;
  }

  async takeFile(file) {
    this.takeTable(file.name.replace(/[\\/]/g, "_"), new Uint8Array(await file.arrayBuffer()));
  }

  takeTable(name, bytes) {
    for (const key of ["dataset", ...OF_DATA]) this.values.delete(key);
    this.values.set("data", name);
    this.table = bytes;
    this.ask();
  }

  render() {
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    this.fields.replaceChildren(
      this.group(words.data, this.dataFields()),
      this.group(words.network, [this.layers(), this.select("activation", words.activation), this.select("init", words.init)]),
      this.group(words.training, [
        this.rates(),
        this.number("seeds", words.seeds, { placeholder: "25" }),
        this.number("epochs", words.epochs, {}),
        this.select("optimizer", words.optimizer),
        this.select("schedule", words.schedule),
        this.number("batch-size", words.batch, { placeholder: words.full }),
      ]),
    );
    this.renderEvery();
    if (focused) this.element.querySelector(`[data-key="${focused}"]`)?.focus();
  }

  group(title, children) {
    return make("fieldset", {}, make("legend", {}, title), ...children.filter(Boolean));
  }

  labelled(label, control, hint) {
    return make("label", { class: "field", title: hint }, make("span", {}, label), control);
  }

  /** A list of the words of a setting; several values at once are shown as they were typed. */
  select(key, label) {
    const [setting, value] = [this.known.get(key), this.text(key)];
    if (/[,/]/.test(value)) return this.typed(key, label);
    const options = choices(setting).map((word) => make("option", { value: word, selected: word === value }, word));
    return this.labelled(label, make("select", { "data-key": key, onchange: ({ target }) => this.set(key, target.value) }, ...options), setting.short);
  }

  number(key, label, { placeholder }) {
    const value = this.values.get(key) ?? (placeholder ? "" : this.text(key));
    const input = make("input", { "data-key": key, inputmode: "numeric", value, placeholder, onchange: ({ target }) => this.set(key, target.value.trim()) });
    return this.labelled(label, input, this.known.get(key).short);
  }

  typed(key, label) {
    const input = make("input", { "data-key": key, value: this.text(key), onchange: ({ target }) => this.set(key, target.value.trim()) });
    return this.labelled(label, input, this.known.get(key).short);
  }

  dataFields() {
    const pick = make("input", { type: "file", accept: ".csv,.tsv,.txt", onchange: ({ target }) => target.files[0] && this.takeFile(target.files[0]) });
    const area = make("textarea", { rows: 4, "aria-label": words.pasteTable, placeholder: "x1,x2,label" });
    const paste = button(words.useTable, () => this.takeTable("pasted.csv", new TextEncoder().encode(area.value)));
    const own = make("details", { class: "own", open: Boolean(this.table) }, make("summary", {}, words.ownTable), make("p", { class: "hint" }, words.ownTableHint), pick, area, paste);
    this.pad ??= new DrawPad((text) => this.takeTable("drawn.csv", new TextEncoder().encode(text)));
    const draw = make("details", { class: "own", open: this.values.get("data") === "drawn.csv" }, make("summary", {}, words.draw), this.pad.element);
    if (this.values.has("data")) {
      const back = button("×", () => this.setData(this.known.get("dataset").text), words.reset);
      return [make("p", { class: "chosen" }, this.values.get("data"), " ", back), own, draw];
    }
    const name = this.text("dataset");
    const many = /,/.test(name);
    const list = choices(this.known.get("dataset")).map((word) => make("option", { value: word, selected: word === name }, word));
    const data = many ? this.typed("dataset", words.data) : this.labelled(words.data, make("select", { "data-key": "dataset", onchange: ({ target }) => this.setData(target.value) }, ...list));
    const most = NOISY[name];
    const noise = most && this.labelled(words.noise, make("input", { type: "range", "data-key": "noise", min: 0, max: most, step: most / 50, value: this.text("noise"), onchange: ({ target }) => this.set("noise", target.value) }));
    return [data, noise, own, draw];
  }

  setData(name) {
    for (const key of ["data", ...OF_DATA]) this.values.delete(key);
    this.table = undefined;
    this.set("dataset", name);
  }

  layers() {
    const text = this.text("hidden");
    if (/\//.test(text)) return this.typed("hidden", words.hidden);
    const widths = text === "none" ? [] : text.split(",").map(Number);
    const put = (next) => this.set("hidden", next.length ? next.join(",") : "none");
    const changed = (layer, width) => put(widths.map((own, n) => (n === layer ? Math.min(Math.max(width, 1), MOST_UNITS) : own)));
    const chips = widths.map((width, n) =>
      make("span", { class: "chip" }, button("−", () => changed(n, width - (width > 8 ? 4 : 1)), words.fewerUnits(n + 1)), String(width), button("+", () => changed(n, width + (width >= 8 ? 4 : 1)), words.moreUnits(n + 1))),
    );
    const add = widths.length < MOST_LAYERS && button("+", () => put([...widths, widths.at(-1) ?? 4]), words.addLayer);
    const drop = widths.length > 0 && button("−", () => put(widths.slice(0, -1)), words.removeLayer);
    const shown = chips.length ? chips : [make("span", { class: "hint" }, words.noLayer)];
    return make("div", { class: "field layers", role: "group", "aria-label": words.hidden }, make("span", {}, words.hidden), make("span", { class: "chips" }, ...shown, ...[drop, add].filter(Boolean)));
  }

  /** The range of learning rates as two sliders, if it is one. */
  rates() {
    const text = this.text("lr");
    const [kind, a, b, n] = text.split(":");
    if (!["geomspace", "logspace", "linspace"].includes(kind)) return this.typed("lr", words.rates);
    const ends = [a, b].map((end) => (kind === "logspace" ? Number(end) : Math.log10(Number(end))));
    const spaced = kind === "linspace" ? kind : "geomspace";
    const put = (low, high, values) => this.set("lr", `${spaced}:${Number((10 ** low).toPrecision(3))}:${Number((10 ** high).toPrecision(3))}:${values}`);
    const slider = (end, label) => {
      const shown = make("output", {}, String(Number((10 ** ends[end]).toPrecision(2))));
      const input = make("input", {
        type: "range", "data-key": `lr${end}`, min: DECADES[0], max: DECADES[1], step: 0.25, value: ends[end],
        oninput: ({ target }) => (shown.textContent = String(Number((10 ** target.value).toPrecision(2)))),
        onchange: ({ target }) => {
          const next = [...ends];
          next[end] = Number(target.value);
          put(Math.min(...next), Math.max(...next), n);
        },
      });
      return make("label", { class: "field range" }, make("span", {}, label), input, shown);
    };
    const values = make("input", { "data-key": "lrn", inputmode: "numeric", value: n, onchange: ({ target }) => put(ends[0], ends[1], target.value.trim()) });
    return make("div", { class: "rates", role: "group", "aria-label": words.rates }, make("span", { class: "sub" }, words.rates), slider(0, words.from), slider(1, words.to), this.labelled(words.values, values));
  }

  renderEvery() {
    const rows = [...this.known.values()].filter((setting) => setting.kind !== "file").map((setting) => {
      const value = this.values.get(setting.key) ?? "";
      const input = make("input", { "data-key": `every-${setting.key}`, value, placeholder: setting.text ?? "", onchange: ({ target }) => this.set(setting.key, target.value.trim()) });
      return make("label", { class: "field", title: [setting.short, setting.more].filter(Boolean).join("\n\n") }, make("span", {}, setting.key), input);
    });
    this.every.replaceChildren(...rows);
  }
}

/**
 * Makes an element. Attributes that begin with "on" are listeners; `undefined` and `false` leave an attribute out.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children
 * @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** A button with a text, and a longer one for screen readers if it is only a sign. */
export function button(text, onclick, label) {
  return make("button", { type: "button", onclick, "aria-label": label, title: label }, text);
}

/** A number with thousands separated by commas. */
export const count = (n) => n.toLocaleString("en-US");

/** A share as a percentage with up to one decimal. */
export const percent = (share) => `${Math.round(share * 1000) / 10}\u00a0%`;

/** A number with three significant digits. */
export function short(value) {
  if (!Number.isFinite(value)) return "–";
  const text = Number(value.toPrecision(3));
  return Math.abs(text) >= 1e5 || (text !== 0 && Math.abs(text) < 1e-4) ? text.toExponential() : String(text);
}

/** Hands a text or blob to the visitor as a file. */
export function save(name, content, type = "text/plain") {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** A table of rows, the first of which is its head. */
export function table(rows, caption) {
  const [head, ...body] = rows;
  return make(
    "table",
    {},
    make("caption", {}, caption),
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...body.map((row) => make("tr", {}, ...row.map((text) => make("td", {}, String(text)))))),
  );
}

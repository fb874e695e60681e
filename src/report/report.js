
"use strict";
// A press on a heading sorts the table by that column, a second one the other way round. What is missing stays last.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  const key = (row, column) => {
    const cell = row.cells[column];
    if (cell.classList.contains("text")) return cell.textContent;
    return "value" in cell.dataset ? Number(cell.dataset.value) : null;
  };
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b);
  const sort = (column) => {
    const heading = headings[column];
    const falling = heading.getAttribute("aria-sort") === "ascending";
    const keyed = [...body.rows].map((row) => [key(row, column), row]);
    keyed.sort(([a], [b]) => {
      if (a === null || b === null) return (a === null) - (b === null);
      return falling ? compare(b, a) : compare(a, b);
    });
    body.append(...keyed.map(([, row]) => row));
    headings.forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const order = falling ? "descending" : "ascending";
    document.getElementById("sorted").textContent = `Sorted by ${heading.textContent}, ${order}`;
  };
  headings.forEach((heading, column) => heading.firstElementChild.addEventListener("click", () => sort(column)));
}

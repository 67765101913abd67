"use strict";
// Adds search and sort to tables. Without it every row is there, in the order of the study.
(() => {
  const collator = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" });
  const make = (name, text) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    return element;
  };

  document.querySelectorAll("table.find").forEach((table, number) => {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const place = table.closest(".scroll") || table;
    if (rows.length < 2) return;

    const tools = make("div");
    tools.className = "tools";
    const label = make("label", `Search the ${table.dataset.find}`);
    const box = make("input");
    box.type = "search";
    box.id = `search.${number}`;
    box.autocomplete = "off";
    label.htmlFor = box.id;
    const told = make("p");
    told.setAttribute("role", "status");
    tools.append(label, box, told);
    place.before(tools);

    const texts = rows.map((row) => row.textContent.toLowerCase());
    const show = () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        row.hidden = !words.every((word) => texts[index].includes(word));
        if (!row.hidden) shown += 1;
      });
      told.textContent = `${shown} of ${rows.length} rows shown`;
    };
    box.addEventListener("input", show);
    show();

    const headings = Array.from(table.tHead.rows[0].cells);
    headings.forEach((heading, column) => {
      if (!("sort" in heading.dataset)) return;
      const button = make("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const key = (row) => row.cells[column].textContent.trim();
        rows
          .slice()
          .sort((a, b) => collator.compare(key(a), key(b)) * (down ? -1 : 1))
          .forEach((row) => body.append(row));
      });
    });
  });
})();

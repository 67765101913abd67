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

// Opens what is folded around the place that a link leads to, where the browser does not.
(() => {
  const open = () => {
    const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let outer = place; outer; outer = outer.parentElement) if (outer.localName === "details") outer.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();

// Adds a button that copies a text.
document.querySelectorAll("textarea.copy").forEach((area) => {
  const button = document.createElement("button");
  const told = document.createElement("p");
  button.type = "button";
  button.textContent = "Copy the text";
  told.setAttribute("role", "status");
  button.addEventListener("click", () => {
    area.select();
    told.textContent = document.execCommand("copy") ? "The text is copied." : "The text is selected: copy it with your keyboard.";
  });
  area.after(button, told);
});

// Shows any two units side by side.
(() => {
  const data = document.getElementById("page.data");
  const place = document.getElementById("page.pick");
  if (!data || !place) return;
  const { start, units, questions, answers } = JSON.parse(data.content.textContent);
  if (units.length < 2) return;
  const make = (name, text, parent) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (parent) parent.append(element);
    return element;
  };
  const named = (unit, parent) => make("bdi", unit.name, parent);
  const head = (text, row, scope) => {
    const cell = make("th", text, row);
    cell.scope = scope;
    return cell;
  };

  const picks = make("div", "", place);
  picks.className = "pick";
  // A unit's own page leads here with its id.
  const wanted = units.findIndex((unit) => unit.id === new URLSearchParams(location.search).get("first"));
  const shown = wanted < 0 ? start : [wanted, start.find((place) => place !== wanted)];
  const lists = ["First", "Second"].map((which, number) => {
    const label = make("label", `${which} ${place.dataset.noun} `, picks);
    const list = make("select", "", label);
    units.forEach((unit, index) => {
      make("option", unit.name, list).value = index;
    });
    list.value = shown[number];
    return list;
  });
  const result = make("div", "", place);
  result.setAttribute("role", "status");
  const frame = make("div", "", place);
  frame.className = "scroll";
  frame.tabIndex = 0;
  frame.setAttribute("role", "region");
  frame.setAttribute("aria-label", "Table: side by side");
  const table = make("table", "", frame);
  table.className = "fit pair";

  const rank = (first, second) => {
    const sentence = make("p", "", result);
    sentence.className = "lead";
    if (first === second) {
      sentence.textContent = "Pick two that differ.";
      return;
    }
    const pair = first.below.includes(units.indexOf(second)) ? [first, second]
      : second.below.includes(units.indexOf(first)) ? [second, first] : null;
    if (pair) {
      named(pair[0], sentence);
      sentence.append(" has a higher score than ");
      named(pair[1], sentence);
      sentence.append(`, whatever the unknown answers are and under every weighting that we allow. ${place.dataset.given}`);
    } else {
      sentence.textContent = "What we read does not say which of the two has the higher score. That says nothing for or against either.";
    }
  };
  const show = () => {
    const pair = lists.map((list) => units[Number(list.value)]);
    result.replaceChildren();
    table.replaceChildren();
    rank(...pair);
    pair.forEach((unit) => unit.notices.forEach((text) => {
      const sentence = make("p", "", result);
      sentence.className = "notice";
      named(unit, sentence);
      sentence.append(`: ${text}`);
    }));
    make("caption", "Answers side by side, each with its date", table);
    const top = make("tr", "", make("thead", "", table));
    head("Question", top, "col");
    pair.forEach((unit) => {
      const link = make("a", "", head("", top, "col"));
      link.href = unit.page;
      named(unit, link);
    });
    const body = make("tbody", "", table);
    const line = (heading, texts) => {
      const row = make("tr", "", body);
      head(heading, row, "row");
      texts.forEach(([text, why]) => {
        const cell = make("td", text, row);
        if (why) make("p", why, cell).className = "quiet";
      });
    };
    line("Score that what we read allows", pair.map((unit) => [unit.score, ""]));
    questions.forEach((question, index) => line(question, pair.map((unit) => answers[unit.answers[index]])));
  };
  lists.forEach((list) => list.addEventListener("change", show));
  show();
})();

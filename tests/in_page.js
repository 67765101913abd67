// What the accessibility tests ask of a page, from within it. An answer is a list of faults, each a
// sentence that names the element; an empty list is good.
globalThis.questions = (() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = (text) => text.replace(/\s+/g, " ").trim();
  const called = (el) => {
    const label = words(el.getAttribute("aria-label") || el.textContent || "").slice(0, 50);
    return `<${el.localName}${el.id ? ` id="${el.id}"` : ""}${el.className ? ` class="${el.className}"` : ""}> “${label}”`;
  };
  const shown = (el) => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0;
  const scrolls = (el, axis) => /auto|scroll/.test(getComputedStyle(el)[`overflow${axis}`]);
  const ancestors = function* (el) { for (let one = el.parentElement; one; one = one.parentElement) yield one; };

  // Colours: whatever notation a style uses, a canvas knows its red, green, blue and opacity.
  const brush = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      brush.clearRect(0, 0, 1, 1);
      brush.fillStyle = colour;
      brush.fillRect(0, 0, 1, 1);
      known.set(colour, [...brush.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const behind = (el) => {
    for (let one = el; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (rgba(colour)[3] > 127) return colour;
    }
    return "white";
  };
  // Relative luminance and contrast ratio as WCAG 2.2 defines them.
  const luminance = (colour) => {
    const [r, g, b] = rgba(colour).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  // Everything that a keyboard must reach, in the order of the document: a link or control even if
  // somebody took it out of the order, and what scrolls with nothing in it to stop at.
  const CONTROLS = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe";
  const stops = () => {
    const held = new Set(all(`${CONTROLS}, [tabindex]`).filter(
      (el) => shown(el) && !el.disabled && (el.matches(CONTROLS) || el.tabIndex >= 0)));
    return all("body, body *").filter((el) => held.has(el) || (
      (el.scrollWidth > el.clientWidth + 1 && scrolls(el, "X") || el.scrollHeight > el.clientHeight + 1 && scrolls(el, "Y"))
      && shown(el) && !all("*", el).some((one) => held.has(one))));
  };
  const CUES = ["boxShadow", "backgroundColor", "borderTopColor", "borderBottomColor", "borderBottomWidth", "textDecorationLine"];
  const cues = (el) => CUES.map((name) => getComputedStyle(el)[name]).join("|");
  const focusShows = (el, before) => {
    const style = getComputedStyle(el);
    if (style.outlineStyle === "auto") return true;
    if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1 && rgba(style.outlineColor)[3] > 127)
      return contrast(style.outlineColor, behind(el.parentElement)) >= 3;
    return cues(el) !== before;
  };
  // Whether any of it can be seen: not beyond the window or what it scrolls in, and not covered.
  const inSight = (el) => {
    const frames = [...ancestors(el)].filter((one) => scrolls(one, "X") || scrolls(one, "Y")).map((one) => one.getBoundingClientRect());
    frames.push({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
    const edge = (side, inner, box) => inner(box[side], ...frames.map((frame) => frame[side]));
    return [...el.getClientRects()].some((box) => {
      const [left, top] = [edge("left", Math.max, box), edge("top", Math.max, box)];
      const [right, bottom] = [edge("right", Math.min, box), edge("bottom", Math.min, box)];
      if (left >= right || top >= bottom) return false;
      const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return hit && (el.contains(hit) || (hit.contains(el) && hit !== document.body && hit !== document.documentElement));
    });
  };
  let walk = null;

  return {
    openAll() { all("details").forEach((el) => { el.open = true; }); },

    // Up to three texts of each look: contrast hangs on nothing but colours, size and weight, and
    // to look at each of thousands of cells takes a minute.
    looks() {
      const kept = new Map();
      for (const el of all("body *")) {
        if (![...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !shown(el)) continue;
        const style = getComputedStyle(el);
        const look = [style.color, behind(el), style.fontSize, style.fontWeight, style.opacity,
          style.backgroundImage, el.localName, el.className].join("|");
        if (!kept.has(look)) kept.set(look, []);
        if (kept.get(look).length < 3) kept.get(look).push(el);
      }
      return [...kept.values()].flat();
    },

    // Sideways scrolling of the page, and what sticks out of it or is cut off at an edge.
    tooWide() {
      const root = document.documentElement, room = root.clientWidth, faults = [];
      if (root.scrollWidth > room) faults.push(`the page is ${root.scrollWidth} pixels wide in a window of ${room}`);
      for (const el of all("body *")) {
        const right = el.getBoundingClientRect().right;
        if (right > room + 1 && shown(el) && ![...ancestors(el)].some((one) => scrolls(one, "X")))
          faults.push(`${called(el)} reaches to ${Math.round(right)} of ${room} pixels`);
        const { overflowX, overflowY } = getComputedStyle(el);
        if (el.clientWidth > 1 && el.scrollWidth > el.clientWidth + 1 && /hidden|clip/.test(overflowX) && shown(el))
          faults.push(`${called(el)} is cut off at its edge`);
        if (el.clientHeight > 1 && el.scrollHeight > el.clientHeight + 1 && /hidden|clip/.test(overflowY) && shown(el))
          faults.push(`${called(el)} is cut off at its foot`);
      }
      for (const el of all("caption")) {
        const frame = [...ancestors(el)].find((one) => scrolls(one, "X"));
        if (frame && shown(el) && el.getBoundingClientRect().width > frame.clientWidth + 1)
          faults.push(`${called(el)} is wider than the frame in which its table scrolls`);
      }
      return faults.slice(0, 10);
    },

    // Words of letters alone that stand on two lines, without a hyphen where they are broken.
    brokenWords() {
      const faults = [], range = document.createRange();
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        for (const { 0: word, index } of node.data.matchAll(/(?<=^|[\s(“"])\p{L}{3,20}(?=[\s,.;:)”"]|$)/gu)) {
          range.setStart(node, index);
          range.setEnd(node, index + word.length);
          // Chinese writes no blanks, and a line may end after any of its signs.
          if (!/\p{Script=Han}/u.test(word) && new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1 && shown(node.parentElement))
            faults.push(`the word “${word}” is broken in ${called(node.parentElement)}`);
        }
      }
      return faults.slice(0, 10);
    },

    // Paper is white, and a printer leaves out every ground that is not asked for.
    onPaper() {
      const faults = [], { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth} pixels wide on a sheet of ${clientWidth}`);
      for (const el of all("body *")) {
        const style = getComputedStyle(el);
        if (el.matches("h2, h3, h4, h5, h6, caption, dt") && style.breakAfter !== "avoid" && shown(el))
          faults.push(`${called(el)} may stand alone at the foot of a page`);
        if (el.matches("thead button") && style.display !== "contents")
          faults.push(`${called(el)} would be missing where the head of its table is repeated`);
        if (![...el.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !shown(el)) continue;
        const ground = [el, ...ancestors(el)].find((one) => rgba(getComputedStyle(one).backgroundColor)[3] > 127
          && getComputedStyle(one).printColorAdjust === "exact");
        const ratio = contrast(style.color, ground ? getComputedStyle(ground).backgroundColor : "white");
        if (ratio < 4.5) faults.push(`${called(el)} has a contrast of ${ratio.toFixed(1)} on paper`);
      }
      return faults.slice(0, 10);
    },

    // The spacing that a reader may set for themselves (WCAG 2.2, 1.4.12).
    spaceText() {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; } p { margin-bottom: 2em !important; }");
      document.adoptedStyleSheets.push(sheet);
    },

    // A walk with Tab: each press notes where the last one led, when that place has come to rest.
    beginWalk(most) {
      const expected = stops().slice(0, most);
      walk = { expected, before: new Map(expected.map((el) => [el, cues(el)])), visited: [], faults: [] };
      addEventListener("keydown", (event) => {
        const el = document.activeElement;
        if (event.key !== "Tab" || !el || el === document.body) return;
        walk.visited.push(el);
        if (!focusShows(el, walk.before.get(el))) walk.faults.push(`no focus can be seen on ${called(el)}`);
        if (!inSight(el)) walk.faults.push(`out of sight or covered when focused: ${called(el)}`);
      }, true);
      return expected.length;
    },
    endWalk() {
      const { expected, visited, faults } = walk, seen = new Set(visited);
      faults.push(...expected.filter((el) => !seen.has(el)).map((el) => `Tab does not reach ${called(el)}`));
      const reached = expected.filter((el) => seen.has(el));
      const turn = reached.findIndex((el, place) => el !== visited[place]);
      if (turn >= 0) faults.push(`Tab leads to ${called(visited[turn])} where ${called(reached[turn])} is next`);
      return faults.slice(0, 10);
    },

    // The first of the disclosures that bear the same words, by number.
    disclosures() {
      const first = new Map();
      all("details > summary").forEach((el, number) => {
        if (shown(el) && !first.has(words(el.textContent))) first.set(words(el.textContent), number);
      });
      return [...first.values()];
    },
    focusDisclosure(number) { all("details > summary")[number].focus(); },
    disclosed(number) { return all("details > summary")[number].parentElement.open; },

    // Buttons and fields for text, one of each that bears the same words.
    controls() {
      const first = new Map();
      all("button, input").forEach((el, number) => {
        if (shown(el) && !first.has(words(el.textContent) || el.id)) first.set(words(el.textContent) || el.id, number);
      });
      return [...first.values()];
    },
    focusControl(number) {
      const el = all("button, input")[number];
      el.focus();
      return [called(el), el.localName];
    },
    content() { return document.body.innerHTML; },

    skipLink() {
      const link = document.activeElement, to = link?.getAttribute?.("href") ?? "";
      const target = to.startsWith("#") && to.length > 1 && document.getElementById(to.slice(1));
      if (!target || target.localName !== "main") return ["the first Tab leads to no link to the main part of the page"];
      return inSight(link) ? [] : ["the skip link stays out of sight when focused"];
    },
    // After the skip link, the next stop lies in the target or after it.
    skipped() {
      const target = document.getElementById(location.hash.slice(1)), el = document.activeElement;
      return target && (target.contains(el) || target.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING)
        ? [] : [`after the skip link, Tab leads to ${called(el)}`];
    },

    // A chart's text says what kind it is, of what, and what it shows, in whole sentences.
    images() {
      const KIND = /\b(matrix|map|bars?|chart|lines?|timeline|dots|plot|ranges|diagram|screenshot|drawing)\b/i;
      const faults = [];
      for (const el of all("img, svg:not([aria-hidden=true]), [role=img]")) {
        if (el.closest("svg") !== el && el.closest("svg")) continue;
        const text = words(el.getAttribute("alt") ?? el.getAttribute("aria-label") ?? el.querySelector("title")?.textContent ?? "");
        const place = `${el.closest("figure, section, article")?.id || el.parentElement.localName}: <${el.localName}>`;
        const [first, ...others] = text.split(/(?<=[.!?]) /);
        if (!text) faults.push(`${place} has no text alternative`);
        else if (text.length <= 60) faults.push(`${place}: its text is too short to say kind, data and finding: “${text}”`);
        else if (!/[.!?]['"’”]?$/.test(text)) faults.push(`${place}: its text does not end in a sentence: “…${text.slice(-40)}”`);
        else if (!KIND.test(first)) faults.push(`${place}: its first sentence does not say what kind of picture it is: “${first}”`);
        else if (!others.length) faults.push(`${place}: its text has one sentence, and so no finding beside kind and data`);
      }
      return faults;
    },

    tables() {
      const faults = [];
      for (const table of all("table")) {
        const caption = table.caption && words(table.caption.textContent), place = `table “${caption || called(table)}”`;
        if (!caption) faults.push(`${place} has no caption`);
        if (!table.querySelector("th")) faults.push(`${place} has no header cell`);
        for (const th of all("th", table))
          if (!/^(col|row|colgroup|rowgroup)$/.test(th.getAttribute("scope") ?? ""))
            faults.push(`${place}: the header “${words(th.textContent)}” says neither row nor column`);
      }
      return faults.slice(0, 10);
    },

    async axe(options, ofLooks) {
      const context = ofLooks ? { include: this.looks() } : document;
      const found = await axe.run(context, { resultTypes: ["violations"], preload: false, ...options });
      return found.violations.map((one) => ({
        rule: one.id, tags: one.tags, help: one.help, count: one.nodes.length,
        html: one.nodes[0].html.slice(0, 200), why: words(one.nodes[0].failureSummary),
      }));
    },
  };
})();

// Looks at a page as its reader's browser has laid it out, and lists what is wrong with it; nothing for a good page.
(() => {
  const findings = [];
  const found = (what, where) => findings.push(what + ": " + where);
  const words = (node) => JSON.stringify((node.textContent || "").trim().slice(0, 50));
  const name = (node) => "<" + node.tagName.toLowerCase() + (node.id ? " id=" + node.id : "") + "> " + words(node);

  // Texts of one figure: none over another, none cut off.
  const slack = 1;
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll("text")].map((node) => [node, node.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0);
    for (let one = 0; one < texts.length; one++) {
      const [node, box] = texts[one];
      if (box.left < frame.left - slack || box.right > frame.right + slack || box.top < frame.top - slack
        || box.bottom > frame.bottom + slack) found("text outside its figure", name(node));
      for (let two = one + 1; two < texts.length; two++) {
        const [other, rest] = texts[two];
        // Boxes are as high as a line; letters fill the middle of it.
        const trim = 0.22;
        if (box.left < rest.right - slack && rest.left < box.right - slack
          && box.top + box.height * trim < rest.bottom - rest.height * trim
          && rest.top + rest.height * trim < box.bottom - box.height * trim) {
          found("two texts overlap", words(node) + " and " + words(other));
        }
      }
    }
  }

  // Nothing but what scrolls by itself is wider than the page.
  const width = document.documentElement.clientWidth;
  for (const node of document.querySelectorAll("body *")) {
    if (node.closest(".scroll, defs, svg")) continue;
    const box = node.getBoundingClientRect();
    if (box.right > width + 1 && box.width > 0) found("wider than the page", name(node));
  }
  if (document.documentElement.scrollWidth > width) found("the page scrolls sideways", String(width));

  // Whoever has only a keyboard reaches what scrolls, and learns what it is.
  for (const node of document.querySelectorAll("body *")) {
    const overflow = getComputedStyle(node).overflowX;
    if (node.closest("svg") || (overflow !== "auto" && overflow !== "scroll")) continue;
    if (node.tabIndex < 0) found("scrolls but takes no focus", name(node));
    if (node.getAttribute("role") !== "region" || !node.getAttribute("aria-label")) {
      found("scrolls but has no name", name(node));
    }
  }

  // Ids, and the links to them.
  const ids = new Set();
  for (const node of document.querySelectorAll("[id]")) {
    if (ids.has(node.id)) found("an id twice", name(node));
    ids.add(node.id);
  }
  for (const link of document.querySelectorAll("a")) {
    const href = link.getAttribute("href") || "";
    if (href.startsWith("#") && !ids.has(href.slice(1))) found("a link to nothing", href);
    if (!href.startsWith("#") && !/^https?:|^[\w./-]+$/.test(href)) found("an odd link", href);
  }
  for (const node of document.querySelectorAll("[aria-labelledby]")) {
    for (const id of node.getAttribute("aria-labelledby").split(" ")) {
      if (!ids.has(id)) found("a name that is nowhere", id);
    }
  }
  for (const cell of document.querySelectorAll("td")) {
    if (/violated/.test(cell.textContent) && !cell.querySelector("a[href^='#']")) {
      found("a violated cell without a link", name(cell));
    }
  }

  // Whoever opens the page offline, or with scripts switched off, sees all of it.
  for (const node of document.querySelectorAll("script:not(#findings), link, img, iframe, object, embed")) {
    found("needs another file or a script", name(node));
  }
  for (const node of document.querySelectorAll("[style*='url(http'], [src]")) found("needs the network", name(node));

  // The colours are those that the reader asked for, and words stand out from the ground (WCAG 2, 4.5 to 1).
  const scheme = document.getElementById("findings").dataset.scheme;
  if (!matchMedia("(prefers-color-scheme: " + scheme + ")").matches) found("shown in other colours than", scheme);
  const light = (colour) => {
    const parts = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const ratio = (one, two) => (Math.max(light(one), light(two)) + 0.05) / (Math.min(light(one), light(two)) + 0.05);
  const pale = new Set();
  for (const node of document.querySelectorAll("body *")) {
    const isWord = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
    if (!isWord || node.closest("defs, script, title, desc")) continue;
    const style = getComputedStyle(node);
    let ground = null;
    for (let at = node; at && !ground; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour !== "rgba(0, 0, 0, 0)") ground = colour;
    }
    // Words of a figure have an outline in the colour of what they stand on; numbers stand on a disc.
    const isFigure = node.tagName === "text";
    const disc = isFigure && node.parentElement.querySelector(":scope > circle");
    const under = disc ? getComputedStyle(disc).fill : isFigure && style.stroke !== "none" ? style.stroke : ground;
    const over = isFigure ? style.fill : style.color;
    if (ratio(over, under || "rgb(255, 255, 255)") < 4.5) pale.add(over + " on " + under + ", as in " + words(node));
  }
  for (const one of [...pale].slice(0, 5)) found("too little contrast", one);

  // Every pattern and marker that a style names is there.
  const style = [...document.querySelectorAll("style")].map((node) => node.textContent).join("");
  for (const [, id] of style.matchAll(/url\(#([\w-]+)\)/g)) {
    if (!ids.has(id)) found("a pattern that is nowhere", id);
  }

  const list = document.createElement("pre");
  list.id = "page-findings";
  list.textContent = "FINDINGS " + JSON.stringify(findings);
  document.body.append(list);
})();

// Runs before the page's own scripts.
window.npwBench = (() => {
  let longest = 0;
  const note = (entries) => {
    for (const entry of entries) longest = Math.max(longest, entry.duration);
  };
  const tasks = new PerformanceObserver((list) => note(list.getEntries()));
  tasks.observe({ type: "longtask", buffered: true });

  const loaded = new Promise((done) => addEventListener("load", done, { once: true }));
  const frame = () => new Promise(requestAnimationFrame);
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  /** The document and all shadow roots in it. */
  const roots = (node = document, found = [node]) => {
    for (const el of node.querySelectorAll("*")) {
      if (!el.shadowRoot) continue;
      found.push(el.shadowRoot);
      roots(el.shadowRoot, found);
    }
    return found;
  };
  const all = () => roots().flatMap((root) => [...root.querySelectorAll("*")]);
  const host = () => document.getElementById("npw");
  const text = () => host().textContent + roots(host()).slice(1).map((root) => root.textContent).join("");

  const ready = async (length, last) => {
    await loaded;
    for (let now = text(); performance.now() < 120_000; now = text()) {
      const drawn = now.length >= length && now.includes(last);
      await frame();
      if (!drawn) {
        // Reading a million tokens takes a while itself.
        if (now.length > 2e6) await pause(200);
        continue;
      }
      await frame();
      const time = performance.now();
      note(tasks.takeRecords());
      return { time, longest };
    }
    throw new Error(`after two minutes ${text().length} of ${length} characters stand in the page`);
  };

  const isScroller = (el) =>
    el.scrollHeight > el.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(el).overflowY);

  let scrollers = [];
  /** A reader looks before scrolling; and finding out what scrolls is not the page's work. */
  const look = async () => {
    scrollers = [document.scrollingElement, ...all().filter(isScroller)];
    await pause(250);
    await frame();
  };
  const scroll = async () => {
    const start = performance.now();
    // Rows that were not laid out before grow as they come into view, so the end may move away.
    let [stood, before] = [0, ""];
    while (stood < 2) {
      for (const el of scrollers) el.scrollTop = el.scrollHeight;
      await frame();
      const now = `${scrollers.map((el) => [el.scrollTop, el.scrollHeight])}`;
      stood = now === before ? stood + 1 : 0;
      before = now;
    }
    return performance.now() - start;
  };

  const inView = (el) => {
    const box = el.getBoundingClientRect();
    if (!box.width || box.bottom < 0 || box.top > innerHeight) return false;
    const top = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
    return el.contains(el.getRootNode().elementFromPoint(box.left + box.width / 2, top));
  };
  const coloured = () =>
    [...host().querySelectorAll("span")].filter(
      (el) => getComputedStyle(el).backgroundColor !== "rgba(0, 0, 0, 0)" && inView(el),
    ).length;

  /** How many tokens in view are coloured only some time after the page was said to be drawn. */
  const late = async () => {
    const before = coloured();
    await pause(400);
    return coloured() - before;
  };

  // Line breaks are drawn as layout, so white space does not count when texts are looked for; nor do the numbers in the
  // margin, which interrupt a text that is cut into rows.
  const squeeze = (words) => words.replace(/\s+/g, "");
  const withoutMargin = () => {
    let words = "";
    for (const root of [host(), ...roots(host()).slice(1)]) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { currentNode: node } = walker;
        if (!node.parentElement?.closest(".npw-gutter")) words += node.data;
      }
    }
    return words;
  };
  const missing = (texts) => {
    const found = squeeze(withoutMargin());
    let at = 0;
    return texts.map(squeeze).filter((one) => {
      const next = found.indexOf(one, at);
      if (next < 0) return !found.includes(one);
      at = next + one.length;
      return false;
    }).length;
  };

  return { ready, look, scroll, late, missing, elements: () => all().length };
})();

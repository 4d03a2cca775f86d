// In another page's frame: a smaller head and the site's colour. In the panel that embed.js makes, also word to it.
// The address asks for it and can change looks only.
(() => {
  "use strict";

  const asked = new URLSearchParams(location.search);
  const where = asked.get("embed");
  if (where !== "1" && where !== "panel") return;
  const root = document.documentElement;
  root.classList.add("embedded");

  const LEGIBLE = 4.6; // a little above the 4.5:1 that text needs, since colours are rounded
  const WHITE = [255, 255, 255];
  const BLACK = [0, 0, 0];

  function light(color) {
    const [r, g, b] = color
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(one, other) {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  function mix(one, other, share) {
    return one.map((part, at) => Math.round(part * (1 - share) + other[at] * share));
  }

  // The colour itself where it can be read on the ground, else as much of it as can be.
  function readable(color, ground, towards, least = LEGIBLE) {
    let share = 0;
    while (share < 1 && contrast(mix(color, towards, share), ground) < least) share += 0.02;
    return mix(color, towards, Math.min(share, 1));
  }

  function shades(color) {
    const tint = mix(color, WHITE, 0.9);
    const accent = readable(color, tint, BLACK);
    const dim = mix(color, [19, 26, 24], 0.8);
    const vivid = color.map((part) => (part * 255) / Math.max(...color, 1)); // so that it does not turn grey on its way
    const bright = readable(readable(color, dim, mix(WHITE, vivid, 0.5), 7), dim, WHITE, 7);
    const mine = readable(mix(color, BLACK, 0.45), [242, 247, 244], BLACK);
    const css = (rgb) => `rgb(${rgb.join(" ")})`;
    // The longer selector: Gradio gives what chat.css says of .dark to its own boxes as well.
    return `
      :root {
        --accent: ${css(accent)}; --accent-deep: ${css(mix(accent, BLACK, 0.25))}; --on-accent: #ffffff;
        --tint: ${css(tint)}; --mine: ${css(accent)}; --on-mine: #ffffff;
      }
      .dark, .dark .gradio-container.gradio-container .contain.contain {
        --accent: ${css(bright)}; --accent-deep: ${css(mix(bright, WHITE, 0.3))}; --on-accent: #000000;
        --tint: ${css(dim)}; --mine: ${css(mine)};
      }`;
  }

  const brand = /^[0-9a-f]{6}$/i.test(asked.get("color") || "") ? asked.get("color") : "";
  if (brand) {
    const look = new CSSStyleSheet();
    look.replaceSync(shades([0, 2, 4].map((at) => parseInt(brand.slice(at, at + 2), 16))));
    document.adoptedStyleSheets.push(look);
  }

  if (where !== "panel" || parent === window) return;
  root.classList.add("in-panel");
  // To whichever page this is in: the words say nothing, and only sites that may embed get as far as here.
  const tell = (word) => parent.postMessage(`health-chat:${word}`, "*");

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing) tell("close");
  });
  addEventListener("message", ({ source, data }) => {
    if (source === parent && data === "health-chat:enter") enter();
  });

  // Into the question where there is a keyboard; on a touch screen that would cover half of what is to be read first.
  // While Gradio starts it makes the input anew, and what had the focus has lost it: so until a while after that.
  const typing = matchMedia("(hover: hover) and (pointer: fine)");
  const SETTLED_MS = 1500;
  const PATIENCE_MS = 30_000;
  function enter(given = performance.now(), settled = 0, here = false) {
    if (here && !document.hasFocus()) return; // the visitor has gone elsewhere
    const place = document.querySelector(typing.matches ? "#question textarea" : "#heading h1");
    if (place && document.activeElement === document.body) {
      if (place.matches("h1")) place.tabIndex = -1;
      place.focus({ preventScroll: true });
    }
    const now = performance.now();
    const started = document.querySelector("#heading .heading:not(.starting)") !== null;
    if (!settled && started && document.activeElement !== document.body) settled = now;
    if (now - given > PATIENCE_MS || (settled && now - settled > SETTLED_MS)) return;
    requestAnimationFrame(() => enter(given, settled, here || document.hasFocus()));
  }

  tell("ready");
})();

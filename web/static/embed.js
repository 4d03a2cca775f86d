// One tag puts a button in a page's corner; the button opens the chat in a panel, or over the whole of a phone.
// It writes no markup and no style attribute into the page and loads only our own frame, so that a strict
// content security policy may stand: script-src and frame-src with our address are all it needs.
(() => {
  "use strict";

  const tag = document.currentScript || document.querySelector('script[src*="/embed.js"]');
  const once = Symbol.for("health-chat");
  if (!tag || window[once]) return;
  window[once] = true;
  const base = new URL("./", tag.src);
  const given = tag.dataset;

  const WORDS = {
    sv: {
      ask: "Fråga oss",
      title: "Chatt: fråga våra hälsoartiklar",
      close: "Stäng chatten",
      hide: "Göm hälsningen",
      trouble: "Chatten går inte att öppna här just nu.",
      again: "Försök igen",
      tab: "Öppna chatten i en ny flik",
      urgent: ["Är det bråttom? Ring ", ". För råd om vård, ring ", "."],
    },
    en: {
      ask: "Ask us",
      title: "Chat: ask our health articles",
      close: "Close the chat",
      hide: "Hide the greeting",
      trouble: "The chat cannot be opened here right now.",
      again: "Try again",
      tab: "Open the chat in a new tab",
      urgent: ["Is it urgent? Call ", ". For medical advice in Sweden, call ", "."],
    },
  };
  const language = /^sv\b/i.test(given.language || document.documentElement.lang || navigator.language) ? "sv" : "en";
  const words = WORDS[language];

  const brand = sixDigits(given.color) || "#1f5c4d";
  const side = given.position === "left" ? "left" : "right";
  if (given.color && !sixDigits(given.color)) console.warn("embed.js: data-color must look like #1f5c4d");

  const SLOW_MS = 20_000;
  const AFTER_LOADING_MS = 6_000;
  const whole = matchMedia("(max-width: 640px), (max-height: 480px)");

  function sixDigits(color) {
    return /^#[0-9a-f]{6}$/i.test(color || "") ? color.toLowerCase() : "";
  }

  // Black or white, whichever can be read better on the colour: the better one is always at least 4.5:1.
  function inkOn(color) {
    const parts = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
    const [r, g, b] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000000" : "#ffffff";
  }

  const LOOK = `
    :host { all: initial !important; }
    * { box-sizing: border-box; margin: 0; font-family: Figtree, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
    [hidden] { display: none !important; }
    button { border: 0; padding: 0; font: inherit; cursor: pointer; -webkit-tap-highlight-color: transparent; }
    :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; box-shadow: 0 0 0 2px var(--paper); }
    .corner, .panel {
      --paper: #ffffff; --page: #faf7f1; --ink: #1f2b27; --line: #e2dbcf; --focus: #0b57d0; --accent: #174639;
      position: fixed; z-index: 2147483000; color: var(--ink); font-size: 16px; line-height: 1.4;
    }
    @media (prefers-color-scheme: dark) {
      .corner, .panel {
        --paper: #1b2421; --page: #131a18; --ink: #e9eeea; --line: #33403b; --focus: #a8c7fa; --accent: #b4e4d2;
      }
    }
    .corner {
      ${side}: calc(20px + env(safe-area-inset-${side}, 0px)); bottom: calc(20px + env(safe-area-inset-bottom, 0px));
      display: flex; flex-direction: column; align-items: flex-${side === "left" ? "start" : "end"}; gap: 12px;
      max-width: calc(100vw - 40px);
    }
    .launch {
      display: flex; align-items: center; gap: 10px; min-height: 56px; padding: 0 22px 0 18px; border-radius: 28px;
      background: ${brand}; color: ${inkOn(brand)}; font-size: 17px; font-weight: 650;
      border: 1px solid color-mix(in srgb, ${inkOn(brand)} 25%, transparent);
      box-shadow: 0 2px 6px rgb(0 0 0 / 18%), 0 8px 24px rgb(0 0 0 / 18%);
    }
    .launch svg { width: 26px; height: 26px; flex: none; }
    .greeting {
      display: flex; align-items: flex-start; max-width: 300px; border: 1px solid var(--line); border-radius: 16px;
      background: var(--paper); box-shadow: 0 4px 18px rgb(0 0 0 / 14%);
    }
    .say {
      min-height: 44px; padding: 12px 0 12px 16px; background: none; color: var(--ink); text-align: start;
      overflow-wrap: anywhere;
    }
    .hide, .close {
      display: grid; place-items: center; flex: none; width: 44px; height: 44px; border-radius: 50%; background: none;
      color: var(--ink);
    }
    .hide svg, .close svg { width: 18px; height: 18px; }
    .panel {
      inset: auto; ${side}: 20px; bottom: 20px; width: min(400px, 100vw - 40px); max-width: none; max-height: none;
      height: min(700px, 100vh - 40px); height: min(700px, 100dvh - 40px); padding: 0; overflow: hidden;
      border: 1px solid var(--line); border-radius: 18px; background: var(--page);
      box-shadow: 0 4px 12px rgb(0 0 0 / 12%), 0 16px 48px rgb(0 0 0 / 22%);
    }
    .panel:has(.trouble:not([hidden])) { height: auto; }
    .close { position: absolute; top: 7px; right: 7px; z-index: 1; background: var(--page); }
    .hide:hover, .close:hover { background: var(--line); }
    iframe { display: block; width: 100%; height: 100%; border: 0; background: var(--page); color-scheme: light dark; }
    .trouble { display: flex; flex-direction: column; align-items: flex-start; gap: 14px; padding: 64px 24px 24px; }
    .trouble p:first-child { font-size: 18px; font-weight: 650; }
    .trouble a { color: inherit; font-weight: 600; text-underline-offset: 2px; }
    .again {
      min-height: 44px; padding: 0 20px; border-radius: 22px; background: ${brand}; color: ${inkOn(brand)};
      font-weight: 600;
    }
    @media (max-width: 640px), (max-height: 480px) {
      .panel { inset: 0; width: 100%; height: 100vh; height: 100dvh; border: 0; border-radius: 0; }
      .close { top: calc(7px + env(safe-area-inset-top, 0px)); }
    }
    @media (prefers-reduced-motion: no-preference) {
      .panel[open] { animation: rise 0.18s ease-out; }
      .launch { transition: transform 0.15s; }
      .launch:hover { transform: translateY(-2px); }
      @keyframes rise { from { opacity: 0; transform: translateY(12px); } }
    }
    @media (forced-colors: active) {
      .launch, .greeting, .again, .close { border: 2px solid ButtonText; }
    }
    @media print { :host { display: none !important; } }
  `;

  function make(name, attributes, ...inside) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...inside);
    return element;
  }

  function icon(path) {
    const space = "http://www.w3.org/2000/svg";
    const drawing = document.createElementNS(space, "svg");
    drawing.setAttribute("viewBox", "0 0 24 24");
    drawing.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(space, "path");
    const look = { d: path, fill: "none", stroke: "currentColor", "stroke-width": "2.2" };
    for (const [key, value] of Object.entries({ ...look, "stroke-linecap": "round", "stroke-linejoin": "round" })) {
      line.setAttribute(key, value);
    }
    drawing.append(line);
    return drawing;
  }

  // Whether it stands open, and nothing else, is kept in the tab; some browsers refuse even that.
  function remember(name) {
    try {
      sessionStorage.setItem("health-chat", name);
    } catch {
      // then it is not remembered
    }
  }
  function remembered() {
    try {
      return sessionStorage.getItem("health-chat") || "";
    } catch {
      return "";
    }
  }

  const CROSS = "M5 5l14 14M19 5L5 19";
  const launch = make(
    "button",
    { type: "button", class: "launch", "aria-haspopup": "dialog", "aria-expanded": "false" },
    icon("M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 9h8M8 12.5h5"),
    words.ask,
  );
  const say = make("button", { type: "button", class: "say" }, (given.greeting || "").slice(0, 160));
  const hide = make("button", { type: "button", class: "hide", "aria-label": words.hide }, icon(CROSS));
  const greeting = make("div", { class: "greeting" }, say, hide);
  const close = make("button", { type: "button", class: "close", "aria-label": words.close }, icon(CROSS));
  const again = make("button", { type: "button", class: "again" }, words.again);
  const [urgent, advice, end] = words.urgent;
  const trouble = make(
    "div",
    { class: "trouble", role: "status" },
    make("p", {}, words.trouble),
    make("p", {}, urgent, make("a", { href: "tel:112" }, "112"), advice, make("a", { href: "tel:1177" }, "1177"), end),
    again,
    make("a", { href: address(false), target: "_blank", rel: "noopener" }, words.tab),
  );
  const panel = make("dialog", { class: "panel", "aria-label": words.title }, close, trouble);
  let frame = null;
  let ready = false;
  let opener = null;
  let entering = false;

  function address(inPanel) {
    const url = new URL(base);
    url.searchParams.set("lang", language);
    if (inPanel) url.searchParams.set("embed", "panel");
    if (inPanel && given.color) url.searchParams.set("color", brand.slice(1));
    return url.href;
  }

  function load() {
    if (frame) frame.remove();
    ready = false;
    trouble.hidden = true;
    // Copying is the visitor's own doing; a frame of another origin may not do it without being let.
    const may = { allow: "clipboard-write", referrerpolicy: "no-referrer" };
    const mine = make("iframe", { src: address(true), title: words.title, ...may });
    frame = mine;
    // Of a frame that was refused or never came the browser says nothing: it is missed when it does not report.
    const missed = () => {
      if (ready || frame !== mine) return;
      mine.hidden = true;
      trouble.hidden = false;
    };
    mine.addEventListener("load", () => setTimeout(missed, AFTER_LOADING_MS));
    setTimeout(missed, SLOW_MS);
    panel.append(mine);
  }

  function open(by, takeFocus = true) {
    entering = takeFocus;
    if (!panel.open) {
      opener = by;
      if (!frame || !trouble.hidden) load();
      corner.hidden = true;
      launch.setAttribute("aria-expanded", "true");
      remember("open");
      show();
    }
    if (takeFocus) enter();
  }

  // Over the whole of a phone the page behind is out of reach; beside a page it stays in use.
  function show() {
    document.documentElement.style.overflow = whole.matches ? "hidden" : "";
    if (whole.matches) panel.showModal();
    else panel.open = true;
    fit();
  }

  function fit() {
    const seen = whole.matches && panel.open ? window.visualViewport : null; // less than the window above a keyboard
    panel.style.height = seen ? `${seen.height}px` : "";
    panel.style.top = seen ? `${seen.offsetTop}px` : "";
  }

  function enter() {
    (frame.hidden ? close : frame).focus();
    if (ready) frame.contentWindow.postMessage("health-chat:enter", base.origin);
  }

  function shut() {
    if (!panel.open) return;
    const inside = panel.contains(root.activeElement);
    panel.close();
    document.documentElement.style.overflow = "";
    corner.hidden = false;
    greeting.hidden = true;
    launch.setAttribute("aria-expanded", "false");
    remember("closed");
    if (inside) (opener && opener.isConnected ? opener : launch).focus();
  }

  window.addEventListener("message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== base.origin) return;
    if (data === "health-chat:close") shut();
    if (data !== "health-chat:ready") return;
    ready = true;
    frame.hidden = false;
    trouble.hidden = true;
    if (entering && panel.contains(root.activeElement)) enter();
  });

  function opens(element) {
    if (!(element instanceof Element)) return false;
    if (element.matches("[data-open-chat]")) return true;
    return element.matches("a[href]") && element.hash === "#ask" && withoutHash(element) === withoutHash(location);
  }
  function withoutHash({ href }) {
    return href.split("#")[0];
  }
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const by = event.composedPath().find(opens);
    if (!by) return;
    event.preventDefault();
    open(by);
  });
  window.addEventListener("hashchange", () => {
    if (location.hash === "#ask") open(launch);
  });

  launch.addEventListener("click", () => open(launch));
  say.addEventListener("click", () => open(launch));
  hide.addEventListener("click", () => {
    greeting.hidden = true;
    remember("closed");
    launch.focus();
  });
  close.addEventListener("click", shut);
  again.addEventListener("click", () => {
    load();
    enter();
  });
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    shut();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    shut();
  });
  whole.addEventListener("change", () => {
    if (!panel.open) return;
    const inside = panel.contains(root.activeElement);
    panel.close();
    show();
    if (inside) enter();
  });
  if (window.visualViewport) window.visualViewport.addEventListener("resize", fit);

  const corner = make("div", { class: "corner" }, greeting, launch);
  const place = make("div", { lang: language });
  const root = place.attachShadow({ mode: "open" });
  const look = new CSSStyleSheet();
  look.replaceSync(LOOK);
  root.adoptedStyleSheets = [look];
  root.append(corner, panel);
  greeting.hidden = !given.greeting || remembered() !== "";
  trouble.hidden = true;

  function settle() {
    document.body.append(place);
    if (location.hash === "#ask") open(launch);
    else if (remembered() === "open") open(launch, false);
  }
  if (document.body) settle();
  else document.addEventListener("DOMContentLoaded", settle);
})();

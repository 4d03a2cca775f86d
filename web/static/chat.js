// What HTML alone cannot do: marks that open their source, the page's language, focus and scrolling.
// The page works without it; sources are <details> and open by themselves.
(() => {
  "use strict";

  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (calm.matches ? "auto" : "smooth");

  function show(id) {
    const target = document.getElementById(id);
    if (!target) return;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView({ block: "center", behavior: behavior() });
    target.focus({ preventScroll: true });
  }

  document.addEventListener(
    "click",
    (event) => {
      const mark = event.target instanceof Element && event.target.closest("a.cite");
      if (!mark) return;
      event.preventDefault();
      event.stopPropagation();
      show(mark.hash.slice(1));
    },
    true,
  );

  function set(element, name, value) {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  }

  function nameThings() {
    const heading = document.querySelector("#heading .heading");
    if (heading) {
      set(document.documentElement, "lang", heading.lang);
      const names = [heading.querySelector("h1"), heading.querySelector(".brand")];
      const title = names.filter(Boolean).map((name) => name.textContent).join(" – ");
      if (document.title !== title) document.title = title;
    }
    // Gradio names each message by its raw HTML, which a screen reader would read out.
    for (const message of document.querySelectorAll("#chat [data-testid][aria-label]")) {
      message.removeAttribute("aria-label");
    }
    set(document.querySelector('#chat [role="log"]'), "aria-label", text("#welcome .log-name"));
    set(document.querySelector("#language"), "aria-label", text("#language > .sr-only"));
    for (const choice of document.querySelectorAll("#language input")) {
      set(choice.closest("label"), "lang", choice.value);
    }
    for (const number of document.querySelectorAll('a[href^="tel:"][target]')) number.removeAttribute("target");
  }

  function text(selector) {
    const element = document.querySelector(selector);
    return element ? element.textContent.trim() : "";
  }

  // A new question goes to the top of the window, so that its reply is read from the beginning.
  let last = "";
  function follow() {
    const replies = document.querySelectorAll("#chat .reply");
    const reply = replies[replies.length - 1];
    const seen = reply ? `${replies.length} ${reply.className}` : "";
    if (seen === last) return;
    last = seen;
    if (!reply) return;
    const rows = [...document.querySelectorAll("#chat .message-row")];
    const row = reply.closest(".message-row");
    const before = rows[rows.indexOf(row) - 1];
    const top = before && before.querySelector(".said") ? before : row || reply;
    top.tabIndex = -1;
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (lost) top.focus({ preventScroll: true });
    requestAnimationFrame(() => top.scrollIntoView({ block: "start", behavior: behavior() }));
  }

  let planned = false;
  function tidy() {
    planned = false;
    nameThings();
    follow();
  }
  function plan() {
    if (planned) return;
    planned = true;
    requestAnimationFrame(tidy);
  }
  new MutationObserver(plan).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["aria-label", "lang", "class"],
  });
  plan();
})();

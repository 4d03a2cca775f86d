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

  // A new question goes to the top of the window, so that its reply is read from the beginning. Room is made
  // under it at once: while the reply grows and when it is finished, nothing needs to scroll.
  let count = 0;
  let seen = "";
  function follow() {
    const replies = document.querySelectorAll("#chat .reply");
    const reply = replies[replies.length - 1];
    const now = reply ? `${replies.length} ${reply.className}` : "";
    if (now === seen) return;
    const waiting = (state) => / searching/.test(state);
    const fresh = replies.length !== count || (waiting(now) && !waiting(seen));
    count = replies.length;
    seen = now;
    if (!reply) {
      opened.clear();
      document.documentElement.style.removeProperty("--room");
      return;
    }
    const rows = [...document.querySelectorAll("#chat .message-row")];
    const row = reply.closest(".message-row");
    const before = rows[rows.indexOf(row) - 1];
    const question = before && before.querySelector(".said") ? before : row || reply;
    const above = rows[rows.indexOf(question) - 1];
    const top = above && above.querySelector(".reply.forgotten") ? above : question; // or nobody would see that word
    top.tabIndex = -1;
    const lost = document.activeElement === document.body || document.activeElement === null;
    if (lost) (document.getElementById("stop") || top).focus({ preventScroll: true });
    if (fresh) {
      makeRoomUnder(top);
      requestAnimationFrame(() => top.scrollIntoView({ block: "start", behavior: behavior() }));
    }
    const call = reply.querySelector(".alarm .call");
    if (call) requestAnimationFrame(() => bringUp(call, top));
  }

  // The button that calls comes into the window also where the question above it leaves no room.
  function bringUp(call, top) {
    const write = document.getElementById("write");
    const covers = write && getComputedStyle(write).position === "sticky" ? write.offsetHeight : 0;
    const end = call.getBoundingClientRect().bottom + 12;
    const room = window.innerHeight - covers - paddingAbove();
    if (end - top.getBoundingClientRect().top <= room) return;
    window.scrollBy({ top: end + covers - window.innerHeight, behavior: behavior() });
  }

  function paddingAbove() {
    return parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  }

  function makeRoomUnder(top) {
    const talk = document.getElementById("talk");
    const write = document.getElementById("write");
    const box = document.querySelector("#question textarea");
    if (!talk || !write || !box) return;
    const above = top.getBoundingClientRect().top - talk.getBoundingClientRect().top;
    const below = write.offsetHeight - box.offsetHeight + parseFloat(getComputedStyle(box).minHeight); // when emptied
    const room = above - paddingAbove() + window.innerHeight - below;
    document.documentElement.style.setProperty("--room", `${Math.max(0, Math.ceil(room))}px`);
  }

  // A reply that is being written is put in anew with every sentence: what the visitor had opened stays open,
  // and what had the focus keeps it.
  const opened = new Set();
  let held = "";
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (!target.id || !target.matches("#chat details")) return;
      if (target.open) opened.add(target.id);
      else opened.delete(target.id);
    },
    true,
  );
  document.addEventListener("focusin", ({ target }) => (held = placeOf(target)));
  document.addEventListener("focusout", ({ target }) => {
    setTimeout(() => {
      if (target.isConnected && document.activeElement === document.body) held = "";
    });
  });

  function placeOf(element) {
    if (!element.closest("#chat .reply")) return "";
    if (element.id) return `#${element.id}`;
    const source = element.closest("details[id]");
    if (source) return element.matches("summary") ? `#${source.id} > summary` : `#${source.id} a`;
    return element.matches("a.cite") ? `#chat a.cite[href="${element.hash}"]` : "";
  }

  function restore() {
    for (const id of opened) {
      const source = document.getElementById(id);
      if (source && !source.open) source.open = true;
    }
    if (!held || document.activeElement !== document.body) return;
    const place = document.querySelector(held);
    if (place) place.focus({ preventScroll: true });
  }

  // While sentences come in, a screen reader waits: it would read the whole reply again for each of them.
  function holdBack() {
    const growing = document.querySelector("#chat .reply.under-way") !== null;
    set(document.querySelector('#chat [role="log"]'), "aria-busy", String(growing));
  }

  let planned = false;
  function tidy() {
    planned = false;
    nameThings();
    restore();
    holdBack();
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

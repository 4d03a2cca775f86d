// The search: results while typing, keys, copying, and the searches of this tab. Without it the forms still work.
(() => {
  "use strict";
  const form = document.getElementById("search");
  const box = document.getElementById("q");
  const results = document.getElementById("results");
  const said = document.getElementById("said");
  const recent = document.getElementById("recent");
  const PAUSE = 200; // ms after the last key
  const SETTLED = 2500; // ms after which what stands there counts as searched for
  const KEPT = 8;
  const NAMES = ["q", "language", "topic", "test", "since"];
  let under = null;
  let timer = 0;
  let settling = 0;
  let shown = "";

  async function send(action, body, signal) {
    const reply = await fetch(action, {
      method: "POST",
      body: new URLSearchParams(body),
      headers: { "X-Requested-With": "fetch" },
      redirect: "manual",
      signal,
    });
    if (reply.type === "opaqueredirect") {
      forgetSearches(); // the session is over
      location.assign("/staff/sign-in");
      return null;
    }
    const html = (reply.headers.get("content-type") || "").startsWith("text/html");
    if (!html) throw new Error("not a page of ours"); // such as too many requests
    return reply.text();
  }

  function put(place, html, speak = true) {
    place.innerHTML = html; // made by our own server, every text in it escaped
    for (const part of place.querySelectorAll(".needs-script")) part.hidden = false;
    const telling = place.querySelector("[data-said]");
    if (speak) said.textContent = telling ? telling.dataset.said : "";
    return telling;
  }

  function complain(place) {
    const line = document.createElement("p");
    line.className = "fault";
    line.textContent = said.textContent = form.dataset.failed;
    place.replaceChildren(line);
  }

  // ---- searching ----
  const state = () => NAMES.map((name) => form.elements[name].value.trim());

  function search() {
    clearTimeout(timer);
    clearTimeout(settling);
    if (under) under.abort();
    const now = state();
    showRecent();
    if (now[0].length < 2) {
      shown = "";
      results.replaceChildren();
      said.textContent = "";
      results.removeAttribute("aria-busy");
      return Promise.resolve();
    }
    under = new AbortController();
    results.setAttribute("aria-busy", "true");
    settling = setTimeout(() => remember(now), SETTLED);
    const mine = under;
    return send(form.action, new FormData(form), mine.signal)
      .then((html) => {
        if (html === null) return;
        put(results, html);
        shown = now.join("\n");
      })
      .catch((error) => {
        if (error.name === "AbortError") return;
        shown = "";
        complain(results);
      })
      .finally(() => {
        if (under === mine) results.removeAttribute("aria-busy");
      });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    remember(state());
    search();
  });
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    if (event.target === box) timer = setTimeout(search, PAUSE);
    else search();
  });

  // ---- the searches of this tab; staff.js forgets them at sign-out ----
  const mark = document.body.dataset.session;

  function kept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(SEARCHES) || "null");
      return found && found.session === mark ? found.searches : [];
    } catch {
      return [];
    }
  }

  function remember(search) {
    clearTimeout(settling);
    if (search[0].length < 2) return;
    const others = kept().filter((one) => one[0].toLowerCase() !== search[0].toLowerCase());
    const searches = [search, ...others].slice(0, KEPT);
    try {
      sessionStorage.setItem(SEARCHES, JSON.stringify({ session: mark, searches }));
    } catch {
      // a browser that keeps nothing: then there are none
    }
    showRecent();
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "quiet";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function showRecent() {
    const searches = kept();
    recent.hidden = !searches.length || box.value.trim() !== "";
    if (recent.hidden) return;
    const title = document.createElement("h2");
    title.textContent = form.dataset.recent;
    const list = document.createElement("ul");
    for (const one of searches) {
      const item = document.createElement("li");
      item.append(button(one[0], () => take(one).then(() => box.focus())));
      list.append(item);
    }
    const forget = button(form.dataset.forget, () => {
      forgetSearches();
      showRecent();
      box.focus();
    });
    forget.classList.add("forget");
    recent.replaceChildren(title, list, forget);
  }

  function take(one) {
    NAMES.forEach((name, at) => (form.elements[name].value = one[at] || ""));
    return search();
  }

  // ---- the forms among the results ----
  results.addEventListener("submit", (event) => {
    const sent = event.target;
    const into = sent.dataset.into;
    if (!into) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    remember(state());
    sent.setAttribute("aria-busy", "true");
    const done = () => sent.removeAttribute("aria-busy");
    send(sent.getAttribute("action"), new FormData(sent))
      .then((html) => {
        if (html === null) return;
        if (into === "results") showMore(html);
        else if (into === "asked") focusOn(put(document.getElementById("asked"), html));
        else tell(sent, html);
      })
      .catch(() => complain(into === "asked" ? document.getElementById("asked") : results))
      .finally(done);
  });

  function showMore(html) {
    const before = results.querySelectorAll("a.open").length;
    put(results, html);
    const next = results.querySelectorAll("a.open")[before];
    if (next) next.focus();
  }

  function tell(sent, html) {
    const place = document.createElement("div");
    (sent.closest("details") || sent).replaceWith(place);
    focusOn(put(place, html));
  }

  function focusOn(part) {
    if (part) part.focus();
  }

  // ---- copying: with formatting where it is pasted into a letter, without where it is not ----
  results.addEventListener("click", (event) => {
    const pressed = event.target.closest("button.copy");
    if (!pressed) {
      if (event.target.closest("a.open")) remember(state());
      return;
    }
    remember(state());
    const html = pressed.nextElementSibling.innerHTML.trim();
    copy(pressed.dataset.text, html).then(
      () => tick(pressed, pressed.dataset.done),
      () => tick(pressed, pressed.dataset.failed),
    );
  });

  async function copy(text, html) {
    if (navigator.clipboard && window.ClipboardItem) {
      const as = (kind, value) => new Blob([value], { type: kind });
      const item = { "text/plain": as("text/plain", text), "text/html": as("text/html", html) };
      return navigator.clipboard.write([new ClipboardItem(item)]);
    }
    let done = false; // without https there is the old way only
    const give = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.clipboardData.setData("text/html", html);
      event.preventDefault();
      done = true;
    };
    document.addEventListener("copy", give, { once: true });
    document.execCommand("copy");
    document.removeEventListener("copy", give);
    if (!done) throw new Error("not copied");
  }

  function tick(pressed, words) {
    said.textContent = words;
    const label = pressed.firstChild;
    const before = pressed.dataset.label || label.nodeValue;
    pressed.dataset.label = before;
    label.nodeValue = words;
    setTimeout(() => (label.nodeValue = before), 2000);
  }

  // ---- keys ----
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const here = document.activeElement;
    const writing = here.matches("textarea, select, input:not(#q)"); // arrows and letters are its own
    const links = [...results.querySelectorAll("a.open")];
    const among = links.findIndex((link) => link.closest("li").contains(here));
    if (event.key === "/" && (!writing || here.matches("select")) && here !== box) go(event, box);
    else if (event.key === "ArrowDown" && (here === box || (among >= 0 && !writing))) go(event, links[among + 1]);
    else if (event.key === "ArrowUp" && among >= 0 && !writing) go(event, links[among - 1] || box);
    else if (event.key === "Escape" && here !== box && results.contains(here)) go(event, box);
    else if (event.key === "Enter" && here === box && shown === state().join("\n") && links.length) {
      remember(state());
      go(event, links[0]);
    }
  });

  function go(event, target) {
    if (!target) return;
    event.preventDefault();
    target.focus();
    if (target === box) box.select();
    else target.closest("li").scrollIntoView({ block: "nearest" });
  }

  // ---- coming back from an article, or to the page in the other language, brings the last search back ----
  const elsewhere = document.querySelector("header a[hreflang]");
  elsewhere.addEventListener("click", () => {
    const now = state();
    remember(now);
    elsewhere.hash = now[0].length < 2 ? "" : "last";
  });

  const came = performance.getEntriesByType("navigation")[0];
  const last = kept()[0];
  if (last && !box.value && (location.hash === "#last" || (came && came.type === "back_forward"))) {
    history.replaceState(null, "", location.pathname);
    take(last);
  } else if (state()[0].length > 1 && !results.firstElementChild) {
    search(); // typed before this script was there
  } else {
    showRecent();
  }
})();

// When the server or its stream of answers is down: the numbers to call, fetched while all was well.
(() => {
  "use strict";

  const PROBE_MS = 4_000; // the server has so long to say that it is there
  const ANSWERED_MS = 3_000; // after which a message must have made some change
  const STILL_MS = 8_000; // so long may a reply stand still before the server is looked for
  const SLOW_MS = 45_000; // and so long before the numbers are shown whatever the server says
  const ROUND_MS = 30_000;
  const LOST = "health-chat-lost";

  let help = null; // <main class="help"> of /help-now
  let language = "";
  let shown = "";
  let looking = null; // the look that is under way
  let askedAt = 0;
  let changedAt = performance.now();

  async function learn(wanted) {
    if (wanted === language && help) return;
    try {
      const reply = await fetch(wanted ? `help-now?lang=${encodeURIComponent(wanted)}` : "help-now");
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const found = page.querySelector("main.help");
      if (!reply.ok || !found) return;
      help = found;
      language = page.documentElement.lang;
    } catch {
      // what was learnt before stays
    }
  }

  async function alive() {
    try {
      return (await fetch("healthz", { cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) })).ok;
    } catch {
      return false;
    }
  }

  function look() {
    looking ??= whether().finally(() => (looking = null));
    return looking;
  }

  async function whether() {
    const there = (await alive()) || (await later(700).then(alive));
    if (!there) show("down");
    else if (shown === "down") hide();
    return there;
  }

  function later(ms) {
    return new Promise((done) => setTimeout(done, ms));
  }

  function show(why) {
    if (!help || shown === why || (shown && why === "slow")) return;
    hide();
    shown = why;
    const sheet = document.createElement("section");
    sheet.className = "help help-sheet";
    sheet.lang = language;
    const said = document.createElement("p");
    said.className = "help-why";
    said.setAttribute("role", "alert");
    sheet.append(said, ...[...help.cloneNode(true).childNodes].filter((part) => !(part.matches && part.matches(".brand, .other"))));
    const title = sheet.querySelector("h1");
    const heading = document.createElement("h2");
    heading.id = "help-title";
    heading.textContent = title.textContent;
    title.replaceWith(heading);
    sheet.setAttribute("aria-labelledby", heading.id);
    for (const card of sheet.querySelectorAll(".card h2")) {
      const smaller = document.createElement("h3");
      smaller.textContent = card.textContent;
      card.replaceWith(smaller);
    }
    const choices = document.createElement("p");
    choices.className = "choices";
    choices.append(button(help.dataset.reload, () => location.reload()), button(help.dataset.close, dismiss));
    sheet.append(choices);
    document.body.append(sheet);
    requestAnimationFrame(() => (said.textContent = help.dataset[why]));
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function hide() {
    shown = "";
    for (const sheet of document.querySelectorAll(".help-sheet")) sheet.remove();
  }

  function dismiss() {
    for (const sheet of document.querySelectorAll(".help-sheet")) sheet.remove();
    const box = document.querySelector("#question textarea");
    if (box) box.focus({ preventScroll: true });
  }

  // ---- what gives cause to look ----
  // What is asked while the server is away Gradio takes out of the input and never sends. So it stays there until a
  // look has found the server. The browser's word alone that there is no network would not do: it can be wrong.
  let holding = false;
  let passing = false;
  function asked(event, button) {
    if (passing || (navigator.onLine && shown !== "down")) {
      askedAt = performance.now();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!holding) askOnceThere(button);
  }

  async function askOnceThere(button) {
    holding = true;
    const there = await look();
    holding = false;
    if (!there) {
      hide();
      show("down"); // again where it was closed, and heard again
      return;
    }
    passing = true;
    if (button && button.isConnected) button.click();
    passing = false;
  }

  addEventListener(
    "click",
    (event) => {
      const button = event.target instanceof Element && event.target.closest("#send, #again, .offers button");
      if (button) asked(event, button);
    },
    true,
  );
  addEventListener(
    "keydown",
    (event) => {
      const { target, key, shiftKey, isComposing } = event;
      const sends = key === "Enter" && !shiftKey && !isComposing && target instanceof Element;
      if (sends && target.matches("#question textarea")) asked(event, document.getElementById("send"));
    },
    true,
  );

  let last = "";
  new MutationObserver((changes) => {
    if (document.documentElement.lang !== language && document.querySelector("#heading .heading:not(.starting)")) {
      learn(document.documentElement.lang);
    }
    if (!told && /connection to the server was lost/i.test((document.querySelector(".toast-wrap") || {}).textContent || "")) lost();
    const replies = document.querySelectorAll("#chat .reply");
    const newest = replies[replies.length - 1];
    const now = newest ? `${replies.length} ${newest.className} ${newest.textContent.length}` : "";
    if (now === last) return;
    if (shown === "slow" || (shown === "lost" && askedAt)) hide();
    last = now;
    askedAt = 0;
    changedAt = performance.now();
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });

  // Gradio has lost the stream of an answer, says so in English, and loads the page anew when the server is there.
  let told = false;
  async function lost() {
    told = true;
    await later(1_000); // it says so too when a page is merely left
    try {
      sessionStorage.setItem(LOST, "1");
    } catch {
      // then nothing is known of it after loading anew
    }
    show("down");
  }

  let looked = 0;
  setInterval(() => {
    const now = performance.now();
    const growing = document.querySelector("#chat .reply.searching, #chat .reply.under-way") !== null;
    const still = askedAt ? now - askedAt : growing ? now - changedAt : 0;
    if (still > SLOW_MS) show("slow");
    const doubtful = askedAt ? still > ANSWERED_MS : still > STILL_MS;
    const due = now - looked > (doubtful || shown === "down" ? 3_000 : ROUND_MS);
    if (!due || document.visibilityState !== "visible") return;
    looked = now;
    look();
  }, 1_000);
  for (const event of ["online", "offline"]) addEventListener(event, look);

  (async () => {
    await learn("");
    let before = "";
    try {
      before = sessionStorage.getItem(LOST) || "";
      sessionStorage.removeItem(LOST);
    } catch {
      // nothing is known of before
    }
    if (before) show("lost");
    await later(20_000);
    if (!document.querySelector("#heading .heading")) show("down"); // the page itself has not come up
  })();
})();

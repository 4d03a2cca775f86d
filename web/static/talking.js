// What a visitor can do with replies: copy one, save them all, say whether one helped. And the id of the tab, which is
// all that the browser keeps, and only while the page is loaded anew.
(() => {
  "use strict";

  const text = (element) => (element ? element.textContent.replace(/\s+/g, " ").trim() : "");
  const word = (name) => text(document.querySelector(`#words .word-${name}`));

  // ---- the tab ----
  // While the page is open the id is in no storage, so that a duplicated tab begins a conversation of its own.
  const PLACE = "health-chat-tab";
  const tab = taken() || [...crypto.getRandomValues(new Uint8Array(16))].map(hex).join("");

  function hex(byte) {
    return byte.toString(16).padStart(2, "0");
  }

  function taken() {
    try {
      const id = sessionStorage.getItem(PLACE) || "";
      sessionStorage.removeItem(PLACE);
      return /^[0-9a-f]{32}$/.test(id) ? id : "";
    } catch {
      return ""; // a frame that may store nothing
    }
  }

  addEventListener("pagehide", () => {
    if (!document.querySelector("#chat .reply")) return;
    try {
      sessionStorage.setItem(PLACE, tab);
    } catch {
      // then a reload begins anew
    }
  });
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) taken();
  });

  const waiting = new MutationObserver(join);
  function join() {
    const field = document.querySelector("#tab textarea, #tab input");
    if (!field || !document.querySelector("#heading .heading:not(.starting)")) return;
    waiting.disconnect();
    field.value = tab;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  waiting.observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  join();

  // ---- what the page shows ----
  // Should the server have forgotten the conversation, this is all it takes to go on.
  function tellWhatIsShown(again = false) {
    const field = document.querySelector("#page-shows textarea, #page-shows input");
    if (!field) return;
    const said = [...document.querySelectorAll("#chat .said")].pop();
    const offered = [...document.querySelectorAll("#follow-ups button")].map(text);
    const now = JSON.stringify({ last: said ? asked(said, ".sr") : "", offered });
    if (field.value === now && !again) return;
    field.value = now;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  let telling = 0;
  new MutationObserver(() => {
    cancelAnimationFrame(telling);
    telling = requestAnimationFrame(() => tellWhatIsShown());
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
  // And once more when something is about to be sent: an input that Gradio has made anew holds nothing.
  for (const kind of ["pointerdown", "keydown"]) {
    document.addEventListener(kind, ({ key }) => (!key || key === "Enter" || key === " ") && tellWhatIsShown(true), true);
  }

  // ---- replies as plain text ----
  const BLOCKS = "p, div, section, h2, ul, details, blockquote";

  function plain(element) {
    const lines = [];
    let line = "";
    let titled = false; // no gap under a title
    const end = () => {
      const said = line.replace(/\s+/g, " ").trim();
      if (said) {
        lines.push(said);
        titled = false;
      }
      line = "";
    };
    const gap = () => {
      end();
      if (lines.length && lines[lines.length - 1] && !titled) lines.push("");
    };
    const walk = (node) => {
      if (node.nodeType === Node.TEXT_NODE) {
        line += node.data;
      } else if (!(node instanceof Element) || node.matches("button, .writing, .sr")) {
        return;
      } else if (node.matches("br")) {
        end();
      } else if (node.matches("a.cite")) {
        line += `[${node.hash.replace(/^.*-c/, "")}]`;
      } else if (node.matches("details")) {
        end();
        lines.push(...source(node));
        titled = false;
      } else if (node.matches("li")) {
        end();
        line = "– ";
        node.childNodes.forEach(walk);
        end();
      } else {
        const apart = node.matches(BLOCKS);
        if (apart) gap();
        node.childNodes.forEach(walk);
        if (!apart) return;
        if (!node.matches("h2")) return gap();
        end();
        titled = true;
      }
    };
    walk(element);
    end();
    return lines.join("\n").trim();
  }

  function source(details) {
    const numbers = [...details.querySelectorAll("summary .n")].map((n) => `[${text(n)}]`).join("");
    const about = [text(details.querySelector(".title")), ...[...details.querySelectorAll("summary .meta")].map(text)];
    const link = details.querySelector("a[target]");
    return [`${numbers} ${about.join(", ")}`, ...(link ? [link.href.replace(/#?:~:.*$/, "")] : [])];
  }

  function asked(said, without = "") {
    const whole = said.cloneNode(true);
    for (const line of whole.querySelectorAll("br")) line.replaceWith("\n");
    if (without) for (const part of whole.querySelectorAll(without)) part.remove();
    return whole.textContent.trim();
  }

  function everything() {
    const parts = [document.title, text(document.querySelector("#welcome .welcome p"))];
    for (const one of document.querySelectorAll("#chat .said, #chat .reply")) {
      parts.push(one.matches(".said") ? `—\n${asked(one)}` : plain(one));
    }
    return `${parts.join("\n\n")}\n`;
  }

  // ---- copying and saving ----
  async function put(words) {
    try {
      await navigator.clipboard.writeText(words);
      return true;
    } catch {
      return putByHand(words); // a frame that may not, or a page without https
    }
  }

  function putByHand(words) {
    const place = document.createElement("textarea");
    place.value = words;
    place.className = "sr";
    place.readOnly = true;
    const before = document.activeElement;
    document.body.append(place);
    place.select();
    const done = document.execCommand("copy");
    place.remove();
    if (before) before.focus({ preventScroll: true });
    return done;
  }

  async function copy(button) {
    const acts = button.closest(".acts");
    const done = await put(plain(acts.parentElement.querySelector(".reply")));
    say(acts, word(done ? "copied" : "not-copied"));
  }

  const voice = document.createElement("p");
  voice.id = "told";
  voice.className = "sr";
  voice.setAttribute("role", "status");

  // To be seen beside the buttons for a while, and heard once.
  function say(acts, words) {
    let place = acts.querySelector(".told");
    if (!place) {
      place = document.createElement("span");
      place.className = "told";
      place.setAttribute("aria-hidden", "true");
      acts.append(place);
    }
    place.textContent = words;
    voice.textContent = "";
    if (!voice.isConnected) document.body.append(voice);
    setTimeout(() => (voice.textContent = words), 100);
    setTimeout(() => place.remove(), 4000);
  }

  function save() {
    const now = new Date();
    const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([everything()], { type: "text/plain;charset=utf-8" }));
    link.download = `${word("save-file")}-${day}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  // ---- whether it helped ----
  function make(name, parts = {}, ...inside) {
    const element = Object.assign(document.createElement(name), parts);
    element.append(...inside);
    return element;
  }

  function judge(button) {
    const acts = button.closest(".acts");
    const verdict = button.matches(".up") ? "up" : "down";
    const reason = make("textarea", { id: "feedback-reason", maxLength: 1000, rows: 3 });
    const fault = make("p", { className: "fault", role: "alert" });
    const send = make("button", { type: "button", className: "send", textContent: word("feedback-send") });
    const cancel = make("button", { type: "button", textContent: word("feedback-cancel") });
    const dialog = make(
      "dialog",
      { className: "feedback", lang: document.documentElement.lang },
      make("h2", { id: "feedback-title", textContent: word("feedback-title") }),
      make("p", { className: "verdict", textContent: `${text(acts.querySelector(".asks-verdict"))} ${text(button)}` }),
      make("p", { id: "feedback-kept", textContent: word("feedback-kept") }),
      make("label", { htmlFor: reason.id, textContent: word("feedback-reason") }),
      reason,
      fault,
      make("div", { className: "choices" }, send, cancel),
    );
    dialog.setAttribute("aria-labelledby", "feedback-title");
    dialog.setAttribute("aria-describedby", "feedback-kept");
    // Escape closes this and not the panel around the page.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => dialog.remove());
    cancel.addEventListener("click", () => dialog.close());
    send.addEventListener("click", async () => {
      send.disabled = true;
      const done = await sent({ tab, turn: Number(acts.id.slice(1, -5)), verdict, reason: reason.value });
      send.disabled = false;
      fault.textContent = done ? "" : word("feedback-failed");
      if (done) thank(acts, dialog);
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  async function sent(verdict) {
    const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(verdict) };
    try {
      return (await fetch("chat-feedback", { ...request, signal: AbortSignal.timeout(10_000) })).ok;
    } catch {
      return false;
    }
  }

  function thank(acts, dialog) {
    dialog.close();
    const rate = acts.querySelector(".rate");
    if (!rate) return;
    rate.textContent = word("feedback-thanks");
    rate.tabIndex = -1;
    rate.focus({ preventScroll: true });
  }

  // ---- sending ----
  // Gradio drops what is sent before the last reply's event has ended, and that is a while after the reply is whole:
  // what may be asked next is looked up first. On a very slow machine it has also lost what was sent to a page that was
  // still being set up. What was sent goes again until it is taken. While a reply still grows it stays in the box.
  const PAUSES = [150, 300, 600, 1200, 2400, 4800];
  const STARTING = 200; // ms between two looks at a page that is still being set up
  let again = 0;

  function sendUntilTaken() {
    clearTimeout(again);
    const box = document.querySelector("#question textarea");
    const button = document.getElementById("send");
    if (!box || !button || !box.value.trim() || growing()) return;
    const sent = box.value;
    const replies = count();
    const taken = () => box.value !== sent || count() !== replies || growing();
    const look = (pauses) => {
      if (taken() || !button.isConnected) return;
      const started = document.querySelector("#heading .heading.starting") === null;
      if (started) button.click();
      if (!started) again = setTimeout(look, STARTING, pauses);
      else if (pauses.length) again = setTimeout(look, pauses[0], pauses.slice(1));
    };
    again = setTimeout(look, PAUSES[0], PAUSES.slice(1));
  }

  function growing() {
    return document.querySelector("#chat .reply.searching, #chat .reply.under-way") !== null;
  }

  function count() {
    return document.querySelectorAll("#chat .reply").length;
  }

  document.addEventListener(
    "keydown",
    ({ key, shiftKey, isComposing, target }) => {
      const typing = target instanceof Element && target.matches("#question textarea");
      if (typing && key === "Enter" && !shiftKey && !isComposing) sendUntilTaken();
    },
    true,
  );

  // ---- what is pressed ----
  document.addEventListener("click", ({ target, isTrusted }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    if (!button) return;
    if (button.id === "send" && isTrusted) sendUntilTaken();
    if (button.matches(".acts .copy")) copy(button);
    else if (button.matches(".acts .up, .acts .down")) judge(button);
    else if (button.id === "save") save();
  });
})();

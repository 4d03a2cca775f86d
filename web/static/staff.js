// Filters a list of choices while typing; forgets a tab's searches at sign-out. Everything works without it.
"use strict";
for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;
for (const search of document.querySelectorAll("[data-filters]")) {
  const list = document.getElementById(search.dataset.filters);
  const left = document.getElementById(`${search.dataset.filters}-left`);
  const all = [...list.options];
  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = all.filter((one) => words.every((word) => one.text.toLowerCase().includes(word)));
    list.replaceChildren(...fits);
    left.textContent = `${fits.length} ${left.dataset.one}`;
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  show();
}
for (const form of document.querySelectorAll("main form[method=post]:not([role=search], [data-into])")) {
  form.addEventListener("submit", () => form.setAttribute("aria-busy", "true"));
}

// Searches may hold customers' health: they stay in the tab and its session, and go at sign-out, in every tab.
const SEARCHES = "staff-searches";
function forgetSearches() {
  try {
    sessionStorage.removeItem(SEARCHES);
  } catch {
    // a browser that keeps nothing
  }
}
try {
  const mark = document.body.dataset.session;
  const kept = JSON.parse(sessionStorage.getItem(SEARCHES) || "null");
  if (kept && kept.session !== mark) forgetSearches();
  const LEAVING = "staff-leaving";
  const others = "BroadcastChannel" in window ? new BroadcastChannel("staff") : null;
  const leave = document.getElementById("sign-out");
  if (leave) {
    leave.addEventListener("submit", () => {
      forgetSearches();
      sessionStorage.setItem(LEAVING, "1");
    });
  }
  if (!mark && sessionStorage.getItem(LEAVING)) {
    sessionStorage.removeItem(LEAVING);
    if (others) others.postMessage("out"); // only now: before, their session was still open
  }
  if (others && mark) {
    others.addEventListener("message", () => {
      forgetSearches();
      location.replace("/staff/sign-in");
    });
  }
} catch {
  // a browser that keeps nothing: then there is nothing to forget
}

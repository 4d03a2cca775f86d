// Filters a list of choices while typing; says how many are left. Everything works without it.
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
for (const form of document.querySelectorAll("main form[method=post]")) {
  form.addEventListener("submit", () => form.setAttribute("aria-busy", "true"));
}

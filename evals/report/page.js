// The filters. What is chosen stands in the address after "#", so that it can be kept and sent.
"use strict";
(() => {
  const filters = document.getElementById("filters");
  const cases = [...document.querySelectorAll("#list > .case")];
  const names = ["state", "expected", "got", "language", "topic", "tag", "words"];
  const texts = new Map();
  const tags = new Map(cases.map((item) => [item, JSON.parse(item.dataset.tags)]));

  const field = (name) => filters.querySelector(`[name="${name}"]`);
  const value = (name) =>
    name === "state" ? filters.querySelector('[name="state"]:checked').value : field(name).value;

  function choose(name, wanted) {
    if (name === "state") {
      const radios = [...filters.querySelectorAll('[name="state"]')];
      (radios.find((radio) => radio.value === wanted) || radios[0]).checked = true;
    } else {
      field(name).value = wanted;
      if (field(name).value !== wanted) field(name).value = "";
    }
  }

  function text(item) {
    if (!texts.has(item)) texts.set(item, item.textContent.toLocaleLowerCase());
    return texts.get(item);
  }

  function fits(item, chosen) {
    return (
      ["state", "expected", "got", "language", "topic"].every((n) => !chosen[n] || item.dataset[n] === chosen[n]) &&
      (!chosen.tag || tags.get(item).includes(chosen.tag)) &&
      chosen.words.toLocaleLowerCase().split(/\s+/).every((word) => text(item).includes(word))
    );
  }

  function show() {
    const chosen = Object.fromEntries(names.map((name) => [name, value(name)]));
    let shown = 0;
    for (const item of cases) {
      item.hidden = !fits(item, chosen);
      if (!item.hidden) shown += 1;
    }
    document.getElementById("count").textContent = `Showing ${shown} of ${cases.length} cases`;
    document.getElementById("none").hidden = shown > 0 || cases.length === 0;
    return chosen;
  }

  function changed() {
    const chosen = show();
    const kept = new URLSearchParams(Object.entries(chosen).filter(([, wanted]) => wanted));
    history.replaceState(null, "", `#${kept}`);
  }

  // Only an address made of filters is read; "#cases" and the like are places on the page.
  function readAddress() {
    const kept = new URLSearchParams(location.hash.slice(1));
    if (location.hash && !names.some((name) => kept.has(name))) return false;
    for (const name of names) choose(name, kept.get(name) || "");
    show();
    return location.hash.length > 1;
  }

  function goToCases() {
    const heading = document.getElementById("cases");
    heading.focus({ preventScroll: true });
    heading.scrollIntoView();
  }

  filters.hidden = false;
  filters.addEventListener("input", changed);
  document.getElementById("clear").addEventListener("click", () => {
    for (const name of names) choose(name, "");
    changed();
  });
  window.addEventListener("hashchange", () => readAddress() && goToCases());
  show();
  if (readAddress()) goToCases();

  // On paper, what is shown is shown open.
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = cases.filter((item) => !item.hidden && !item.open);
    for (const item of opened) item.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const item of opened) item.open = false;
  });
})();

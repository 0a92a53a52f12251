// Keys for reading: "/" goes to the search, j and k to the next and the previous article,
// answer or pair of paragraphs; and the tag index filters while one types.
"use strict";
(() => {
  const STOPS = {
    list: ".rows .card a:first-of-type",
    both: ".both .pair, .both figure.snippet, .both .posthead",
    article: ".article .post",
  };
  const isVisible = (element) => element.getClientRects().length > 0;

  function stops() {
    if (document.querySelector(".article.both")) return document.querySelectorAll(STOPS.both);
    if (document.querySelector(".article")) return document.querySelectorAll(STOPS.article);
    return [...document.querySelectorAll(".rows > .card")].map((card) => card.querySelector("a"));
  }

  function step(by) {
    const places = [...stops()].filter(isVisible);
    if (!places.length) return;
    const at = places.findIndex((place) => place === document.activeElement || place.contains(document.activeElement));
    const next = places[Math.min(Math.max(at < 0 ? 0 : at + by, 0), places.length - 1)];
    if (!next.matches("a")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    next.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "/") {
      const field = document.querySelector("main form[role=search] input[name=q], .top .search input");
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });

  const wait = document.querySelector(".countdown");
  if (wait) {
    const [bar, text] = wait.children;
    const until = performance.now() + wait.dataset.seconds * 1000;
    wait.hidden = false;
    const timer = setInterval(() => {
      const left = Math.ceil((until - performance.now()) / 1000);
      bar.value = Math.max(left, 0);
      text.textContent = left > 0 ? `${left} s` : wait.dataset.over;
      if (left <= 0) clearInterval(timer);
    }, 250);
  }

  const filter = document.querySelector(".filter input");
  if (filter) {
    const families = [...document.querySelectorAll(".family")];
    filter.form.querySelector("button").hidden = !filter.value;
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const family of families) {
        family.hidden = !(`${family.textContent} ${family.dataset.names}`.toLowerCase().includes(wanted));
      }
    });
  }
})();

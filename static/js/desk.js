// Queues by keyboard: j and k to the next and the previous row, x to choose it, Enter to open it,
// w to say why, [ and ] to other pages, ? for help.
"use strict";
(() => {
  const form = document.querySelector(".bulk");
  if (!form) return;
  const rows = [...form.querySelectorAll(".item")];
  const boxes = rows.map((row) => row.querySelector("input[name=id]")).filter(Boolean);
  const help = document.querySelector(".keyhelp");
  const bar = form.querySelector(".bulkbar");
  document.querySelector(".keys").hidden = false;

  // Back from a row that is done, the keys go on with the next one.
  const first = Math.max(rows.findIndex((row) => `#${row.id}` === location.hash), 0);
  const current = () => rows.findIndex((row) => row.contains(document.activeElement));

  function step(by) {
    const at = current();
    const row = rows[Math.min(Math.max(at < 0 ? first : at + by, 0), rows.length - 1)];
    row.querySelector("h2 a").focus({ preventScroll: true });
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    row.scrollIntoView({ block: "nearest", behavior: isCalm ? "auto" : "smooth" });
  }

  function tell() {
    if (!bar) return;
    const count = boxes.filter((box) => box.checked).length;
    const told = bar.querySelector(".chosen");
    told.textContent = count ? told.dataset.some.replace("%n", count) : told.dataset.none;
    const page = bar.querySelector(".page");
    page.checked = count === boxes.length;
    page.indeterminate = count > 0 && count < boxes.length;
  }

  function chooseAll(isChosen) {
    for (const box of boxes) box.checked = isChosen;
    tell();
  }

  if (bar) {
    const page = bar.querySelector(".page");
    page.closest("label").hidden = false;
    page.addEventListener("change", () => chooseAll(page.checked));
    form.addEventListener("change", tell);
    // Enter in a field would press the first button, whichever that is.
    bar.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=checkbox])")) return;
      event.preventDefault();
      bar.querySelector(".acts button").focus();
    });
    tell();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (help.open || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const box = rows[current()]?.querySelector("input[name=id]");
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "x" && box) {
      box.checked = !box.checked;
      tell();
    } else if (event.key === "X") chooseAll(boxes.some((one) => !one.checked));
    else if (event.key === "Enter" && event.target.matches("input[type=checkbox]")) {
      rows[current()]?.querySelector("h2 a").click();
    } else if (event.key === "w" && bar) bar.querySelector("input[name=why]").focus();
    else if (event.key === "[") document.querySelector(".pages [rel=prev]")?.click();
    else if (event.key === "]") document.querySelector(".pages [rel=next]")?.click();
    else if (event.key === "?") help.showModal();
    else return;
    event.preventDefault();
  });
})();

// The editor while one types: a preview of both texts, a draft kept, who else is here, Ctrl-S.
// Without it the buttons do the same.
"use strict";
(() => {
  const form = document.querySelector("form.editor[data-preview]");
  if (!form) return;
  const PREVIEW_MS = 500;
  const KEEP_MS = 4000;
  const BEAT_MS = 25000;
  const insight = form.querySelector(".insight");
  const state = form.querySelector(".state");
  const others = document.querySelector(".others");
  const sent = (extra = {}) => {
    const data = new FormData(form);
    data.delete("action");
    for (const [name, value] of Object.entries(extra)) data.set(name, value);
    return data;
  };
  const post = (address, body) => fetch(address, { method: "POST", body, headers: { Accept: "application/json, text/html" } });

  let isDirty = false;
  let isLeaving = false;
  let previewTimer = 0;
  let keepTimer = 0;
  let asked = 0;

  async function preview() {
    const mine = ++asked;
    insight.classList.add("waiting");
    try {
      const answer = await post(form.dataset.preview, sent());
      if (!answer.ok || mine !== asked) return;
      const tops = [...insight.querySelectorAll(".prose")].map((one) => one.scrollTop);
      const open = [...insight.querySelectorAll("details")].map((one) => one.open);
      const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (mine !== asked) return;
      insight.replaceChildren(...parsed.body.childNodes);
      insight.querySelectorAll(".prose").forEach((one, at) => { one.scrollTop = tops[at] || 0; });
      const details = insight.querySelectorAll("details");
      if (details.length === open.length) details.forEach((one, at) => { one.open = open[at]; });
    } catch {
      // The next key asks again.
    } finally {
      if (mine === asked) insight.classList.remove("waiting");
    }
  }

  function tell(names) {
    others.hidden = !names.length;
    others.querySelector("b").textContent = names.join(", ");
  }

  async function keep() {
    const beat = new FormData();
    for (const name of ["csrfmiddlewaretoken", "place"]) beat.set(name, form.elements[name].value);
    const isKept = isDirty;
    try {
      const answer = await post(form.dataset.keep, isKept ? sent() : beat);
      if (!answer.ok) throw new Error(answer.status);
      const told = await answer.json();
      if (told.kept) state.textContent = form.dataset.kept.replace("%s", told.kept);
      tell(told.others);
    } catch {
      if (isKept) state.textContent = form.dataset.lost;
    }
  }

  form.addEventListener("input", (event) => {
    isDirty = true;
    state.textContent = form.dataset.unsaved;
    clearTimeout(keepTimer);
    keepTimer = setTimeout(keep, KEEP_MS);
    if (event.target.matches("textarea")) {
      clearTimeout(previewTimer);
      previewTimer = setTimeout(preview, PREVIEW_MS);
    }
  });
  form.addEventListener("change", (event) => {
    // A guide's headings stand one level higher than a question's.
    if (event.target.name !== "kind") return;
    form.elements.role.value = event.target.value === "guide" ? "body" : "question";
    preview();
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "preview") {
      event.preventDefault();
      preview().then(() => insight.scrollIntoView({ block: "start" }));
      return;
    }
    isLeaving = true;
    clearTimeout(keepTimer);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("button[value=save]"));
  });
  window.addEventListener("beforeunload", (event) => {
    if (isDirty && !isLeaving) event.preventDefault();
  });
  setInterval(() => { if (!document.hidden) keep(); }, BEAT_MS);
  keep();
})();

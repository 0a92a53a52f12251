// The bench: trying without leaving the page, and keys. Without it the same buttons lead to pages.
"use strict";
(() => {
  const form = document.querySelector("#bench");
  const rows = document.querySelector("#rows");
  if (!form || !rows) return;
  const problem = form.querySelector(".notice[hidden]");
  const state = document.querySelector("#trial-state");
  const areas = [...form.querySelectorAll("textarea.code")];
  let source = null;

  function load(tag, address) {
    const element = document.createElement(tag);
    const ready = new Promise((done, failed) => {
      element.onload = done;
      element.onerror = failed;
    });
    if (tag === "script") element.src = address;
    else Object.assign(element, { rel: "stylesheet", href: address });
    document.head.append(element);
    return ready;
  }

  // The editor comes with the first touch of a text; until then, and where it fails, there is the area.
  let editor = null;
  async function edit(area) {
    if (area.dataset.editing) return;
    area.dataset.editing = "1";
    const places = form.dataset;
    editor ??= Promise.all(places.css.split(" ").map((address) => load("link", address)))
      .then(() => load("script", places.ace))
      .then(() => load("script", places.mode))
      .then(() => load("script", places.editor));
    try {
      await editor;
      area.editor = window.zhiyanEditor(area);
      area.editor.setReadOnly(false);
    } catch {
      area.focus();
    }
  }

  async function readRows(address) {
    const answer = await fetch(address, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    const pattern = document.createElement("template");
    pattern.innerHTML = await answer.text();
    const closed = new Set([...rows.querySelectorAll("details[data-keep]:not([open])")]
      .filter((one) => one.dataset.touched).map((one) => one.dataset.keep));
    const held = document.activeElement?.closest?.("tbody[data-row]")?.dataset.row;
    rows.replaceChildren(pattern.content);
    for (const one of rows.querySelectorAll("details[data-keep]")) {
      if (closed.has(one.dataset.keep)) one.open = false;
    }
    if (held) rows.querySelector(`tbody[data-row="${held}"]`)?.focus();
    markKey();
    return answer;
  }

  // The key `a` is shown where it acts.
  function markKey() {
    const first = rows.querySelector(".accept");
    if (!first) return;
    const key = document.createElement("kbd");
    key.textContent = "a";
    first.append(key);
  }

  // What was saved is being verified: its rows are read again until that is over.
  async function wait(address, times) {
    if (source || !times) return;
    try {
      const answer = await readRows(address);
      if (answer.headers.get("X-Waiting") !== "1") return;
    } catch {
      // The site is away for a moment; it is asked again.
    }
    setTimeout(() => wait(address, times - 1), 2000);
  }

  function follow(addresses) {
    source?.close();
    const stream = source = new EventSource(addresses.events);
    const show = () => readRows(addresses.rows).catch(() => say(form.dataset.failed));
    show();
    stream.addEventListener("cell", show);
    stream.addEventListener("done", async () => {
      stream.close();
      await show();
      state.textContent = rows.dataset.over;
    });
  }

  function say(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }

  async function tryIt() {
    say("");
    state.textContent = "";
    const button = form.querySelector(".try");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      const values = await answer.json();
      if (!answer.ok) return say(values.error || form.dataset.failed);
      history.replaceState(null, "", values.page);
      follow(values);
      document.querySelector("#cells-head").scrollIntoView({ block: "nearest", behavior: "auto" });
    } catch {
      say(form.dataset.failed);
    } finally {
      button.disabled = false;
    }
  }

  // Its rows say by themselves what became of it.
  async function cancelIt(button) {
    button.disabled = true;
    try {
      const answer = await fetch(button.formAction, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
      });
      if (!answer.ok) throw new Error(answer.statusText);
    } catch {
      button.disabled = false;
      say(form.dataset.failed);
    }
  }

  form.addEventListener("submit", (event) => {
    if (event.submitter?.classList.contains("stop")) {
      event.preventDefault();
      cancelIt(event.submitter);
      return;
    }
    if (event.submitter && !event.submitter.classList.contains("try")) return;
    event.preventDefault();
    tryIt();
  });
  for (const area of areas) area.addEventListener("focus", () => edit(area));
  rows.addEventListener("click", (event) => {
    const details = event.target.closest("summary")?.parentElement;
    if (details) details.dataset.touched = "1";
  });

  const copy = form.querySelector(".copycode");
  if (copy) {
    copy.hidden = false;
    copy.addEventListener("click", () => {
      const code = document.querySelector(".bench pre.code code").textContent;
      const area = form.querySelector("[name=suggestion]");
      if (area.editor) area.editor.session.setValue(code);
      area.value = code;
      edit(area);
    });
  }

  const keys = form.querySelector(".keys");
  const list = document.querySelector("#keys");
  const toggle = () => {
    list.hidden = !list.hidden;
    keys.setAttribute("aria-expanded", String(!list.hidden));
  };
  keys.hidden = false;
  keys.addEventListener("click", toggle);

  const acts = {
    t: () => tryIt(),
    s: () => form.requestSubmit(form.querySelector(".save")),
    a: () => {
      const near = document.activeElement?.closest?.("tbody[data-row]");
      (near?.querySelector(".accept") || rows.querySelector(".accept"))?.click();
    },
    c: () => rows.querySelector(".stop")?.click(),
    n: () => document.querySelector(".stretch [rel=next]")?.click(),
    p: () => document.querySelector(".stretch [rel=prev]")?.click(),
    e: () => edit(areas[0]).then(() => (areas[0].editor || areas[0]).focus()),
    "?": toggle,
  };
  document.addEventListener("keydown", (event) => {
    // The editor writes into a text area of its own; left with Escape, it is a place like others.
    const isWriting = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (isWriting) {
      const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
      if (sends && form.contains(event.target)) {
        event.preventDefault();
        tryIt();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  });

  markKey();
  if (rows.dataset.events) follow(rows.dataset);
  else if (rows.dataset.wait) setTimeout(() => wait(rows.dataset.wait, 60), 1500);
})();

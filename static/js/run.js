// Running snippets in place: post, follow the events, cancel. Without it the same
// forms lead to a page that reloads itself.
(() => {
  "use strict";

  const COLOURS = /\x1b\[[0-9;:]*m/g;
  const HIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

  // What a terminal obeys or hides, as snippets/terminal.py shows it.
  function visible(text) {
    let plain = text.replace(COLOURS, "").replace(/\r\n/g, "\n");
    while (/[^\b\n\r]\x08/.test(plain)) plain = plain.replace(/[^\b\n\r]\x08/g, "");
    if (plain.includes("\r")) {
      plain = plain.split("\n").map((line) =>
        line.split("\r").reduce((shown, part) => part + shown.slice(part.length), "")).join("\n");
    }
    return plain.replace(HIDDEN, (character) => {
      const code = character.charCodeAt(0);
      if (code < 0x20) return String.fromCharCode(0x2400 + code);
      return "\\u" + code.toString(16).padStart(4, "0");
    });
  }

  function make(tag, text = "") {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }

  function coloured(piece) {
    const span = make("span", piece.text);
    span.className = piece.kind;
    return span;
  }

  function load(tag, address) {
    const known = document.querySelector(`[data-of="${address}"]`);
    if (known) return known.ready;
    const element = document.createElement(tag);
    element.dataset.of = address;
    element.ready = new Promise((done, failed) => {
      element.onload = done;
      element.onerror = failed;
    });
    if (tag === "script") element.src = address;
    else Object.assign(element, { rel: "stylesheet", href: address });
    document.head.append(element);
    return element.ready;
  }

  // The editor comes with the first Edit; until then, and where it fails, there is the text area.
  async function edit(area) {
    if (area.dataset.editing) return area.focus();
    area.dataset.editing = "1";
    const places = document.querySelector("#live-run").dataset;
    try {
      await Promise.all(places.css.split(" ").map((address) => load("link", address)));
      await load("script", places.ace);
      await load("script", places.mode);
      await load("script", places.editor);
      window.zhiyanEditor(area);
    } catch {
      area.focus();
    }
  }

  // A console session is copied without its prompts and what they answered.
  function withoutPrompts(text) {
    const lines = text.split("\n");
    if (!lines.some((line) => line.startsWith(">>> "))) return text;
    return lines.filter((line) => /^(>>>|\.\.\.)( |$)/.test(line)).map((line) => line.slice(4)).join("\n");
  }

  class Live {
    constructor(figure) {
      this.figure = figure;
      this.box = figure.querySelector(".live");
      const pattern = document.querySelector("#live-run");
      this.box.append(pattern.content.cloneNode(true));
      this.texts = pattern.dataset;
      this.badge = this.box.querySelector(".badge");
      this.clock = this.box.querySelector(".clock");
      this.term = this.box.querySelector(".term");
      this.plots = this.box.querySelector(".plots");
      this.stop = this.box.querySelector(".cancel");
      this.link = this.box.querySelector(".permalink");
      this.bar = this.box.querySelector("progress");
      this.status = this.box.querySelector("[role=status]");
      this.compared = this.box.querySelector(".compared");
      this.frames = this.box.querySelector(".frames");
      this.stop.addEventListener("click", () => this.cancel());
      this.reset();
    }

    reset() {
      this.source?.close();
      clearInterval(this.timer);
      this.source = null;
      this.parts = [];
      this.term.replaceChildren();
      this.term.hidden = true;
      this.plots.replaceChildren();
      this.compared.replaceChildren();
      this.frames.replaceChildren();
      this.status.textContent = "";
      this.bar.hidden = true;
      this.clock.textContent = "";
      this.link.hidden = true;
      this.stop.hidden = true;
      this.stop.disabled = false;
    }

    // What is said is read out once; output as it flows would be read over and over.
    say(text, tone = "") {
      this.box.hidden = false;
      if (this.status.textContent !== text) this.status.textContent = text;
      this.badge.className = `badge ${tone}`;
      this.badge.textContent = text;
    }

    async start(form, submitter) {
      this.reset();
      this.say(this.texts.queued);
      // Of two quick clicks only the later one's run is followed.
      const turn = this.turn = (this.turn || 0) + 1;
      let answer;
      let values = {};
      try {
        answer = await fetch(form.action, {
          method: "POST",
          body: new URLSearchParams(submitter?.name ? new FormData(form, submitter) : new FormData(form)),
          headers: { Accept: "application/json" },
          credentials: "same-origin",
        });
        values = await answer.json();
      } catch {
        if (!answer || answer.ok) return this.say(this.texts.failed, "bad");
      }
      if (turn !== this.turn) return;
      if (answer.status === 429) return this.countDown(form, values.retry_after_seconds || 1);
      if (!answer.ok) return this.say(values.error || this.texts.failed, "bad");
      this.link.href = values.url;
      this.link.hidden = false;
      this.follow(values.events, values.cancel);
    }

    follow(events, cancel) {
      this.cancelUrl = cancel;
      this.stop.hidden = !cancel;
      this.bar.hidden = false;
      this.startedAt = performance.now();
      this.timer = setInterval(() => this.tick(), 100);
      const source = new EventSource(events);
      this.source = source;
      source.addEventListener("started", () => {
        this.parts = [];
        this.startedAt = performance.now();
        this.say(this.texts.running);
        this.show();
      });
      source.addEventListener("output", (event) => {
        this.parts.push(...JSON.parse(event.data).parts);
        this.show();
      });
      source.addEventListener("done", (event) => this.finish(JSON.parse(event.data)));
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) {
          clearInterval(this.timer);
          this.bar.hidden = true;
          this.say(this.texts.failed, "bad");
        }
      });
    }

    tick() {
      this.clock.textContent = `${((performance.now() - this.startedAt) / 1000).toFixed(1)} s`;
    }

    // A frame draws once however many events arrived; neighbours of one stream are one text,
    // so that overwriting works across events.
    show() {
      if (this.isDrawing) return;
      this.isDrawing = true;
      requestAnimationFrame(() => {
        this.isDrawing = false;
        const merged = [];
        for (const part of this.parts) {
          const last = merged[merged.length - 1];
          if (last && last.stream === part.stream) last.text += part.text;
          else merged.push({ ...part });
        }
        this.parts = merged;
        this.term.hidden = merged.length === 0;
        const atEnd = this.term.scrollTop + this.term.clientHeight >= this.term.scrollHeight - 4;
        this.term.replaceChildren(...merged.map((part) => {
          const span = document.createElement("span");
          if (part.stream === "stderr") span.className = "stderr";
          if (part.spans?.length) span.append(...part.spans.map((one) => coloured(one)));
          else span.textContent = visible(part.text);
          return span;
        }));
        if (atEnd) this.term.scrollTop = this.term.scrollHeight;
      });
    }

    finish(end) {
      this.source.close();
      clearInterval(this.timer);
      this.stop.hidden = true;
      this.bar.hidden = true;
      this.figure.querySelector("form.stop")?.remove();
      this.say(end.label, end.tone);
      const printed = (end.output || []).map((part) => part.text).join("").trim();
      this.status.textContent = `${end.label}. ${visible(printed.slice(0, 300)) || this.texts.silent}`;
      this.clock.textContent = end.usage || "";
      this.parts = end.output?.length ? end.output : [];
      if (!this.parts.length) this.parts = [{ stream: "stdout", text: this.texts.silent }];
      if (end.reason) this.parts.push({ stream: "stderr", text: `\n${end.reason}` });
      this.show();
      this.compare(end.difference);
      this.frames.replaceChildren(...(end.tables || []).map((one, at) => this.table(one, at)));
      this.plots.replaceChildren(...(end.artifacts || []).map((one) => this.artifact(one)));
    }

    // How it differs from the verified output, which stays in sight above.
    compare(lines) {
      if (!lines) return;
      if (!lines.length) {
        const same = make("p", `✓ ${this.texts.same}`);
        same.className = "same";
        return this.compared.replaceChildren(same);
      }
      const box = make("details");
      const list = make("div");
      box.className = "difference";
      box.open = true;
      list.className = "lines";
      list.tabIndex = 0;
      for (const line of lines) {
        const tag = { old: "del", new: "ins", gap: "hr" }[line.kind] || "span";
        const row = make(tag);
        if (tag === "del" || tag === "ins") {
          const who = make("span", `${this.texts[line.kind]}: `);
          who.className = "unseen";
          row.append(who);
        }
        if (tag !== "hr") row.append(line.text);
        list.append(row);
      }
      box.append(make("summary", this.texts.difference), list);
      this.compared.replaceChildren(box);
    }

    table(one, number) {
      const box = make("div");
      const table = make("table");
      box.className = "scroll frame";
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", `${this.texts.table} ${number + 1}`);
      const head = table.createTHead().insertRow();
      head.append(make("td"), ...one.columns.map((name) => make("th", name)));
      const body = table.createTBody();
      for (const [name, cells] of one.rows) {
        body.insertRow().append(make("th", name), ...cells.map((cell) => make("td", cell)));
      }
      box.append(table);
      return box;
    }

    artifact(one) {
      if (one.kind !== "figure") {
        const link = document.createElement("a");
        link.href = one.url;
        link.download = one.name;
        link.textContent = one.name;
        return link;
      }
      const figure = document.createElement("figure");
      figure.className = "plot";
      const image = new Image(one.width || undefined, one.height || undefined);
      image.src = one.url;
      image.alt = `${this.texts.figure}: ${one.name}`;
      figure.append(image);
      return figure;
    }

    async cancel() {
      this.stop.disabled = true;
      this.say(this.texts.cancelling);
      const token = this.figure.querySelector("[name=csrfmiddlewaretoken]").value;
      const headers = { Accept: "application/json", "X-CSRFToken": token };
      try {
        const answer = await fetch(this.cancelUrl, { method: "POST", headers, credentials: "same-origin" });
        if (!answer.ok) this.say(this.texts.failed, "bad");
      } catch {
        this.stop.disabled = false;
        this.say(this.texts.failed, "bad");
      }
    }

    countDown(form, seconds) {
      const buttons = form.querySelectorAll("button.go");
      const until = performance.now() + seconds * 1000;
      const step = () => {
        const left = Math.ceil((until - performance.now()) / 1000);
        buttons.forEach((button) => { button.disabled = left > 0; });
        if (left > 0) return this.say(this.texts.wait.replace("%s", left), "warn");
        clearInterval(this.timer);
        this.box.hidden = true;
      };
      this.timer = setInterval(step, 250);
      step();
    }
  }

  function prepare(figure) {
    const form = figure.querySelector("form.run");
    const live = new Live(figure);
    const copy = figure.querySelector(".copy");
    const text = form.querySelector("textarea");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      live.start(form, event.submitter);
    });
    figure.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (!form.querySelector("button.go")?.disabled) form.requestSubmit();
    });
    if (copy && navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(withoutPrompts(text ? text.value : figure.querySelector(".code").textContent));
        const label = copy.textContent;
        copy.textContent = copy.dataset.done;
        setTimeout(() => { copy.textContent = label; }, 1500);
      });
    }
    const details = figure.querySelector("details.edit");
    details?.addEventListener("toggle", () => { if (details.open) edit(text); });
    if (figure.dataset.events) {
      live.say(live.texts.queued);
      live.follow(figure.dataset.events, figure.querySelector("form.stop") && figure.dataset.cancel);
      figure.querySelector("form.stop")?.remove();
    }
  }

  for (const figure of document.querySelectorAll("figure.snippet")) {
    if (figure.querySelector("form.run")) prepare(figure);
  }
})();

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

  class Live {
    constructor(figure) {
      this.figure = figure;
      this.box = figure.querySelector(".live");
      this.texts = this.box.dataset;
      this.badge = this.box.querySelector(".badge");
      this.clock = this.box.querySelector(".clock");
      this.term = this.box.querySelector(".term");
      this.plots = this.box.querySelector(".plots");
      this.stop = this.box.querySelector(".cancel");
      this.link = this.box.querySelector(".permalink");
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
      this.clock.textContent = "";
      this.link.hidden = true;
      this.stop.hidden = true;
      this.stop.disabled = false;
    }

    say(text, tone = "") {
      this.box.hidden = false;
      this.badge.className = `badge ${tone}`;
      this.badge.textContent = text;
    }

    async start(form) {
      this.reset();
      this.say(this.texts.queued);
      // Of two quick clicks only the later one's run is followed.
      const turn = this.turn = (this.turn || 0) + 1;
      let answer;
      let values = {};
      try {
        answer = await fetch(form.action, {
          method: "POST",
          body: new URLSearchParams(new FormData(form)),
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
          span.textContent = visible(part.text);
          return span;
        }));
        if (atEnd) this.term.scrollTop = this.term.scrollHeight;
      });
    }

    finish(end) {
      this.source.close();
      clearInterval(this.timer);
      this.stop.hidden = true;
      this.figure.querySelector("form.stop")?.remove();
      this.say(end.label, end.tone);
      this.clock.textContent = end.usage || "";
      this.parts = end.output?.length ? end.output : [];
      if (!this.parts.length) this.parts = [{ stream: "stdout", text: this.texts.silent }];
      if (end.reason) this.parts.push({ stream: "stderr", text: `\n${end.reason}` });
      this.show();
      this.plots.replaceChildren(...(end.artifacts || []).map((one) => this.artifact(one)));
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
      live.start(form);
    });
    figure.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      if (!form.querySelector("button.go")?.disabled) form.requestSubmit();
    });
    if (copy && navigator.clipboard) {
      copy.hidden = false;
      copy.addEventListener("click", async () => {
        await navigator.clipboard.writeText(text ? text.value : figure.querySelector(".code").textContent);
        const label = copy.textContent;
        copy.textContent = copy.dataset.done;
        setTimeout(() => { copy.textContent = label; }, 1500);
      });
    }
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

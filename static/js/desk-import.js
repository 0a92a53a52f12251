// An import under way, read again every other second. Without it the page reloads itself.
"use strict";
(() => {
  const box = document.querySelector("#job[data-under-way]");
  if (!box) return;
  let shown = box;
  async function read() {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.querySelector("#job");
      if (next && next.innerHTML !== shown.innerHTML && !shown.contains(document.activeElement)) {
        shown.replaceWith(next);
        shown = next;
      }
      if (next && !next.hasAttribute("data-under-way")) {
        if (shown !== next) location.reload();
        return;
      }
    } catch {
      // The site is away for a moment; it is asked again.
    }
    setTimeout(read, 2000);
  }
  setTimeout(read, 1500);
})();

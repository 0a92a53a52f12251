// The code editor, fetched on the first Edit: Ace over the form's own text area, which stays
// the one that is sent. Escape leaves it, so that Tab traps nobody.
"use strict";
window.zhiyanEditor = (area) => {
  const ace = window.ace;
  ace.config.set("useStrictCSP", true);
  const box = document.createElement("div");
  box.className = "editor";
  area.after(box);
  const editor = ace.edit(box, {
    mode: "ace/mode/python",
    value: area.value,
    useWorker: false,
    minLines: Math.max(area.rows, 4),
    maxLines: 40,
    tabSize: 4,
    useSoftTabs: true,
    showPrintMargin: false,
    showFoldWidgets: false,
    highlightActiveLine: false,
    fontSize: "0.875rem",
    enableKeyboardAccessibility: true,
    textInputAriaLabel: area.getAttribute("aria-label"),
    theme: { cssClass: "ace-zhiyan", cssText: "", isDark: false },
  });
  editor.renderer.setScrollMargin(8, 16);
  // Their dialogs are files that are not here; the browser finds just as well.
  for (const name of ["find", "replace", "findnext", "findprevious", "showSettingsMenu", "gotoline", "openCommandPalette", "openCommandPallete"]) {
    editor.commands.removeCommand(name);
  }
  area.hidden = true;
  editor.session.on("change", () => { area.value = editor.getValue(); });
  area.form.addEventListener("reset", () => {
    editor.session.setValue(area.defaultValue);
    area.value = area.defaultValue;
  });
  editor.focus();
  return editor;
};

// Small conveniences. Every page works without this file: what needs it is hidden until it runs.
"use strict";

(() => {
  // Copy buttons: the field beside them can be selected by hand all the same.
  const copy = async (button) => {
    const field = document.getElementById(button.dataset.copy);
    const status = document.querySelector(`[data-copy-status="${button.dataset.copy}"]`);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      return; // The text is selected: the keyboard's own copy still works.
    }
    const words = button.querySelector("span");
    const before = words.textContent;
    words.textContent = button.dataset.done;
    status.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; status.textContent = ""; }, 4000);
  };

  // The clock in the head goes on from the minute at which the server wrote it, in the same form.
  const loadedAt = Date.now();
  const inFrench = document.documentElement.lang === "fr";
  const tick = () => {
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const minutes = (Number(clock.dataset.clock) + Math.floor((Date.now() - loadedAt) / 60000)) % 1440;
      const hour = Math.floor(minutes / 60);
      const minute = String(minutes % 60).padStart(2, "0");
      if (inFrench) clock.textContent = minute === "00" ? `${hour}\u00a0h` : `${hour}\u00a0h\u00a0${minute}`;
      else clock.textContent = `${hour}:${minute}`;
    }
  };

  const ready = (root) => {
    for (const button of root.querySelectorAll("[data-copy], [data-print]")) button.hidden = false;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy], [data-print]");
    if (!button) return;
    if (button.dataset.copy) copy(button);
    else window.print();
  });

  // Menus close on Escape, and give the focus back to what opened them.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  // Folded groups and tables behind pictures are printed open, then folded again.
  const opened = [];
  window.addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details.fold:not([open])")) { fold.open = true; opened.push(fold); }
  });
  window.addEventListener("afterprint", () => {
    while (opened.length) opened.pop().open = false;
  });

  // A register that is folded to be short on a narrow screen is shown whole on a wide one.
  if (window.matchMedia("(min-width: 44.01rem)").matches) {
    for (const fold of document.querySelectorAll("[data-unfold='wide'] > details.fold")) fold.open = true;
  }

  ready(document);
  document.addEventListener("htmx:load", (event) => ready(event.target));
  const errors = document.querySelector("[data-errors]");
  if (errors) errors.focus();
  setInterval(tick, 15000);
})();

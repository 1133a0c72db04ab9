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

  // A register of which rows can be chosen: the bar says how many are, and the keys work while the focus is inside.
  const boxes = (table) => [...table.querySelectorAll("input[name='ref']")];
  const count = (form) => {
    const chosen = form.querySelectorAll("input[name='ref']:checked").length;
    const bar = form.querySelector("[data-bulk]");
    const words = bar.querySelector("[data-chosen]");
    words.dataset.none ??= words.textContent;
    words.textContent = chosen ? words.dataset.chosen.replace("{}", chosen) : words.dataset.none;
    bar.querySelector("[type='submit']").disabled = chosen === 0;
    for (const row of form.querySelectorAll("[data-rows] tbody tr")) {
      row.classList.toggle("is-chosen", Boolean(row.querySelector("input[name='ref']:checked")));
    }
  };
  const keys = {
    j: (all, at) => all[Math.min(at + 1, all.length - 1)].focus(),
    k: (all, at) => all[Math.max(at - 1, 0)].focus(),
    x: (all, at) => { all[Math.max(at, 0)].focus(); all[Math.max(at, 0)].click(); },
    o: (all, at) => all[Math.max(at, 0)].closest("tr").querySelector("th a").click(),
    e: (all) => all[0].form.querySelector("[data-bulk] [type='submit']").click(),
  };
  for (const table of document.querySelectorAll("[data-rows]")) {
    const form = table.closest("form");
    const everyone = form.querySelector("[data-all]");
    everyone.hidden = false;
    everyone.addEventListener("click", () => { for (const box of boxes(table)) box.checked = true; count(form); });
    form.addEventListener("change", () => count(form));
    table.addEventListener("keydown", (event) => {
      const does = keys[event.key.toLowerCase()];
      if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const all = boxes(table);
      does(all, all.indexOf(event.target.closest("tr")?.querySelector("input[name='ref']")));
    });
    count(form);
  }

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

// Dragging an item of an agenda to another place: sends the form that the place of an item has without a script too.
"use strict";

(() => {
  const list = document.querySelector("[data-sortable]");
  const form = document.querySelector("[data-place]");
  if (!list || !form || !window.Sortable) return;
  for (const handle of list.querySelectorAll("[data-drag]")) handle.hidden = false;
  const before = [...list.querySelectorAll("[data-item]")];
  window.Sortable.create(list, {
    draggable: "[data-item]",
    handle: "[data-drag]",
    animation: 0,
    forceFallback: true, // the browser's own dragging knows no fingers
    onEnd: ({ item }) => {
      const place = [...list.querySelectorAll("[data-item]")].indexOf(item);
      if (place < 0 || before[place] === item) return;
      form.action = form.action.replace(/[0-9a-f-]{36}(?=\/place$)/, item.id.slice("item-".length));
      form.elements.place.value = place + 1;
      form.submit();
    },
  });
})();

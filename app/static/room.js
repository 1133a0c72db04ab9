// The pages of a room follow it: they ask for its beat, and show what changed. Every page works without this file.
"use strict";

(() => {
  const EVERY = 2500;
  const follows = document.querySelector("[data-room-beat]");
  if (!follows) return;
  let known = `"${follows.dataset.etag}"`;
  let asking = false;
  const held = new Set();

  // What somebody types in, or has not sent yet, is left as it is until they are done.
  const isBusy = (region) => {
    const on = document.activeElement;
    if (on && region.contains(on) && on.matches("input, textarea, select")) return true;
    return Boolean(region.querySelector("[data-unsent]"));
  };

  const replace = (region, fresh) => {
    const on = document.activeElement;
    const focus = on && region.contains(on) ? on.id : "";
    const open = [...region.querySelectorAll("details[open]")].map((each) => each.closest("[id]")?.id);
    region.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
    for (const id of open) {
      const fold = id && region.querySelector(`#${CSS.escape(id)} details`);
      if (fold) fold.open = true;
    }
    if (focus) document.getElementById(focus)?.focus();
  };

  const show = async () => {
    const answer = await fetch(location.pathname + location.search, { redirect: "manual", headers: { Accept: "text/html" } });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    held.clear();
    for (const region of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(region.id);
      if (!fresh) continue;
      if (isBusy(region)) held.add(region.id);
      else replace(region, fresh);
    }
    const beat = page.querySelector("[data-room-beat]");
    if (beat) known = `"${beat.dataset.etag}"`;
    document.dispatchEvent(new CustomEvent("room:shown", { detail: page }));
    return true;
  };

  const ask = async () => {
    if (asking || document.hidden) return;
    asking = true;
    try {
      const answer = await fetch(follows.dataset.roomBeat, { redirect: "manual", headers: { "If-None-Match": known } });
      if (answer.status === 200) await show();
      else if (answer.status === 304 && [...held].some((id) => !isBusy(document.getElementById(id)))) await show();
    } catch {
      // No connection: what stands on the page stays, and it is asked again.
    } finally {
      asking = false;
    }
  };

  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("online", ask);
  document.addEventListener("room:ask", ask);
})();

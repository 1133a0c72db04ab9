// The note-taker's page saves by itself. What is typed is kept in this browser first, then sent; it leaves the browser
// only once the server has said that it has it. So a lost network, a reload, a closed laptop and a session that ended
// lose nothing, and what is sent twice is there once: each note has an id from its first letter on.
"use strict";

(() => {
  const box = document.querySelector("[data-notes]");
  if (!box) return;
  const PAUSE = 1200;
  const TRY = 3000;
  const said = box.dataset;
  const place = `entente-notes:${said.notes}:${said.person}:`;
  const status = box.querySelector("[data-status]");
  const signIn = box.querySelector("[data-sign-in]");
  const memory = new Map();
  let trouble = "";
  let saved = "";
  let isKept = true;
  let sending = false;
  let isAsked = false;
  let timer = 0;

  // What is kept: one value for each note, so that two windows do not write over each other's.
  const all = () => {
    const found = new Map(memory);
    try {
      for (let n = 0; n < localStorage.length; n += 1) {
        const key = localStorage.key(n);
        if (key.startsWith(place)) found.set(key.slice(place.length), JSON.parse(localStorage.getItem(key)));
      }
    } catch { isKept = false; }
    return [...found.values()].sort((a, b) => a.at - b.at);
  };
  const get = (id) => all().find((note) => note.id === id);
  const put = (note) => {
    try {
      localStorage.setItem(place + note.id, JSON.stringify(note));
      memory.delete(note.id);
    } catch { memory.set(note.id, note); isKept = false; }
  };
  const drop = (id) => {
    memory.delete(id);
    try { localStorage.removeItem(place + id); } catch { /* it was never there */ }
  };
  window.addEventListener("beforeunload", (event) => { if (memory.size) event.preventDefault(); });

  // Forms and what they say.
  const forms = () => [...document.querySelectorAll("form[data-note]")];
  const read = (form) => {
    const data = new FormData(form);
    const one = (name) => data.get(name) ?? "";
    return {
      kind: one("kind"), words: one("words"), language: one("language"), speaker_party: one("speaker_party"),
      speaker: one("speaker"), owed_by: data.getAll("owed_by"), due_on: one("due_on"),
    };
  };
  const write = (form, fields) => {
    for (const field of form.querySelectorAll("[name]")) {
      if (!(field.name in fields)) continue;
      if (field.type === "radio") field.checked = field.value === fields[field.name];
      else if (field.type === "checkbox") field.checked = fields[field.name].includes(field.value);
      else field.value = fields[field.name];
    }
  };
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const idOf = (form) => form.dataset.note === "edit" ? form.dataset.entry : form.elements.sent_id.value;
  const formOf = (id) => forms().find((form) => idOf(form) === id);

  const keep = (form) => {
    const id = idOf(form);
    const fields = read(form);
    const before = get(id);
    if (!before && !fields.words.trim()) return;
    if (before && before.isNew && !before.sent && !fields.words.trim()) { drop(id); show(); return; }
    const note = before ?? {
      id, isNew: form.dataset.note === "new", item: form.dataset.item, url: form.getAttribute("action"),
      version: form.dataset.version ?? "", sent: null, saved: null, at: Date.now(),
    };
    note.fields = fields;
    note.isOpen = form.dataset.note === "new";
    note.refused = "";
    note.changedAt = Date.now();
    put(note);
    form.setAttribute("data-unsent", "");
    show();
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  };

  // A note that was begun in a form and ended with Enter: the form is free for the next one.
  const finish = (form) => {
    if (!form.elements.words.value.trim()) return;
    keep(form);
    const note = get(idOf(form));
    if (note && form.dataset.note === "new") {
      note.isOpen = false;
      put(note);
      if (isDone(note)) drop(note.id);
      empty(form);
    } else if (form.dataset.note === "edit") form.closest("details").open = false;
    show();
    clearTimeout(timer);
    send();
  };
  const newId = () => crypto.randomUUID ? crypto.randomUUID()
    : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const empty = (form) => {
    const { kind, language, speaker_party, speaker } = read(form);
    write(form, { kind, language, speaker_party, speaker, words: "", owed_by: [], due_on: "" });
    form.elements.sent_id.value = newId();
    form.removeAttribute("data-unsent");
  };

  // Sending: what was tried is tried again as it was, before anything newer of the same note.
  const isDone = (note) => note.saved !== null && same(note.fields, note.saved) && !note.sent;
  const isWaiting = (note) => !isDone(note) && !note.raced && !note.refused && note.fields.words.trim();
  let token = document.querySelector("form[data-note] [name='csrf_token']")?.value ?? "";

  const post = (note) => {
    const body = new FormData();
    body.set("csrf_token", token);
    body.set("person", said.person);
    body.set(note.sent.isNew ? "sent_id" : "version", note.sent.isNew ? note.id : note.sent.version);
    if (note.sent.isNew) body.set("item_id", note.item);
    for (const [name, value] of Object.entries(note.sent.fields)) {
      if (Array.isArray(value)) for (const each of value) body.append(name, each);
      else body.set(name, value);
    }
    return fetch(note.sent.url, { method: "POST", body, redirect: "manual", headers: { Accept: "application/json" } });
  };

  // The page's own token is of a session that can have ended; another page of the same person has the next one.
  const renew = async () => {
    const answer = await fetch(location.pathname, { redirect: "manual", headers: { Accept: "text/html" } });
    if (answer.type === "opaqueredirect") return "signed-out";
    if (!answer.ok) return "gone";
    return adopt(new DOMParser().parseFromString(await answer.text(), "text/html"));
  };
  const adopt = (page) => {
    if (page.querySelector("[data-notes]")?.dataset.person !== said.person) return "other";
    const fresh = page.querySelector("form[data-note] [name='csrf_token']")?.value;
    if (fresh) token = fresh;
    for (const field of document.querySelectorAll("[name='csrf_token']")) field.value = token;
    return "";
  };

  const sendOne = async (note, again = false) => {
    note.sent ??= { isNew: note.isNew, url: note.url, version: note.version, fields: note.fields };
    put(note);
    const answer = await post(note);
    if (answer.type === "opaqueredirect") return "signed-out";
    if (answer.status === 400 && !again) {
      const found = await renew();
      return found || sendOne(get(note.id) ?? note, true);
    }
    const now = get(note.id) ?? note;
    if (answer.status === 200) {
      const receipt = await answer.json();
      Object.assign(now, { isNew: false, url: receipt.url, version: String(receipt.version), entry: receipt.id, saved: now.sent.fields, sent: null });
      saved = receipt.saved;
      const form = formOf(now.id);
      if (isDone(now) && !now.isOpen) {
        drop(now.id);
        if (form?.dataset.note === "edit") { form.dataset.version = now.version; form.removeAttribute("data-unsent"); }
      } else put(now);
      return "";
    }
    if (answer.status === 403) {
      const body = await answer.json().catch(() => ({}));
      if (body.other_person) return "other";
    }
    if (answer.status === 409) now.raced = await answer.json();
    else if (answer.status === 422) now.refused = (await answer.json()).error;
    else if ([403, 404, 400].includes(answer.status)) now.refused = said.gone;
    else return "offline";
    now.sent = null;
    put(now);
    return "";
  };

  const send = async () => {
    if (sending) { isAsked = true; return; }
    sending = true;
    let found = "";
    let count = 0;
    try {
      for (const note of all()) {
        if (!isWaiting(note) || (Date.now() - note.changedAt < PAUSE - 100 && note.isOpen)) continue;
        found = await sendOne(note);
        if (found) break;
        count += 1;
      }
    } catch { found = "offline"; }
    trouble = found;
    sending = false;
    show();
    if (count) document.dispatchEvent(new Event("room:ask"));
    if (isAsked && !found) { isAsked = false; send(); }
    isAsked = false;
  };
  const locked = () => navigator.locks ? navigator.locks.request(place, { ifAvailable: true }, (lock) => lock && send()) : send();

  // What the page says of it.
  const node = (name, words, className) => {
    const made = document.createElement(name);
    if (words) made.textContent = words;
    if (className) made.className = className;
    return made;
  };
  const button = (words, does) => {
    const made = node("button", words, "btn");
    made.type = "button";
    made.addEventListener("click", does);
    return made;
  };
  const settle = (note, isMine) => {
    const form = formOf(note.id);
    if (isMine) {
      Object.assign(note, { isNew: false, url: note.raced.url, version: String(note.raced.theirs.version), raced: null, sent: null, saved: null });
      put(note);
      send();
    } else {
      drop(note.id);
      form?.removeAttribute("data-unsent");
      if (form?.dataset.note === "new") empty(form);
    }
    show();
  };
  const problem = (note) => {
    const made = node("div", "", "notice notice--wait");
    made.setAttribute("role", "alert");
    const title = document.getElementById(`head-${note.item || "none"}`)?.textContent ?? "";
    made.append(node("p", title, "small"));
    const acts = node("div", "", "actions");
    if (note.raced) {
      made.append(node("p", said.raced), node("p", `${said.yoursIs} ${note.fields.words}`, "typed"), node("p", `${said.theirsIs} ${note.raced.theirs.words}`, "typed"));
      acts.append(button(said.mine, () => settle(note, true)), button(said.theirs, () => settle(note, false)));
    } else {
      made.append(node("p", note.refused), node("p", note.fields.words, "typed"));
      acts.append(
        button(said.again, () => { note.refused = ""; put(note); send(); }),
        button(said.discard, () => { drop(note.id); formOf(note.id)?.removeAttribute("data-unsent"); show(); }),
      );
    }
    made.append(acts);
    return made;
  };
  const show = () => {
    const notes = all();
    const waiting = notes.filter((note) => !isDone(note) && note.fields.words.trim());
    const text = (words) => words.replace("{}", String(waiting.length));
    if (!isKept && waiting.length) status.textContent = said.unkept;
    else if (trouble === "signed-out") status.textContent = text(said.signedOut);
    else if (trouble === "other") status.textContent = said.other;
    else if (trouble === "offline" && waiting.length) status.textContent = text(said.offline);
    else if (waiting.length) status.textContent = text(said.unsent);
    else if (saved) status.textContent = said.saved.replace("{}", saved);
    else status.textContent = said.clean;
    box.classList.toggle("is-waiting", waiting.length > 0);
    signIn.hidden = !(trouble === "signed-out" || trouble === "other");
    box.querySelector("[data-conflicts]").replaceChildren(...notes.filter((note) => note.raced || note.refused).map(problem));
    for (const list of document.querySelectorAll("[data-waiting]")) {
      const lines = notes.filter((note) => note.item === list.dataset.waiting && !note.isOpen && !isDone(note) && !note.entry && !formOf(note.id));
      list.replaceChildren(...lines.map((note) => {
        const line = node("li", "");
        line.append(node("span", note.fields.words, "typed"), " ", node("span", said.waits, "small quiet"));
        return line;
      }));
    }
    // What stands in a form that is typed in still is not shown a second time.
    const open = new Set(notes.filter((note) => note.isOpen && note.entry).map((note) => note.entry));
    for (const line of document.querySelectorAll("li[data-entry]")) line.hidden = open.has(line.dataset.entry);
  };

  // What was kept is put back where it was typed.
  const restore = () => {
    const used = new Set();
    for (const note of all()) {
      if (isDone(note)) { drop(note.id); continue; }
      const edited = formOf(note.id);
      const fresh = note.isOpen && !used.has(note.item)
        && forms().find((form) => form.dataset.note === "new" && form.dataset.item === note.item);
      const form = edited ?? fresh;
      if (!form) {
        if (note.isOpen) { note.isOpen = false; put(note); }
        continue;
      }
      if (form === fresh) { used.add(note.item); form.elements.sent_id.value = note.id; }
      else form.closest("details").open = true;
      write(form, note.fields);
      form.setAttribute("data-unsent", "");
    }
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-note]");
    if (form) keep(form);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest?.("form[data-note]");
    if (!form) return;
    event.preventDefault();
    finish(form);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("form[data-note]");
    if (!form || event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && event.target.matches("textarea, input[type='text']")) {
      event.preventDefault();
      finish(form);
      if (form.dataset.note === "new") form.elements.words.focus();
    } else if (event.altKey && /^[1-4]$/.test(event.key)) {
      event.preventDefault();
      form.querySelectorAll("[name='kind']")[Number(event.key) - 1].checked = true;
      keep(form);
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const places = forms().filter((each) => each.dataset.note === "new");
      const own = form.dataset.note === "new" ? form : places.find((each) => each.dataset.item === form.dataset.item);
      const next = places[places.indexOf(own) + (event.key === "ArrowDown" ? 1 : -1)];
      next?.elements.words.focus();
    }
  });
  document.addEventListener("room:shown", (event) => { if (adopt(event.detail) === "other") trouble = "other"; show(); });
  window.addEventListener("online", locked);
  window.addEventListener("storage", show);
  setInterval(() => { if (all().some(isWaiting)) locked(); }, TRY);

  box.querySelector("[data-keys]").hidden = false;
  restore();
  show();
  locked();
})();

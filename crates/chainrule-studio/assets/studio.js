"use strict";
// The page's only script. It sends where the controls stand, and puts into the page what the server says has changed.

const root = document.documentElement;
const remembered = (() => { try { return localStorage.getItem("theme"); } catch { return null; } })();
if (remembered) root.dataset.theme = remembered;

/** Makes `old` look like `fresh` and keeps every node that can be kept: focus, drags and scrolling survive. */
function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) return old.replaceWith(fresh);
  if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !ours(old, name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value && !ours(old, name)) old.setAttribute(name, value);
  }
  if (old.nodeName === "INPUT" && !waiting.has(old.dataset.set)) {
    const value = fresh.getAttribute("value");
    const free = old !== document.activeElement || old.dataset.follows !== undefined && !held;
    if (old.type === "checkbox") old.checked = fresh.hasAttribute("checked");
    else if (value !== null && value !== old.value && free) old.value = value;
  }
  morphChildren(old, fresh);
  if (old.nodeName === "SELECT" && !waiting.has(old.dataset.set)) {
    const chosen = old.querySelector("option[selected]");
    if (chosen) old.value = chosen.value;
  }
}

/** Whether a pointer is down: what it holds is not moved away under it. */
let held = false;
addEventListener("pointerdown", () => { held = true; }, true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { held = false; }, true);

/** What the reader does, not the server: an answer stays open, a film keeps running. */
const ours = (element, name) => (name === "open" && element.nodeName === "DETAILS") || (name === "aria-pressed" && element.dataset.play);

function morphChildren(old, fresh) {
  const byId = new Map([...old.children].filter(child => child.id).map(child => [child.id, child]));
  let here = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    let kept = node.id ? byId.get(node.id) : here && !here.id ? here : null;
    if (!kept) { old.insertBefore(node, here); continue; }
    if (kept !== here) old.insertBefore(kept, here); else here = here.nextSibling;
    morph(kept, node);
  }
  while (here) { const next = here.nextSibling; here.remove(); here = next; }
}

/** Text as nodes that may stand in this element. */
function parsed(html, inside) {
  const template = document.createElement("template");
  const drawn = inside instanceof SVGElement;
  template.innerHTML = drawn ? `<svg>${html}</svg>` : html;
  return drawn ? template.content.firstChild : template.content;
}

function apply(changes) {
  for (const [kind, id, what, value] of changes) {
    const element = document.getElementById(id);
    if (!element) continue;
    if (kind === "in") morphChildren(element, parsed(what, element));
    else if (kind === "at") {
      const old = what.map(number => element.children[number]), fresh = [...parsed(value, element).children];
      old.forEach((child, i) => morph(child, fresh[i]));
    }
    else if (kind === "set") for (const [place, name, text] of what) {
      const at = place.reduce((found, number) => found?.children[number], element);
      if (name) at?.setAttribute(name, text); else if (at) at.textContent = text;
    }
    else if (value === null) element.removeAttribute(what);
    else element.setAttribute(what, value);
  }
}

// Newer values of a control replace those not yet sent, and one message is on its way at most: however slow an answer is,
// the page never lags behind by more than one.
const waiting = new Map();
let socket = null, busy = true, tries = 0, addressTimer = 0, slowTimer = 0;
// What the address says, or will say: with it another server makes the same page. Files are kept, and sent once more.
let said = location.search.slice(1), token = "", file = null;
// What was sent and is not answered yet: a server that ends takes it along.
let flying = [];

function set(name, value) { waiting.set(name, value); pump(); }

function pump() {
  if (busy || !waiting.size) return;
  post([...waiting]);
}

function post(values) {
  busy = true;
  flying = values;
  waiting.clear();
  // A message holds so many values; the rest go with the next one.
  for (const [name, value] of values.splice(90)) waiting.set(name, value);
  socket.send(JSON.stringify(values));
  slowTimer = setTimeout(() => root.classList.add("thinking"), 400);
}

function say(text) { const status = document.getElementById("status"); if (status.textContent !== text) status.textContent = text; }

/** A page that draws for a phone, too, is told how wide the window is. */
const narrow = matchMedia("(max-width: 40rem)");
const width = () => document.querySelector("[data-narrow]") ? [["narrow", narrow.matches ? "on" : "off"]] : [];
narrow.addEventListener("change", () => { for (const pair of width()) set(...pair); });

function connect() {
  // A site without a server has a line of its own to the page's program.
  socket = new (globalThis.StudioLine ?? WebSocket)(`ws://${location.host}/socket${location.pathname}`);
  // The server may be another one than that which made the page: it is told where everything stands.
  socket.onopen = () => {
    tries = 0;
    const given = [...document.querySelectorAll("[data-set]:not([data-once])")].map(input => [input.dataset.set, valueOf(input)]);
    const answers = [...document.querySelectorAll("form[data-answer] input")].map(input => [input.name, input.value]);
    const asked = [...new URLSearchParams(said)];
    // A document from a server stands where its address says; one from a file stands where the page begins.
    const stands = globalThis.StudioLine ? [...given, ...answers, ...asked] : [...asked, ...given, ...answers];
    post([...new Map([...stands, ...width(), ...waiting])]);
  };
  socket.onmessage = ({ data }) => {
    const { changes, title, query, fault, error, frame, session } = JSON.parse(data);
    if (frame) {
      const began = performance.now();
      apply(changes);
      address(title, query);
      return shown(performance.now() - began);
    }
    busy = false;
    flying = [];
    clearTimeout(slowTimer);
    root.classList.remove("thinking");
    if (fault) { socket.onclose = null; socket.close(); busy = true; return say(fault); }
    if (error) return say(error);
    say("");
    apply(changes);
    address(title, query);
    follow();
    root.dataset.live = "";
    if (session) { token = session; if (file) upload(file); }
    pump();
  };
  socket.onclose = () => {
    busy = true;
    for (const [name, value] of flying.splice(0)) if (!waiting.has(name)) waiting.set(name, value);
    clearTimeout(slowTimer);
    root.classList.remove("thinking");
    if (++tries > 2) say("The studio does not answer. It goes on from here as soon as it runs again.");
    setTimeout(connect, Math.min(250 * tries, 2000));
  };
}

/** Says that a picture nobody asked for is on the screen, after a rest: however much there is to draw, most of the time belongs
 * to the controls. What is not looked at is not drawn: then the page goes on more slowly. */
function shown(applied) {
  const drawn = done => requestAnimationFrame(() => {
    const from = performance.now();
    setTimeout(() => done(performance.now() - from));
  });
  Promise.race([new Promise(drawn), new Promise(done => setTimeout(done, 500, 0))])
    .then(took => new Promise(done => setTimeout(done, 2 * (applied + took))))
    .then(() => { if (socket.readyState === WebSocket.OPEN) socket.send('"shown"'); });
}

function address(title, query) {
  if (document.title !== title) document.title = title;
  if (query === said) return;
  said = query;
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => history.replaceState(null, "", location.pathname + (query && "?") + query + location.hash), 200);
}

/** Sends a file to the page; it stays in this window and in the page's session. */
async function upload(chosen) {
  const limit = +document.querySelector("[data-file]")?.dataset.limit || Infinity;
  if (chosen.size > limit) return say(`${chosen.name} has ${(chosen.size / 2 ** 20).toFixed(1)} MB; a file may have ${limit / 2 ** 20}.`);
  file = chosen;
  if (globalThis.studioUpload) return studioUpload(chosen);
  const answer = await fetch(`/tables?session=${token}&name=${encodeURIComponent(chosen.name)}`, { method: "POST", body: chosen })
    .catch(() => null);
  if (answer && !answer.ok) say(await answer.text());
}

addEventListener("dragover", event => {
  if (!document.querySelector("[data-file]")) return;
  event.preventDefault();
  root.classList.add("dropping");
});
addEventListener("dragleave", event => { if (!event.relatedTarget) root.classList.remove("dropping"); });
addEventListener("drop", event => {
  if (!document.querySelector("[data-file]")) return;
  event.preventDefault();
  root.classList.remove("dropping");
  if (event.dataTransfer.files.length) upload(event.dataTransfer.files[0]);
});
addEventListener("change", ({ target }) => { if (target.dataset?.file !== undefined && target.files.length) upload(target.files[0]); });

const valueOf = input => input.type === "checkbox" ? input.checked ? "on" : "off" : input.value;

/** Where something moves through a large picture, its frame scrolls along; not with every frame of a film, for to scroll is to
 * paint everything. */
let followed = null, followTimer = 0, followedAt = 0;
function follow() {
  if (followTimer || !document.querySelector("[data-follow]")) return;
  followTimer = setTimeout(() => {
    const frame = document.querySelector("[data-follow]"), now = frame?.querySelector(".cr-now");
    [followTimer, followedAt] = [0, performance.now()];
    if (!now || now === followed) return;
    followed = now;
    const [inner, outer] = [now.getBoundingClientRect(), frame.getBoundingClientRect()];
    if (inner.left < outer.left || inner.right > outer.right) frame.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
    if (inner.top < outer.top || inner.bottom > outer.bottom) frame.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }, Math.max(0, followedAt + 400 - performance.now()));
}

const inputs = name => [...document.querySelectorAll("[data-set]")].filter(input => input.dataset.set === name);

/** Puts a number where the hand is: ten times finer than the slider steps, and whole where it counts. */
function place(input, number) {
  const { min, max, step } = input, fine = step % 1 ? step / 10 : +step;
  const value = String(+(Math.round(Math.min(Math.max(number, min), max) / fine) * fine).toFixed(9));
  if (value === input.value) return;
  for (const each of inputs(input.dataset.set)) each.value = value;
  set(input.dataset.set, value);
}

/** Moves a control as a hand would. */
function move(input, value) {
  const before = input.value;
  input.value = value;
  if (input.value !== before) input.dispatchEvent(new Event("input", { bubbles: true }));
  return input.value !== before;
}

addEventListener("input", event => { if (event.target.dataset?.late === undefined) given(event); });
// What makes no sense halfway, such as a number one is typing, is sent when it is done.
addEventListener("change", event => { if (event.target.dataset?.late !== undefined) given(event); });

function given({ target }) {
  const name = target.dataset?.set;
  const empty = target.value === "" && target.type !== "text";
  if (!name || empty || !target.validity.valid && target.validity.badInput) return;
  for (const other of inputs(name)) if (other !== target) other.value = target.value;
  set(name, valueOf(target));
}

addEventListener("submit", event => {
  if (event.target.dataset.answer === undefined || !socket) return;
  event.preventDefault();
  for (const input of event.target.querySelectorAll("input")) set(input.name, input.value);
});

/** A film: the control goes from where it stands to its end, as fast as the pictures follow. */
function play(button) {
  const input = document.getElementById(button.dataset.play), running = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!running));
  if (running) return;
  if (+input.value >= +input.max) move(input, input.min);
  const frames = (input.max - input.min) / input.step, pace = +button.dataset.pace;
  const stride = pace ? 1 : Math.max(1, Math.round(frames / 300));
  const next = () => {
    if (!button.isConnected || button.getAttribute("aria-pressed") !== "true") return;
    if (!busy && !waiting.size && !move(input, +input.value + stride * input.step)) return button.setAttribute("aria-pressed", "false");
    setTimeout(() => requestAnimationFrame(next), pace || (frames < 40 ? 120 : 20));
  };
  next();
}

/** What is pressed in a picture: `data-pick="name:value"` moves a control that has no other place; pressed again, it is empty. */
function pick(element) {
  const [name, value] = element.dataset.pick.split(":"), input = inputs(name)[0];
  if (input) move(input, name === "paths" && input.value === value ? "" : value);
}

addEventListener("focusin", ({ target }) => {
  const [name, value] = target.dataset?.pick?.split(":") ?? [];
  if (name === "paths") set("look", value);
});

/** What is looked at only for as long as the pointer or the focus is on it: `data-peek="name=value"`, and then nothing. */
let peeked = "";
function peek(target) {
  const now = target?.closest?.("[data-peek]")?.dataset.peek ?? "";
  if (now === peeked) return;
  const [name, value] = (now || peeked).split("=");
  peeked = now;
  set(name, now && value);
}
addEventListener("pointerover", ({ target }) => peek(target));
root.addEventListener("pointerleave", ({ pointerType }) => { if (pointerType === "mouse") peek(null); });
addEventListener("focusin", ({ target }) => { if (target.matches?.(":focus-visible")) peek(target); });
addEventListener("focusout", ({ target }) => { if (target.matches?.("[data-peek]")) peek(null); });

/** The neuron that an arrow key leads to: in the next layer the one that lies nearest, in the same layer the next one. */
function neighbor(unit, key) {
  const axis = /Left|Right/.test(key) ? 0 : 1, sign = /Left|Up/.test(key) ? -1 : 1;
  const middle = each => { const { x, y, width, height } = each.getBoundingClientRect(); return [x + width / 2, y + height / 2]; };
  const from = middle(unit);
  const far = [...unit.ownerSVGElement.querySelectorAll("[data-peek]")].map(each => {
    const to = middle(each);
    return [each, Math.round(sign * (to[axis] - from[axis])), Math.abs(to[1 - axis] - from[1 - axis])];
  });
  const ahead = far.filter(([, along, aside]) => along > 1 && (axis === 0 || aside < 2));
  return ahead.sort((a, b) => a[1] - b[1] || a[2] - b[2])[0]?.[0];
}

addEventListener("click", ({ target }) => {
  const drawn = target.closest?.("svg [data-send]");
  if (drawn) for (const pair of drawn.dataset.send.split(";")) set(...pair.split("=", 2));
  const picked = target.closest?.("[data-pick]");
  if (picked) return pick(picked);
  const button = target.closest?.("button");
  if (!button) return;
  if (button.id === "theme") {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* the choice lasts as long as the page */ }
  }
  if (button.dataset.play) play(button);
  if (button.dataset.to) {
    const [id, to] = button.dataset.to.split(":");
    move(document.getElementById(id), to);
  }
  if (button.dataset.reset !== undefined) for (const input of document.querySelectorAll("[data-start]")) move(input, input.dataset.start);
  if (button.dataset.send) for (const pair of button.dataset.send.split(";")) set(...pair.split("=", 2));
  // Presses that have not been sent yet add up.
  if (button.dataset.add) set(button.dataset.add, String((+waiting.get(button.dataset.add) || 0) + +button.value));
  if (button.dataset.save && globalThis.studioSave) studioSave(button.dataset.save);
  else if (button.dataset.save) {
    const link = document.createElement("a");
    link.href = `/saved?session=${token}&name=${encodeURIComponent(button.dataset.save)}`;
    link.download = "";
    link.click();
  }
  if (button.dataset.roll) move(inputs(button.dataset.roll)[0], Math.floor(Math.random() * 10000));
});

/** A drag of a mark moves the controls that its `data-drag` names; see `Handle` in chainrule-picture. */
addEventListener("pointerdown", event => {
  const handle = event.target.closest?.("[data-drag]");
  if (!handle || event.button) return;
  const svg = handle.ownerSVGElement;
  const at = ({ clientX, clientY }) => new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM().inverse());
  const from = at(event);
  const drags = handle.dataset.drag.split(";").map(drag => {
    const [name, axis, rate] = drag.split(":"), input = inputs(name).at(-1); // the number, which is exact
    return { name, input, axis, rate: +rate, start: +(handle.dataset.value ?? input?.value) };
  }).filter(({ start }) => Number.isFinite(start));
  const follow = event => {
    const to = at(event);
    for (const { name, input, axis, rate, start } of drags) {
      const number = start + rate * (to[axis] - from[axis]);
      // A mark that has its number with it needs no control.
      if (handle.dataset.value === undefined) place(input, number); else set(name, String(+number.toPrecision(4)));
    }
  };
  const end = () => {
    svg.removeEventListener("pointermove", follow);
    for (const kind of ["pointerup", "pointercancel"]) svg.removeEventListener(kind, end);
    root.classList.remove("dragging");
  };
  event.preventDefault();
  root.classList.add("dragging");
  svg.setPointerCapture(event.pointerId);
  svg.addEventListener("pointermove", follow);
  for (const kind of ["pointerup", "pointercancel"]) svg.addEventListener(kind, end);
});

addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.nodeName)
    && event.target.type !== "range") return;
  // What can be chosen in a picture is chosen by the keyboard, too.
  if (event.target.dataset?.send && /^(Enter| )$/.test(event.key) && event.target.nodeName !== "BUTTON") {
    event.preventDefault();
    for (const pair of event.target.dataset.send.split(";")) set(...pair.split("=", 2));
  }
  if (/^Arrow/.test(event.key) && event.target.matches("svg [data-peek]")) {
    event.preventDefault();
    return neighbor(event.target, event.key)?.focus();
  }
  if ((event.key === "Enter" || event.key === " ") && event.target.matches("svg [data-pick]")) {
    event.preventDefault();
    return pick(event.target);
  }
  const link = { n: "next", p: "prev" }[event.key];
  if (link) document.querySelector(`a[rel=${link}]`)?.click();
});

addEventListener("DOMContentLoaded", () => { if (document.querySelector("main[data-live]")) connect(); });

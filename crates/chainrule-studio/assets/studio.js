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
  if (old.nodeName === "INPUT") {
    const value = fresh.getAttribute("value");
    if (value !== null && value !== old.value && old !== document.activeElement && !waiting.has(old.dataset.set)) old.value = value;
  }
  morphChildren(old, fresh);
}

/** What the reader does, not the server: an answer stays open, a film keeps running. */
const ours = (element, name) => (name === "open" && element.nodeName === "DETAILS") || name === "aria-pressed";

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
    else if (value === null) element.removeAttribute(what);
    else element.setAttribute(what, value);
  }
}

// Newer values of a control replace those not yet sent, and one message is on its way at most: however slow an answer is,
// the page never lags behind by more than one.
const waiting = new Map();
let socket = null, busy = true, tries = 0, addressTimer = 0, slowTimer = 0;

function set(name, value) { waiting.set(name, value); pump(); }

function pump() {
  if (busy || !waiting.size) return;
  post([...waiting]);
}

function post(values) {
  busy = true;
  waiting.clear();
  // A message holds so many values; the rest go with the next one.
  for (const [name, value] of values.splice(90)) waiting.set(name, value);
  socket.send(JSON.stringify(values));
  slowTimer = setTimeout(() => root.classList.add("thinking"), 400);
}

function say(text) { const status = document.getElementById("status"); if (status.textContent !== text) status.textContent = text; }

function connect() {
  socket = new WebSocket(`ws://${location.host}/socket${location.pathname}`);
  // The server may be another one than that which made the page: it is told where everything stands.
  socket.onopen = () => {
    tries = 0;
    const given = [...document.querySelectorAll("[data-set]")].map(input => [input.dataset.set, input.value]);
    const answers = [...document.querySelectorAll("form[data-answer] input")].map(input => [input.name, input.value]);
    post([...new Map([...given, ...answers, ...waiting])]);
  };
  socket.onmessage = ({ data }) => {
    const { changes, title, query, fault, error } = JSON.parse(data);
    busy = false;
    clearTimeout(slowTimer);
    root.classList.remove("thinking");
    if (fault) { socket.onclose = null; socket.close(); busy = true; return say(fault); }
    if (error) return say(error);
    say("");
    apply(changes);
    follow();
    document.title = title;
    clearTimeout(addressTimer);
    addressTimer = setTimeout(() => history.replaceState(null, "", location.pathname + (query && "?") + query + location.hash), 200);
    root.dataset.live = "";
    pump();
  };
  socket.onclose = () => {
    busy = true;
    clearTimeout(slowTimer);
    root.classList.remove("thinking");
    if (++tries > 2) say("The studio does not answer. It goes on from here as soon as it runs again.");
    setTimeout(connect, Math.min(250 * tries, 2000));
  };
}

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

addEventListener("input", ({ target }) => {
  const name = target.dataset?.set;
  if (!name || target.value === "" || !target.validity.valid && target.validity.badInput) return;
  for (const other of inputs(name)) if (other !== target) other.value = target.value;
  set(name, target.value);
});

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

addEventListener("click", ({ target }) => {
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
    return { input, axis, rate: +rate, start: +input?.value };
  }).filter(({ input }) => input);
  const follow = event => {
    const to = at(event);
    for (const { input, axis, rate, start } of drags) place(input, start + rate * (to[axis] - from[axis]));
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
  if ((event.key === "Enter" || event.key === " ") && event.target.matches("svg [data-pick]")) {
    event.preventDefault();
    return pick(event.target);
  }
  const link = { n: "next", p: "prev" }[event.key];
  if (link) document.querySelector(`a[rel=${link}]`)?.click();
});

addEventListener("DOMContentLoaded", () => { if (document.querySelector("main[data-live]")) connect(); });

"use strict";
// Runs a page's program, and lets it go on by itself between the messages.

const REST = 0, WANTS = 1, MORE = 2, SLICE = 8, FRAME = 33, HAND = 100;
// The manners are those of the studio's server: how many pictures are on their way, and whether a control waits for one.
let program = null, next = REST, times = 2, flying = 0, asked = false, due = 0, running = false;
const waiting = [], encoder = new TextEncoder(), decoder = new TextDecoder();

const bytes = (...parts) => {
  const all = parts.map(part => typeof part === "string" ? encoder.encode(part) : new Uint8Array(part));
  const length = all.reduce((sum, part) => sum + part.length, 0), at = program.room(length);
  let place = at;
  for (const part of all) { new Uint8Array(program.memory.buffer, place, part.length).set(part); place += part.length; }
};
const answer = () => new Uint8Array(program.memory.buffer, program.answer(), program.answer_length());
const reply = () => { const text = decoder.decode(answer()); if (text) postMessage({ reply: text }); return text !== ""; };

function deal({ open, root, told, name, bytes: given, save }) {
  if (open !== undefined) {
    bytes(open, "\0", root);
    if (program.open()) postMessage({ opened: true });
    else postMessage({ reply: JSON.stringify({ fault: "There is no such page." }) });
  } else if (told !== undefined) {
    if (told === '"shown"') flying = Math.max(0, flying - 1);
    else [asked, due] = [true, performance.now() + HAND];
    bytes(told);
    program.told();
    reply();
  } else if (save !== undefined) {
    bytes(save);
    program.file();
    const made = answer().slice(), first = made.indexOf(0), second = made.indexOf(0, first + 1);
    if (first > 0) postMessage({ file: {
      name: decoder.decode(made.subarray(0, first)), type: decoder.decode(made.subarray(first + 1, second)), bytes: made.slice(second + 1),
    } });
  } else {
    bytes(name, "\0", given);
    program.take();
    reply();
    asked = true;
  }
  next = MORE;
}

// A message to itself comes after those that wait already, and without the pause that timers make.
const { port1, port2 } = new MessageChannel();
const again = () => port2.postMessage(0);
port1.onmessage = () => {
  const now = performance.now();
  if (next === WANTS && asked || next !== REST && !flying && now >= due) {
    program.frame();
    if (reply()) flying++;
    asked &&= next !== WANTS;
    due = Math.max(due, performance.now() + FRAME);
    next = MORE;
  }
  if (next === MORE) {
    const began = performance.now();
    next = program.advance(times);
    asked &&= next !== REST;
    const took = performance.now() - began;
    times = Math.max(2, took > SLICE ? times >> 1 : took < SLICE / 4 ? Math.min(2 * times, 1 << 16) : times);
    return again();
  }
  running = false;
  // It waits to be shown.
  if (next !== REST && !flying) setTimeout(start, Math.max(0, due - performance.now()));
};
function start() { if (!running) { running = true; again(); } }

onmessage = ({ data }) => {
  if (!program) return waiting.push(data);
  deal(data);
  start();
};

fetch("studio.wasm").then(found => found.arrayBuffer()).then(code => WebAssembly.instantiate(code, {})).then(({ instance }) => {
  program = instance.exports;
  for (const data of waiting) deal(data);
  start();
}).catch(error => { setTimeout(() => { throw error; }); });

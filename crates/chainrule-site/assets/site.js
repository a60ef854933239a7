"use strict";
// Stands where the studio's server stands otherwise: a worker beside the page runs the page's program.

/** Where the site begins, and the page's path below it. */
const siteRoot = new URL("..", document.currentScript.src).pathname;
const sitePath = "/" + location.pathname.slice(siteRoot.length).replace(/(index\.html|\/)$/, "");

/** A line to the page's program with the manners of a WebSocket. */
globalThis.StudioLine = class {
  constructor() {
    this.readyState = WebSocket.CONNECTING;
    this.worker = new Worker(siteRoot + "assets/worker.js");
    this.worker.onmessage = ({ data }) => {
      if (data.opened) { this.readyState = WebSocket.OPEN; this.onopen(); }
      else if (data.reply) this.onmessage({ data: data.reply });
      else if (data.file) keep(data.file);
    };
    this.worker.onerror = () => this.onmessage({ data: JSON.stringify({ fault: "A fault in the program ended this page. Reload it to begin again." }) });
    this.worker.postMessage({ open: sitePath, root: siteRoot });
    globalThis.studioLine = this;
  }
  send(text) { this.worker.postMessage({ told: text }); }
  close() { this.readyState = WebSocket.CLOSED; this.worker.terminate(); }
};

/** A file that the page has made goes where the browser keeps files. */
function keep({ name, type, bytes }) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** What would be sent to the server is given to the program. */
globalThis.studioUpload = async chosen => {
  const bytes = await chosen.arrayBuffer();
  studioLine.worker.postMessage({ name: chosen.name, bytes }, [bytes]);
};
globalThis.studioSave = name => studioLine.worker.postMessage({ save: name });
addEventListener("click", event => {
  const link = event.target.closest?.("a[href]"), path = link?.pathname.slice(siteRoot.length - 1);
  if (!path?.startsWith("/files/")) return;
  event.preventDefault();
  studioSave(decodeURIComponent(path.split("/")[2]));
}, true);

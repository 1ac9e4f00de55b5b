// Live parts: [data-live="seconds"] asks htmx for itself again, only while it is seen and nobody works inside it.

const STEP = 1000;
const updatedAt = new WeakMap();

function isBusy(part) {
  const focused = part.contains(document.activeElement);
  return focused || part.querySelector("details[open], input:checked:not([data-keep])") !== null;
}

function isSeen(part) {
  const box = part.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
}

function words(seconds) {
  if (seconds < 60) return `updated ${seconds} s ago`;
  return `updated ${Math.floor(seconds / 60)} min ago`;
}

function tick(part) {
  const since = Math.round((Date.now() - updatedAt.get(part)) / 1000);
  const says = part.querySelector("[data-updated]");
  if (says) says.textContent = words(since);
  const due = since >= Number(part.dataset.live);
  if (due && !document.hidden && isSeen(part) && !isBusy(part)) {
    updatedAt.set(part, Date.now());
    window.htmx.trigger(part, "refresh");
  }
}

setInterval(() => {
  for (const part of document.querySelectorAll("[data-live]")) {
    if (!updatedAt.has(part)) updatedAt.set(part, Date.now());
    tick(part);
  }
}, STEP);

// Registers the worker that shows a page of our own where the hub cannot be reached. Pages work without it.

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/worker.js").catch(() => {});
}

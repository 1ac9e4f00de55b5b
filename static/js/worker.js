// Keeps one page and its style sheets, and shows it when a page cannot be loaded. Nothing else passes through here.

const STORE = "offline-1";
const PAGE = "/offline";
const STYLES = [
  "tokens.css",
  "base.css",
  "frame/frame.css",
  "components/cards.css",
  "components/notices.css",
];

self.addEventListener("install", (event) => {
  const parts = [PAGE, ...STYLES.map((name) => `/static/css/${name}`)];
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(parts)));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  } else if (request.destination === "style") {
    event.respondWith(fetch(request).catch(async () => (await caches.match(request)) ?? Response.error()));
  }
});

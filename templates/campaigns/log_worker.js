{% autoescape off %}// 现场记录: keeps the page and the files it needs, nothing else of the site and nothing of anybody's.
"use strict";

const NAME = "walkflow-log-{{ version }}";
const PAGE = {{ page }};
const KEPT = {{ kept }};
const PATIENCE = 3000;
const ANYHOW = { ignoreVary: true, ignoreSearch: true };

/** A page is kept only as itself: not as the login page somebody was sent to, not as an error. */
async function bring(url) {
  const answer = await fetch(url, { cache: "reload", credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(`${url}: ${answer.status}`);
  return answer;
}

async function install() {
  const box = await caches.open(NAME);
  await Promise.all([PAGE, ...KEPT].map(async (url) => box.put(url, await bring(url))));
  await self.skipWaiting();
}

async function takeOver() {
  const old = (await caches.keys()).filter((name) => name.startsWith("walkflow-log-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** The network first, for three seconds; a server that is down or slow doesn't keep anybody from writing. */
async function page(request) {
  const slow = new Promise((_, give) => setTimeout(give, PATIENCE, new Error("slow")));
  try {
    const answer = await Promise.race([fetch(request), slow]);
    if (answer.status < 500) return answer;
    return (await caches.match(PAGE, ANYHOW)) ?? answer;
  } catch (error) {
    const kept = await caches.match(PAGE, ANYHOW);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (event.request.mode === "navigate" && url.pathname === PAGE) event.respondWith(page(event.request));
  else if (KEPT.includes(url.pathname)) event.respondWith(caches.match(url.pathname, ANYHOW).then((kept) => kept ?? fetch(event.request)));
});
{% endautoescape %}

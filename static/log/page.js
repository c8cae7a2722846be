/* 现场记录, 13 of 13: the page comes up. Who is here, what this browser can do, when to send. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const { el, byId } = Log.pieces;
  const root = byId("log");
  const PATIENCE = 3000;
  const PATIENCE_AT_FIRST = 20000; // nothing kept to fall back on
  const NAME = "walkflow:log:user";
  const WAITING = "walkflow:log:waiting";
  // Browsers inside other programs: which one, by what it calls itself.
  const INSIDE = [["wxwork", "企业微信"], ["MicroMessenger", "微信"], ["DingTalk", "钉钉"], ["Lark", "飞书"], ["AlipayClient", "支付宝"], ["QQ/", "QQ"]];

  Log.urls = { token: root.dataset.token, catalogue: root.dataset.catalogue, walk: root.dataset.walk, worker: root.dataset.worker };
  Log.user = "";
  Log.catalogue = null;

  function remember(name, value) {
    try {
      if (value === undefined) return localStorage.getItem(name) ?? "";
      localStorage.setItem(name, value);
    } catch {
      // private mode: the page works, only logging out won't warn
    }
    return "";
  }

  const say = (text) => (byId("note").textContent = text);

  function warn(key, text) {
    byId("warnings").querySelector(`[data-key="${key}"]`)?.remove();
    if (text) byId("warnings").append(el("p", { class: "banner is-warning", data: { key }, text }));
  }

  // ---- who is here -----------------------------------------------------------------------------------------------------

  async function become(user) {
    if (user === Log.user && Log.catalogue) return;
    if (Log.editor.isOpen()) await Log.editor.leave();
    Log.user = user;
    remember(NAME, user);
    Log.catalogue = (await Log.store.kept(`catalogue:${user}`)) ?? null;
    Log.list.drawForms();
  }

  /** What the server said at the door: its clock. (Who is logged in is taken up by enter().) */
  function heard({ now, user }) {
    warn("clock", Log.clock.compare(now));
    if (user !== Log.user) enter();
  }

  async function quickly(url) {
    const stop = new AbortController();
    const alarm = setTimeout(() => stop.abort(), remember(NAME) ? PATIENCE : PATIENCE_AT_FIRST);
    try {
      return await fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal });
    } finally {
      clearTimeout(alarm);
    }
  }

  /** Brings the choices of whoever is logged in; without a network those kept for the last one. */
  async function enter() {
    let answer = null;
    try {
      answer = await quickly(Log.urls.catalogue);
    } catch {
      // no network: what is kept will do
    }
    if (answer?.status === 200) {
      const catalogue = await answer.json();
      await Log.store.keep(`catalogue:${catalogue.user}`, catalogue);
      await become(catalogue.user);
      Log.catalogue = catalogue;
      Log.list.drawForms();
    } else {
      const kept = remember(NAME);
      if (kept) await become(kept);
      if (answer?.status === 401) say("登录已过期。可以继续记录，重新登录后自动上传。");
      if (answer?.status === 403) say((await answer.json().catch(() => null))?.error ?? "");
      if (!Log.catalogue) say(answer?.status === 401 ? "请先登录。" : "第一次使用，请先联网登录并打开一次本页，之后断网也能用。");
    }
    byId("who").textContent = Log.catalogue ? `${Log.catalogue.name} ${Log.catalogue.posting}` : "";
    await redraw();
  }

  // ---- what is shown -----------------------------------------------------------------------------------------------------

  async function redraw() {
    const mine = await Log.list.draw();
    const queued = mine.filter((draft) => draft.state === "queued").length;
    const unsent = mine.filter((draft) => draft.state !== "sent").length;
    const refused = mine.filter((draft) => draft.state === "rejected").length;
    byId("queue").textContent = queued ? `${queued} 条待上传`
      : refused ? `${refused} 条未收下`
      : unsent ? `${unsent} 份草稿没有提交` : "全部已上传";
    byId("queue").dataset.queued = unsent;
    byId("send").hidden = !queued;
    byId("export").hidden = !unsent;
    byId("net").textContent = navigator.onLine ? "在线" : "离线，可继续记录";
    byId("net").dataset.online = navigator.onLine;
    if (Log.user) remember(WAITING, JSON.stringify({ user: Log.user, count: unsent }));
  }

  // ---- what this browser can do --------------------------------------------------------------------------------------------

  const canInstall = () => window.isSecureContext && "serviceWorker" in navigator;
  const NO_RELOAD = "本机不支持离线打开，请勿关闭页面。断网时可以继续记录，恢复网络后自动上传。";

  function lookAround() {
    const inside = INSIDE.find(([mark]) => navigator.userAgent.includes(mark));
    if (inside) warn("inside", `正在${inside[1]}里打开：可以记录、拍照和上传；断网后重新打开、导出草稿可能不行。要离线使用，请点右上角“…”，选“在浏览器打开”。`);
    if (!canInstall()) warn("worker", NO_RELOAD);
  }

  /** "yes" once the service worker keeps the page; registering alone doesn't say so. */
  async function install() {
    if (!canInstall()) return "none";
    try {
      const registration = await navigator.serviceWorker.register(Log.urls.worker);
      if (registration.active) return "yes";
      const worker = registration.installing ?? registration.waiting;
      await new Promise((done, failed) => {
        worker.addEventListener("statechange", () => {
          if (worker.state === "activated") done();
          if (worker.state === "redundant") failed(new Error("redundant"));
        });
      });
      return "yes";
    } catch {
      // Without a network an old one may still be at work.
      if (navigator.serviceWorker.controller) return "yes";
      warn("worker", NO_RELOAD);
      return "no";
    }
  }

  function settleSize() {
    if (/(?:^|;\s*)size=large(?:;|$)/.test(document.cookie)) document.documentElement.dataset.size = "large";
    document.querySelector("[data-size-toggle]")?.setAttribute("aria-pressed", String(document.documentElement.dataset.size === "large"));
  }

  function listen() {
    for (const kind of ["online", "offline"]) {
      addEventListener(kind, () => {
        redraw();
        if (navigator.onLine) Log.catalogue ? Log.sync.now() : enter();
      });
    }
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && Log.sync.now());
    byId("send").addEventListener("click", () => Log.sync.now());
    byId("export").addEventListener("click", async () => say(`已导出 ${await Log.carry.save()} 份记录，文件在手机的“下载”里。`));
    Log.editor.listen();
  }

  async function resume() {
    const id = Log.user && Log.catalogue && (await Log.store.kept(`open:${Log.user}`));
    const draft = id && (await Log.store.draft(id));
    if (draft?.state === "draft" && (await Log.draft.claim(id))) await Log.editor.show(draft);
  }

  Log.page = { say, heard, redraw, enter };

  (async () => {
    settleSize();
    lookAround();
    listen();
    await enter();
    await resume();
    root.dataset.ready = "yes";
    Log.sync.now();
    navigator.storage?.persist?.().catch(() => {});
    root.dataset.offline = await install();
  })().catch(() => say("本机的浏览器不能保存记录（可能是无痕模式），请换一个浏览器打开。"));
})();

/* What the pages do in the browser: drawer, confirmation, one submit per click, 长者模式, ticked rows, saved drafts.
   Everything works without this file too, as plain links and forms. No inline handlers (CSP): the page says what it
   wants by data attributes, listed in templates/style.html. Old drafts are forgotten after DRAFT_DAYS days. */
(() => {
  "use strict";

  const DRAFT_DAYS = 7;
  const PHONE = "(max-width: 45em)";
  const byId = (id) => document.getElementById(id);
  const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

  // ---- banners -----------------------------------------------------------------------------------------------------

  function banner(text, kind = "error") {
    const place = byId("messages");
    if (!place) return;
    const line = document.createElement("p");
    line.className = `banner is-${kind}`;
    line.setAttribute("role", kind === "error" ? "alert" : "status");
    line.textContent = text;
    place.replaceChildren(line);
    line.scrollIntoView({ block: "nearest" });
  }

  // ---- 长者模式: one cookie, read by the server on the next page -----------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-size-toggle]");
    if (!button) return;
    const large = document.documentElement.dataset.size !== "large";
    if (large) document.documentElement.dataset.size = "large";
    else delete document.documentElement.dataset.size;
    button.setAttribute("aria-pressed", String(large));
    document.cookie = `size=${large ? "large" : "normal"};path=/;max-age=31536000;samesite=lax`;
  });

  // ---- a menu longer than the screen shows where one is ------------------------------------------------------------------

  const here = document.querySelector(".menu [aria-current]");
  const menu = here?.closest(".menu");
  if (menu && menu.scrollHeight > menu.clientHeight) menu.scrollTop = here.offsetTop - menu.clientHeight / 2;

  // ---- menus made of <details data-menu>: close on a click elsewhere and on Esc ---------------------------------------

  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll(".person[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = event.target.closest?.("details[data-menu][open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  // ---- dialogs: [data-close] closes; focus goes back to where it came from ---------------------------------------------

  function show(dialog, opener) {
    dialog.addEventListener("close", () => opener?.isConnected && opener.focus(), { once: true });
    dialog.showModal();
  }

  document.addEventListener("click", (event) => {
    const dialog = event.target.closest("dialog");
    if (!dialog) return;
    if (event.target.closest("[data-close]") || event.target === dialog) dialog.close();
  });

  // ---- drawer: <a data-drawer href> shows the <main> of that page; on phones the link is simply followed ---------------

  /** Ids of the fragment get a prefix, so that they never meet those of the list behind it. */
  function prefixIds(root) {
    const own = new Set();
    for (const node of root.querySelectorAll("[id]")) {
      own.add(node.id);
      node.id = `drawer-${node.id}`;
    }
    const renamed = (id) => (own.has(id) ? `drawer-${id}` : id);
    for (const name of ["for", "list", "form", "aria-labelledby", "aria-describedby", "aria-controls"]) {
      for (const node of root.querySelectorAll(`[${name}]`)) {
        node.setAttribute(name, node.getAttribute(name).split(" ").map(renamed).join(" "));
      }
    }
    for (const name of ["hx-target", "hx-include", "href"]) {
      for (const node of root.querySelectorAll(`[${name}^="#"]`)) {
        node.setAttribute(name, `#${renamed(node.getAttribute(name).slice(1))}`);
      }
    }
  }

  function fillDrawer(url, html) {
    const main = new DOMParser().parseFromString(html, "text/html").querySelector("main");
    if (!main) return false;
    prefixIds(main);
    for (const form of main.querySelectorAll("form")) {
      if (!form.getAttribute("action")) form.setAttribute("action", url);
    }
    for (const link of main.querySelectorAll('a[href^="?"]')) link.href = new URL(link.getAttribute("href"), url).href;
    const body = byId("drawer-body");
    body.replaceChildren(...main.childNodes);
    byId("drawer-page").href = url;
    byId("drawer").setAttribute("aria-label", body.querySelector("h1, h2")?.textContent.trim() || "详情");
    window.htmx?.process(body);
    offerDrafts(body);
    return true;
  }

  async function openDrawer(link) {
    const drawer = byId("drawer");
    try {
      const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
      if (!answer.ok || answer.redirected || !fillDrawer(link.href, await answer.text())) {
        location.assign(link.href);
        return;
      }
    } catch {
      banner("网络不通，没有打开。请检查网络后再点一次。");
      return;
    }
    if (!drawer.open) show(drawer, link);
    byId("drawer-body").scrollTop = 0;
    byId("drawer-body").focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-drawer]");
    if (!link || !byId("drawer")?.showModal || event.defaultPrevented) return;
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || matchMedia(PHONE).matches) return;
    event.preventDefault();
    openDrawer(link);
  });

  // ---- submit: ask first where data-confirm says so, then once only ----------------------------------------------------

  const agreed = new WeakSet();

  function ask(form, button, text) {
    const dialog = byId("confirm");
    const yes = byId("confirm-yes");
    byId("confirm-title").textContent = (button ?? form).dataset.confirmTitle ?? "请确认";
    byId("confirm-text").textContent = text;
    yes.textContent = button?.textContent.trim() || "确认";
    yes.onclick = () => {
      dialog.close();
      agreed.add(form);
      form.requestSubmit(button ?? undefined);
    };
    show(dialog, button);
  }

  function isHtmx(form) {
    return ["hx-post", "hx-put", "hx-patch", "hx-delete", "hx-get"].some((name) => form.hasAttribute(name));
  }

  function release(form) {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("[data-words]")) {
      button.textContent = button.dataset.words;
      button.removeAttribute("aria-disabled");
      delete button.dataset.words;
    }
  }

  function hold(form, button) {
    form.dataset.sending = "yes";
    if (!button || button.tagName !== "BUTTON") return;
    button.dataset.words = button.textContent;
    button.textContent = "正在提交…";
    button.setAttribute("aria-disabled", "true");
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    const question = button?.dataset.confirm ?? form.dataset.confirm;
    if (question && !agreed.delete(form)) {
      if (byId("confirm")?.showModal) {
        event.preventDefault();
        event.stopImmediatePropagation();
        ask(form, button, question);
        return;
      }
      if (!window.confirm(question)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
    }
    // A form that answers with a file (data-download) or only asks (GET) may be sent again.
    if (form.method === "get" || form.hasAttribute("data-download")) return;
    setTimeout(() => {
      if (!event.defaultPrevented || isHtmx(form)) hold(form, button);
    });
  }, true);

  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) release(form);
  });

  // ---- htmx: CSRF by header, failures in words ------------------------------------------------------------------------

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = meta("csrf-token");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) setTimeout(() => release(form));
  });
  document.addEventListener("htmx:sendError", () => banner("网络不通，没有提交成功，填写的内容还在。请稍后再点一次。"));
  document.addEventListener("htmx:responseError", (event) => {
    const said = { 401: "登录已过期，请重新登录后再提交。", 403: "没有权限，或页面停留过久，请刷新后再试。", 404: "这条记录不存在，或您无权查看。" };
    banner(said[event.detail.xhr.status] ?? "系统没有办成这一步，填写的内容还在。请稍后再试。");
  });
  document.addEventListener("htmx:load", (event) => event.target !== document.body && offerDrafts(event.target));

  // ---- ticked rows: data-pick-all, data-pick, and 已选 n 条 in [data-picked] --------------------------------------------

  function countPicked(scope) {
    const boxes = [...scope.querySelectorAll("[data-pick]")];
    const picked = boxes.filter((box) => box.checked).length;
    const all = scope.querySelector("[data-pick-all]");
    if (all) {
      all.checked = picked > 0 && picked === boxes.length;
      all.indeterminate = picked > 0 && picked < boxes.length;
    }
    for (const place of scope.querySelectorAll("[data-picked]")) place.textContent = `已选 ${picked} 条`;
  }

  const pickScope = (node) => node.closest("form, .card, main") ?? document;

  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!box.matches("[data-pick], [data-pick-all]")) return;
    const scope = pickScope(box);
    if (box.matches("[data-pick-all]")) {
      for (const each of scope.querySelectorAll("[data-pick]")) each.checked = box.checked;
    }
    countPicked(scope);
  });
  window.addEventListener("pageshow", () => {
    for (const all of document.querySelectorAll("[data-pick-all]")) countPicked(pickScope(all));
  });

  // ---- drafts: <form data-autosave="KEY"> keeps what was typed in this browser, under this user ------------------------

  const draftName = (key) => `walkflow:draft:${meta("user")}:${key}`;

  function store(action) {
    try {
      return action(window.localStorage);
    } catch {
      return null; // private mode or a full disk: the form still works
    }
  }

  const keeps = (field) =>
    field.name && field.name !== "csrfmiddlewaretoken" && !field.disabled &&
    !["password", "file", "submit", "button"].includes(field.type) &&
    (field.type !== "hidden" || field.name.endsWith("TOTAL_FORMS"));

  function valuesOf(form) {
    const values = {};
    for (const field of form.elements) {
      if (!keeps(field)) continue;
      const list = (values[field.name] ??= []);
      if (["checkbox", "radio"].includes(field.type)) {
        if (field.checked) list.push(field.value);
      } else if (field.type === "select-multiple") {
        list.push(...[...field.selectedOptions].map((option) => option.value));
      } else {
        list.push(field.value);
      }
    }
    return values;
  }

  function putBack(form, values) {
    // A page that adds rows by script listens to this and makes the rows first.
    form.dispatchEvent(new CustomEvent("autosave:restore", { bubbles: true, detail: values }));
    const used = {};
    for (const field of form.elements) {
      if (!keeps(field) || !(field.name in values)) continue;
      const list = values[field.name];
      if (["checkbox", "radio"].includes(field.type)) {
        field.checked = list.includes(field.value);
      } else if (field.type === "select-multiple") {
        for (const option of field.options) option.selected = list.includes(option.value);
      } else {
        const n = used[field.name] ?? 0;
        used[field.name] = n + 1;
        if (list[n] !== undefined) field.value = list[n];
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function draftBar(form, draft, name) {
    const bar = document.createElement("div");
    bar.className = "banner is-info draft-bar";
    bar.setAttribute("role", "status");
    const words = document.createElement("p");
    words.textContent = `这台设备上留有 ${new Date(draft.at).toLocaleString("zh-CN", { hour12: false })} 填写、尚未提交的内容。`;
    const actions = document.createElement("div");
    actions.className = "actions";
    const button = (label, main, action) => {
      const one = document.createElement("button");
      one.type = "button";
      one.className = main ? "button is-main" : "button";
      one.textContent = label;
      one.addEventListener("click", () => {
        action();
        bar.remove();
        form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      });
      actions.append(one);
    };
    button("恢复上次未提交的内容", true, () => putBack(form, draft.values));
    button("不要了", false, () => store((box) => box.removeItem(name)));
    bar.append(words, actions);
    form.prepend(bar);
  }

  function offerDrafts(root) {
    for (const form of root.querySelectorAll("form[data-autosave]")) {
      const name = draftName(form.dataset.autosave);
      const draft = JSON.parse(store((box) => box.getItem(name)) ?? "null");
      if (form.querySelector(".draft-bar") || !draft) continue;
      if (Date.now() - draft.at > DRAFT_DAYS * 86400000) store((box) => box.removeItem(name));
      else if (JSON.stringify(draft.values) !== JSON.stringify(valuesOf(form))) draftBar(form, draft, name);
    }
  }

  function forgetSent() {
    const keys = [meta("autosave-clear")];
    for (const line of document.querySelectorAll("[data-saved]")) {
      keys.push(...line.dataset.saved.split(" ").filter((tag) => tag.startsWith("saved:")).map((tag) => tag.slice(6)));
    }
    for (const key of keys) if (key) store((box) => box.removeItem(draftName(key)));
  }

  const waiting = new WeakMap();
  function keepDraft(form) {
    const draft = JSON.stringify({ at: Date.now(), values: valuesOf(form) });
    const kept = store((box) => box.setItem(draftName(form.dataset.autosave), draft) ?? true);
    const told = form.querySelector("[data-kept]");
    if (told && kept) told.textContent = `${new Date().toLocaleTimeString("zh-CN", { hour12: false, timeStyle: "short" })} 已自动存在本机`;
  }
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const form = event.target.form;
      if (!form?.dataset?.autosave) return;
      clearTimeout(waiting.get(form));
      waiting.set(form, setTimeout(keepDraft, 400, form));
    });
  }
  document.addEventListener("submit", (event) => event.target.dataset.autosave && keepDraft(event.target));

  forgetSent();
  offerDrafts(document);
  for (const all of document.querySelectorAll("[data-pick-all]")) countPicked(pickScope(all));
})();

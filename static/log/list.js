/* 现场记录, 12 of 13: what lies on this phone: drafts, records waiting, records refused with the reason, receipts. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const { el, button, once, byId } = Log.pieces;
  const RECEIPTS = 20;
  const STATE = {
    draft: ["草稿", "已存本机", "chip-blue"],
    queued: ["待上传", "已存本机", "chip-amber"],
    rejected: ["未收下", "已存本机", "chip-amber"],
    sent: ["已上传", "", "chip-green"],
  };
  const ORDER = ["draft", "rejected", "queued", "sent"];

  const formName = (draft) => Log.catalogue?.forms.find((form) => form.mode === draft.mode)?.label ?? "";
  const title = (draft) => `${formName(draft)}·${draft.matter?.name ?? "未选事项"}`;

  async function open(id) {
    if (!(await Log.draft.claim(id))) return Log.page.say("这份草稿正在另一个页面里打开。");
    const draft = await Log.store.draft(id);
    if (draft?.state !== "draft") {
      Log.draft.release(id);
      return Log.page.redraw();
    }
    await Log.store.keep(`open:${Log.user}`, id);
    await Log.editor.show(draft);
    scrollTo(0, 0);
  }

  const start = once(async (form, before) => {
    const draft = Log.draft.birth(form, before);
    await Log.draft.claim(draft.id);
    try {
      await Log.store.saveDraft(draft, { born: true });
    } catch {
      return Log.page.say("本机存不下新的记录，请先上传或清理手机空间。");
    }
    await Log.store.keep(`open:${Log.user}`, draft.id);
    await Log.editor.show(draft);
    scrollTo(0, 0);
  });

  async function drop(draft) {
    if (!(await Log.pieces.sure(`删除“${title(draft)}”？还没有上传，删除后不能恢复。`, "删除"))) return;
    if (!(await Log.draft.claim(draft.id))) return Log.page.say("这份草稿正在另一个页面里打开。");
    await Log.store.dropDraft(draft.id);
    Log.draft.release(draft.id);
    Log.page.redraw();
  }

  const again = once(async (draft) => open((await Log.draft.again(draft)).id));

  /** Photos a walk that has arrived could not take: once more, or let them go. */
  async function photosAgain(draft) {
    for (const photo of await Log.store.photosOf(draft.id)) await Log.store.putPhoto({ ...photo, refused: "" });
    await Log.store.putDraft({ ...draft, state: "queued" });
    Log.sync.now();
  }

  function acts(draft) {
    if (draft.state === "draft") return [button("继续", () => open(draft.id), { class: "button is-main" }), button("删除", () => drop(draft))];
    if (draft.state === "rejected") return [button("改后再传", () => again(draft), { class: "button is-main" }), button("删除", () => drop(draft))];
    if (draft.state !== "sent") return [];
    const link = el("a", { class: "button", href: draft.receipt.url, text: "打开" });
    return draft.photosLeft?.length ? [link, button("照片再传一次", () => photosAgain(draft))] : [link];
  }

  function reasons(draft) {
    const said = (draft.refusals ?? []).map(({ label, error }) => (label ? `${label}：${error}` : error));
    const left = (draft.photosLeft ?? []).map((reason) => `有一张照片没有收下：${reason}`);
    const all = [...said, ...left];
    return all.length ? el("ul", { class: "log-why" }, ...all.map((text) => el("li", { text }))) : null;
  }

  function row(draft, photos) {
    const [word, kept, tone] = STATE[draft.state];
    const facts = [draft.receipt ? `登记编号 ${draft.receipt.number}` : kept, Log.clock.moment(draft.savedAt)];
    if (photos) facts.push(`${photos} 张照片`);
    return el("li", { class: "log-row", data: { state: draft.state, id: draft.id } },
      el("p", {}, el("strong", { text: title(draft) }), el("span", { class: `chip ${tone}`, text: word })),
      el("p", { class: "muted small", text: facts.join(" · ") }),
      reasons(draft),
      el("div", { class: "actions" }, ...acts(draft)));
  }

  function drawForms() {
    const place = byId("forms");
    if (!Log.catalogue) return place.replaceChildren();
    place.replaceChildren(
      ...Log.catalogue.forms.map((form) => {
        const choice = button("", () => start(form), { class: "button log-form", data: { mode: form.mode } });
        choice.append(el("strong", { text: form.label }), el("span", { class: "muted", text: form.lead }));
        return el("li", {}, choice);
      })
    );
  }

  async function forget(receipts) {
    for (const old of receipts.slice(RECEIPTS)) if (!old.photosLeft?.length) await Log.store.dropDraft(old.id);
  }

  /** Draws the list for whoever uses the phone now; others' records are counted, not shown. */
  async function draw() {
    const all = await Log.store.drafts();
    const mine = all.filter((draft) => draft.owner === Log.user);
    mine.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || (a.savedAt < b.savedAt ? 1 : -1));
    const counts = {};
    for (const photo of await Log.store.photos()) counts[photo.draft] = (counts[photo.draft] ?? 0) + 1;
    byId("drafts").replaceChildren(...mine.map((draft) => row(draft, counts[draft.id])));
    byId("no-drafts").hidden = mine.length > 0;
    // What waits for a hand comes before what may be begun.
    const waits = mine.some((draft) => draft.state !== "sent");
    byId("list").insertBefore(byId("mine"), waits ? byId("begin") : null);
    const others = all.filter((draft) => draft.owner !== Log.user && draft.state !== "sent").length;
    byId("others").textContent = others ? `本机还有 ${others} 份别的账号的记录，请由本人登录上传。` : "";
    const last = Log.user && (await Log.store.kept(`last:${Log.user}`));
    byId("copy-last").hidden = !last || !Log.catalogue;
    byId("copy-last").onclick = () => start(Log.catalogue.forms.find((form) => form.mode === last.mode), last);
    await forget(mine.filter((draft) => draft.state === "sent"));
    return mine;
  }

  Log.list = { draw, drawForms, open };
})();

/* 现场记录, 11 of 13: one walk while it is going on. Each tap is on the disk before the page shows it. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const { el, button, once, picture, byId } = Log.pieces;
  const SAVE_AFTER = 300;
  let draft = null;
  let pending;
  let counted; // the draft the state above was last reckoned with
  let saving = Promise.resolve();

  // ---- keeping -----------------------------------------------------------------------------------------------------------

  async function save() {
    clearTimeout(pending);
    pending = undefined;
    if (!draft) return true;
    draft.savedAt = Log.clock.now();
    const copy = JSON.parse(JSON.stringify(draft));
    const kept = (saving = saving.catch(() => {}).then(() => Log.store.saveDraft(copy)));
    try {
      if (await kept) {
        byId("saved").textContent = `已存本机 ${Log.clock.time(copy.savedAt)}`;
        if (counted !== copy.id) {
          counted = copy.id;
          Log.page.redraw();
        }
        return true;
      }
      Log.page.say("这份记录已在另一个页面提交或删除，这里的改动没有保存。");
    } catch (error) {
      Log.page.say(error.name === "QuotaExceededError" ? "本机存储已满，没有存下。请先上传或清理手机空间。" : "没有存下，请再点一次。");
    }
    return false;
  }

  /** Typing is kept a moment later, everything at once when the page goes to the back. */
  function changed() {
    clearTimeout(pending);
    pending = setTimeout(save, SAVE_AFTER);
  }
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && pending && save());
  addEventListener("pagehide", () => pending && save());

  // ---- steps -------------------------------------------------------------------------------------------------------------

  const kindName = (kind) => Log.catalogue.kinds[kind] ?? kind;
  const RESULT = { RETURNED: "被退回", SUPPLEMENT: "要补材料" };

  async function tapped(doing, kind) {
    Log.steps.tap(draft, doing, kind);
    drawSteps();
    if (!(await save())) {
      draft.taps.pop();
      drawSteps();
    }
    navigator.vibrate?.(20);
  }

  function drawGoing(going) {
    const place = byId("going");
    place.classList.toggle("is-going", Boolean(going));
    if (!going) {
      place.replaceChildren(el("p", { class: "muted", text: draft.taps.length ? "环节都已结束。再点一个环节就接着记。" : "走到哪个环节就点哪个，时间自动记下。" }));
      return;
    }
    const waits = Boolean(going.waitingSince);
    place.replaceChildren(
      el("p", {}, el("strong", { text: kindName(going.kind) }), el("span", { text: waits ? " 等待中 " : " 办理中 " }),
        el("span", { class: "log-timer", data: { since: going.startedAt } })),
      el("div", { class: "log-loop" },
        button(waits ? "轮到我了" : "在等", () => tapped(waits ? "called" : "wait"), { data: { tap: "wait" } }),
        button("要补材料", () => tapped("supplement"), { data: { tap: "supplement" } }),
        button("被退回", () => tapped("returned"), { data: { tap: "returned" } }),
        button("办完", () => tapped("end"), { data: { tap: "end" } })));
    tick();
  }

  function drawButtons() {
    const form = Log.draft.formOf(draft);
    const usual = [...new Set(form.steps)];
    const rest = Object.keys(Log.catalogue.kinds).filter((kind) => !usual.includes(kind));
    const one = (kind) => button(kindName(kind), () => tapped("step", kind), { class: "button log-step", data: { step: kind } });
    byId("step-buttons").replaceChildren(...usual.map(one));
    byId("step-others").replaceChildren(...rest.map(one));
  }

  function stepLine(step) {
    const waited = Math.round((step.waited ?? 0) / 60000);
    const said = draft.problems.filter((problem) => problem.step === step.startedAt).map((problem) => problem.text);
    return el("li", {},
      el("time", { text: Log.clock.time(step.startedAt) }),
      el("span", {}, el("strong", { text: kindName(step.kind) }),
        ` ${step.endedAt ? Log.clock.span(step.startedAt, step.endedAt) : "进行中"}`,
        waited ? `，等 ${waited} 分钟` : "",
        step.result ? el("span", { class: "chip chip-amber", text: RESULT[step.result] }) : null,
        ...said.map((text) => el("span", { class: "log-said", text }))));
  }

  function drawSteps() {
    const { done, going } = Log.steps.read(draft.taps);
    drawGoing(going);
    byId("steps").replaceChildren(...[...done, ...(going ? [going] : [])].map(stepLine));
    byId("undo").hidden = !draft.taps.length;
  }

  function tick() {
    for (const timer of document.querySelectorAll(".log-timer")) timer.textContent = Log.clock.span(timer.dataset.since, Log.clock.now());
  }
  setInterval(tick, 1000);

  async function undo() {
    draft.taps.pop();
    drawSteps();
    await save();
  }

  // ---- photos and notes ----------------------------------------------------------------------------------------------------

  async function drawPhotos() {
    const shown = draft.id;
    const photos = await Log.store.photosOf(shown);
    if (draft?.id !== shown) return;
    byId("photos").replaceChildren(
      ...photos.map((photo, n) =>
        el("li", {}, picture(photo, `第 ${n + 1} 张现场照片`), el("span", { class: "muted small", text: "已存本机" }),
          button("删去", async () => {
            if (!(await Log.pieces.sure(`删去第 ${n + 1} 张照片？`, "删去"))) return;
            await Log.store.dropPhoto(photo.id);
            drawPhotos();
          }, { class: "button is-quiet", "aria-label": `删去第 ${n + 1} 张照片` })))
    );
  }

  async function addPhotos(input) {
    const files = [...input.files];
    const into = draft;
    input.value = "";
    for (const file of files) {
      try {
        await Log.photos.add(into, file);
      } catch (error) {
        Log.page.say(error.name === "QuotaExceededError" ? "本机存储已满，照片没有存下。" : error.message);
      }
      if (draft === into) await drawPhotos();
    }
    await save();
  }

  async function addProblem(event) {
    event.preventDefault();
    const field = byId("problem-text");
    const text = field.value.trim();
    if (!text) return field.focus();
    const { done, going } = Log.steps.read(draft.taps);
    draft.problems.push({ text, step: (going ?? done.at(-1))?.startedAt ?? "" });
    field.value = "";
    drawProblems();
    drawSteps();
    await save();
  }

  function drawProblems() {
    byId("problems").replaceChildren(
      ...draft.problems.map((problem) =>
        el("li", {}, el("span", { text: problem.text }),
          button("去掉", () => {
            draft.problems = draft.problems.filter((one) => one !== problem);
            drawProblems();
            drawSteps();
            save();
          }, { class: "button is-quiet", "aria-label": `去掉问题：${problem.text}` })))
    );
  }

  // ---- the whole -----------------------------------------------------------------------------------------------------------

  function bindFields() {
    for (const field of document.querySelectorAll("#editor [data-bind]")) {
      const name = field.dataset.bind;
      if (field.type === "checkbox") field.checked = draft[name];
      else field.value = draft[name];
      const tell = () => {
        draft[name] = field.type === "checkbox" ? field.checked : name === "unit" ? Number(field.value) : field.value;
        if (name === "unit") Log.facts.drawPeople(draft, changed);
        changed();
      };
      field.oninput = tell;
      field.onchange = tell;
    }
  }

  function drawFacts() {
    const form = Log.draft.formOf(draft);
    byId("form-name").textContent = form.label;
    byId("form-hint").textContent = form.hint;
    Log.facts.drawMatter(draft, changed);
    Log.facts.drawPeople(draft, changed);
    byId("people").open = !draft.walkers.length;
    const must = new Set(form.needs.map((need) => need.field));
    Log.facts.drawFields(byId("own"), form.extra.map((spec) => ({ ...spec, must: must.has(spec.name) })), draft.own, changed);
    byId("cases-field").hidden = !form.hasCases;
    byId("own-card").hidden = !form.extra.length && !form.hasCases;
    Log.facts.drawVerdicts(byId("verdicts"), draft, changed);
    Log.facts.drawFields(byId("numbers"), Log.catalogue.numbers, draft.numbers, changed);
    Log.points.draw(byId("points"), draft, changed);
  }

  function fillChoices() {
    byId("channel").replaceChildren(...Log.catalogue.channels.map(([key, text]) => el("option", { value: key, text })));
    byId("unit").replaceChildren(...Log.catalogue.units.map((unit) => el("option", { value: unit.id, text: unit.name })));
    byId("unit-field").hidden = Log.catalogue.units.length < 2;
    byId("place-list").replaceChildren(...Log.catalogue.places.map((one) => el("option", { value: `${one.name}(${one.code})` })));
  }

  /** Shows a draft that this page has claimed. */
  async function show(one) {
    draft = one;
    fillChoices();
    bindFields();
    drawFacts();
    drawButtons();
    drawSteps();
    drawProblems();
    byId("lacks").replaceChildren();
    byId("saved").textContent = `已存本机 ${Log.clock.time(draft.savedAt)}`;
    byId("list").hidden = true;
    byId("editor").hidden = false;
    await drawPhotos();
  }

  async function leave() {
    if (!draft) return;
    if (pending) await save();
    Log.draft.release(draft.id);
    draft = null;
    byId("editor").hidden = true;
    byId("list").hidden = false;
    await Log.store.keep(`open:${Log.user}`, "");
    await Log.page.redraw();
    scrollTo(0, 0);
  }

  const WHERE = { matter: "matter-find", walkers: "people-find", narrative: "narrative", cases: "cases" };

  async function finish() {
    const lacks = Log.draft.missing(draft);
    byId("lacks").replaceChildren(...lacks.map((lack) => el("li", { text: lack.sentence })));
    if (lacks.length) {
      byId("people").open ||= lacks.some((lack) => lack.field === "walkers");
      const field = byId(WHERE[lacks[0].field] ?? `own-${lacks[0].field}`);
      (field?.hidden ? byId("people-list").querySelector("input") : field)?.focus();
      return;
    }
    if (!(await save()) || !(await Log.draft.finish(draft))) return;
    await leave();
    Log.page.say("已存本机，等待上传。");
    Log.sync.now();
  }

  function listen() {
    byId("undo").addEventListener("click", undo);
    byId("back").addEventListener("click", leave);
    byId("finish").addEventListener("click", once(finish));
    byId("problem-form").addEventListener("submit", addProblem);
    for (const id of ["camera", "album"]) {
      byId(id).addEventListener("change", () => addPhotos(byId(id)));
      byId(`${id}-button`).addEventListener("click", () => byId(id).click());
    }
  }

  Log.editor = { show, leave, listen, isOpen: () => Boolean(draft) };
})();

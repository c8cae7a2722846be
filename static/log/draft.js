/* 现场记录, 4 of 13: a draft, from its birth to the body that is sent. Its id is the walk's number for the server: made
   here, once. At 完成并提交 the body is frozen as a string, so that sending it again is sending the same. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const held = new Map();

  /** A new draft of a form; `before` is a draft whose form, matter, place and people are taken over. */
  function birth(form, before) {
    const here = Log.catalogue;
    return {
      id: Log.clock.uid(),
      owner: here.user,
      state: "draft",
      born: Log.clock.now(),
      savedAt: Log.clock.now(),
      mode: form.mode,
      matter: before?.matter ?? null,
      place: before?.place ?? "",
      unit: before?.unit ?? here.unit,
      walkers: before?.walkers ?? (here.people.length === 1 ? [here.people[0].id] : []),
      channel: before?.channel ?? (form.channel || "HALL_WINDOW"),
      walkedUnit: before?.walkedUnit ?? "",
      companions: before?.companions ?? "",
      caseNumber: "",
      simulated: false,
      announced: false,
      own: {},
      numbers: {},
      verdicts: {},
      cases: "",
      taps: [],
      problems: [],
      points: {},
      narrative: "",
    };
  }

  const formOf = (draft) => Log.catalogue.forms.find((form) => form.mode === draft.mode);
  const casesOf = (draft) => draft.cases.split(/[\n,,、;;]/).map((line) => line.trim()).filter(Boolean);

  /** What the walk still lacks: [{field, sentence}], in the order of the page. The server has the last word. */
  function missing(draft) {
    const lacks = [];
    if (!draft.matter) lacks.push({ field: "matter", sentence: "请选择事项。" });
    if (!draft.walkers.length) lacks.push({ field: "walkers", sentence: "请选择走流程人员。" });
    for (const need of formOf(draft).needs) {
      const there = need.field === "cases" ? casesOf(draft).length : draft.own[need.field];
      if (!there) lacks.push(need);
    }
    if (!draft.narrative.trim()) lacks.push({ field: "narrative", sentence: "请填写体验情况。" });
    return lacks;
  }

  /** The body as the server reads it (campaigns/forms/field_log.py). */
  function body(draft) {
    const now = Log.clock.now();
    const last = draft.taps.at(-1)?.at ?? draft.born;
    const steps = Log.steps.told(draft, now < last ? last : now);
    const loose = draft.problems.filter((problem) => !steps.some((step) => step.started_at === problem.step));
    const notes = loose.map((problem) => `现场发现：${problem.text}`);
    return {
      version: 1,
      id: draft.id,
      owner: draft.owner,
      mode: draft.mode,
      matter: draft.matter.code,
      reporting_unit: draft.unit,
      walked_unit: draft.walkedUnit,
      walkers: draft.walkers,
      companions: draft.companions,
      channel: draft.channel,
      place: draft.place,
      case_number: draft.caseNumber,
      is_simulated: draft.simulated,
      was_announced: draft.announced,
      ...draft.own,
      ...draft.numbers,
      ...draft.verdicts,
      started_at: steps[0]?.started_at ?? draft.born,
      ended_at: steps.at(-1)?.ended_at ?? (now < last ? last : now),
      steps,
      points: Object.fromEntries(Object.entries(draft.points).filter(([, point]) => point.verdict)),
      cases: formOf(draft).hasCases ? casesOf(draft) : [],
      narrative: [draft.narrative.trim(), ...notes].join("\n"),
    };
  }

  /** Freezes the walk and puts it into the queue; false when another page did so already. */
  async function finish(draft) {
    const frozen = { ...draft, state: "queued", body: JSON.stringify(body(draft)), savedAt: Log.clock.now() };
    if (!(await Log.store.saveDraft(frozen))) return false;
    const { mode, matter, place, unit, walkers, channel, walkedUnit, companions } = draft;
    await Log.store.keep(`last:${draft.owner}`, { mode, matter, place, unit, walkers, channel, walkedUnit, companions });
    return true;
  }

  /** 改后再传: a new draft, with a number of its own, out of one that was refused. Nothing of it is lost. */
  async function again(refused) {
    const { body: _body, receipt: _receipt, refusals: _refusals, ...rest } = refused;
    const draft = { ...rest, id: Log.clock.uid(), state: "draft", savedAt: Log.clock.now() };
    const photos = (await Log.store.photosOf(refused.id)).map((photo) => ({
      ...photo, was: photo.id, id: Log.clock.uid(), draft: draft.id, sent: false, refused: "",
    }));
    await Log.store.replaceDraft(refused, draft, photos);
    return draft;
  }

  /** One draft is in one page at a time: a lock held until release() or until the page goes. True when it is ours. */
  function claim(id) {
    if (!navigator.locks || held.has(id)) return Promise.resolve(true);
    return new Promise((done) => {
      navigator.locks.request(`walkflow-log-${id}`, { ifAvailable: true }, (lock) => {
        done(Boolean(lock));
        return lock && new Promise((free) => held.set(id, free));
      });
    });
  }

  function release(id) {
    held.get(id)?.();
    held.delete(id);
  }

  Log.draft = { birth, formOf, missing, finish, again, claim, release };
})();

/* 现场记录, 3 of 13: taps become steps. A draft keeps the taps; the steps are always worked out anew, so undoing a tap
   is dropping the last one.

   A tap is {do, at, kind?}: step (a step begins, the one before ends) · wait and called (waiting inside a step begins and
   ends) · returned, supplement (被退回, 要补材料: the step ends with that result and 补正, the next round, begins) ·
   end (the step ends, nothing begins). */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const RESULTS = { returned: "RETURNED", supplement: "SUPPLEMENT" };
  // Whoever queues waits from the first moment.
  const WAITED = new Set(["QUEUE"]);

  const begun = (kind, at) => ({ kind, startedAt: at, waitingSince: WAITED.has(kind) ? at : null, waited: 0, result: "" });

  function stopWaiting(step, at) {
    if (!step.waitingSince) return;
    step.waited += new Date(at) - new Date(step.waitingSince);
    step.waitingSince = null;
  }

  /** Finished steps and the one going on (or null), from the taps of a draft. */
  function read(taps) {
    const done = [];
    let going = null;
    const finish = (at) => {
      if (!going) return;
      stopWaiting(going, at);
      done.push({ ...going, endedAt: at });
      going = null;
    };
    for (const tap of taps) {
      if (tap.do === "step") {
        finish(tap.at);
        going = begun(tap.kind, tap.at);
      } else if (tap.do === "wait" && going) going.waitingSince ??= tap.at;
      else if (tap.do === "called" && going) stopWaiting(going, tap.at);
      else if (tap.do === "end") finish(tap.at);
      else if (RESULTS[tap.do] && going) {
        going.result = RESULTS[tap.do];
        finish(tap.at);
        going = begun("SUPPLEMENT", tap.at);
      }
    }
    return { done, going };
  }

  /** Adds a tap; a clock set back meanwhile can't make a step end before it began. */
  function tap(draft, doing, kind) {
    const last = draft.taps.at(-1)?.at ?? draft.born;
    const now = Log.clock.now();
    draft.taps.push({ do: doing, at: now < last ? last : now, ...(kind ? { kind } : {}) });
  }

  /** All steps as the server takes them; one still going on ends at `at`. */
  function told(draft, at) {
    const ended = [...draft.taps, { do: "end", at }];
    return read(ended).done.map((step) => ({
      kind: step.kind,
      started_at: step.startedAt,
      ended_at: step.endedAt,
      waiting_minutes: step.waited ? Math.round(step.waited / 60000) : step.kind === "QUEUE" ? 0 : null,
      result: step.result,
      note: draft.problems.filter((problem) => problem.step === step.startedAt).map((problem) => problem.text).join("\n"),
    }));
  }

  Log.steps = { read, tap, told };
})();

/* 现场记录, 10 of 13: the 32 points. All begin as 未查, so that only what stands out is tapped:
   不符合 → 符合 → 不涉及 → 未查. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const { el, button } = Log.pieces;
  const ROUND = ["", "FAILS", "CONFORMS", "NOT_APPLICABLE"];

  const word = (verdict) => Log.catalogue.pointVerdicts[verdict] ?? "未查";

  function row(point, draft, changed) {
    const line = el("li", { class: "log-point" });
    const draw = () => {
      const said = draft.points[point.code] ?? { verdict: "", note: "" };
      const tapped = () => {
        draft.points[point.code] = { ...said, verdict: ROUND[(ROUND.indexOf(said.verdict) + 1) % ROUND.length] };
        changed();
        draw();
        line.querySelector("button").focus();
      };
      const tap = button("", tapped, { class: "log-point-tap", data: { verdict: said.verdict } });
      tap.append(el("span", { text: point.name }), el("strong", { class: "log-point-word", text: word(said.verdict) }));
      const note = el("input", { type: "text", maxlength: 500, placeholder: "哪里不符合，一句话", "aria-label": `${point.name}：说明` });
      note.value = said.note;
      note.addEventListener("input", () => {
        draft.points[point.code].note = note.value;
        changed();
      });
      line.replaceChildren(tap, ...(said.verdict === "FAILS" ? [note] : []));
    };
    draw();
    return line;
  }

  function draw(place, draft, changed) {
    place.replaceChildren(
      ...Log.catalogue.points.map((group) => {
        const told = el("span", { class: "muted" });
        const count = () => {
          const said = group.points.filter((point) => draft.points[point.code]?.verdict);
          const failed = said.filter((point) => draft.points[point.code].verdict === "FAILS").length;
          told.textContent = said.length ? `${said.length} 项已看，${failed} 项不符合` : `${group.points.length} 项，未查`;
        };
        count();
        const tell = () => {
          count();
          changed();
        };
        return el("details", { class: "log-points" },
          el("summary", {}, el("strong", { text: group.name }), told),
          el("ul", {}, ...group.points.map((point) => row(point, draft, tell))));
      })
    );
  }

  Log.points = { draw };
})();

/* 现场记录, 9 of 13: what is said once: matter, people, own facts of the form, numbers, verdicts. Every change goes through
   `changed`, which keeps the draft. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const { el, button, byId } = Log.pieces;
  const OFFERED = 8;

  // ---- matter: found by name or code in the catalogue ------------------------------------------------------------------

  function matches(word) {
    const wanted = word.trim().toLowerCase();
    const all = Log.catalogue.matters;
    if (!wanted) return all.slice(0, OFFERED);
    return all.filter((matter) => `${matter.name} ${matter.code}`.toLowerCase().includes(wanted)).slice(0, OFFERED);
  }

  function drawMatter(draft, changed) {
    const found = byId("matter-found");
    const field = byId("matter-find");
    const offer = () => {
      const rows = matches(field.value);
      found.hidden = false;
      found.replaceChildren(
        ...rows.map((matter) =>
          el("li", {}, button("", () => choose(matter), {}), null)
        )
      );
      rows.forEach((matter, n) => {
        found.children[n].firstChild.append(el("strong", { text: matter.name }), el("span", { class: "muted", text: matter.owner }));
      });
      if (!rows.length) found.append(el("li", { class: "muted", text: "没有找到，请换个字再找。" }));
    };
    const choose = (matter) => {
      draft.matter = matter;
      found.hidden = true;
      changed();
      drawMatter(draft, changed);
    };
    byId("matter-field").hidden = Boolean(draft.matter);
    found.hidden = true;
    byId("matter-chosen").replaceChildren(
      ...(draft.matter
        ? [
            el("strong", { text: draft.matter.name }),
            button("换", () => {
              draft.matter = null;
              drawMatter(draft, changed);
              field.value = "";
              field.focus();
            }, { class: "button is-quiet", "aria-label": "换一个事项" }),
          ]
        : [])
    );
    field.oninput = offer;
    field.onfocus = offer;
  }

  // ---- people ----------------------------------------------------------------------------------------------------------

  function drawPeople(draft, changed) {
    const unit = Log.catalogue.units.find((one) => one.id === draft.unit);
    const word = byId("people-find").value.trim();
    const all = Log.catalogue.people.filter((one) => !unit || one.path.startsWith(unit.path));
    const shown = all.filter((one) => draft.walkers.includes(one.id) || !word || `${one.name}${one.title}`.includes(word));
    byId("people-find").hidden = all.length <= OFFERED;
    byId("people-find").oninput = () => drawPeople(draft, changed);
    const chosen = Log.catalogue.people.filter((one) => draft.walkers.includes(one.id)).map((one) => one.name);
    byId("people-chosen").textContent = chosen.join("、") || "还没有选";
    byId("people-list").replaceChildren(
      ...shown.slice(0, 60).map((one) => {
        const box = el("input", { type: "checkbox", checked: draft.walkers.includes(one.id) });
        box.addEventListener("change", () => {
          draft.walkers = box.checked ? [...draft.walkers, one.id] : draft.walkers.filter((id) => id !== one.id);
          changed();
          drawPeople(draft, changed);
          byId("people-list").querySelector(`[data-person="${one.id}"] input`)?.focus();
        });
        return el("li", {}, el("label", { data: { person: one.id } }, box, el("span", { text: `${one.name} ${one.title}` })));
      })
    );
  }

  // ---- fields described by the catalogue: {name, label, help, type, choices} ---------------------------------------------

  function control(spec, value, tell, id) {
    if (spec.type === "choice") {
      const select = el("select", { id }, ...[["", "请选择"], ...spec.choices].map(([key, text]) => el("option", { value: key, text })));
      select.value = value ?? "";
      select.addEventListener("change", () => tell(select.value));
      return select;
    }
    const types = { number: { type: "number", min: "0", inputmode: "decimal" }, date: { type: "date" } };
    const input = el("input", { id, maxlength: spec.max, autocomplete: "off", ...(types[spec.type] ?? { type: "text" }) });
    input.value = value ?? "";
    input.addEventListener("input", () => tell(input.value));
    return input;
  }

  function drawFields(place, specs, values, changed) {
    place.replaceChildren(
      ...specs.map((spec) => {
        const id = `own-${spec.name}`;
        const tell = (value) => {
          values[spec.name] = value;
          changed();
        };
        return el("div", { class: "field" },
          el("label", { class: "label", for: id, text: spec.label }, spec.must ? el("span", { class: "must", text: "必填" }) : null),
          spec.help ? el("p", { class: "help", text: spec.help }) : null,
          control(spec, values[spec.name], tell, id));
      })
    );
  }

  /** Rows of big choices, one tap each; a second tap takes it back. */
  function drawVerdicts(place, draft, changed) {
    place.replaceChildren(
      ...Log.catalogue.trio.map((spec) =>
        el("div", { class: "verdict", role: "group", "aria-label": spec.label },
          el("p", { class: "verdict-name", text: spec.label }),
          ...Log.catalogue.verdicts.map(([key, text]) =>
            button(text, () => {
              draft.verdicts[spec.name] = draft.verdicts[spec.name] === key ? "" : key;
              changed();
              drawVerdicts(place, draft, changed);
            }, { class: "button verdict-pick", "aria-pressed": String(draft.verdicts[spec.name] === key) })))
      )
    );
  }

  Log.facts = { drawMatter, drawPeople, drawFields, drawVerdicts };
})();

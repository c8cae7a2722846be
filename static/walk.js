/* The page that records a walk: finding people, rows that grow, times that follow each other.
   Without this file the page works with the blank rows it carries. */
(() => {
  "use strict";

  const form = document.querySelector("form.walk");
  if (!form) return;

  // Sent back with errors: what was typed stands in the page, so there is nothing to restore.
  if (form.hasAttribute("data-sent")) form.querySelector(".draft-bar")?.remove();

  // ---- people: only those of the chosen unit, narrowed by what is typed ------------------------------------------------

  const people = form.querySelector("[data-people]");
  const unit = form.querySelector("#id_reporting_unit");
  const find = form.querySelector("#people-find");

  function showPeople() {
    const code = unit?.selectedOptions?.[0]?.textContent.match(/[((]([^()()]+)[))]\s*$/)?.[1];
    const word = find.value.trim();
    for (const row of people.querySelectorAll("[data-unit]")) {
      const ticked = row.querySelector("input").checked;
      const here = !code || row.dataset.unit.includes(`/${code}/`);
      row.hidden = !ticked && !(here && row.textContent.includes(word));
    }
  }

  if (people) {
    const many = people.querySelectorAll("[data-unit]").length > 6;
    find.closest(".people-find").hidden = !many;
    unit?.addEventListener("change", showPeople);
    find.addEventListener("input", showPeople);
    find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    showPeople();
  }

  // ---- rows: [data-rows] holds a list, a <template> and the count Django reads ------------------------------------------

  const total = (rows) => form.querySelector(`[name="${rows.dataset.rows}-TOTAL_FORMS"]`);
  const started = (row) => row.querySelector('[name$="-started_at"]');
  const ended = (row) => row.querySelector('[name$="-ended_at"]');
  const told = (row) => [...row.querySelectorAll("input, select")].some((field) => field.tagName === "INPUT" && field.value);

  function addRow(rows) {
    const count = total(rows);
    const row = rows.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const node of row.querySelectorAll("*")) {
      for (const name of ["id", "name", "for", "aria-describedby"]) {
        const value = node.getAttribute(name);
        if (value) node.setAttribute(name, value.replace("__prefix__", count.value));
      }
    }
    count.value = Number(count.value) + 1;
    rows.querySelector(".rows-list").append(row);
    for (const button of row.querySelectorAll("[data-row-remove]")) button.hidden = false;
    return row;
  }

  for (const rows of form.querySelectorAll("[data-rows]")) {
    const list = rows.querySelector(".rows-list");
    for (const button of rows.querySelectorAll("[data-row-add], [data-row-remove]")) button.hidden = false;
    // The blank rows at the end stand in for 加一个 where there is no script.
    const suggested = [...list.children].filter((row) => row.querySelector('[name$="-kind"] [selected]'));
    const spare = [...list.children].filter((row) => !told(row) && !suggested.includes(row) && !row.querySelector(".error"));
    for (const row of spare.slice(rows.dataset.rows === "cases" && spare.length === list.children.length ? 1 : 0)) row.remove();
    rows.addEventListener("click", (event) => {
      if (event.target.closest("[data-row-add]")) addRow(rows).querySelector("select, input").focus();
      const remove = event.target.closest("[data-row-remove]");
      if (!remove) return;
      const row = remove.closest(".row");
      (row.nextElementSibling ?? row.previousElementSibling ?? rows).querySelector("select, input, button")?.focus();
      row.remove();
      form.dispatchEvent(new Event("change"));
    });
  }

  // A kept draft may have more rows than the page offers; make them before app.js fills them in.
  form.addEventListener("autosave:restore", (event) => {
    for (const rows of form.querySelectorAll("[data-rows]")) {
      const prefix = rows.dataset.rows;
      const kept = Object.keys(event.detail).filter((name) => name.startsWith(`${prefix}-`));
      const last = Math.max(-1, ...kept.map((name) => Number(name.split("-")[1])).filter(Number.isInteger));
      while (Number(total(rows).value) <= last) addRow(rows);
    }
    setTimeout(showPeople);
  });

  // ---- times: a step begins where the one before ended, the first where the walk began ----------------------------------

  form.addEventListener("change", (event) => {
    const row = event.target.closest?.(".row-step");
    if (!row || event.target !== ended(row) || !event.target.value || started(row).value) return;
    const before = row.previousElementSibling ? ended(row.previousElementSibling) : form.querySelector("#id_started_at");
    started(row).value = before.value;
  });
})();

/* Ticked rows that survive paging: <form data-picks="KEY"> remembers them in this tab, adds those of other pages when it
   is sent, and says how many there are. [data-picks-clear="KEY"] forgets them. Without this file the page's own rows
   are sent. The server reads every id through the user's own scope again. */
(() => {
  "use strict";

  const user = document.querySelector('meta[name="user"]')?.content ?? "";
  const name = (key) => `walkflow:picks:${user}:${key}`;

  function read(key) {
    try {
      return new Set(JSON.parse(window.sessionStorage.getItem(name(key)) ?? "[]"));
    } catch {
      return new Set(); // private mode: the page's own rows still work
    }
  }

  function write(key, picks) {
    try {
      window.sessionStorage.setItem(name(key), JSON.stringify([...picks]));
    } catch {
      /* nothing to remember with */
    }
  }

  for (const done of document.querySelectorAll("[data-picks-clear]")) write(done.dataset.picksClear, new Set());

  for (const form of document.querySelectorAll("form[data-picks]")) {
    const key = form.dataset.picks;
    const boxes = () => [...form.querySelectorAll("[data-pick]")];

    const tell = () => {
      const picks = read(key);
      const here = new Set(boxes().map((box) => box.value));
      const elsewhere = [...picks].filter((pick) => !here.has(pick)).length;
      for (const place of form.querySelectorAll("[data-picks-count]")) {
        place.textContent = `已选 ${picks.size} 条${elsewhere ? `（其他页 ${elsewhere} 条）` : ""}`;
      }
      for (const clear of form.querySelectorAll("[data-picks-forget]")) clear.hidden = picks.size === 0;
    };

    const keep = () => {
      const picks = read(key);
      for (const box of boxes()) {
        if (box.checked) picks.add(box.value);
        else picks.delete(box.value);
      }
      write(key, picks);
      tell();
    };

    const restore = () => {
      const picks = read(key);
      for (const box of boxes()) box.checked = picks.has(box.value);
      form.querySelector("[data-pick]")?.dispatchEvent(new Event("change", { bubbles: true }));
      tell();
    };

    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-pick], [data-pick-all]")) setTimeout(keep);
    });
    for (const clear of form.querySelectorAll("[data-picks-forget]")) {
      clear.addEventListener("click", () => {
        write(key, new Set());
        restore();
      });
    }
    form.addEventListener("submit", () => {
      const here = new Set(boxes().map((box) => box.value));
      for (const old of form.querySelectorAll("[data-picks-added]")) old.remove();
      for (const pick of read(key)) {
        if (here.has(pick)) continue;
        const input = document.createElement("input");
        input.type = "hidden";
        input.name = "item";
        input.value = pick;
        input.dataset.picksAdded = "";
        form.append(input);
      }
    });
    window.addEventListener("pageshow", restore);
  }
})();

/* 现场记录, 8 of 13: pieces of the page. Text goes in as text, never as markup. */
(() => {
  "use strict";

  const Log = window.WalkLog;

  /** el("button", {class: "button", text: "撤销", data: {undo: ""}, onclick: …}, child, …) */
  function el(tag, { text, data, ...given } = {}, ...children) {
    const node = document.createElement(tag);
    if (text !== undefined) node.textContent = text;
    for (const [name, value] of Object.entries(data ?? {})) node.dataset[name] = value;
    for (const [name, value] of Object.entries(given)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null && child !== undefined));
    return node;
  }

  const button = (text, onclick, more = {}) => el("button", { type: "button", class: "button", text, onclick, ...more });

  /** A photo kept as bytes, as an <img>. */
  function picture(photo, alt) {
    const image = new Image();
    image.alt = alt;
    image.src = URL.createObjectURL(new Blob([photo.bytes], { type: "image/jpeg" }));
    image.onload = () => URL.revokeObjectURL(image.src);
    return image;
  }

  /** Asks with the page's own dialog before something is thrown away. */
  function sure(text, word) {
    const dialog = document.getElementById("log-sure");
    if (!dialog.showModal) return Promise.resolve(window.confirm(text));
    dialog.querySelector("p").textContent = text;
    dialog.querySelector("[value=yes]").textContent = word;
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
  }

  /** `act` for buttons that must not be pressed twice at once: while it runs, further calls are passed over. */
  function once(act) {
    let running = false;
    return async (...given) => {
      if (running) return undefined;
      running = true;
      try {
        return await act(...given);
      } finally {
        running = false;
      }
    };
  }

  Log.pieces = { el, button, once, picture, sure, byId: (id) => document.getElementById(id) };
})();

/* The button that prints; the browser's own menu does the same. */
(() => {
  "use strict";

  const button = document.querySelector("[data-print]");
  button.hidden = false;
  button.addEventListener("click", () => window.print());
})();

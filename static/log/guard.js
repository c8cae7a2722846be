/* On every page: logging out asks first when this phone still holds records of 现场记录 that have not been uploaded, and
   the phone forgets who used it last. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-logout]");
  const user = document.querySelector('meta[name="user"]')?.content;
  if (!form) return;

  function waiting() {
    try {
      const kept = JSON.parse(localStorage.getItem("walkflow:log:waiting") ?? "null");
      return kept?.user === user ? kept.count : 0;
    } catch {
      return 0;
    }
  }

  // Before app.js, which asks wherever data-confirm stands.
  window.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    const count = waiting();
    if (count && !form.dataset.confirm) {
      form.dataset.confirm = `本机还有 ${count} 份现场记录没有上传。退出后仍保存在本机，要由您本人再登录才能上传。确定退出吗？`;
    }
    try {
      if (!form.dataset.confirm || form.dataset.asked) localStorage.removeItem("walkflow:log:user");
    } catch {
      // private mode keeps nothing anyway
    }
    form.dataset.asked = "yes";
  }, true);
})();

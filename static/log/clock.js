/* 现场记录, 2 of 13: the phone's clock and its numbers. Times are claims of the phone; both clocks are kept at sending. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const NOTABLE = 5 * 60000;
  let skew = 0;

  /** A random UUID, also on plain HTTP, where crypto.randomUUID is missing. */
  function uid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  const shown = (iso, options) => new Date(iso).toLocaleString("zh-CN", { hour12: false, ...options });

  /** "3分20秒" between two moments (ISO); "" when nothing has passed. */
  function span(from, to) {
    const seconds = Math.max(0, Math.round((new Date(to) - new Date(from)) / 1000));
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    return hours ? `${hours}小时${minutes}分` : minutes ? `${minutes}分${seconds % 60}秒` : `${seconds}秒`;
  }

  Log.clock = {
    uid,
    now: () => new Date().toISOString(),
    time: (iso) => shown(iso, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    moment: (iso) => shown(iso, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" }),
    span,
    minutes: (from, to) => Math.round((new Date(to) - new Date(from)) / 60000),
    /** Hears the server's clock; what it says about ours, or "". */
    compare(server) {
      skew = Date.now() - new Date(server).getTime();
      if (Math.abs(skew) < NOTABLE) return "";
      return `本机时间比系统${skew > 0 ? "快" : "慢"} ${Math.round(Math.abs(skew) / 60000)} 分钟。环节时间照本机记，上传时两个时间都留。`;
    },
  };
})();

/* 现场记录, 6 of 13: sending. Nothing leaves the phone's list before the server has answered for it, and everything may be
   sent twice: the numbers made here and the frozen body let the server tell.

   First the walk, then its photos one by one; whatever was answered for is marked and not sent again. One page sends at a
   time. Tried again: on load, when the network or the page comes back, by the button, and after 2 s, 4 s … 5 min. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const FIRST_WAIT = 2000;
  const LONGEST_WAIT = 300000;
  const PATIENCE = 30000;
  const PATIENCE_FOR_PHOTO = 180000; // half a megabyte on a weak signal
  const REFUSING = new Set([400, 409, 413, 415, 422]);
  let wait = FIRST_WAIT;
  let timer;

  /** Something to say to the person that ends this round without being an error. */
  class Told extends Error {}
  /** The server answered, but not as it should. */
  class Answered extends Error {}

  const place = (draft, photo) => {
    const walk = Log.urls.walk.replace("00000000-0000-0000-0000-000000000000", draft.id);
    return photo ? `${walk}photos/${photo.id}/` : walk;
  };

  async function ask(url, { patience = PATIENCE, ...options } = {}) {
    const stop = new AbortController();
    const alarm = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(url, { credentials: "same-origin", cache: "no-store", redirect: "manual", signal: stop.signal, ...options });
      const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
      return { status: answer.status, said: isJson ? await answer.json() : null };
    } finally {
      clearTimeout(alarm);
    }
  }

  /** Logged out, or not this person's to send: said, kept, tried again later. Anything else unexpected is thrown. */
  function checkDoor({ status, said }) {
    if (status === 401) throw new Told("登录已过期。记录仍在本机，重新登录后自动上传。");
    if (status === 403 && said) throw new Told(said.error);
    if (status !== 200) throw new Answered(`status ${status}`);
  }

  /** Who is logged in, with a fresh token. Kept in no draft. */
  async function door() {
    const answer = await ask(Log.urls.token);
    checkDoor(answer);
    Log.page.heard(answer.said);
    return answer.said;
  }

  const sentences = ({ said, status }) =>
    said?.refusals ?? [{ field: "", label: "", error: said?.error ?? `系统没有收下（${status}），请导出草稿后联系技术支持。` }];

  async function sendWalk(draft, headers) {
    const answer = await ask(place(draft), {
      method: "PUT",
      headers: { ...headers, "Content-Type": "application/json", "X-Device-Time": Log.clock.now() },
      body: draft.body,
    });
    if (REFUSING.has(answer.status)) {
      await Log.store.putDraft({ ...draft, state: "rejected", refusals: sentences(answer) });
      Log.page.say("有记录没有收下，原因写在下面，改后可以再传。");
      return null;
    }
    checkDoor(answer);
    wait = FIRST_WAIT; // something got through
    const sent = { ...draft, receipt: answer.said };
    await Log.store.putDraft(sent);
    return sent;
  }

  async function sendPhoto(draft, photo, headers) {
    const answer = await ask(place(draft, photo), {
      method: "PUT",
      headers: { ...headers, "Content-Type": "image/jpeg", "X-Taken-At": photo.takenAt },
      body: photo.bytes,
      patience: PATIENCE_FOR_PHOTO,
    });
    if (REFUSING.has(answer.status)) {
      await Log.store.putPhoto({ ...photo, refused: sentences(answer)[0].error });
      return;
    }
    // The server no longer knows the walk (an older backup came back): it is sent again, then its photos.
    if (answer.status === 404) await Log.store.putDraft({ ...draft, receipt: null });
    checkDoor(answer);
    wait = FIRST_WAIT;
    await Log.store.putPhoto({ ...photo, sent: true });
  }

  async function send(draft, headers) {
    const sent = draft.receipt ? draft : await sendWalk(draft, headers);
    if (!sent) return;
    for (const photo of await Log.store.photosOf(sent.id)) {
      if (!photo.sent && !photo.refused) await sendPhoto(sent, photo, headers);
    }
    const left = [];
    for (const photo of await Log.store.photosOf(sent.id)) {
      if (photo.refused) left.push(photo.refused);
      else await Log.store.dropPhoto(photo.id);
    }
    const { id, owner, mode, matter, receipt } = sent;
    const rest = left.length ? sent : { id, owner, mode, matter, receipt };
    await Log.store.putDraft({ ...rest, state: "sent", savedAt: Log.clock.now(), photosLeft: left });
    Log.page.say(`已上传，登记编号 ${receipt.number}。`);
  }

  /** One round over the queue. */
  async function push() {
    clearTimeout(timer);
    const queue = (await Log.store.drafts()).filter((draft) => draft.state === "queued");
    if (!queue.length) return Log.page.redraw();
    try {
      const { csrf, user } = await door();
      const headers = { "X-CSRFToken": csrf };
      let broken = null;
      for (const draft of queue.sort((a, b) => (a.savedAt < b.savedAt ? -1 : 1))) {
        if (draft.owner !== user) {
          Log.page.say(`有记录属于“${draft.owner}”，请由本人登录上传。`);
          continue;
        }
        try {
          await send(draft, headers);
        } catch (error) {
          if (!(error instanceof Answered)) throw error;
          broken = error; // one record the server chokes on doesn't hold up the others
        }
        await Log.page.redraw();
      }
      if (broken) throw broken;
      wait = FIRST_WAIT;
    } catch (error) {
      Log.page.say(error instanceof Told ? error.message : "暂时传不上去，记录仍在本机，稍后自动重试。");
      timer = setTimeout(now, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
    return Log.page.redraw();
  }

  const now = () => (navigator.locks ? navigator.locks.request("walkflow-log-send", push) : push());

  Log.sync = { now, door, Told };
})();

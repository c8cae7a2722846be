/* 现场记录, 1 of 13: what the phone keeps. Everything is in IndexedDB at once, so the page may be closed at any moment.

   The modules hang on one name, WalkLog, and are loaded in this order:
   store (this) · clock · steps (taps → steps) · draft · photos · sync · carry (export) · pieces (DOM) · facts · points ·
   editor · list · page (boot). Two stores: drafts {id, owner, state: draft|queued|rejected|sent, …} and photos {id, draft,
   bytes, …}; a third, kept, holds the catalogue and the last walk of each account. */
(() => {
  "use strict";

  const Log = (window.WalkLog = {});
  let opened;

  function open() {
    return (opened ??= new Promise((done, failed) => {
      const request = indexedDB.open("walkflow-log", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("drafts", { keyPath: "id" });
        request.result.createObjectStore("photos", { keyPath: "id" }).createIndex("draft", "draft");
        request.result.createObjectStore("kept");
      };
      request.onsuccess = () => {
        request.result.onclose = () => (opened = null);
        request.result.onversionchange = () => request.result.close();
        done(request.result);
      };
      request.onerror = () => {
        opened = null;
        failed(request.error);
      };
    }));
  }

  /** Runs `work(transaction)` in one transaction and gives what it returned, once everything is on the disk. */
  async function transact(stores, mode, work) {
    const run = async () => {
      const database = await open();
      return new Promise((done, failed) => {
        const transaction = database.transaction(stores, mode, { durability: "strict" });
        const box = {};
        transaction.oncomplete = () => done(box.value);
        transaction.onabort = transaction.onerror = () => failed(transaction.error ?? new Error("本机没有存下"));
        work(transaction, box);
      });
    };
    try {
      return await run();
    } catch (error) {
      if (error?.name !== "InvalidStateError") throw error;
      opened = null; // iOS closes connections of pages in the background
      return run();
    }
  }

  const read = (store, ask) =>
    transact(store, "readonly", (transaction, box) => {
      ask(transaction.objectStore(store)).onsuccess = (event) => (box.value = event.target.result);
    });
  const write = (store, act) => transact(store, "readwrite", (transaction) => act(transaction.objectStore(store)));

  Log.store = {
    drafts: () => read("drafts", (store) => store.getAll()),
    draft: (id) => read("drafts", (store) => store.get(id)),
    photos: () => read("photos", (store) => store.getAll()),
    photosOf: async (draft) =>
      (await read("photos", (store) => store.index("draft").getAll(draft))).sort((a, b) => (a.addedAt < b.addedAt ? -1 : 1)),
    putPhoto: (photo) => write("photos", (store) => store.put(photo)),
    dropPhoto: (id) => write("photos", (store) => store.delete(id)),
    keep: (name, value) => write("kept", (store) => store.put(value, name)),
    kept: (name) => read("kept", (store) => store.get(name)),

    /** Keeps a draft that is still being written; false when another page has finished or dropped it meanwhile. */
    saveDraft: (draft, { born = false } = {}) =>
      transact("drafts", "readwrite", (transaction, box) => {
        const store = transaction.objectStore("drafts");
        store.get(draft.id).onsuccess = (event) => {
          const there = event.target.result;
          box.value = there ? there.state === "draft" : born;
          if (box.value) store.put(draft);
        };
      }),
    /** Writes what the sending found out; whoever holds the sending lock is alone with it. */
    putDraft: (draft) => write("drafts", (store) => store.put(draft)),

    /** One row instead of another, photos and all, in one transaction. */
    replaceDraft: (old, draft, photos) =>
      transact(["drafts", "photos"], "readwrite", (transaction) => {
        transaction.objectStore("drafts").put(draft);
        transaction.objectStore("drafts").delete(old.id);
        for (const { was, ...photo } of photos) {
          transaction.objectStore("photos").put(photo);
          transaction.objectStore("photos").delete(was);
        }
      }),
    dropDraft: (id) =>
      transact(["drafts", "photos"], "readwrite", (transaction) => {
        transaction.objectStore("drafts").delete(id);
        const photos = transaction.objectStore("photos");
        photos.index("draft").getAllKeys(id).onsuccess = (event) => event.target.result.forEach((key) => photos.delete(key));
      }),
  };
})();

/* 现场记录, 7 of 13: 导出本机草稿, the way out when nothing else works: one zip with the records as JSON and the photos. */
(() => {
  "use strict";

  const Log = window.WalkLog;

  const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
    let value = n;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });

  function crc(bytes) {
    let value = -1;
    for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 255];
    return ~value >>> 0;
  }

  /** Little-endian numbers: [value, bytes] pairs in a row. */
  function numbers(...pairs) {
    const out = [];
    for (const [value, size] of pairs) for (let n = 0; n < size; n += 1) out.push((value >>> (8 * n)) & 255);
    return Uint8Array.from(out);
  }

  /** Files stored as they are (photos are compressed already). files: [{name, bytes}]. */
  function zip(files) {
    const body = [];
    const index = [];
    let at = 0;
    for (const { name, bytes } of files) {
      const said = new TextEncoder().encode(name);
      // version, UTF-8 names, stored, time and day 1980-01-01, checksum, sizes, length of the name
      const facts = [[20, 2], [0x0800, 2], [0, 2], [0, 2], [33, 2], [crc(bytes), 4], [bytes.length, 4], [bytes.length, 4], [said.length, 2], [0, 2]];
      const head = numbers([0x04034b50, 4], ...facts);
      body.push(head, said, bytes);
      index.push(numbers([0x02014b50, 4], [20, 2], ...facts, [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), said);
      at += head.length + said.length + bytes.length;
    }
    const size = index.reduce((sum, part) => sum + part.length, 0);
    const tail = numbers([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [at, 4], [0, 2]);
    return new Blob([...body, ...index, tail], { type: "application/zip" });
  }

  /** Everything of the current account that has not been uploaded, as a file to save. How many records it holds. */
  async function save() {
    const mine = (await Log.store.drafts()).filter((draft) => draft.owner === Log.user && draft.state !== "sent");
    if (!mine.length) return 0;
    const files = [{ name: "现场记录.json", bytes: new TextEncoder().encode(JSON.stringify(mine, null, 2)) }];
    for (const draft of mine) {
      for (const photo of await Log.store.photosOf(draft.id)) {
        files.push({ name: `照片/${draft.id}/${photo.id}.jpg`, bytes: new Uint8Array(photo.bytes) });
      }
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(zip(files));
    link.download = `现场记录-${Log.user}-${Log.clock.now().slice(0, 10)}.zip`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    return mine.length;
  }

  Log.carry = { save };
})();

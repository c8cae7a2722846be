/* 现场记录, 5 of 13: photos. Shrunk here to 1600 px, so that they travel on a weak signal; EXIF (place, device) is left
   behind but for the moment it was taken, which is read first and told beside. */
(() => {
  "use strict";

  const Log = window.WalkLog;
  const LONGEST = 1600;
  const QUALITY = 0.8;
  const HEAD = 256 * 1024;
  const EXIF_POINTER = 0x8769;
  const TAKEN = [0x9003, 0x0132];

  /** Where the TIFF block of a JPEG's EXIF begins; 0 for none. */
  function exifAt(view) {
    if (view.byteLength < 12 || view.getUint16(0) !== 0xffd8) return 0;
    let at = 2;
    while (at + 10 < view.byteLength && view.getUint8(at) === 0xff) {
      if (view.getUint16(at) === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
      at += 2 + view.getUint16(at + 2);
    }
    return 0;
  }

  /** The value of one of `tags` in the directory at `start`: text for dates, a number for pointers. */
  function look(view, tiff, start, little, tags) {
    const count = view.getUint16(start, little);
    for (const tag of tags) {
      for (let n = 0; n < count; n += 1) {
        const at = start + 2 + n * 12;
        if (view.getUint16(at, little) !== tag) continue;
        const value = view.getUint32(at + 8, little);
        if (tag === EXIF_POINTER) return value;
        return String.fromCharCode(...new Uint8Array(view.buffer, tiff + value, 19));
      }
    }
    return null;
  }

  /** DateTimeOriginal as 2022-06-20T09:31:05 (local, as cameras write it); "" for none. */
  async function takenAt(file) {
    try {
      const view = new DataView(await file.slice(0, HEAD).arrayBuffer());
      const tiff = exifAt(view);
      if (!tiff) return "";
      const little = view.getUint16(tiff) === 0x4949;
      const first = tiff + view.getUint32(tiff + 4, little);
      const inner = look(view, tiff, first, little, [EXIF_POINTER]);
      const said = (inner && look(view, tiff, tiff + inner, little, TAKEN)) || look(view, tiff, first, little, TAKEN.slice(1));
      const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(said ?? "");
      return found ? `${found[1]}-${found[2]}-${found[3]}T${found[4]}` : "";
    } catch {
      return "";
    }
  }

  async function bitmap(file) {
    if (window.createImageBitmap) {
      try {
        return await createImageBitmap(file, { imageOrientation: "from-image" });
      } catch {
        // Some browsers know the function but not the option, or not the kind of picture: try the old way.
      }
    }
    const image = new Image();
    image.src = URL.createObjectURL(file);
    try {
      await image.decode();
    } finally {
      URL.revokeObjectURL(image.src);
    }
    return image;
  }

  /** A JPEG of at most 1600 px a side. */
  async function shrink(file) {
    const picture = await bitmap(file);
    const [width, height] = [picture.naturalWidth ?? picture.width, picture.naturalHeight ?? picture.height];
    const scale = Math.min(1, LONGEST / Math.max(width, height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff"; // a transparent picture from the album
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close?.();
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob) throw new Error("canvas");
    return blob.arrayBuffer();
  }

  /** Keeps one file as a photo of a draft. Throws a sentence when it is no picture this phone can read. */
  async function add(draft, file) {
    let bytes;
    const moment = await takenAt(file);
    try {
      bytes = await shrink(file);
    } catch {
      throw new Error(`“${file.name}”打不开，请换一张 JPG 或 PNG 图片。`);
    }
    // Bytes, not a Blob: old iOS loses Blobs kept in IndexedDB.
    await Log.store.putPhoto({ id: Log.clock.uid(), draft: draft.id, bytes, takenAt: moment, addedAt: Log.clock.now(), sent: false, refused: "" });
  }

  Log.photos = { add, takenAt };
})();

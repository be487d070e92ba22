/** LRU as one would write it first: a Map of objects, linked by references. */

/** What LRU costs on `references`; the same counts as the engine's. */
export function mapLru({ pages, writes }, frameCount) {
  const resident = new Map();
  const ends = { newer: undefined, older: undefined };
  ends.newer = ends;
  ends.older = ends;
  let pageIns = 0;
  let pageOuts = 0;
  const unlink = (entry) => {
    entry.newer.older = entry.older;
    entry.older.newer = entry.newer;
  };
  const access = ({ page, isWrite }) => {
    let entry = resident.get(page);
    if (entry !== undefined) unlink(entry);
    else {
      pageIns++;
      if (resident.size === frameCount) {
        const victim = ends.newer;
        unlink(victim);
        resident.delete(victim.page);
        if (victim.isDirty) pageOuts++;
      }
      entry = { page, isDirty: false, newer: undefined, older: undefined };
      resident.set(page, entry);
    }
    if (isWrite) entry.isDirty = true;
    entry.newer = ends;
    entry.older = ends.older;
    entry.older.newer = entry;
    ends.older = entry;
  };
  for (let tick = 0; tick < pages.length; tick++) {
    access({ page: pages[tick], isWrite: writes[tick] === 1 });
  }
  return { pageIns, pageOuts };
}

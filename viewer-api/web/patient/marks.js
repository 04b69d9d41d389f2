// Moments that measurements of the page read (`performance.getEntriesByName`).

const marked = new Set();

/** Marks the first time that something happens. */
export function markOnce(name) {
  if (marked.has(name)) return;
  marked.add(name);
  performance.mark(name);
}

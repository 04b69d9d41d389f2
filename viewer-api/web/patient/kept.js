// Things kept up to a number of bytes; what was used longest ago goes first.

export class Kept {
  #entries = new Map(); // key to {value, bytes}, the least lately used first
  #bytes = 0;

  /** `gone` gets what is dropped; `isNeeded` tells of a key that must stay. */
  constructor(most_bytes, { gone = () => {}, isNeeded = () => false } = {}) {
    this.most_bytes = most_bytes;
    this.gone = gone;
    this.isNeeded = isNeeded;
  }

  has(key) {
    return this.#entries.has(key);
  }

  get(key) {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key, value, bytes) {
    this.#drop(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    if (this.#bytes <= this.most_bytes) return;
    for (const old of [...this.#entries.keys()]) {
      if (this.#bytes <= this.most_bytes) break;
      if (old !== key && !this.isNeeded(old)) this.#drop(old);
    }
  }

  clear() {
    for (const key of [...this.#entries.keys()]) this.#drop(key);
  }

  get bytes() {
    return this.#bytes;
  }

  #drop(key) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
    this.gone(entry.value);
  }
}

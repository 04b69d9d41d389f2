// The frames of a series in order, found without a row for each: a series may have thousands of instances and an instance
// thousands of frames.

/** Instances (`{series, uid, frames}`) of a study one after the other, as one row of frames. */
export class Frames {
  constructor(study, instances) {
    this.study = study;
    this.instances = instances;
    this.starts = new Uint32Array(instances.length + 1);
    instances.forEach(({ frames }, i) => { this.starts[i + 1] = this.starts[i] + frames; });
  }

  /** How many frames. */
  get count() {
    return this.starts[this.instances.length];
  }

  /** The instance that a frame is of. */
  instanceAt(index) {
    return this.instances[this.#place(index)];
  }

  /** Where the frames of an instance begin; -1 when it is not here. */
  startOf(uid) {
    const place = this.instances.findIndex((instance) => instance.uid === uid);
    return place < 0 ? -1 : this.starts[place];
  }

  /** The address of a frame's picture. */
  address(index) {
    const place = this.#place(index);
    const { frames, only } = this.instances[place];
    const base = instancePath(this.study, this.instances[place]);
    const frame = only ?? index - this.starts[place] + 1;
    return frames === 1 && !only ? `${base}/rendered` : `${base}/frames/${frame}/rendered`;
  }

  #place(index) {
    let [low, high] = [0, this.instances.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle] <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The path of an instance; UIDs are escaped, whatever they hold. */
export function instancePath(study, { series, uid }) {
  return `${seriesPath(study, series)}/instances/${encodeURIComponent(uid)}`;
}

/** The path of a series. */
export function seriesPath(study, series) {
  return `/s/dicomweb/studies/${encodeURIComponent(study)}/series/${encodeURIComponent(series)}`;
}

/** Instances of a series as `/s/api/series` tells them. */
export function instancesOf(series, told) {
  const rows = Array.isArray(told?.instances) ? told.instances : [];
  return rows
    .filter((row) => Array.isArray(row) && typeof row[0] === 'string')
    .map(([uid, , frames]) => ({ series, uid, frames: Math.max(1, Math.floor(Number(frames)) || 1) }));
}

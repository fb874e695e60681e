/** What a worker of the page does: it answers calls with its own instance of the core. */

/** The worker's parts of the core: the models of the question, and what trains them. */
const held = { crowd: undefined, trainer: undefined, gpu: undefined, map: undefined };

const calls = {
  begin({ module }) {
    gpuSweepCore.initSync({ module });
  },
  settings() {
    return gpuSweepCore.settings();
  },
  ask({ fragment, table }) {
    const crowd = new gpuSweepCore.Crowd(fragment, table);
    held.crowd?.free();
    held.crowd = crowd;
    return { description: JSON.parse(crowd.describe()), x: crowd.x(), curves: crowd.curves(), seeds: crowd.seeds() };
  },
  async openGpu() {
    held.gpu = await gpuSweepCore.GpuTrainer.open();
    return { name: held.gpu.engine(), software: held.gpu.software() };
  },
  prepare({ fragment, table }) {
    if (held.gpu) return held.gpu.prepare(fragment, table);
    held.trainer?.free();
    held.trainer = undefined;
    held.trainer = new gpuSweepCore.Trainer(fragment, table);
  },
  async train({ cell, first, end }) {
    const part = await trainer().train(cell, first, end);
    const answer = { bytes: part.bytes(), curves: [0, 1, 2, 3].map((kind) => part.curve(kind)) };
    part.free();
    return answer;
  },
  add({ cell, bytes }) {
    held.crowd.add(cell, bytes);
  },
  finish() {
    held.crowd.finish();
    return { ends: JSON.parse(held.crowd.ends()), classes: held.crowd.classes() };
  },
  points({ cell }) {
    return held.crowd.points(cell);
  },
  model({ id }) {
    return JSON.parse(held.crowd.model(id));
  },
  picture({ name }) {
    return held.crowd.picture(name);
  },
  text({ name }) {
    return { "models.csv": () => held.crowd.models_csv(), "summary.csv": () => held.crowd.summary_csv(), "sweep.toml": () => held.crowd.sweep_toml() }[name]();
  },
  landscape({ id }) {
    return held.crowd.landscape(id);
  },
  map({ fragment, table, x, y, pixels, window }) {
    held.map?.free();
    held.map = undefined;
    held.map = new gpuSweepCore.QuestionMap(fragment, table, x, y, pixels, Float64Array.from(window));
    return { models: held.map.models(), ...JSON.parse(held.map.describe()) };
  },
  trainMap({ first, end }) {
    return held.map.train(first, end);
  },
  addMap({ bytes }) {
    held.map.add(bytes);
  },
  mapImage() {
    return { pixels: held.map.image(), title: JSON.parse(held.map.describe()).title };
  },
  weights({ cell, trials, epochs }) {
    return trainer().weights(cell, trials, epochs);
  },
  regions({ cell, weights, places }) {
    return trainer().regions(cell, weights, places);
  },
  plane({ cell }) {
    return held.crowd.plane(cell);
  },
};

/** What trains here: the GPU if this worker opened one. */
const trainer = () => held.gpu ?? held.trainer;

/** Buffers within an answer, which are handed over instead of copied. */
function buffers(value) {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (value && typeof value === "object") return Object.values(value).flatMap(buffers);
  return [];
}

export function runWorker() {
  // One call after the other: the core holds one thing at a time.
  let before = Promise.resolve();
  self.onmessage = ({ data: { id, call, given } }) => {
    before = before.then(async () => {
      try {
        const value = await calls[call](given);
        self.postMessage({ id, value }, [...new Set(buffers(value))]);
      } catch (error) {
        self.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
      }
    });
  };
}

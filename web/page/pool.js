/** The page's workers, each with an instance of the core. */

/** A worker whose calls are promises. */
class Helper {
  constructor({ address, type }) {
    this.worker = new Worker(address, { type });
    this.waiting = new Map();
    this.number = 0;
    this.worker.onmessage = ({ data: { id, value, error } }) => {
      const { resolve, reject } = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    };
    this.worker.onerror = (event) => {
      for (const { reject } of this.waiting.values()) reject(new Error(event.message || "a worker could not be started"));
      this.waiting.clear();
    };
  }

  call(call, given = {}, transfer = []) {
    return new Promise((resolve, reject) => {
      const id = ++this.number;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call, given }, transfer);
    });
  }
}

/** The address of this script for workers, and the core. In a single file both are parts of the page. */
async function parts() {
  const own = document.getElementById("page");
  const core = document.getElementById("core");
  if (!own || !core) {
    const response = fetch(new URL("core.wasm", import.meta.url));
    return { address: import.meta.url, type: "module", module: await WebAssembly.compileStreaming(response) };
  }
  const address = URL.createObjectURL(new Blob([own.textContent], { type: "text/javascript" }));
  const bytes = Uint8Array.from(atob(core.textContent), (c) => c.charCodeAt(0));
  return { address, type: "classic", module: await WebAssembly.compile(bytes) };
}

/** Most workers: beyond, messages cost more than they bring for a page's questions. */
const MOST_WORKERS = 16;

/** All workers: one that keeps the crowd, and those that train. */
export class Pool {
  static async open() {
    const pool = new Pool();
    pool.script = await parts();
    const { module } = pool.script;
    const cores = Math.min(navigator.hardwareConcurrency || 2, MOST_WORKERS);
    pool.keeper = new Helper(pool.script);
    pool.trainers = Array.from({ length: cores }, () => new Helper(pool.script));
    await Promise.all([pool.keeper, ...pool.trainers].map((helper) => helper.call("begin", { module })));
    return pool;
  }

  /**
   * Opens the visitor's GPU, once; undefined if there is none that computes right. `why` then says what is wrong.
   * @returns {Promise<{helper: Helper, name: string, software: boolean} | undefined>}
   */
  openGpu() {
    this.gpu ??= (async () => {
      if (!navigator.gpu) return undefined;
      const helper = new Helper(this.script);
      try {
        await helper.call("begin", { module: this.script.module });
        return { helper, ...(await helper.call("openGpu")) };
      } catch (error) {
        this.why = error.message;
        helper.worker.terminate();
        return undefined;
      }
    })();
    return this.gpu;
  }

  /** Gives the GPU up, after a failure. */
  loseGpu(why) {
    this.why = why;
    this.gpu = Promise.resolve(undefined);
  }

  /** Hands pieces to whoever is free, in order; stops handing out once `stopped` returns true. */
  async share(helpers, pieces, work, stopped) {
    const rest = [...pieces];
    await Promise.all(
      helpers.map(async (helper) => {
        while (rest.length && !stopped()) await work(helper, rest.shift());
      }),
    );
  }
}

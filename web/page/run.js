/** One training: the question's models, and their curves as far as they are trained. */

/** Pieces for each worker: few enough that messages cost nothing, enough that none waits long for the last one. */
const PIECES = 10;
/** Models of a piece on a GPU, which computes them all at once. */
const MODELS_ON_GPU = 4096;
/** Models side by side in a register of the core. */
const LANES = 4;

export class Run {
  /**
   * @param {import("./pool.js").Pool} pool
   * @param {{fragment: string, table: Uint8Array | undefined}} question
   * @param {{helper: any, name: string} | undefined} gpu where to train; undefined: on the processor's cores
   */
  static async ask(pool, question, gpu) {
    const { description, x, curves, seeds } = await pool.keeper.call("ask", question);
    const run = new Run();
    Object.assign(run, { pool, question, gpu, helpers: gpu ? [gpu.helper] : pool.trainers, description, x, curve: curves, seeds, stopped: false, done: 0, seconds: 0 });
    const [models, epochs] = [description.models, description.epochs.length];
    /** Curves by kind, each `[models, epochs]`: training loss, training accuracy, test loss, test accuracy. */
    run.curves = [0, 1, 2, 3].map((kind) => (kind < 2 || description.cells[0].rows[2] > 0 ? new Float32Array(models * epochs).fill(NaN) : undefined));
    run.trained = new Uint8Array(models);
    run.points = await pool.keeper.call("points", { cell: 0 });
    return run;
  }

  get models() {
    return this.description.models;
  }

  get epochs() {
    return this.description.epochs;
  }

  /** The curve that dots show: on test rows if there are any. */
  get scores() {
    return this.curves[3] ?? this.curves[1];
  }

  /** The cell of a model, and its index there. */
  place(model) {
    const cells = this.description.cells;
    let cell = cells.length - 1;
    while (cells[cell].first > model) cell--;
    return { cell, trial: model - cells[cell].first };
  }

  /** Trains all models; calls `arrived` after each piece. */
  async train(arrived) {
    const { pool } = this;
    const begun = performance.now();
    await Promise.all(this.helpers.map((helper) => helper.call("prepare", this.question)));
    await pool.share(this.helpers, this.pieces(), async (helper, piece) => {
      const { bytes, curves } = await helper.call("train", piece);
      if (this.stopped) return;
      this.take(piece, curves);
      this.seconds = (performance.now() - begun) / 1000;
      arrived();
      await pool.keeper.call("add", { cell: piece.cell, bytes }, [bytes.buffer]);
    }, () => this.stopped);
    if (this.stopped) return;
    this.seconds = (performance.now() - begun) / 1000;
    Object.assign(this, await pool.keeper.call("finish"));
  }

  pieces() {
    const even = Math.max(1, Math.ceil(this.models / (this.helpers.length * PIECES * LANES))) * LANES;
    const size = this.gpu ? MODELS_ON_GPU : even;
    return this.description.cells.flatMap((cell, index) => {
      const firsts = Array.from({ length: Math.ceil(cell.models / size) }, (_, n) => n * size);
      return firsts.map((first) => ({ cell: index, first, end: Math.min(first + size, cell.models) }));
    });
  }

  take({ cell, first, end }, curves) {
    const start = this.description.cells[cell].first + first;
    curves.forEach((values, kind) => values && this.curves[kind]?.set(values, start * this.epochs.length));
    this.trained.fill(1, start, start + end - first);
    this.done += end - first;
  }

  stop() {
    this.stopped = true;
  }

  /** Points × models × epochs per second, so far. */
  speed() {
    const rows = this.description.cells[0].rows[0];
    return (this.done * rows * this.epochs.at(-1)) / Math.max(this.seconds, 1e-3);
  }
}

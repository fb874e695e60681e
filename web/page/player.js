/** Seconds that a whole training is played in. */
const SECONDS = 9;

/** The time that is shown, counted in kept epochs, and its play. */
export class Player {
  constructor(changed) {
    this.changed = changed;
    [this.time, this.last, this.playing] = [0, 0, false];
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
  }

  /** Begins anew with so many steps after the first one. */
  reset(last, time) {
    this.last = last;
    this.set(time ?? (this.still.matches ? last : 0));
  }

  set(time) {
    this.time = Math.min(Math.max(time, 0), this.last);
    this.changed();
  }

  /** Goes to the next or previous kept epoch. */
  step(by) {
    this.pause();
    this.set(by > 0 ? Math.floor(this.time) + 1 : Math.ceil(this.time) - 1);
  }

  play() {
    if (this.time >= this.last) this.time = 0;
    this.playing = true;
    let before = performance.now();
    const frame = (now) => {
      if (!this.playing) return;
      // A hidden page gets no frames: it goes on where it was.
      const passed = Math.min(now - before, 100) / 1000;
      before = now;
      this.set(this.time + (passed * this.last) / SECONDS);
      if (this.time >= this.last) this.pause();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    this.changed();
  }

  pause() {
    this.playing = false;
    this.changed();
  }
}

// Playing a series as a film: no faster than pictures come, round and round.

const SLICES_PER_SECOND = 12;
const MOST_PER_SECOND = 30;

/** Plays until the signal. */
export function play(pane, signal) {
  const { stack } = pane;
  const perSecond = Math.min(Math.max(stack.perSecond ?? SLICES_PER_SECOND, 1), MOST_PER_SECOND);
  let due_ms = performance.now();
  let frame = 0;
  stack.isPlaying = true;
  stack.direction = 1;
  const turn = (now_ms) => {
    frame = requestAnimationFrame(turn);
    if (now_ms < due_ms || stack.count < 2) return;
    const next = (stack.index + 1) % stack.count;
    if (!stack.best(next) && stack.best()) {
      stack.wants();
      return;
    }
    pane.goTo(next);
    stack.direction = 1; // Also when it begins again.
    due_ms = Math.max(due_ms + 1000 / perSecond, now_ms - 500 / perSecond);
  };
  frame = requestAnimationFrame(turn);
  signal.addEventListener('abort', () => {
    cancelAnimationFrame(frame);
    stack.isPlaying = false;
    stack.wants();
  });
}

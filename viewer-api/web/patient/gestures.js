// Fingers, mouse and wheel on a stage. One pointer does what the mode says; two pinch and move; a double tap enlarges.

const TAP_MS = 300;
const TAP_PX = 10;
const NOTCH = 50; // Pixels of the wheel from which an event is a notch.
const SMOOTH = 24; // Pixels of a smooth wheel for one step.

/** Listens until the signal. `act` has `mode()`, `stepPixels()`, `step(by)`, `zoom(factor, x, y)`, `pan(dx, dy)`,
    `contrast(dx, dy)`, `tap(x, y)`, `doubleTap(x, y)` and `rest()`, which comes at the end of each gesture. */
export function listenTo(stage, act, signal) {
  const pointers = new Map();
  const one = { rest: 0, axis: null, moved: 0, begun_ms: 0 };
  let lastTap = null;
  const place = (event) => ({ x: event.offsetX, y: event.offsetY });
  const on = (name, listener, options = {}) => stage.addEventListener(name, listener, { signal, ...options });

  on('pointerdown', (event) => {
    if (event.target.closest('button, a')) return;
    stage.setPointerCapture?.(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, button: event.button });
    Object.assign(one, { rest: 0, axis: null, moved: pointers.size > 1 ? Infinity : 0, begun_ms: event.timeStamp });
  });
  on('pointermove', (event) => {
    const pointer = pointers.get(event.pointerId);
    if (!pointer) return;
    const before = { ...pointer };
    const moved = { x: event.clientX - pointer.x, y: event.clientY - pointer.y };
    Object.assign(pointer, { x: event.clientX, y: event.clientY });
    one.moved += Math.hypot(moved.x, moved.y);
    if (pointers.size === 1) single(act, one, moved, pointer.button);
    else if (pointers.size === 2) pinch(act, stage, pointers, event.pointerId, before);
  });
  const end = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (event.type === 'pointerup' && one.moved < TAP_PX && event.timeStamp - one.begun_ms < TAP_MS) {
      const at = place(event);
      const isSecond = lastTap && event.timeStamp - lastTap.ms < TAP_MS && Math.hypot(at.x - lastTap.x, at.y - lastTap.y) < 40;
      if (isSecond) act.doubleTap(at.x, at.y);
      else act.tap(at.x, at.y);
      lastTap = isSecond ? null : { ...at, ms: event.timeStamp };
    }
    if (pointers.size === 0) act.rest();
  };
  for (const name of ['pointerup', 'pointercancel', 'lostpointercapture']) on(name, end);
  on('contextmenu', (event) => event.preventDefault());
  listenToWheel(on, act);
}

function single(act, one, moved, button) {
  const mode = button === 1 ? 'move' : button === 2 ? 'contrast' : act.mode();
  if (mode === 'move') act.pan(moved.x, moved.y);
  else if (mode === 'contrast') act.contrast(moved.x, moved.y);
  else {
    if (!one.axis && one.moved > TAP_PX / 2) one.axis = Math.abs(moved.x) > Math.abs(moved.y) ? 'x' : 'y';
    if (!one.axis) return;
    // down, and to the left as on pages of a book, is forward
    one.rest += one.axis === 'y' ? moved.y : -moved.x;
    const by = Math.trunc(one.rest / act.stepPixels());
    one.rest -= by * act.stepPixels();
    if (by !== 0) act.step(by);
  }
}

function pinch(act, stage, pointers, id, before) {
  const other = [...pointers].find(([key]) => key !== id)[1];
  const now = pointers.get(id);
  const apart = (a, b) => Math.max(Math.hypot(a.x - b.x, a.y - b.y), 1);
  const box = stage.getBoundingClientRect();
  const middle = { x: (now.x + other.x) / 2 - box.left, y: (now.y + other.y) / 2 - box.top };
  act.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  act.zoom(apart(now, other) / apart(before, other), middle.x, middle.y);
}

function listenToWheel(on, act) {
  let rest = 0;
  let timer = 0;
  on('wheel', (event) => {
    event.preventDefault();
    if (event.ctrlKey) {
      act.zoom(Math.exp(-event.deltaY / 200), event.offsetX, event.offsetY);
      clearTimeout(timer);
      timer = setTimeout(() => act.rest(), 150);
      return;
    }
    const delta = event.deltaMode === 0 ? event.deltaY : event.deltaY * NOTCH;
    if (Math.abs(delta) >= NOTCH) {
      rest = 0;
      act.step(Math.sign(delta));
      return;
    }
    rest += delta;
    const by = Math.trunc(rest / SMOOTH);
    rest -= by * SMOOTH;
    if (by !== 0) act.step(by);
  }, { passive: false });
}

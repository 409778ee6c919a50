import type { AnyModel } from "./types";

type Ending = AbortSignal & { npwEnds?: (() => void)[] };

/** Calls `end` with the view's end; one listener per view, however many parts it has. */
export const onEnd = (signal: Ending, end: () => void): void => {
  if (signal.npwEnds?.push(end)) return;
  signal.npwEnds = [end];
  signal.addEventListener("abort", () => signal.npwEnds?.forEach((run) => run()));
};

/** Runs `draw` now and once after any burst of changes to the named traits. */
export const watch = <Traits extends object>(
  model: AnyModel<Traits>,
  names: readonly (keyof Traits & string)[],
  draw: () => void,
  signal: AbortSignal,
): void => {
  let asked = false;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    queueMicrotask(() => {
      asked = false;
      if (!signal.aborted) draw();
    });
  };
  for (const name of names) model.on(`change:${name}`, ask);
  onEnd(signal, () => {
    for (const name of names) model.off(`change:${name}`, ask);
  });
  draw();
};

export const save = <Traits extends object>(
  model: AnyModel<Traits>,
  patch: Partial<Traits>,
): void => {
  for (const name in patch) model.set(name, patch[name] as Traits[typeof name]);
  model.save_changes();
};

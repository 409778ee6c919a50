import { command, failure, isLive } from "../core/ask";
import { attrs, button, h, onAct, refill } from "../core/dom";
import { save, watch } from "../core/life";
import { type Block, createBlock, type Exchange } from "./columns";
import { spelt } from "./scale";
import { comparedRuns, obstacle, short, shownRun } from "./state";
import type { Model, Run, Side, Turn } from "./types";

/** With what strengths a run was made, in words. */
export const strengthsOf = ({ features, settings }: Run): string => {
  const by = features.map(([, label, strength]) => `${short(label)} ${spelt(strength)}`);
  const times = settings.multiplier === 1 ? "" : `, × ${settings.multiplier}`;
  return by.join(", ") + times;
};

/** An answer that stands alone begins with its first word. */
const trimmed = (side: Side | null, isAlone = true): Side | null =>
  side && isAlone ? { ...side, text: side.text.trimStart() } : side;

const SPEAKERS = ["assistant", "model"];

/** The turns of a conversation, each with what was said before it; the last one is the run's own. */
const exchangesOf = (run: Run, before: Run | null): Exchange[] => {
  const grows = run.state === "running";
  const settled = { prompt: "", grows: false, stale: [false, false] as [boolean, boolean] };
  const all: Exchange[] = [];
  let said: Turn[] = [];
  for (const turn of run.turns) {
    const [role, left, right = left] = turn;
    if (!SPEAKERS.includes(role)) said.push(turn);
    else {
      const sides = [left, right].map((text) => (text === null ? null : { text }));
      all.push({ ...settled, said, left: trimmed(sides[0]!), right: trimmed(sides[1]!) });
      said = [];
    }
  }
  // While the first word is waited for, what stood there before stays, dimmed.
  const hold = (side: Side | null, old: Side | null | undefined): Side | null =>
    side ?? (grows && run.prompt !== null ? (old ?? null) : null);
  const [left, right] = [
    trimmed(hold(run.default, before?.default), run.prompt === null),
    trimmed(hold(run.steered, before?.steered), run.prompt === null),
  ];
  const stale: [boolean, boolean] = [!run.default && !!left, !run.steered && !!right];
  all.push({ said, prompt: run.prompt ?? "", left, right, grows, stale });
  return all;
};

const besides = ([one, other]: [Run, Run]): Exchange[] => [
  {
    said: [],
    prompt: one.prompt === other.prompt ? (one.prompt ?? "") : "",
    left: one.steered ?? { text: "" },
    right: other.steered ?? { text: "" },
    grows: false,
    stale: [false, false],
  },
];

/** What stands above the two columns. */
const headings = (model: Model): [string, string, string, string] => {
  const pair = comparedRuns(model);
  if (pair) {
    const [one, other] = pair;
    return [`Run ${one.number}`, strengthsOf(one), `Run ${other.number}`, strengthsOf(other)];
  }
  const run = shownRun(model);
  return ["Default", "unsteered", "Steered", run ? strengthsOf(run) : ""];
};

const hasTokens = (run: Run | null): boolean => !!run?.steered?.tokens?.length;

/** What became of the run that is shown: how much differs, or why it is not all. */
const note = (model: Model, last: Block | undefined): (Node | string)[] => {
  const run = shownRun(model);
  if (!run || !last) return [];
  const [differ, all] = last.tally();
  const words = `${differ} of ${all} words differ`;
  if (comparedRuns(model)) return [words, " ", button("show one run", "single", "single", "push")];
  const isTinted = model.get("show_as") === "probability" && hasTokens(run);
  if (run.state === "running") return ["writing …"];
  if (run.state === "complete")
    return [isTinted ? "the stronger the tint, the less likely the token" : words];
  // An error that stands above these texts has its own way to try again.
  const isOpen = isLive(model) && !model.get("error");
  const again = isOpen ? [" ", button("try again", "retry", "retry", "push")] : [];
  return [h("b", "", "Incomplete. "), run.why ?? "", ...again];
};

const heading = (): { el: HTMLElement; draw(name: string, detail: string): void } => {
  const [title, detail] = [h("h4", "title"), h("span", "quiet steer-by")];
  return {
    el: h("div", "steer-heading", title, detail),
    draw(name, about) {
      title.textContent = name;
      detail.textContent = about;
    },
  };
};

/** What is marked in the texts, where there is a choice. */
const switcher = (model: Model): HTMLElement[] => {
  if (!hasTokens(shownRun(model)) || comparedRuns(model)) return [];
  const now = model.get("show_as");
  return (["differences", "probability"] as const).map((name) =>
    attrs(button(name, "tint", name), { "aria-pressed": `${name === now}` }),
  );
};

/** Both texts as they come, the words marked that differ. */
export const mountTexts = (model: Model, signal: AbortSignal): HTMLElement => {
  const [left, right] = [heading(), heading()];
  const status = attrs(h("span", "steer-status"), { role: "status" });
  const switches = h("span", "steer-switch");
  const heads = h("div", "steer-heads", left.el, right.el);
  const [blocks, problem] = [h("div", "steer-blocks"), h("div")];
  const invitation = h("p", "empty");
  const foot = h("div", "steer-note quiet", status, switches);
  const drawn: Block[] = [];
  let before: Run | null = null;
  onAct(switches, signal, {
    tint: (name) => {
      model.set("show_as", name as never);
      model.save_changes();
    },
  });
  onAct(foot, signal, {
    retry: () => command(model, "retry"),
    single: () => save(model, { compared: [] }),
  });
  onAct(problem, signal, { retry: () => command(model, "retry") });
  const exchanges = (): Exchange[] => {
    const [pair, run] = [comparedRuns(model), shownRun(model)];
    if (run && run.state !== "running") before = run;
    return pair ? besides(pair) : run ? exchangesOf(run, before) : [];
  };
  const draw = (): void => {
    const all = exchanges();
    const [one, by, other, byOther] = headings(model);
    left.draw(one, by);
    right.draw(other, byOther);
    while (drawn.length > all.length) drawn.pop()!.el.remove();
    while (drawn.length < all.length) {
      drawn.push(createBlock());
      blocks.append(drawn.at(-1)!.el);
    }
    const asTokens = model.get("show_as") === "probability" && hasTokens(shownRun(model));
    all.forEach((exchange, i) => {
      const isLast = i === all.length - 1;
      const labels: [string, string] = isLast
        ? [`${one} · ${by}`, `${other} · ${byOther}`]
        : [one, other];
      drawn[i]!.draw(exchange, asTokens && isLast, labels);
    });
    const error = model.get("error");
    const live = isLive(model);
    const said = note(model, drawn.at(-1));
    refill(status, ...said);
    refill(switches, ...switcher(model));
    foot.classList.toggle(
      "npw-steer-broken",
      shownRun(model)?.state === "interrupted" && !comparedRuns(model),
    );
    blocks.classList.toggle("npw-dim", !!error && !model.get("running"));
    foot.hidden = !said.length;
    heads.hidden = !all.length;
    invitation.hidden = !!all.length || !!error;
    const first = obstacle(model);
    invitation.textContent = live
      ? `Nothing was run yet${first ? `: ${first}` : ". Let go of a slider, or press the button"}.`
      : "Nothing was run.";
    problem.replaceChildren(
      ...(error && !model.get("running")
        ? [failure({ ...error, retry: error.retry && live })]
        : []),
    );
  };
  const traits = [
    "_run",
    "_runs",
    "shown",
    "compared",
    "show_as",
    "error",
    "running",
    "_live",
    "_cannot",
    "features",
    "muted",
    "prompt",
  ] as const;
  watch(model, traits, draw, signal);

  return h("section", "steer-texts", heads, problem, invitation, blocks, foot);
};

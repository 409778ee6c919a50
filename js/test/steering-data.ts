import type { Ladder, Run, Steered, SteeringTraits } from "../src/steering/types";
import { idle } from "./model";

export const CITIES = "gpt2-small/6-res-jb/650";
export const KINGS = "gpt2-small/6-res-jb/318";

export const settings: SteeringTraits["settings"] = {
  temperature: 0.5,
  n_tokens: 64,
  seed: 16,
  multiplier: 1,
  frequency_penalty: 1,
  method: "additive",
  special_tokens: true,
  assistant_axis: false,
};

export const steered = (ref: string, more: Partial<Steered> = {}): Steered => ({
  ref,
  name: ref.split("/").slice(1).join("/"),
  explanation: "names of cities",
  max_activation: 8.5,
  suggested: 8.5,
  usual: [0, 8.5, 34],
  url: null,
  note: "",
  ...more,
});

export const run = (number: number | null, more: Partial<Run> = {}): Run => ({
  number,
  at: "2026-07-01 12:00:00 UTC",
  seconds: 1.4,
  sweep: null,
  state: "complete",
  why: null,
  prompt: "Once upon a time",
  turns: [],
  features: [[CITIES, "names of cities", 40]],
  settings,
  default: { text: " there was a king in a castle" },
  steered: { text: " there was a king in Paris" },
  share: "https://www.neuronpedia.org/steer/x1",
  provenance: null,
  ...more,
});

export const ladder = (more: Partial<Ladder> = {}): Ladder => ({
  number: 1,
  ref: CITIES,
  label: "names of cities",
  strengths: [0, 40, 80],
  promoted: ["paris"],
  rungs: [
    { number: 1, strength: 0, text: " a king", promoted_share: 0, repeated_share: 0 },
    { number: 2, strength: 40, text: " a king in Paris", promoted_share: 0.25, repeated_share: 0 },
  ],
  appears: 40,
  falls: null,
  ...more,
});

export const traits = (more: Partial<SteeringTraits> = {}): SteeringTraits => ({
  ...idle,
  model: null,
  features: [CITIES],
  strengths: { [CITIES]: 40 },
  muted: [],
  prompt: "Once upon a time",
  chat: null,
  settings,
  run_while_dragging: false,
  running: false,
  show_as: "differences",
  shown: null,
  compared: [],
  _features: [steered(CITIES)],
  _is_chat: false,
  _run: null,
  _runs: [],
  _ladder: null,
  _hits: null,
  _presets: null,
  _left: null,
  _recorded: null,
  ...more,
});

import type { AnyModel, AskingTraits, Failure, Provenance } from "../core/types";

/** What is said of a feature beside its slider. */
export interface Steered {
  ref: string;
  /** Its source and index. */
  name: string;
  explanation: string | null;
  max_activation: number | null;
  suggested: number | null;
  url: string | null;
  /** Why no more is known of it. */
  note: string;
  /** The strengths that a sweep takes where none are given. */
  usual: number[];
}

export interface Settings {
  temperature: number;
  n_tokens: number;
  seed: number;
  multiplier: number;
  frequency_penalty: number;
  method: string;
  special_tokens: boolean;
  assistant_axis: boolean;
}

/** A token that might have been written, and the logarithm of its probability. */
export type Other = [string, number | null];

export interface Side {
  text: string;
  tokens?: string[];
  logprobs?: (number | null)[];
  others?: Other[][];
}

/** Whose turn it was, and what was said: once where both conversations have it, else unsteered and steered. */
export type Turn = [string, string | null] | [string, string | null, string | null];

export interface Run {
  /** Its number in the history; null while it is under way. */
  number: number | null;
  at: string | null;
  seconds: number | null;
  sweep: number | null;
  state: "running" | "complete" | "interrupted";
  why: string | null;
  prompt: string | null;
  turns: Turn[];
  /** Reference, what it is about, strength. */
  features: [string, string, number][];
  settings: Settings;
  default: Side | null;
  steered: Side | null;
  share: string | null;
  provenance: Provenance | null;
}

export interface Rung {
  number: number | null;
  strength: number;
  text: string | null;
  promoted_share: number | null;
  repeated_share: number | null;
}

export interface Ladder {
  number: number;
  ref: string;
  label: string;
  strengths: number[];
  promoted: string[];
  rungs: Rung[];
  /** The strengths at which the concept appears and the text falls apart. */
  appears: number | null;
  falls: number | null;
}

export interface Preset {
  name: string;
  method: string;
  own: boolean;
  features: [string, string | null, number][];
}

/** What was asked beside a run, on its way, known or failed. */
interface Asked {
  state: "asking" | "known" | "failed";
  error: Failure | null;
}

export interface Hits extends Asked {
  query: string;
  hits: { ref: string; text: string; cosine: number | null }[];
}

export interface Presets extends Asked {
  presets: Preset[];
}

/** What a button sends, with what it is about. */
export interface Order {
  name: string;
  n: number;
  text?: string;
  ref?: string;
  strengths?: number[];
}

export interface SteeringTraits extends AskingTraits {
  model: string | null;
  features: string[];
  strengths: Record<string, number>;
  muted: string[];
  prompt: string;
  chat: boolean | null;
  settings: Settings;
  run_while_dragging: boolean;
  running: boolean;
  show_as: "differences" | "probability";
  shown: number | null;
  compared: number[];
  _command: Order | null;
  _features: Steered[];
  _is_chat: boolean;
  _run: Run | null;
  _runs: Run[];
  _ladder: Ladder | null;
  _hits: Hits | null;
  _presets: Presets | null;
  _left: { count: number; line: string } | null;
  /** The strengths of which a recording holds a run, by feature; without, all can be run. */
  _recorded: Record<string, number[]> | null;
}

export type Model = AnyModel<SteeringTraits>;
export type Patch = Partial<SteeringTraits>;

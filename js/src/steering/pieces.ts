import { opacity } from "../core/colour";
import { percent } from "../core/format";
import type { Piece } from "./flow";
import type { Side } from "./types";
import type { Stretch } from "./words";

/** The probability below which a token has the strongest tint, as a natural logarithm. */
const LEAST = -5;

/** A text as stretches that the other text has, and those that it has not. */
export const byWords = (stretches: Stretch[], look: string): Piece[] =>
  stretches.map(({ text, differs }) => (differs ? { text, look } : { text }));

const chance = (logprob: number | null | undefined): string =>
  typeof logprob === "number" ? percent(Math.exp(logprob)) : "probability unknown";

/** A text token by token, each tinted by how unlikely the model found it. */
export const byTokens = ({ tokens = [], logprobs = [], others = [] }: Side): Piece[] =>
  tokens.map((text, i) => {
    const logprob = logprobs[i];
    const rare = typeof logprob === "number" ? Math.min(1, logprob / LEAST) : 0;
    const alpha = rare > 0.02 ? opacity(rare, 1, "linear") : 0;
    const instead = (others[i] ?? []).map(([token, at]) => `“${token}” ${chance(at)}`);
    const hint = [`“${text}” ${chance(logprob)}`, ...instead].join("\n");
    const tint = alpha ? ` pos a${Math.floor(alpha * 40.5)}` : "";
    return { text, look: `t steer-token${tint}`, hint };
  });

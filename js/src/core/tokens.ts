/** The tokens of one text, as `payload/matrix.py` packs them; what is empty is left out. */
export interface TokensPayload {
  tokens: string[];
  shown?: Record<string, string>;
  special?: number[];
  breaks?: number[];
}

/** A token as it is shown. */
export interface Token {
  name: string;
  spelt: string;
  isSpecial: boolean;
  /** A line ends after it. */
  endsLine: boolean;
  /** A piece whose character was already drawn whole on an earlier piece. */
  isContinued: boolean;
}

export const tokensOf = ({
  tokens,
  shown = {},
  special = [],
  breaks = [],
}: TokensPayload): Token[] =>
  tokens.map((spelt, at) => {
    const name = shown[at] ?? spelt;
    return {
      name: name || "\u203f",
      spelt,
      isSpecial: special.includes(at),
      endsLine: breaks.includes(at),
      isContinued: !name,
    };
  });

/** The name of a token in a sentence. */
export const quoted = ({ name, isContinued }: Token): string => `“${isContinued ? "…" : name}”`;

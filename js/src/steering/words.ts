/** A stretch of text, and whether the other text has it not. */
export interface Stretch {
  text: string;
  differs: boolean;
}

/** Words with the space before them. */
const split = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

/** Which words of both belong to the longest common sequence. */
const common = (a: string[], b: string[]): [boolean[], boolean[]] => {
  const wide = b.length + 1;
  const best = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * wide + j;
      best[at] =
        a[i] === b[j] ? best[at + wide + 1]! + 1 : Math.max(best[at + wide]!, best[at + 1]!);
    }
  }
  const both: [boolean[], boolean[]] = [a.map(() => false), b.map(() => false)];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const at = i * wide + j;
    if (a[i] === b[j]) [both[0][i++], both[1][j++]] = [true, true];
    else if (best[at + wide]! >= best[at + 1]!) i++;
    else j++;
  }
  return both;
};

/** Neighbouring words of one kind make one stretch; the space before what differs is no part of it. */
const stretches = (words: string[], isCommon: boolean[], judged: number): Stretch[] => {
  const all: Stretch[] = [];
  const add = (text: string, differs: boolean): void => {
    const last = all.at(-1);
    if (last?.differs === differs) last.text += text;
    else if (text) all.push({ text, differs });
  };
  words.forEach((word, i) => {
    const differs = i < judged && !isCommon[i];
    const space = differs && !all.at(-1)?.differs ? word.length - word.trimStart().length : 0;
    add(word.slice(0, space), false);
    add(word.slice(space), differs);
  });
  return all;
};

/** Where two texts differ, word by word. Of texts that still grow, what only one has reached is not judged yet. */
export const compare = (left: string, right: string, isWhole: boolean): [Stretch[], Stretch[]] => {
  const [a, b] = [split(left), split(right)];
  const bare = (words: string[]): string[] => words.map((word) => word.trim());
  const [inA, inB] = common(bare(a), bare(b));
  const judged = isWhole ? Number.POSITIVE_INFINITY : Math.min(a.length, b.length);
  return [stretches(a, inA, judged), stretches(b, inB, judged)];
};

/** How many words differ, of how many. */
export const tally = (all: Stretch[]): [number, number] => {
  const count = (some: Stretch[]): number =>
    some.reduce((n, { text }) => n + (text.match(/\S+/g)?.length ?? 0), 0);
  return [count(all.filter(({ differs }) => differs)), count(all)];
};

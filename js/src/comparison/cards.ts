import { failure, isLive, waiting } from "../core/ask";
import { attrs, button, h, link, onAct, refill } from "../core/dom";
import { brief, percent, signed } from "../core/format";
import { save, watch } from "../core/life";
import { abs } from "../core/math";
import { spark } from "../core/spark";
import type { Bins, LogitSide, Range } from "../core/types";
import { type Doc, decode } from "../heatmap/doc";
import { strip } from "../heatmap/strip";
import { known, tokenName } from "../logits/bars";
import { takeAway } from "../variants/entry";
import { reachOf, type Scales, scalesOf } from "./scales";
import type { Card, Cards, Model, Short } from "./types";

const bars = ({ tokens, values, shown }: LogitSide, label: string, most: number): HTMLElement => {
  const rows = tokens.map((token, i) => {
    const value = values[i];
    const stroke = h("span", `stroke ${(value ?? 0) < 0 ? "down" : "up"}`);
    if (known(value)) stroke.style.width = `${((abs(value) / most) * 100).toFixed(1)}%`;
    const amount = known(value) ? signed(value) : "no value";
    const track = h("span", "track", known(value) && stroke);
    return h(
      "div",
      "bar-row",
      tokenName(token, shown?.[i] ?? token ?? ""),
      track,
      h("span", "amount", amount),
    );
  });
  if (!rows.length) rows.push(h("p", "empty", `no ${label} tokens`));
  return attrs(h("div", "side", ...rows), { role: "group", "aria-label": `${label} tokens` });
};

/** A histogram at its place on the axis that all share. */
const histogram = (bins: Bins | null, [low, high]: NonNullable<Range>): HTMLElement => {
  if (!bins?.centres.length) return h("p", "empty", "no histogram was stored");
  const [from, to] = reachOf(bins.centres);
  const share = (value: number): string => `${((value / (high - low)) * 100).toFixed(2)}%`;
  const label = `activation histogram from ${brief(from)} to ${brief(to)}`;
  const place = h("div", "place");
  place.style.cssText = `margin-left:${share(from - low)};width:${share(to - from)}`;
  place.append(spark(bins.counts, label));
  const axis = h(
    "div",
    "cmp-axis",
    h("span", "", brief(low)),
    "activation",
    h("span", "", brief(high)),
  );
  return h("div", "cmp-plot", h("div", "cmp-place", place), axis);
};

const figures = ({ density, max_activation: peak, dead, url }: Short): HTMLElement =>
  h(
    "p",
    "cmp-figures quiet",
    h("span", "", density === null ? "density unknown" : `${percent(density)} of tokens`),
    peak !== null && h("span", "", `peak ${brief(peak)}`),
    dead && h("span", "cmp-tag", "dead"),
    url && link("page ↗", url),
  );

const head = ({ ref, name, feature }: Card, model: Model): HTMLElement => {
  const live = isLive(model);
  const chosen = model.get("selected") === ref;
  const open =
    live && feature
      ? attrs(button(name, "choose", ref, "link cmp-name"), {
          title: `${chosen ? "close" : "open"} the dashboard of ${ref}`,
          "aria-pressed": `${chosen}`,
        })
      : attrs(h("b", "cmp-name", name), { title: ref });
  const drop = live && model.get("refs").length > 2 && takeAway(ref, ref);
  return h("div", "cmp-head", open, feature && figures(feature), drop);
};

const explained = ({ explanation, author }: Short): HTMLElement =>
  attrs(
    h("p", explanation ? "cmp-guess" : "cmp-guess quiet", explanation ?? "no explanation yet"),
    {
      title: explanation && `${explanation}${author ? ` (${author})` : ""}`,
    },
  );

const cardOf = (
  model: Model,
  card: Card,
  doc: Doc,
  from: number,
  n: number,
  scales: Scales,
): HTMLElement => {
  const { feature, error, examples } = card;
  const busy = model.get("busy") === "features";
  const missing = busy ? waiting(9, 90) : [h("p", "empty", "it was not fetched")];
  const parts = feature
    ? [
        explained(feature),
        h(
          "div",
          "cmp-strips",
          ...Array.from({ length: examples }, (_, i) => strip(doc, from + i, scales.ends[n])),
          !examples && h("p", "empty", feature.dead ? "it never fired" : "no examples were stored"),
        ),
        h(
          "div",
          "cmp-bars",
          bars(feature.promoted, "promoted", scales.most),
          bars(feature.suppressed, "suppressed", scales.most),
        ),
        histogram(feature.histogram, scales.axis),
      ]
    : error
      ? [failure(error)]
      : missing;
  const look = `cmp-feature${model.get("selected") === card.ref ? " cmp-chosen" : ""}`;
  return attrs(h("article", look, head(card, model), ...parts), {
    "aria-label": card.ref,
  });
};

/** The features in short, beside one another. */
export const mountCards = (
  model: Model,
  signal: AbortSignal,
  choose: (ref: string | null) => void,
): HTMLElement => {
  const host = h("div", "cmp-features");
  let held: Cards | null = null;
  let doc: Doc | null = null;
  const draw = (): void => {
    const given = model.get("_cards");
    if (given !== held) doc = given && decode(given.texts);
    held = given;
    const shown = doc;
    if (!given || !shown) {
      host.replaceChildren();
      return;
    }
    const scales = scalesOf(model, given.cards, shown);
    let from = 0;
    const all = given.cards.map((card, n) => {
      const node = cardOf(model, card, shown, from, n, scales);
      from += card.examples;
      return node;
    });
    refill(host, ...all);
  };
  onAct(host, signal, {
    choose: (ref) => choose(model.get("selected") === ref ? null : ref),
    drop: (ref) => save(model, { refs: model.get("refs").filter((other) => other !== ref) }),
  });
  watch(model, ["_cards", "scale", "selected", "busy", "_live"], draw, signal);
  return host;
};

// Bundles each widget three ways: {name}.js (for anywidget), {name}.css, and {name}.page.js (for a page with no kernel).
// Usage: node build.mjs [output folder]
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "../np_widgets/widgets/static"));

// anywidget stores a bundle's source in every widget's saved state, so each one has a ceiling.
const budgets = {
  heatmap: 16_000,
  logits: 40_000,
  histogram: 40_000,
  dashboard: 40_000,
  search: 40_000,
  featurelist: 40_000,
  topfeatures: 40_000,
  steering: 40_000,
  tokenfeatures: 40_000,
  comparison: 40_000,
};

// Fields that only our own code reads; none is a name of the DOM, of a trait or of a payload.
const internal =
  "anchors|bar|body|box|byText|cells|codes|diverging|doc|done|draw|end|first|flags|frame|held|hooks|hover|items|kwic|" +
  "mark|none|npwAt|npwEnds|npwRow|open|out|over|paint|parts|passes|pick|plan|raw|rowsOf|starts|total|trait|view|which";

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  mangleProps: new RegExp(`^(?:${internal})$`),
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  target: ["es2022", "chrome109", "firefox115", "safari16.4"],
  write: false,
};

/** The inline script of a page ends at the first `</script`, wherever it stands. */
const safeInline = (text) => text.replaceAll("</", "<\\/");

/** The classes of `paint.ts`: strengths in steps of 1/40, so that tokens that look alike share one style. */
const strengths = Array.from({ length: 41 }, (_, n) => `.npw-a${n}{--a:${n / 40}}`).join("");
const withStrengths = (css) => (css.includes("var(--a)") ? css + strengths : css);

async function bundle(name) {
  const entry = `./src/${name}/index.ts`;
  const page = `import widget from ${JSON.stringify(entry)};
    import { mountPage } from "./src/core/page.ts";
    mountPage(${JSON.stringify(name)}, widget);`;
  const [module, script, style] = await Promise.all([
    build({ ...shared, entryPoints: [entry], format: "esm" }),
    build({ ...shared, stdin: { contents: page, resolveDir: here }, format: "iife" }),
    build({ ...shared, entryPoints: [`./src/${name}/style.css`] }),
  ]);
  return {
    [`${name}.js`]: module.outputFiles[0].text,
    [`${name}.page.js`]: safeInline(script.outputFiles[0].text),
    [`${name}.css`]: withStrengths(style.outputFiles[0].text),
  };
}

const files = Object.assign({}, ...(await Promise.all(Object.keys(budgets).map(bundle))));
await mkdir(out, { recursive: true });
const tooBig = [];
for (const [file, text] of Object.entries(files)) {
  const bytes = Buffer.byteLength(text);
  // A page carries its script once and needs a model of its own; only modules are copied into saved states.
  const page = budgets[file.replace(/\.page\.js$/, "")];
  const budget = budgets[file.replace(/\.js$/, "")] ?? (page && page + 1000);
  console.log(`${file.padEnd(20)} ${String(bytes).padStart(6)} bytes`);
  if (budget && bytes > budget) tooBig.push(`${file} is ${bytes} bytes, its budget is ${budget}`);
  await writeFile(join(out, file), text);
}
if (tooBig.length) {
  console.error(`np_widgets front end: over budget\n  ${tooBig.join("\n  ")}`);
  process.exitCode = 1;
}

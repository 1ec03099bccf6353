/**
 * `npm run new -- adapter NAME`: the skeleton of a new kind of source, wired in and under the conformance suite, which is red until
 * the kind is done. `docs/adapters.md` leads through the rest.
 */
import "./nodeVersion.mjs";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./build.mjs";

const [what, name, ...more] = process.argv.slice(2);
if (what !== "adapter" || name === undefined || more.length > 0) stop("usage: npm run new -- adapter NAME", 2);
if (!/^[a-z][a-z0-9]{1,30}$/.test(name)) stop(`${name}: a kind is named in lower-case letters and digits, as in oracle or dm8`, 2);

const folder = join(root, "adapters", name);
if (existsSync(folder)) stop(`adapters/${name} is there already; nothing was written`, 1);
const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const fill = (text) => text.replaceAll("__KIND__", name.toUpperCase()).replaceAll("__Kind__", capital).replaceAll("__kind__", name);
const template = (file) => fill(readFileSync(join(root, "scripts/templates/adapter", file), "utf8"));

/** All texts are made before the first is written, so that a tree that looks otherwise is left as it is. */
const files = [
  [`adapters/${name}/connectionConfig.ts`, template("connectionConfig.ts.txt")],
  [`adapters/${name}/open${capital}.ts`, template("open.ts.txt")],
  [`adapters/${name}/README.md`, template("README.md.txt")],
  [`test/adapters/conformance/${name}Harness.ts`, template("harness.ts.txt")],
  edited("adapters/index.ts", [
    [/\n\n(?=\/\*\*|export)/, `\nimport { ${name}Kind } from "./${name}/open${capital}.ts";\n\n`],
    [/live: \{ /, `live: { ${name}: { kind: ${name}Kind.kind, open: async (input) => checked(await ${name}Kind.open(input)) }, `],
  ]),
  edited("test/adapters/conformance/harnesses.ts", [
    [/\n(?=\nexport)/, `\nimport { ${name}Harness } from "./${name}Harness.ts";\n`],
    [/ = \[(?=[a-z])/, ` = [${name}Harness, `],
  ]),
];
for (const [path, text] of files) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
process.stdout.write(`${files.map(([path]) => path).join("\n")}\n\nnow: npx vitest run test/adapters/conformance -t "kind ${name}"; docs/adapters.md says what each function has to do\n`);

function edited(path, edits) {
  let text = readFileSync(join(root, path), "utf8");
  for (const [place, put] of edits) {
    if (!place.test(text)) stop(`${path} is not as expected (${place}); nothing was written. Wire the kind in by hand: docs/adapters.md`, 1);
    text = text.replace(place, () => put);
  }
  return [path, text];
}

function stop(message, code) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** `region draft`: looks at a live source, read-only and bounded, and writes the mapping that a steward corrects. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { type Adapter, SourceFailure } from "../../adapters/contract/adapter.ts";
import { type ConfigValue, ConfigProblem } from "../../adapters/contract/tableReader.ts";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary as hubVocabulary } from "../../schema/hubVocabulary.ts";
import { regions } from "../../schema/codes/regions.ts";
import { draftParts } from "../draft/draftParts.ts";
import { policyDraft } from "../draft/policyDraft.ts";
import { settleDraft } from "../draft/settleDraft.ts";
import type { FieldYaml } from "../draft/yamlText.ts";
import { type Command, readCommandLine, UsageError } from "./command.ts";
import { lensModule } from "./lensModule.ts";
import { sampleSource } from "./sampleSource.ts";

const usage = "region draft --kind KIND --url URL [--schema SCHEMA] [--region CODE] [--out DIR]";

export const regionDraft: Command = {
  usage,
  about: "guesses a mapping from a live source's tables and some of their rows, for a steward to correct; --out writes it beside an empty policy",
  run: async (args, print) => {
    const { option } = readCommandLine(args, ["kind", "url", "schema", "region", "out"], 0, usage);
    const out = option("out");
    const files = out === null ? null : { source: join(out, "source.yaml"), policy: join(out, "policy.yaml") };
    for (const file of files === null ? [] : Object.values(files)) {
      if (existsSync(file)) throw new UsageError(`${file} is there already. Move it away, or name another folder: --out DIR.`);
    }
    const asked = option("region");
    if (asked !== null && !regions.has(asked)) throw new UsageError(`${asked} is no code of GB/T 2260 that the hub knows; for a province write e.g. --region 320000.`);
    const target = targetOf(option("kind"), option("url"), option("schema"), out);
    const vocabulary = hubVocabulary();
    const adapter = await openAdapter(target);
    try {
      const { lensFunctions, rowid } = adapter.capabilities();
      const log = (line: string): void => void process.stderr.write(`${line}\n`);
      const { tables, profiles } = await sampleSource(adapter, log);
      const draft = draftParts({ tables: profiles, vocabulary, lenses: lensFunctions, rowid });
      const region = asked ?? draft.region?.code;
      if (region === undefined) throw new UsageError("The data do not tell which region this is: no column holds codes or names of one province. Say it: --region CODE, e.g. --region 320000.");
      const settled = settleDraft({ draft, vocabulary, region, kind: target.kind, connection: target.written, connectionNote: target.note, timeZone: "Asia/Shanghai" }, tables, adapter.capabilities());
      if (out === null || files === null) {
        print(settled.text.trimEnd());
        return 0;
      }
      mkdirSync(out, { recursive: true });
      writeFileSync(files.source, settled.text, { flag: "wx" });
      writeFileSync(files.policy, policyDraft(draft, vocabulary), { flag: "wx" });
      print(`${files.source}: ${settled.isEmpty ? "no entity is sure enough to be active" : `entities ${entitiesOf(settled.text)}`}`);
      print(`${files.policy}: shares nothing`);
      if (target.needs !== null) print(`set ${target.needs} to the source's address before the hub starts: the file holds no secret`);
      print(`then: correct ${files.source}, and npm run -s hub -- source check ${basename(resolve(out))}`);
      return 0;
    } finally {
      await adapter.close();
    }
  },
};

const entitiesOf = (text: string): string => [...text.matchAll(/^ {2}([A-Z]\w*(?:\/[^\s:]+)?):/gm)].map(([, name]) => name).join(", ");

interface Target {
  readonly kind: string;
  readonly open: ConfigValue;
  readonly baseDir: string;
  /** As the file has it. */
  readonly written: { readonly [word: string]: FieldYaml };
  readonly note: string;
  /** Environment variable that the file needs. */
  readonly needs: string | null;
}

function targetOf(kind: string | null, url: string | null, schema: string | null, out: string | null): Target {
  const kinds = sourceKinds(lensModule);
  // The others are told by the file which tables they have.
  const live = Object.values(kinds.live).flatMap((each) => (each.tables === undefined ? [each.kind] : []));
  if (kind === null) throw new UsageError(`Say which kind of source: --kind ${live.join(" | ")}. Use: ${usage}`);
  if (!live.includes(kind) && (Object.hasOwn(kinds.mirrored, kind) || Object.hasOwn(kinds.live, kind))) {
    throw new UsageError(`A ${kind} source says itself how its rows come about: write its \`connection\` and \`tables\` first (docs/mapping.md). A draft needs a live source: --kind ${live.join(" | ")}.`);
  }
  if (!live.includes(kind)) throw new UsageError(`There is no kind ${kind}. A draft is made of ${live.join(", ")}.`);
  if (url === null) throw new UsageError(`Say where the source is: --url ${kind === "sqlite" ? "FILE" : `${kind}://USER@HOST/DATABASE`}. Use: ${usage}`);
  if (kind === "sqlite") {
    if (schema !== null) throw new UsageError("A SQLite file has no schemas; leave --schema out.");
    const file = resolve(url.replace(/^(?:file|sqlite):(?:\/\/)?/, ""));
    if (!existsSync(file)) throw new UsageError(`There is no file ${file}. Name the database's file: --url FILE.`);
    const near = out === null ? file : relative(resolve(out), file);
    const written = near.startsWith("..") || isAbsolute(near) ? file : near;
    return { kind, open: { file }, baseDir: process.cwd(), written: { file: written }, note: "its folder may stand as ${HUB_DATA}", needs: null };
  }
  const variable = `${(out === null ? "REGION" : basename(resolve(out))).toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_DATABASE`;
  const at: Readonly<Record<string, string>> = schema === null ? {} : { schema };
  return {
    kind,
    open: { url, ...at },
    baseDir: process.cwd(),
    written: { url: `\${${variable}}`, ...at },
    note: "from the environment; give the hub a role that may only read",
    needs: variable,
  };
}

async function openAdapter(target: Target): Promise<Adapter> {
  const kind = sourceKinds(lensModule).live[target.kind];
  try {
    if (kind === undefined) throw new UsageError(`There is no kind ${target.kind}.`);
    return await kind.open({ connection: target.open, tables: {}, mentioned: {}, baseDir: target.baseDir, lenses: {} });
  } catch (error) {
    if (error instanceof ConfigProblem) throw new UsageError(`--${error.path.at(-1) === "schema" ? "schema" : "url"}: \`${error.path.join(".")}\` ${error.message}`);
    if (error instanceof SourceFailure) {
      const cause = error.cause instanceof Error ? error.cause.message : String(error.cause ?? "");
      throw new UsageError(`The source does not answer (${error.status}${cause === "" ? "" : `: ${cause}`}). Is it running, and may this role read it? Mend --url, and try again.`);
    }
    throw error;
  }
}

/** `region draft`: looks at a live source, read-only and bounded, and writes the mapping that a steward corrects. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { type Adapter, SourceFailure } from "../../adapters/contract/adapter.ts";
import { type Look, type LookableKind, LookProblem } from "../../adapters/contract/look.ts";
import { type ConfigValue, ConfigProblem } from "../../adapters/contract/tableReader.ts";
import { lookableKinds, sourceKinds } from "../../adapters/index.ts";
import { vocabulary as hubVocabulary } from "../../schema/hubVocabulary.ts";
import { regions } from "../../schema/codes/regions.ts";
import { policyDraft } from "../draft/policyDraft.ts";
import { settleDraft } from "../draft/settleDraft.ts";
import type { WriteInput } from "../draft/writeDraft.ts";
import type { FieldYaml } from "../draft/yamlText.ts";
import { type Command, readCommandLine, UsageError } from "./command.ts";
import { type DraftedSource, draftLive, draftLooked } from "./draftSource.ts";
import { lensModule } from "./lensModule.ts";

const usage = "region draft --kind KIND --url URL [--schema SCHEMA] [--get PATH,PATH] [--header 'NAME: ${VARIABLE}'] [--region CODE] [--out DIR]";

export const regionDraft: Command = {
  usage,
  about: "guesses a mapping from a live source's tables and some of their rows, for a steward to correct; --out writes it beside an empty policy",
  run: async (args, print) => {
    const { option } = readCommandLine(args, ["kind", "url", "schema", "get", "header", "region", "out"], 0, usage);
    const out = option("out");
    const files = out === null ? null : { source: join(out, "source.yaml"), policy: join(out, "policy.yaml") };
    for (const file of files === null ? [] : Object.values(files)) {
      if (existsSync(file)) throw new UsageError(`${file} is there already. Move it away, or name another folder: --out DIR.`);
    }
    const asked = option("region");
    if (asked !== null && !regions.has(asked)) throw new UsageError(`${asked} is no code of GB/T 2260 that the hub knows; for a province write e.g. --region 320000.`);
    const vocabulary = hubVocabulary();
    const { written, needs, draft, tables, capabilities } = await drafted(option, out);
    const region = asked ?? draft.region?.code;
    if (region === undefined) throw new UsageError("The data do not tell which region this is: no column holds codes or names of one province. Say it: --region CODE, e.g. --region 320000.");
    const settled = settleDraft({ draft, vocabulary, region, ...written }, tables, capabilities);
    if (out === null || files === null) {
      print(settled.text.trimEnd());
      return 0;
    }
    mkdirSync(out, { recursive: true });
    writeFileSync(files.source, settled.text, { flag: "wx" });
    writeFileSync(files.policy, policyDraft(draft, vocabulary), { flag: "wx" });
    print(`${files.source}: ${settled.isEmpty ? "no entity is sure enough to be active" : `entities ${entitiesOf(settled.text)}`}`);
    print(`${files.policy}: shares nothing`);
    if (needs !== null) print(`set ${needs} before the hub starts: the file holds no secret`);
    print(`then: correct ${files.source}, and npm run -s hub -- source check ${basename(resolve(out))}`);
    return 0;
  },
};

const entitiesOf = (text: string): string => [...(text.split(/^entities:/m)[1] ?? "").matchAll(/^ {2}([A-Z]\w*(?:\/[^\s:]+)?):/gm)].map(([, name]) => name).join(", ");

type Written = Pick<WriteInput, "kind" | "connection" | "connectionNote" | "timeZone" | "timeZoneNote" | "deadline" | "declared" | "undecided">;

interface Drafted extends DraftedSource {
  /** As the file has it: without secrets. */
  readonly written: Written;
  /** Environment variable that the file needs, and what it has to be. */
  readonly needs: string | null;
}

type Options = (name: string) => string | null;

/** Progress goes to standard error: standard output is the draft. */
const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function drafted(option: Options, out: string | null): Promise<Drafted> {
  const kind = option("kind");
  const lookable = kind !== null && Object.hasOwn(lookableKinds, kind) ? lookableKinds[kind] : undefined;
  if (lookable !== undefined) return draftedByLook(lookable, option, out);
  for (const name of ["get", "header"]) if (option(name) !== null) throw new UsageError(`--${name} is for web APIs; leave it out.`);
  const target = targetOf(kind, option("url"), option("schema"), out);
  const adapter = await openAdapter(target);
  try {
    return { written: { kind: target.kind, connection: target.written, connectionNote: target.note, timeZone: "Asia/Shanghai" }, needs: target.needs, ...(await draftLive(adapter, hubVocabulary(), log)) };
  } finally {
    await adapter.close();
  }
}

/** A first look at a service or a folder may take so long. */
const lookMs = 300_000;

async function draftedByLook(kind: LookableKind, option: Options, out: string | null): Promise<Drafted> {
  const url = option("url");
  const isFolder = kind.from === "folder";
  if (url === null) throw new UsageError(`Say where the source is: --url ${isFolder ? "DIR" : "https://HOST/PATH"}. Use: ${usage}`);
  if (option("schema") !== null) throw new UsageError(`A ${kind.kind} source has no schemas; leave --schema out.`);
  if (kind.kind !== "rest" && option("get") !== null) throw new UsageError("--get names listings of a JSON API (--kind rest); leave it out.");
  if (isFolder && option("header") !== null) throw new UsageError("--header is for web APIs; leave it out.");
  if (isFolder && !existsSync(url)) throw new UsageError(`There is no folder ${resolve(url)}. Name it: --url DIR. 没有这个文件夹。`);
  const headers = headersOf(option("header"));
  const look = await looked(() => kind.look({ url, paths: (option("get") ?? "").split(",").map((path) => path.trim()).filter((path) => path !== ""), headers: headers.filled, signal: AbortSignal.timeout(lookMs), log }));
  const { openLocal } = sourceKinds(lensModule);
  const source = await draftLooked(look, kind, openLocal, hubVocabulary(), log);
  const address = isFolder ? folderTarget(look.address, out) : addressTarget(look.address, out, "URL");
  const connection: Readonly<Record<string, FieldYaml>> = { ...address.written, ...(Object.keys(headers.written).length === 0 ? {} : { headers: headers.written }), ...look.connection };
  return {
    ...source,
    needs: address.needs,
    written: {
      kind: kind.kind,
      connection,
      connectionNote: address.note,
      timeZone: look.timeZone ?? "Asia/Shanghai",
      ...(look.timeZone === null ? {} : { timeZoneNote: "in which times are spelt here" }),
      ...(kind.rowid ? {} : { deadline: "10s" }),
      declared: look.tables.flatMap(({ name, declared, note, isWhole }) => (declared === null ? [] : [{ name, entry: declared, note: isWhole ? note : `${note}; drafted from its first rows` }])),
      undecided: look.undecided,
    },
  };
}

async function looked(look: () => Promise<Look>): Promise<Look> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof LookProblem) throw new UsageError(error.message);
    if (error instanceof ConfigProblem) throw new UsageError(`\`${error.path.join(".")}\` ${error.message}`);
    if (error instanceof SourceFailure) {
      const cause = error.cause instanceof Error ? error.cause.message : String(error.cause ?? "");
      throw new UsageError(`The source does not answer (${error.status}${cause === "" ? "" : `: ${cause}`}). Is it running, and is the address right? An API that wants a token gets it by --header 'Authorization: Bearer \${TOKEN}'. 数据源没有正常应答，请检查地址；需要令牌时用 --header。`);
    }
    throw error;
  }
}

/** A header as it goes into the file, and filled from the environment: a secret that is typed would end in the file. */
function headersOf(text: string | null): { readonly written: Readonly<Record<string, string>>; readonly filled: Readonly<Record<string, string>> } {
  if (text === null) return { written: {}, filled: {} };
  const [, name, value] = /^([A-Za-z0-9-]+)\s*:\s*(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined || !/\$\{\w+\}/.test(value)) throw new UsageError("The value of a header stands in the environment: --header 'Authorization: Bearer ${TOKEN}'. 请把密钥放在环境变量中。");
  const filled = value.replace(/\$\{(\w+)\}/g, (_, variable: string) => {
    const set = process.env[variable];
    if (set === undefined || set === "") throw new UsageError(`${variable} is not set, and --header needs it. 环境变量 ${variable} 未设置。`);
    return set;
  });
  return { written: { [name]: value }, filled: { [name]: filled } };
}

type Place = { readonly written: Readonly<Record<string, string>>; readonly note: string; readonly needs: string | null };

const folderTarget = (folder: string, out: string | null): Place => ({ written: { folder: nearTo(folder, out) }, note: "its beginning may stand as ${HUB_DATA}", needs: null });

function addressTarget(address: string | null, out: string | null, what: "URL" | "DATABASE"): Place {
  const variable = `${(out === null ? "REGION" : basename(resolve(out))).toUpperCase().replace(/[^A-Z0-9]+/g, "_")}_${what}`;
  return { written: { url: `\${${variable}}` }, note: "from the environment", needs: address === null ? `${variable} to the source's address` : `${variable} to ${address}` };
}

/** A path as a file in `out` would say it. */
function nearTo(path: string, out: string | null): string {
  const near = out === null ? path : relative(resolve(out), path);
  return near === "" ? "." : near.startsWith("..") || isAbsolute(near) ? path : near;
}

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
  const known = [...new Set([...Object.keys(kinds.live), ...Object.keys(kinds.mirrored)])];
  if (kind === null) throw new UsageError(`Say which kind of source: --kind ${known.join(" | ")}. Use: ${usage}`);
  if (!Object.hasOwn(kinds.live, kind)) throw new UsageError(`There is no kind ${kind}. A draft is made of ${known.join(", ")}.`);
  if (url === null) throw new UsageError(`Say where the source is: --url ${kind === "sqlite" ? "FILE" : `${kind}://USER@HOST/DATABASE`}. Use: ${usage}`);
  if (kind === "sqlite") {
    if (schema !== null) throw new UsageError("A SQLite file has no schemas; leave --schema out.");
    const file = resolve(url.replace(/^(?:file|sqlite):(?:\/\/)?/, ""));
    if (!existsSync(file)) throw new UsageError(`There is no file ${file}. Name the database's file: --url FILE.`);
    return { kind, open: { file }, baseDir: process.cwd(), written: { file: nearTo(file, out) }, note: "its folder may stand as ${HUB_DATA}", needs: null };
  }
  const { written, needs } = addressTarget(null, out, "DATABASE");
  const at: Readonly<Record<string, string>> = schema === null ? {} : { schema };
  return {
    kind,
    open: { url, ...at },
    baseDir: process.cwd(),
    written: { ...written, ...at },
    note: "from the environment; give the hub a role that may only read",
    needs,
  };
}

async function openAdapter(target: Target): Promise<Adapter> {
  const kind = sourceKinds(lensModule).live[target.kind];
  try {
    if (kind === undefined) throw new UsageError(`There is no kind ${target.kind}.`);
    return await kind.open({ connection: target.open, tables: {}, mentioned: {}, baseDir: target.baseDir, lenses: {}, keySecret: randomBytes(32).toString("hex") });
  } catch (error) {
    if (error instanceof ConfigProblem) throw new UsageError(`--${error.path.at(-1) === "schema" ? "schema" : "url"}: \`${error.path.join(".")}\` ${error.message}`);
    if (error instanceof SourceFailure) {
      const cause = error.cause instanceof Error ? error.cause.message : String(error.cause ?? "");
      throw new UsageError(`The source does not answer (${error.status}${cause === "" ? "" : `: ${cause}`}). Is it running, and may this role read it? Mend --url, and try again.`);
    }
    throw error;
  }
}

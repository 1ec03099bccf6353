/** A described database made real, drafted through its adapter as `region draft` does, and the draft held against the truth. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Adapter } from "../../adapters/contract/adapter.ts";
import { sourceKinds } from "../../adapters/index.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { draftLive } from "../../src/cli/draftSource.ts";
import type { Draft } from "../../src/draft/parts.ts";
import { policyDraft } from "../../src/draft/policyDraft.ts";
import { settleDraft } from "../../src/draft/settleDraft.ts";
import { parseSource } from "../../src/mapping/parseSource.ts";
import type { FieldSyntax, PartSyntax, SourceSyntax, StagesSyntax, TakeSyntax } from "../../src/mapping/sourceSyntax.ts";
import type { YamlNode } from "../../src/mapping/yamlFile.ts";
import { makeSchema } from "../fixtures/postgresServer.ts";
import type { DatabaseSpec, TableSpec } from "./databases/database.ts";

const kinds = sourceKinds(new URL("../../src/mapping/lenses/sqlFunctions.ts", import.meta.url));
const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const createText = (name: string, { columns, constraints = [] }: TableSpec): string =>
  `CREATE TABLE ${quote(name)} (${[...Object.entries(columns).map(([column, type]) => `${quote(column)} ${type}`), ...constraints].join(", ")})`;

export interface Drafted {
  readonly text: string;
  readonly policy: string;
  readonly draft: Draft;
  readonly refused: ReadonlyMap<string, string>;
}

export async function draftAdapter(adapter: Adapter, kind: string, region: string): Promise<Drafted> {
  const { draft, tables, capabilities } = await draftLive(adapter, vocabulary(), (line) => console.warn(line), 600_000);
  const settled = settleDraft(
    { draft, vocabulary: vocabulary(), region: draft.region?.code ?? region, kind, connection: { url: "${DATABASE}" }, connectionNote: "from the environment", timeZone: "Asia/Shanghai" },
    tables,
    capabilities,
  );
  return { text: settled.text, refused: settled.refused, policy: policyDraft(draft, vocabulary()), draft };
}

export async function draftOf(spec: Pick<DatabaseSpec, "kind" | "tables" | "region">): Promise<Drafted> {
  if (spec.kind === "sqlite") {
    const dir = mkdtempSync(join(tmpdir(), "draft-"));
    const file = join(dir, "region.db");
    const db = new Database(file);
    for (const [name, table] of Object.entries(spec.tables)) {
      db.exec(createText(name, table));
      const insert = db.prepare(`INSERT INTO ${quote(name)} VALUES (${Object.keys(table.columns).map(() => "?").join(", ")})`);
      db.transaction(() => table.rows.forEach((row) => insert.run(row.map((cell) => (typeof cell === "boolean" ? Number(cell) : cell)))))();
    }
    db.close();
    const adapter = await kinds.openLocal({ file, lenses: {} });
    try {
      return await draftAdapter(adapter, "sqlite", spec.region);
    } finally {
      await adapter.close();
      rmSync(dir, { recursive: true, force: true });
    }
  }
  const schema = await makeSchema();
  try {
    for (const [name, table] of Object.entries(spec.tables)) {
      await schema.run(createText(name, table));
      const columns = Object.values(table.columns).map((type) => type.split(/\s+(?:PRIMARY|NOT|UNIQUE)/)[0] ?? "text");
      const lists = columns.map((type, index) => `$${index + 1}::text[]::${type}[]`);
      const cells = columns.map((_, index) => table.rows.map((row) => row[index] ?? null).map((cell) => (cell === null ? null : String(cell))));
      if (table.rows.length > 0) await schema.run(`INSERT INTO ${quote(name)} SELECT * FROM unnest(${lists.join(", ")})`, cells);
    }
    const adapter = await kinds.live["postgres"]?.open({ connection: { url: schema.url, schema: schema.schema }, tables: {}, mentioned: {}, baseDir: ".", lenses: {} });
    if (adapter === undefined) throw new Error("no kind postgres");
    try {
      return await draftAdapter(adapter, "postgres", spec.region);
    } finally {
      await adapter.close();
    }
  } finally {
    await schema.drop();
  }
}

/** What the active lines of a draft say, in the words of a `DatabaseSpec`'s truth; by entity, and `Entity of TABLE` for each. */
function saidBy(text: string): ReadonlyMap<string, { readonly entity: string; readonly label: string; readonly said: ReadonlyMap<string, string> }> {
  const syntax: SourceSyntax = parseSource(text, "source.yaml");
  const found = new Map<string, { entity: string; label: string; said: ReadonlyMap<string, string> }>();
  for (const part of syntax.parts) {
    const said = new Map<string, string>();
    for (const [name, { field }] of part.fields) said.set(name, fieldText(part, field));
    if (part.unpivot.size > 0) {
      said.delete("value");
      for (const [column, { constants, stages }] of part.unpivot) said.set(`value:${constants.get("pollutant")?.value.text}`, `${column} ${unitText(stages)}`);
    }
    if (part.keep !== null) said.set("keep", keepText(part.keep));
    found.set(`${part.entity.text} of ${part.from.text}`, { entity: part.entity.text, label: part.part === null ? part.entity.text : `${part.entity.text}/${part.part}`, said });
  }
  return found;
}

const unitText = (stages: StagesSyntax): string => (stages.unit?.kind === "name" ? stages.unit.name.text : "");

function fieldText(part: PartSyntax, field: FieldSyntax): string {
  if (field.kind === "object") return [...field.parts.values()].map((each) => takeText(part, each.field.take)).join(" + ");
  return takeText(part, field.take);
}

function takeText(part: PartSyntax, take: TakeSyntax): string {
  const real = (name: string): string => {
    const dot = name.indexOf(".");
    const join = dot < 0 ? undefined : part.joins.get(name.slice(0, dot));
    return join === undefined ? name : `${join.from.text}.${name.slice(dot + 1)}`;
  };
  switch (take.kind) {
    case "column":
      return real(take.column.text);
    case "columns":
      return take.columns.map(({ text }) => real(text)).join(" + ");
    case "constant":
      return `=${take.value.text}`;
    case "flags":
      return take.flags.map(({ column }) => real(column.text)).join(" + ");
  }
}

const keepText = (node: YamlNode): string =>
  node.kind !== "map" ? "" : [...node.entries].map(([column, { value }]) => `${column} = ${value.kind === "map" ? [...value.entries.values()].map((each) => (each.value.kind === "text" ? each.value.text : "")).join() : ""}`).join(", ");

export interface Score {
  readonly entity: string;
  readonly right: number;
  /** `attribute: drafted, in truth true`. */
  readonly wrong: readonly string[];
  /** The same of guesses that the draft itself calls undecided: `source check` fails while one is left. */
  readonly undecided: readonly string[];
  readonly missing: readonly string[];
}

/** Of each entity of the truth, and of each that the draft has besides. */
export function scoreOf(text: string, truth: DatabaseSpec["truth"]): readonly Score[] {
  const drafted = saidBy(text);
  const open = new Set(parseSource(text, "source.yaml").check.undecided.keys());
  const used = new Set<string>();
  const scores: Score[] = [];
  for (const [key, facts] of Object.entries(truth)) {
    const [entity = "", rest] = key.split(" of ");
    // The part that agrees most is the one that is meant.
    const [match] = [...drafted].filter(([name, part]) => part.entity === entity && !used.has(name)).sort(([, a], [, b]) => agreement(b.said, facts) - agreement(a.said, facts));
    if (match !== undefined && agreement(match[1].said, facts) > 0) used.add(match[0]);
    const said = match !== undefined && used.has(match[0]) ? match[1].said : new Map<string, string>();
    const label = match === undefined ? "" : match[1].label;
    const isOpen = (name: string): boolean => open.has(`${label}.${name}`) || (name === "end" && open.has(`${label}.start`));
    const off = [...said].filter(([name, text]) => facts[name] !== text);
    const say = ([name, text]: readonly [string, string]): string => `${name}: ${text}, in truth ${facts[name] ?? "nothing"}`;
    scores.push({
      entity: rest === undefined ? entity : key,
      right: [...said].filter(([name, text]) => facts[name] === text).length,
      wrong: off.filter(([name]) => !isOpen(name)).map(say),
      undecided: off.filter(([name]) => isOpen(name)).map(say),
      missing: Object.keys(facts).filter((name) => !said.has(name)),
    });
  }
  for (const [name, { said }] of drafted) if (!used.has(name)) scores.push({ entity: name, right: 0, wrong: [...said].map(([attribute, text]) => `${attribute}: ${text}, in truth nothing`), undecided: [], missing: [] });
  return scores;
}

const agreement = (said: ReadonlyMap<string, string>, facts: Readonly<Record<string, string>>): number => Object.entries(facts).filter(([name, text]) => said.get(name) === text && !text.startsWith("=")).length;

export const printScores = (name: string, scores: readonly Score[]): string =>
  [`${name}: ${sum(scores, (each) => each.right)} right, ${sum(scores, (each) => each.wrong.length)} wrong, ${sum(scores, (each) => each.undecided.length)} undecided, ${sum(scores, (each) => each.missing.length)} missing`, ...scores.map(({ entity, right, wrong, undecided, missing }) => `  ${entity}: ${right} right${wrong.length > 0 ? `, wrong: ${wrong.join("; ")}` : ""}${undecided.length > 0 ? `, undecided: ${undecided.join("; ")}` : ""}${missing.length > 0 ? `, missing: ${missing.join(", ")}` : ""}`)].join("\n");

const sum = (scores: readonly Score[], of: (score: Score) => number): number => scores.reduce((total, score) => total + of(score), 0);
export const rightIn = (scores: readonly Score[]): number => sum(scores, (each) => each.right);
export const wrongIn = (scores: readonly Score[]): readonly string[] => scores.flatMap(({ entity, wrong }) => wrong.map((each) => `${entity}.${each}`));

/**
 * `source.yaml` → Mapping: every name is resolved against the vocabulary and the source's own tables, so that a bad reference stops
 * the region at load, with file, line, column and mend, and cannot exist at run time.
 */
import { createHash } from "node:crypto";
import type { Capabilities, TableInfo } from "../../adapters/contract/adapter.ts";
import { asEntityName, asRegionCode, type EntityName, type SourceId } from "../../schema/ids.ts";
import type { EntityDef, Vocabulary } from "../../schema/vocabulary.ts";
import { columnKind } from "./columns.ts";
import { compilePart } from "./compilePart.ts";
import { didYouMean, fault } from "./fault.ts";
import type { LensSpec } from "./lenses/lensSpec.ts";
import type { MappedEntity, MappedPart, Mapping } from "./mapping.ts";
import { parseSource } from "./parseSource.ts";
import type { CodeFiles } from "./resolveCodes.ts";
import type { PartSyntax } from "./sourceSyntax.ts";
import type { Place } from "./yamlFile.ts";

export interface MappingInput {
  readonly text: string;
  /** As messages name it, e.g. `regions/hebei/source.yaml`. */
  readonly file: string;
  readonly source: SourceId;
  readonly vocabulary: Vocabulary;
  /** The adapter's introspection; for mirrored kinds the mirror's tables. */
  readonly tables: readonly TableInfo[];
  /** Texts of the code files beside the source file, by the name that it uses. */
  readonly codeFiles: CodeFiles;
  readonly capabilities: Capabilities;
}

/** Short and stable: the same chain has the same id in every process, so that stored columns and plans may name it. */
const lensId = (spec: LensSpec): string => `l${createHash("sha256").update(JSON.stringify(spec)).digest("hex").slice(0, 12)}`;

function versionOf(text: string, codeFiles: CodeFiles): string {
  const hash = createHash("sha256").update(text);
  for (const name of Object.keys(codeFiles).sort()) hash.update("\u0000").update(name).update("\u0000").update(codeFiles[name] ?? "");
  return hash.digest("hex").slice(0, 32);
}

/** Tables this large make an evaluated filter felt. */
const manyRows = 100_000;

function warnCosts(part: MappedPart, entity: EntityDef, tables: readonly TableInfo[], at: Place, warn: (at: Place, text: string) => void): void {
  const rows = tables.find(({ name }) => name === part.table)?.rowCountEstimate ?? 0;
  for (const [name, field] of part.fields) {
    const grade = field.filter("eq")?.grade;
    if (grade === "E" && rows >= manyRows) warn(at, `a filter on ${entity.name}.${name} evaluates its lens on every row of \`${part.table}\` (about ${rows}).`);
  }
}

/** Parts whose columns of one attribute do not compare in the source could not be put into one order. */
function refuseUnlikeScales(entity: string, parts: readonly MappedPart[], at: Place): void {
  const scales = new Map<string, { readonly scale: string; readonly table: string }>();
  for (const part of parts) {
    for (const [name, { order }] of part.fields) {
      const scale = order?.canonical.scale;
      if (scale === undefined) continue;
      const known = scales.get(name);
      if (known === undefined) scales.set(name, { scale, table: part.table });
      else if (known.scale !== scale) fault(at, `\`${entity}.${name}\` comes from unlike columns of \`${known.table}\` (${known.scale}) and \`${part.table}\` (${scale}), which this source cannot put into one order; give both one type in a view.`);
    }
  }
}

/** Ties of two kinds are compared as numbers within a part and as texts beside the other's: pages would not follow each other. */
function refuseUnlikeTies(entity: string, parts: readonly MappedPart[], tables: readonly TableInfo[], at: Place): void {
  const kindOf = ({ tie, table }: MappedPart): string => {
    if (tie.kind !== "column") return tie.kind === "keyHash" ? "text" : "integer";
    const column = tables.find(({ name }) => name === table)?.columns.find(({ name }) => name === tie.column);
    return column === undefined ? "text" : (column.cells ?? columnKind(column.type));
  };
  const [first, ...others] = parts;
  const other = first && others.find((part) => kindOf(part) !== kindOf(first));
  if (first && other) {
    const say = (part: MappedPart): string => `\`${part.table}\` (${part.tie.kind === "column" ? kindOf(part) : "a hash of its key"})`;
    fault(at, `rows of \`${entity}\` that are otherwise equal would be ordered by unlike columns of ${say(first)} and ${say(other)}; name a \`tie\` of one type in every part, or in none.`);
  }
}

/** Throws MAPPING_INVALID for the first fault; what works but costs is in `warnings`. */
export function compileMapping(input: MappingInput): Mapping {
  const { vocabulary, tables, capabilities, codeFiles } = input;
  const syntax = parseSource(input.text, input.file);
  const lenses = new Map<string, LensSpec>();
  const warnings = new Set<string>();
  const warn = (at: Place, text: string): void => {
    warnings.add(`${at.file}:${at.line}:${at.column} ${text}`);
  };
  const tools = {
    lensFunctions: capabilities.lensFunctions,
    register: (spec: LensSpec): string => {
      const id = lensId(spec);
      if (!lenses.has(id)) lenses.set(id, spec);
      return id;
    },
  };

  const byEntity = new Map<EntityName, PartSyntax[]>();
  for (const part of syntax.parts) {
    const name = asEntityName(part.entity.text);
    if (!vocabulary.entities.has(name)) fault(part.at, `the vocabulary has no entity \`${name}\`; ${didYouMean(name, vocabulary.entities.keys())}`);
    byEntity.set(name, [...(byEntity.get(name) ?? []), part]);
  }
  const entities = new Map<EntityName, MappedEntity>();
  for (const [name, parts] of byEntity) {
    const entity = vocabulary.entities.get(name);
    if (!entity) continue;
    let branch = 0;
    const nextBranch = (): number => branch++;
    const environment = {
      codes: syntax.codes,
      codeFiles,
      missing: syntax.missing,
      timeZone: syntax.timeZone.text,
      vocabulary,
      entity,
      region: syntax.region.text,
      parts: syntax.parts,
      warn,
    };
    const mapped = parts.flatMap((part) => {
      const compiled = compilePart(part, { tables, capabilities, tools, environment }, nextBranch);
      for (const one of compiled) warnCosts(one, entity, tables, part.at, warn);
      return compiled;
    });
    if (!capabilities.lensFunctions) {
      const at = parts[0]?.at ?? { file: input.file, line: 1, column: 1 };
      refuseUnlikeScales(name, mapped, at);
      refuseUnlikeTies(name, mapped, tables, at);
    }
    const keyPublic = parts.every(({ key }) => key.public);
    const closed = parts.find(({ key }) => !key.public);
    if (!keyPublic && closed && parts.some(({ key }) => key.public)) {
      fault(closed.key.at, `the parts of ${name} disagree whether the key is public; ids have one form for all.`);
    }
    entities.set(name, { entity, parts: mapped, keyPublic });
  }
  return {
    source: input.source,
    region: asRegionCode(syntax.region.text),
    kind: syntax.kind.text,
    timeZone: syntax.timeZone.text,
    deadlineMs: syntax.deadlineMs,
    staleMs: syntax.staleMs,
    version: versionOf(input.text, codeFiles),
    entities,
    lenses,
    warnings: [...warnings],
  };
}

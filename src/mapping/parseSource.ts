/**
 * `source.yaml` → syntax tree. Every word is known or a fault with its place (languages.md §2).
 */
import { asRegionCode, type RegionCode } from "../../schema/ids.ts";
import { asDurationMs, asMap, asText, asTexts, asWords, type DurationBounds, fault, type Word } from "./fault.ts";
import { parseCodes, parseField, parseStages, stageWords } from "./parseField.ts";
import type { CheckSyntax, CodesSyntax, JoinSyntax, PartSyntax, SourceSyntax, UnpivotSyntax } from "./sourceSyntax.ts";
import { parseYaml, type Place, type YamlNode } from "./yamlFile.ts";

const sourceWords = ["region", "kind", "connection", "timeZone", "deadline", "stale", "missing", "tables", "entities", "codes", "check"] as const;
const partWords = ["from", "join", "key", "tie", "keep", "latest", "unpivot", "fields"] as const;

const deadlineMsDefault = 2000;
/** Less is no time for a network, more is longer than an operation waits. */
const deadlineBounds: DurationBounds = { least: "50ms", greatest: "60s" };
/** Older rows are a matter for a mirror, which says how old they are. */
const staleBounds: DurationBounds = { least: "1s", greatest: "1d" };

function parseJoin(alias: string, key: Place, node: YamlNode): JoinSyntax {
  if (alias === "t" || alias.includes(".") || alias.startsWith("$")) {
    fault(key, `\`${alias}\` cannot name a join: \`t\` is the part's own table, dots and \`$\` have a meaning; choose another name.`);
  }
  const word = asWords(node, "a join", ["from", "on"]);
  const [from, on] = [word("from"), word("on")];
  if (!from) fault(node.at, `join \`${alias}\` needs \`from: TABLE\`.`);
  if (!on) fault(node.at, `join \`${alias}\` needs \`on: { COLUMN_THERE: COLUMN_HERE }\`.`);
  const pairs = [...asMap(on, "`on`")].map(([joined, entry]) => ({
    joined: { text: joined, at: entry.key },
    own: asText(entry.value, "`on`"),
  }));
  if (pairs.length === 0) fault(on.at, "`on` is empty; write `{ COLUMN_THERE: COLUMN_HERE }`.");
  return { at: key, from: asText(from, "`from`"), on: pairs };
}

function parseUnpivot(key: Place, node: YamlNode): UnpivotSyntax {
  const entries = asMap(node, "an unpivoted column");
  const constants = new Map<string, { key: Place; value: Word }>();
  for (const [name, entry] of entries) {
    if ((stageWords as readonly string[]).includes(name)) continue;
    constants.set(name, { key: entry.key, value: asText(entry.value, `\`${name}\``) });
  }
  return { at: key, constants, stages: parseStages((name) => entries.get(name)?.value ?? null) };
}

function parseKey(node: YamlNode): PartSyntax["key"] {
  if (node.kind !== "map") return { columns: asTexts(node, "`key`"), public: false, at: node.at };
  const word = asWords(node, "a key", ["columns", "public"]);
  const columns = word("columns");
  if (!columns) fault(node.at, "`key` needs `columns`.");
  const open = word("public");
  const isPublic = open ? asText(open, "`public`") : null;
  if (isPublic && isPublic.text !== "true" && isPublic.text !== "false") fault(isPublic.at, "`public` is true or false.");
  return { columns: asTexts(columns, "`columns`"), public: isPublic?.text === "true", at: node.at };
}

function parsePart(name: string, at: Place, node: YamlNode): PartSyntax {
  const word = asWords(node, `entity \`${name}\``, partWords);
  const [entity = "", ...rest] = name.split("/");
  if (entity === "" || rest.length > 1 || rest[0] === "") fault(at, `\`${name}\` must be \`Entity\` or \`Entity/part\`.`);
  const [from, key, fields, join, unpivot] = [word("from"), word("key"), word("fields"), word("join"), word("unpivot")];
  if (!from) fault(at, `\`${name}\` needs \`from: TABLE\`.`);
  if (!key) fault(at, `\`${name}\` needs \`key\`: the columns that tell its rows apart.`);
  if (!fields) fault(at, `\`${name}\` needs \`fields\`.`);
  const [tie, latest] = [word("tie"), word("latest")];
  return {
    at,
    entity: { text: entity, at },
    part: rest[0] ?? null,
    from: asText(from, "`from`"),
    joins: new Map(join ? [...asMap(join, "`join`")].map(([alias, entry]) => [alias, parseJoin(alias, entry.key, entry.value)]) : []),
    key: parseKey(key),
    tie: tie ? asText(tie, "`tie`") : null,
    keep: word("keep"),
    latest: latest ? asTexts(latest, "`latest`") : [],
    unpivot: new Map(unpivot ? [...asMap(unpivot, "`unpivot`")].map(([column, entry]) => [column, parseUnpivot(entry.key, entry.value)]) : []),
    fields: new Map([...asMap(fields, "`fields`")].map(([attribute, entry]) => [attribute, { key: entry.key, field: parseField(entry.value) }])),
  };
}

function parseRange(node: YamlNode): readonly [number, number] {
  const bounds = node.kind === "list" ? asTexts(node, "a range").map(({ text }) => (text.trim() === "" ? Number.NaN : Number(text))) : [];
  const [least, greatest] = bounds;
  if (bounds.length !== 2 || least === undefined || greatest === undefined || !(least <= greatest)) {
    fault(node.at, "a plausible range is `[least, greatest]`.");
  }
  return [least, greatest];
}

function parseCheck(node: YamlNode): CheckSyntax {
  const word = asWords(node, "`check`", ["plausible", "unmapped", "undecided"]);
  const [plausible, unmapped, undecided] = [word("plausible"), word("unmapped"), word("undecided")];
  const ranges = plausible ? [...asMap(plausible, "`plausible`")] : [];
  const columns = unmapped ? [...asMap(unmapped, "`unmapped`")] : [];
  return {
    plausible: new Map(
      ranges.map(([name, { value }]) => [
        name,
        value.kind === "map"
          ? new Map([...value.entries].map(([code, entry]) => [code, parseRange(entry.value)]))
          : new Map([["*", parseRange(value)]]),
      ]),
    ),
    unmapped: new Map(
      columns.map(([table, { value }]) => [
        table,
        new Map([...asMap(value, `\`${table}\``)].map(([column, entry]) => [column, asText(entry.value, "a reason").text])),
      ]),
    ),
    undecided: new Map(undecided ? [...asMap(undecided, "`undecided`")].map(([what, { value }]) => [what, asText(value, "a reason").text]) : []),
  };
}

function parseStale(node: YamlNode): number {
  const span = asWords(node, "`stale`", ["for"])("for");
  if (!span) fault(node.at, "`stale` needs `for`: how old an answer may be that stands in for the source, such as { for: 10m }.");
  return asDurationMs(span, "`for` of `stale`", staleBounds);
}

function parseTimeZone(node: YamlNode): Word {
  const zone = asText(node, "`timeZone`");
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone.text });
  } catch {
    fault(zone.at, `\`${zone.text}\` is no time zone; use an IANA name such as Asia/Shanghai.`);
  }
  return zone;
}

/** The region that a source's file names, also where the rest of it is at fault; null where it names none. */
export function regionNamed(root: YamlNode): RegionCode | null {
  const region = root.kind === "map" ? root.entries.get("region")?.value : undefined;
  return region?.kind === "text" && region.text.trim() !== "" ? asRegionCode(region.text) : null;
}

export const parseSource = (text: string, file: string): SourceSyntax => readSource(parseYaml(text, file, "MAPPING_INVALID"), file);

/** Of a file that is parsed already. */
export function readSource(root: YamlNode, file: string): SourceSyntax {
  const word = asWords(root, "a source file", sourceWords);
  const required = (name: (typeof sourceWords)[number], example: string): YamlNode =>
    word(name) ?? fault(root.at, `\`${name}\` is missing; write \`${name}: ${example}\`.`);
  const [deadline, stale, missing, codes, check] = [word("deadline"), word("stale"), word("missing"), word("codes"), word("check")];
  const tables = new Map<string, CodesSyntax>();
  for (const [name, { value }] of codes ? asMap(codes, "`codes`") : []) {
    const table = parseCodes(value);
    if (table.kind === "name") fault(value.at, `code table \`${name}\` must be a map of codes, or { file, from, to }.`);
    tables.set(name, table);
  }
  return {
    file,
    region: asText(required("region", "110000"), "`region`"),
    kind: asText(required("kind", "sqlite"), "`kind`"),
    connection: word("connection"),
    timeZone: parseTimeZone(required("timeZone", "Asia/Shanghai")),
    deadlineMs: deadline ? asDurationMs(deadline, "`deadline`", deadlineBounds) : deadlineMsDefault,
    staleMs: stale ? parseStale(stale) : null,
    missing: missing ? asTexts(missing, "`missing`") : [],
    tables: word("tables"),
    parts: [...asMap(required("entities", "{ … }"), "`entities`")].map(([name, { key, value }]) => parsePart(name, key, value)),
    codes: tables,
    check: check ? parseCheck(check) : { plausible: new Map(), unmapped: new Map(), undecided: new Map() },
  };
}

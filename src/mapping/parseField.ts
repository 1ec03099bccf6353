/**
 * One field of a mapping: a column's name, or one take with at most one of each stage, or a map of an object's parts.
 */
import { asMap, asText, asTexts, asWords, didYouMean, fault, type Word } from "./fault.ts";
import type { ChainSyntax, CodesSyntax, FieldSyntax, StagesSyntax, TakeSyntax, UnitSyntax } from "./sourceSyntax.ts";
import type { YamlNode } from "./yamlFile.ts";

const takeWords = ["column", "columns", "constant", "flags"] as const;
export const stageWords = [
  "missing", "normalise", "match", "below", "above", "list", "format", "codes", "unit", "at", "crs", "to", "else",
] as const;
type StageWord = (typeof stageWords)[number];
const fieldWords = [...takeWords, "glue", ...stageWords] as const;

const matchBytesMax = 1024;

export function parseCodes(node: YamlNode): CodesSyntax {
  if (node.kind === "text") return { kind: "name", name: asText(node, "`codes`") };
  const entries = asMap(node, "`codes`");
  const file = entries.get("file");
  if (file && entries.has("from") && entries.has("to")) {
    const word = asWords(node, "a code file", ["file", "from", "to"]);
    const text = (name: "file" | "from" | "to"): Word => asText(word(name) ?? node, `\`${name}\``);
    return { kind: "file", at: node.at, file: text("file"), from: text("from"), to: text("to") };
  }
  if (entries.size === 0) fault(node.at, "`codes` is an empty table; list `from: to` pairs.");
  return {
    kind: "inline",
    at: node.at,
    entries: [...entries].map(([from, { key, value }]) => ({ from: { text: from, at: key }, to: asText(value, `the code of \`${from}\``) })),
  };
}

function parseUnit(node: YamlNode): UnitSyntax {
  if (node.kind === "text") return { kind: "name", name: asText(node, "`unit`") };
  const field = parseField(node);
  if (field.kind === "object") fault(node.at, "`unit` is a unit's name or a field, e.g. `{ column: unit }`.");
  return { kind: "field", field };
}

/** Texts of a list stage such as `missing` may be written as one text. */
function parseMissing(node: YamlNode): readonly Word[] {
  return node.kind === "list" && node.items.length === 0 ? [] : asTexts(node, "`missing`");
}

function parseLimits(node: YamlNode, what: string): readonly Word[] {
  const patterns = asTexts(node, what);
  for (const { text, at } of patterns) {
    if (text.split("*").length > 2) fault(at, `${what} takes at most one \`*\`, which stands for the limit.`);
  }
  return patterns;
}

/** Reads the stage words that are present; other words are the caller's. */
export function parseStages(word: (name: StageWord) => YamlNode | null): StagesSyntax {
  const one = (name: StageWord): Word | undefined => {
    const node = word(name);
    return node ? asText(node, `\`${name}\``) : undefined;
  };
  const many = (name: StageWord): readonly Word[] | undefined => {
    const node = word(name);
    return node ? asTexts(node, `\`${name}\``) : undefined;
  };
  const [missing, below, above, codes, unit] = [word("missing"), word("below"), word("above"), word("codes"), word("unit")];
  const match = one("match");
  if (match && Buffer.byteLength(match.text) > matchBytesMax) fault(match.at, "`match` is longer than 1 kB; use a code table or a view.");
  const stages = {
    missing: missing ? parseMissing(missing) : undefined,
    // `html-text, penalty-number` is one text with commas in the table of the language
    normalise: many("normalise")?.flatMap(({ text, at }) => text.split(",").map((name) => ({ text: name.trim(), at }))),
    match,
    below: below ? parseLimits(below, "`below`") : undefined,
    above: above ? parseLimits(above, "`above`") : undefined,
    list: one("list"),
    format: many("format"),
    codes: codes ? parseCodes(codes) : undefined,
    unit: unit ? parseUnit(unit) : undefined,
    at: one("at"),
    crs: one("crs"),
    to: one("to"),
    else: one("else"),
  };
  return Object.fromEntries(Object.entries(stages).filter(([, value]) => value !== undefined)) as StagesSyntax;
}

function parseTake(node: YamlNode, word: (name: (typeof fieldWords)[number]) => YamlNode | null): TakeSyntax {
  const written = takeWords.filter((name) => word(name) !== null);
  const [take] = written;
  if (take === undefined) fault(node.at, "a field needs one of `column`, `columns`, `constant`, `flags`.");
  if (written.length > 1) fault(node.at, `a field has one take; here are ${written.map((name) => `\`${name}\``).join(" and ")}.`);
  const value = word(take) ?? node;
  const glue = word("glue");
  if (glue && take !== "columns") fault(glue.at, "`glue` joins `columns`; here are none.");
  switch (take) {
    case "column":
      return { kind: "column", column: asText(value, "`column`") };
    case "columns":
      // glue may be a blank, which asText would refuse
      if (glue && glue.kind !== "text") fault(glue.at, "`glue` must be one text.");
      return { kind: "columns", columns: asTexts(value, "`columns`"), glue: glue?.text ?? null };
    case "constant":
      return { kind: "constant", value: asText(value, "`constant`") };
    case "flags": {
      const flags = [...asMap(value, "`flags`")].map(([column, { key, value: code }]) => ({
        column: { text: column, at: key },
        code: asText(code, `the code of \`${column}\``),
      }));
      if (flags.length === 0) fault(value.at, "`flags` is empty; list `COLUMN: CODE` pairs.");
      return { kind: "flags", flags };
    }
  }
}

function parseChain(node: YamlNode): ChainSyntax {
  if (node.kind === "text") {
    return { kind: "chain", at: node.at, take: { kind: "column", column: asText(node, "a field") }, stages: {} };
  }
  const word = asWords(node, "a field", fieldWords);
  return { kind: "chain", at: node.at, take: parseTake(node, word), stages: parseStages(word) };
}

/** A map without a take is an object's parts; whether the attribute is an object is the compiler's question. */
export function parseField(node: YamlNode): FieldSyntax {
  if (node.kind === "list") fault(node.at, "a field is a column's name or a map; for several columns write `{ columns: [A, B] }`.");
  if (node.kind === "text") return parseChain(node);
  const names = [...node.entries.keys()];
  const isField = (name: string): boolean => (fieldWords as readonly string[]).includes(name) && name !== "crs";
  if (names.length === 0) fault(node.at, "a field is empty; write a column's name.");
  if (names.some(isField)) return parseChain(node);
  const crs = node.entries.get("crs");
  const parts = new Map<string, { key: YamlNode["at"]; field: ChainSyntax }>();
  for (const [name, { key, value }] of node.entries) {
    if (name === "crs") continue;
    if (value.kind === "map" && ![...value.entries.keys()].some(isField)) {
      fault(value.at, `\`${name}\` needs one of \`column\`, \`columns\`, \`constant\`, \`flags\`; ${didYouMean([...value.entries.keys()][0] ?? "", fieldWords)}`);
    }
    parts.set(name, { key, field: parseChain(value) });
  }
  return { kind: "object", at: node.at, parts, crs: crs ? asText(crs.value, "`crs`") : null };
}

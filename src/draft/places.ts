/** Where rows lie: by a column of their own, else as the row that they link to, and the province of them all. */
import { codeTables } from "../../schema/codes/codeTables.ts";
import { regions } from "../../schema/codes/regions.ts";
import { likely } from "./evidence.ts";
import { provinceOf } from "./guessCodes.ts";
import { namingAttribute } from "./guessLink.ts";
import { isUscc } from "./identifiers.ts";
import type { Draft, FieldDraft, PartDraft } from "./parts.ts";
import { columnNamed, isUniqueColumn } from "./profile.ts";
import type { FieldMap, FieldYaml } from "./yamlText.ts";

/** Rows without a place of their own take that of the row they link to. */
export function withRegions(parts: readonly PartDraft[]): readonly PartDraft[] {
  return parts.map((part) => {
    const region = part.fields.find(({ attribute }) => attribute === "region");
    if (region !== undefined && region.doubt === null && region.confidence >= likely) return part;
    const link = part.fields.find(({ attribute, doubt, confidence }) => ["station", "section", "enterprise"].includes(attribute) && doubt === null && confidence >= likely);
    const here = link?.columns[0];
    const to = { station: "Station", section: "Section", enterprise: "Enterprise" }[link?.attribute ?? ""];
    const there = parts.find((each) => each.entity === to && each.table === link?.target && each.table !== part.table && each.latest.length === 0);
    const place = there?.fields.find(({ attribute, doubt, confidence }) => attribute === "region" && doubt === null && confidence >= likely);
    const by = typeof link?.value === "string" ? there?.key[0] : there?.fields.find(({ attribute }) => attribute === (namingAttribute[to ?? ""] ?? ""))?.columns[0];
    if (here === undefined || there === undefined || place === undefined || by === undefined || there.key.length !== 1 || !isUniqueColumn(there.table.info, by)) return part;
    const alias = "place";
    const field: FieldDraft = { attribute: "region", value: behind(alias, place.value), columns: [], confidence: 0.85, evidence: [`the place of its ${link?.attribute}`], doubt: null };
    return { ...part, joins: [...part.joins, { alias, from: there.table.info.name, there: by, here }], fields: [...part.fields.filter(({ attribute }) => attribute !== "region"), field] };
  });
}

/** A field whose columns are a join's. */
export function behind(alias: string, value: FieldYaml): FieldYaml {
  if (typeof value === "string") return `${alias}.${value}`;
  if (isWords(value)) {
    if (typeof value["column"] === "string") return { ...value, column: `${alias}.${value["column"]}` };
    return Object.fromEntries(Object.entries(value).map(([word, item]) => [word, word === "crs" ? item : behind(alias, item)]));
  }
  return value;
}

const isWords = (value: FieldYaml): value is FieldMap => typeof value === "object" && !Array.isArray(value);

/** The province in which the rows' regions lie; for want of them, where enterprises are registered. */
export function regionOf(parts: readonly PartDraft[]): Draft["region"] {
  const codes = new Map<string, number>();
  const registered = new Map<string, number>();
  for (const part of parts) {
    const region = part.fields.find(({ attribute, confidence }) => attribute === "region" && confidence >= likely);
    for (const name of region?.columns ?? []) {
      const table = typeof region?.value === "object" && "codes" in region.value ? codeTables.get(String((region.value as { readonly codes: unknown }).codes)) : undefined;
      for (const [text, count] of columnNamed(part.table, name)?.distinct ?? []) {
        const code = table === undefined ? text : table[text];
        if (code !== undefined) codes.set(code, (codes.get(code) ?? 0) + count);
      }
    }
    for (const column of part.table.columns) for (const [text, count] of column.distinct) if (isUscc(text)) registered.set(text.slice(2, 8), (registered.get(text.slice(2, 8)) ?? 0) + count);
  }
  for (const [from, evidence] of [[codes, "of the rows' regions lie in it"], [registered, "of the enterprises are registered in it"]] as const) {
    const found = provinceOf(from);
    if (found !== null && found.share >= 0.7) return { code: found.code, evidence: `${Math.round(found.share * 100)} % ${evidence} (${regions.get(found.code)?.name ?? ""})` };
  }
  return null;
}

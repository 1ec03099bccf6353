/** The lens examples of docs/mapping.md: a field with its columns, cells forward, and the grades of the way back. */
import type { ColumnInfo } from "../../adapters/contract/adapter.ts";
import type { Cell } from "../../adapters/contract/sourceQuery.ts";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import type { AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import { printDecimal } from "../../src/harmonise/decimal.ts";
import type { Unified } from "../../src/harmonise/unified.ts";
import { compileMapping } from "../../src/mapping/compileMapping.ts";
import type { FilterOperator, MappedField } from "../../src/mapping/mapping.ts";

export interface LensExample {
  readonly coordinate: string;
  readonly field: MappedField;
  /** As the page prints them. */
  readonly forward: string;
  readonly back: string;
}

const pattern = /```yaml\n(\w+)\.(\w+): (.*?)(?: +# ([^\n]*))?\n```\nForward:([^\n]*)\nBack:([^\n]*)/g;

/** `fresh`: what the compiler says of the fields and cells that the page shows. */
export const examplesOf = (page: string): readonly (LensExample & { readonly fresh: { readonly forward: string; readonly back: string } })[] =>
  [...page.matchAll(pattern)].map(([, entity = "", attribute = "", yaml = "", columns = "", forward = "", back = ""]) => {
    const field = compileField(entity, attribute, yaml, columns);
    const cells = forward.trim().split(" · ").map((item) => /^`(\[.*?\])` → /.exec(item)?.[1] ?? "[]");
    const roles = [...back.matchAll(/([a-zA-Z]+)(?: \*\*[RVEM]\*\*)?/g)].map(([, role = ""]) => role);
    return {
      coordinate: `${entity}.${attribute}`,
      field,
      forward: forward.trim(),
      back: back.trim(),
      fresh: {
        forward: cells.map((list) => `\`${list}\` → \`${print(field.attribute, field.read(JSON.parse(list) as readonly Cell[]))}\``).join(" · "),
        back: field.link === null ? roles.map((role) => `${role} **${gradeOf(field, role)}**`).join(" · ") : "the column compared as it stands",
      },
    };
  });

function gradeOf(field: MappedField, role: string): string | undefined {
  return role === "order" ? field.order?.grade : field.filter(role as FilterOperator)?.grade;
}

function print(attribute: AttributeDef, value: Unified): string {
  if (value === null) return "NULL";
  const { type } = attribute;
  if (type.kind === "decimal") return printDecimal(value as never, type.scale);
  if (type.kind === "instant") return new Date(value as number).toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}

function compileField(entity: string, attribute: string, yaml: string, columns: string): MappedField {
  const definition = vocabulary().entities.get(asEntityName(entity));
  if (definition === undefined) throw new Error(`docs/mapping.md: there is no ${entity}`);
  const named = [...columns.matchAll(/([A-Z]+) (TEXT|INTEGER|REAL)/g)].map(([, name = "", type = ""]) => ({ name, type }));
  const pollutant = /; (a\d{5})$/.exec(columns)?.[1] ?? "a34004";
  const others = [...definition.attributes.values()].filter((each) => (each.key || each.name === "pollutant") && each.name !== attribute);
  const fields = [...others.map((each) => `${each.name}: ${keyField(each, pollutant)}`), `${attribute}: ${yaml}`];
  const column = (name: string, type: string): ColumnInfo => ({ name, type, nullable: true, typeSafe: true });
  const text = [
    "region: 110000", "kind: sqlite", "timeZone: Asia/Shanghai", "entities:",
    ...targetsOf([...definition.attributes.values()].filter((each) => others.includes(each) || each.name === attribute)).map((target) => `  ${target.name}: { from: k, key: K, fields: { ${[...target.attributes.values()].filter(({ key }) => key).map(({ name }) => `${name}: K`).join(", ")} } }`),
    `  ${entity}:`, "    from: t", "    key: K", "    fields:", ...fields.map((line) => `      ${line}`),
  ].join("\n");
  const mapping = compileMapping({
    text,
    file: "docs/mapping.md",
    source: asSourceId("docs"),
    vocabulary: vocabulary(),
    tables: [
      { name: "t", columns: [column("K", "TEXT"), ...named.map(({ name, type }) => column(name, type))], unique: [["K"]], indexes: [], rowCountEstimate: 0 },
      { name: "k", columns: [column("K", "TEXT")], unique: [["K"]], indexes: [], rowCountEstimate: 0 },
    ],
    codeFiles: {},
    capabilities: { lensFunctions: true, rowid: true },
  });
  const field = mapping.entities.get(definition.name)?.parts[0]?.fields.get(attribute);
  if (field === undefined) throw new Error(`docs/mapping.md: ${entity}.${attribute} is not mapped`);
  return field;
}

/** What the mapped links lead to. */
const targetsOf = (links: readonly AttributeDef[]): readonly EntityDef[] =>
  links.flatMap(({ type }) => (type.kind === "link" ? (vocabulary().entities.get(type.entity) ?? []) : []));

function keyField(attribute: AttributeDef, pollutant: string): string {
  switch (attribute.type.kind) {
    case "pollutant":
      return `{ constant: ${pollutant} }`;
    case "enum":
      return `{ constant: ${attribute.type.values[0]?.name ?? ""} }`;
    default:
      return "K";
  }
}

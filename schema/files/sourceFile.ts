/** `source.yaml`: how a region's tables become the vocabulary (docs/mapping.md). */
import type { EntityDef, Vocabulary } from "../vocabulary.ts";
import { anything, described, document, type JsonSchema, listOf, named, oneOfWords, oneOrMore, say, scalar, words } from "./shapes.ts";

const ref = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` });

const takes: Readonly<Record<string, JsonSchema>> = {
  column: say("The cell of one column.", scalar),
  columns: say("Cells of several columns, joined by `glue`; NULL if one is.", listOf(scalar)),
  constant: say("The same value for every row.", scalar),
  flags: say("List of the codes whose column is true.", named(scalar)),
  glue: say("Text between the joined columns; blank where left out.", scalar),
};

const stages: Readonly<Record<string, JsonSchema>> = {
  missing: say("Texts that mean: no value.", oneOrMore(scalar)),
  normalise: say("Named cleanings of text, in the order written.", oneOrMore(scalar)),
  match: say("Regular expression of linear time; the first group stays.", scalar),
  below: say("Patterns of a value below a limit; `*` is the limit.", oneOrMore(scalar)),
  above: say("Patterns of a value above a limit; `*` is the limit.", oneOrMore(scalar)),
  list: say("Text to list: a separator, or json.", scalar),
  format: say("How text spells the value: yyyy/M/d, excel-1900, epoch-ms, \"1,234.5\", dms.", oneOrMore(scalar)),
  codes: say("A code table: by name, written out, or { file, from, to }.", ref("codes")),
  unit: say("The source's unit, or the field that holds it.", { anyOf: [scalar, ref("field")] }),
  at: say("Gas temperature for ppb and ppm: 273.15K or 298.15K.", scalar),
  crs: say("Datum of the coordinates.", oneOfWords(["WGS-84", "GCJ-02"])),
  to: say("Attribute of the linked entity that the cell names.", scalar),
  else: say("The value where there is none by now; no rule may read the attribute.", scalar),
};

const field: JsonSchema = {
  anyOf: [scalar, words({ ...takes, ...stages }), say("Parts of an object attribute, such as lon and lat.", named(anything))],
};

const part = (entity: EntityDef): JsonSchema =>
  words(
    {
      from: say("Table.", scalar),
      join: say("To-one joins by alias.", named(words({ from: scalar, on: say("Column there: column here.", named(scalar)) }, ["from", "on"]))),
      key: say("Columns that tell rows apart.", { anyOf: [scalar, listOf(scalar), words({ columns: oneOrMore(scalar), public: scalar }, ["columns"])] }),
      tie: say("A unique column that tells nothing; orders rows that are otherwise equal.", scalar),
      keep: say("A row stays where this IS TRUE.", { type: "object" }),
      latest: say("Of rows with one key, the highest by these columns stays.", oneOrMore(scalar)),
      unpivot: say("A row per column: constants of the column, and stages for $cell.", named(named(anything))),
      fields: say("Attributes.", words(Object.fromEntries([...entity.attributes.values()].map((attribute) => [attribute.name, described(attribute, ref("field"))])))),
    },
    ["from", "key", "fields"],
  );

export function sourceFileSchema(vocabulary: Vocabulary): JsonSchema {
  const entities = [...vocabulary.entities.values()];
  const range = { type: "array", items: scalar, minItems: 2, maxItems: 2 };
  return document(
    "A region's source (source.yaml)",
    words(
      {
        region: say("GB/T 2260 code of the owner.", scalar),
        kind: say("Kind of adapter.", oneOfWords(["sqlite", "postgres", "mariadb", "mysql", "drop", "hj212", "rest", "sensorthings"])),
        connection: say("The adapter's own; secrets by ${ENV}.", { type: "object" }),
        timeZone: say("For times that carry no zone.", scalar),
        deadline: say("How long a page waits for the source, from 50ms to 60s; 2s where left out. An aggregate waits ten times as long.", scalar),
        stale: say("The last answer stands in for a source that does not answer, for so long at most; left out: never.", words({ for: say("From 1s to 1d, such as 10m.", scalar) }, ["for"])),
        missing: say("Texts that mean no value, in every column.", oneOrMore(scalar)),
        tables: say("For rest and drop: how rows come about; the other kinds have their own.", named(anything)),
        entities: say("Entity, or Entity/part for a further part of the same.", {
          type: "object",
          properties: Object.fromEntries(entities.map((entity) => [entity.name, described(entity, ref(entity.name))])),
          patternProperties: Object.fromEntries(entities.map((entity) => [`^${entity.name}/.+$`, ref(entity.name)])),
          additionalProperties: false,
        }),
        codes: say("Code tables by name.", named(ref("codes"))),
        check: say("What the loader holds the mapping to.", words({ plausible: named({ anyOf: [range, named(range)] }), unmapped: say("Table: { column: why it has no attribute }.", named(named(scalar))), undecided: say("Line: what a person has to decide; `source check` fails while one is left.", named(scalar)) })),
      },
      ["region", "kind", "timeZone", "entities"],
    ),
    {
      field,
      codes: { anyOf: [scalar, words({ file: scalar, from: scalar, to: scalar }, ["file", "from", "to"]), named(scalar)] },
      ...Object.fromEntries(entities.map((entity) => [entity.name, part(entity)])),
    },
  );
}

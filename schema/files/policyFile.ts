/** `policy.yaml`, who sees what of a region, and `policy.test.yaml`, which holds it (docs/policies.md). */
import type { AttributeDef, EntityDef, Vocabulary } from "../vocabulary.ts";
import { document, type JsonSchema, listOf, oneOfWords, oneOrMore, perAttribute, perEntity, say, scalar, texts, words } from "./shapes.ts";

const doors = oneOfWords(["query", "aggregate", "subscribe", "export"]);
const grantees = oneOrMore({ anyOf: [oneOfWords(["own", "agencies", "everyone"]), { type: "string", pattern: "^(?:group|agency):" }] });
const attributeNames = (entity: EntityDef, ...more: readonly string[]): JsonSchema => oneOfWords([...more, ...entity.attributes.keys()]);

const masks = (vocabulary: Vocabulary): JsonSchema =>
  perEntity(vocabulary, (entity) => perAttribute(entity, ({ masks: usable }) => (usable.length === 0 ? null : oneOfWords(usable))));

/** `$agency.NAME`, `{ $now: -P2D }`, or values. */
const operand: JsonSchema = { anyOf: [scalar, listOf(scalar), words({ $now: scalar })] };
const operators = (names: readonly string[]): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries([...names.map((name) => [name, operand] as const), ["isNull", scalar] as const]);

const compare = ["eq", "ne", "in"] as const;
const ordered = [...compare, "lt", "lte", "gt", "gte"] as const;

/** What a rule may ask of an attribute; null: nothing (a relation reads another row). */
function condition({ type }: AttributeDef): JsonSchema | null {
  switch (type.kind) {
    case "text":
      return words(operators([...ordered, "startsWith", "contains"]));
    case "integer":
    case "decimal":
    case "instant":
    case "date":
      return words(operators(ordered));
    case "enum":
      return words({ ...operators(compare), ...Object.fromEntries(compare.map((name) => [name, oneOrMore({ anyOf: [oneOfWords(type.values.map((value) => value.name)), { type: "string", pattern: "^\\$" }] })])) });
    case "pollutant":
      return words(operators([...compare, "startsWith"]));
    case "region":
      return words({ ...operators([...compare, "startsWith", "within"]), code: { type: "object" }, name: { type: "object" }, nameEn: { type: "object" }, level: { type: "object" } });
    case "boolean":
      return words(operators(["eq", "ne"]));
    case "list":
      return words(operators(["contains"]));
    case "object":
      return words(operators([]));
    case "link":
      return null;
  }
}

const isOf = ({ type }: AttributeDef): string => (type.kind === "enum" ? type.name : type.kind);

/** Conditions by the kind of attribute, for `where` to refer to. */
const conditions = (vocabulary: Vocabulary): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(
    [...vocabulary.entities.values()].flatMap(({ attributes }) =>
      [...attributes.values()].flatMap((attribute) => {
        const schema = condition(attribute);
        return schema === null ? [] : [[`is-${isOf(attribute)}`, schema] as const];
      }),
    ),
  );

function where(entity: EntityDef): JsonSchema {
  const self: JsonSchema = { $ref: `#/definitions/where-${entity.name}` };
  const asked = [...entity.attributes.values()].filter(({ type }) => type.kind !== "link");
  return words({ and: listOf(self), or: listOf(self), not: self, ...Object.fromEntries(asked.map((attribute) => [attribute.name, { $ref: `#/definitions/is-${isOf(attribute)}` }])) });
}

const publish = (vocabulary: Vocabulary): JsonSchema =>
  perEntity(vocabulary, (entity) =>
    words(
      {
        by: listOf(attributeNames(entity)),
        measures: perAttribute(entity, ({ type }) => (type.kind === "decimal" || type.kind === "integer" ? listOf(oneOfWords(["sum", "avg"])) : null)),
        minGroup: say("Least number of rows that an agency does not know anyway; at least 3.", { type: "integer", minimum: 3 }),
      },
      ["minGroup"],
    ),
  );

export function policyFileSchema(vocabulary: Vocabulary): JsonSchema {
  const names = (...more: readonly string[]): JsonSchema => perEntity(vocabulary, (entity) => oneOrMore(attributeNames(entity, ...more)));
  const rule = words(
    {
      id: say("The rule's public name.", scalar),
      to: say("own, agencies, everyone, group:NAME, agency:NAME.", grantees),
      except: grantees,
      allow: say("In clear. `open`: the unconditional attributes of today; `all`: only to own.", names("open", "all")),
      mask: say("Under a mask: a grant of less.", masks(vocabulary)),
      deny: say("Not at all, whatever other rules grant.", names("all")),
      atMost: say("At most under a mask, whatever other rules grant.", masks(vocabulary)),
      hide: say("Whole rows.", oneOrMore(oneOfWords(vocabulary.entities.keys()))),
      publish: say("Statistics of groups, never rows.", publish(vocabulary)),
      where: say("By entity, `all` for each: which rows. Looks only at its own row, $agency and $now.", words({
        all: { type: "object" },
        ...Object.fromEntries([...vocabulary.entities.values()].map((entity) => [entity.name, { $ref: `#/definitions/where-${entity.name}` }])),
      })),
      purposes: listOf(scalar),
      doors: listOf(doors),
      from: say("First day, or an instant.", scalar),
      until: say("Last day, or an instant.", scalar),
      basis: say("Legal basis.", scalar),
      reason: say("What others may read of the rule.", { anyOf: [scalar, texts] }),
    },
    ["id", "to"],
  );
  return document("Who sees what of a region (policy.yaml)", words({ rules: listOf({ $ref: "#/definitions/rule" }) }, ["rules"]), {
    rule,
    ...conditions(vocabulary),
    ...Object.fromEntries([...vocabulary.entities.values()].map((entity) => [`where-${entity.name}`, where(entity)])),
  });
}

export function policyTestFileSchema(vocabulary: Vocabulary): JsonSchema {
  const names = perEntity(vocabulary, (entity) => listOf(attributeNames(entity)));
  const numbers = perEntity(vocabulary, () => ({ type: "integer", minimum: 0 }));
  const test = words(
    {
      as: say("Agency.", scalar),
      purpose: scalar,
      door: doors,
      at: say("The clock of this test.", scalar),
      query: say("A document that must fail.", scalar),
      clear: say("In clear in every row that is seen, of which there is one at least.", names),
      masked: say("What the first row prints under its mask.", perEntity(vocabulary, (entity) => perAttribute(entity, () => ({})))),
      never: say("NULL in any row that could ever be, at every door.", names),
      rows: say("How many of the given rows are seen.", numbers),
      groups: say("How many groups of published statistics are printed.", numbers),
      fails: oneOfWords(["PURPOSE_NOT_ALLOWED", "PURPOSE_REQUIRED", "UNKNOWN_FIELD"]),
    },
    ["as"],
  );
  return document(
    "Tests of a region's rules (policy.test.yaml)",
    words(
      {
        at: say("The clock.", scalar),
        given: say("Rows in the hub's terms.", perEntity(vocabulary, (entity) => listOf(perAttribute(entity, () => ({}))))),
        tests: listOf(test),
        coverage: say("conditional: every conditional attribute that is granted to others is named by a test.", oneOfWords(["conditional"])),
      },
      ["tests"],
    ),
    {},
  );
}

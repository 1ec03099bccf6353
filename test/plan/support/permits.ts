/** Permits over the hand-made sources, from rules that are written out. */
import { vocabulary } from "../../../schema/hubVocabulary.ts";
import { asAgencyId, asEntityName, asPurpose, asRuleId, asSourceId, coordinate } from "../../../schema/ids.ts";
import { TRUE, type CompareOperator, type Literal, type Predicate } from "../../../schema/predicate.ts";
import type { Level } from "../../../schema/vocabulary.ts";
import { scopeKey, type Clause, type Door, type HideClause, type Permit, type Publication, type Scope } from "../../../src/access/permit.ts";
import type { Agency } from "../../../src/identity/network.ts";
import type { PlanContext, PlanSource } from "../../../src/plan/operationPlan.ts";
import { east, west } from "./handMade.ts";

export const is = (name: string, value: Literal, operator: CompareOperator = "eq"): Predicate => ({ kind: "compare", path: [name], operator, operand: { kind: "literal", value } });
export const isNull = (name: string): Predicate => ({ kind: "isNull", path: [name], isNull: true });

export const clause = (rule: string, levels: Readonly<Record<string, Level>>, when: Predicate = TRUE): Clause => ({ rule: asRuleId(rule), when, levels: new Map(Object.entries(levels)), reason: null });
export const hide = (rule: string, when: Predicate): HideClause => ({ rule: asRuleId(rule), when, reason: null });

export interface Rules {
  readonly grants?: readonly Clause[];
  readonly restrictions?: readonly Clause[];
  readonly hides?: readonly HideClause[];
}

const scope = (source: PlanSource, entity: string, door: Door, { grants = [], restrictions = [], hides = [] }: Rules): Scope => ({
  source: source.id,
  region: source.region,
  entity: asEntityName(entity),
  door,
  grants,
  restrictions,
  hides,
});

/** The same rules in both sources and at both doors. */
export function permit(rules: Readonly<Record<string, Rules>>, publications: readonly Publication[] = [], change: Partial<Permit> = {}): Permit {
  const scopes = new Map<string, Scope>();
  for (const one of [east, west]) {
    for (const [entity, of] of Object.entries(rules)) {
      for (const door of ["query", "aggregate"] as const) scopes.set(scopeKey(one.id, asEntityName(entity), door), scope(one, entity, door, of));
    }
  }
  return {
    agency: asAgencyId("asker"),
    purpose: asPurpose("check"),
    epoch: 7,
    scopes,
    publications,
    published: new Map(),
    reach: { query: new Map([[coordinate(asEntityName("Station"), "code"), "CLEAR"]]), aggregate: new Map() },
    expiresAtMs: Number.POSITIVE_INFINITY,
    schemaHash: "0123456789abcdefSCHEMA",
    permitHash: "fedcba9876543210PERMIT",
    slices: new Map(),
    figureSlices: new Map(),
    ...change,
  };
}

const allClear = (entity: string): Rules => ({
  grants: [clause(`all-${entity}`, Object.fromEntries([...(vocabulary().entities.get(asEntityName(entity))?.attributes.keys() ?? [])].map((name) => [name, "CLEAR" as const])))],
});
const entities = ["Station", "Observation", "Enterprise", "PenaltyDecision"];

export const open = permit(Object.fromEntries(entities.map((name) => [name, allClear(name)])));

const station: Rules = {
  grants: [clause("codes", { code: "CLEAR", name: "CLEAR", region: "CLEAR", elevation: "CLEAR" }), clause("operators", { operator: "CLEAR", contact: "free-text" }, is("quality", "PUBLISHED"))],
  restrictions: [clause("high", { name: "NULL", elevation: "NULL" }, is("elevation", "2000", "gt"))],
  hides: [hide("closed", is("active", false))],
};
const enterprise: Rules = {
  grants: [clause("firms", { uscc: "CLEAR", name: "CLEAR", legalRep: "person-name" }, is("industry", "25", "startsWith")), clause("phones", { contactPhone: "CLEAR" })],
  restrictions: [clause("phones-masked", { contactPhone: "phone" })],
};
const penalty: Rules = {
  grants: [clause("decisions", { docNo: "CLEAR", enterprise: "CLEAR", amount: "CLEAR" }), clause("days", { decidedOn: "CLEAR" }, { kind: "isNull", path: ["revoked"], isNull: true })],
};

/** Conditions that make several strata, masks, and links to rows that are seen in part. */
export const parted = permit({ Station: station, Observation: allClear("Observation"), Enterprise: enterprise, PenaltyDecision: penalty }, [], { expiresAtMs: Date.UTC(2027, 0, 1) });

/** More predicates than strata are made of: a guard per cell. */
export const guarded = permit({
  Station: {
    grants: ["name", "elevation", "operator", "active", "region"].map((name, index) => clause(`g-${name}`, { [name]: "CLEAR" }, is("code", `${index}`, "startsWith"))).concat([clause("codes", { code: "CLEAR", contact: "free-text" })]),
    restrictions: [clause("r-name", { name: "NULL" }, isNull("quality"))],
  },
  PenaltyDecision: {
    grants: ["enterprise", "decidedOn", "amount", "revoked", "region"].map((name, index) => clause(`g-${name}`, { [name]: "CLEAR" }, is("docNo", `${index}`, "startsWith"))).concat([clause("numbers", { docNo: "CLEAR" })]),
  },
  Enterprise: enterprise,
});

/** Decisions are seen whole, the enterprises that they name not at all; stations are seen, but not what they replaced. */
export const unlinked = permit({ PenaltyDecision: allClear("PenaltyDecision"), Station: { grants: [clause("codes", { code: "CLEAR", name: "CLEAR" })] } });

const publication = (source: PlanSource, change: Partial<Publication> = {}): Publication => ({
  rule: asRuleId(`${source.id}-statistics`),
  source: source.id,
  region: source.region,
  entity: asEntityName("Enterprise"),
  by: ["industry", "region"],
  measures: new Map([["output", ["sum", "avg"]], ["energy", ["sum"]]]),
  minGroup: 5,
  when: is("industry", "25", "startsWith"),
  hides: [hide("secret", isNull("name"))],
  restrictions: [clause("coarse", { region: "NULL", output: "NULL" }, is("region", "130100")), clause("withheld", { industry: "NULL" })],
  known: [
    scope(source, "Enterprise", "query", { grants: [clause("known", { output: "CLEAR" }, is("name", "x"))] }),
    scope(source, "Enterprise", "export", { grants: [clause("codes", { uscc: "uscc" })] }),
  ],
  ...change,
});

export const publishing = permit({}, [
  publication(east),
  publication(west, { hides: [], restrictions: [], known: [], when: TRUE }),
  publication(east, { entity: asEntityName("Station"), rule: asRuleId("stations") }),
  publication(east, { source: asSourceId("gone"), rule: asRuleId("gone") }),
]);

export const agency: Agency = {
  id: asAgencyId("asker"),
  name: { zh: "问者", en: "the asker" },
  about: null,
  region: null,
  purposes: [asPurpose("check")],
  attributes: { partners: ["130100"], region: "120000" },
};

export const contextOf = (of: Permit): PlanContext => ({ vocabulary: vocabulary(), permit: of, sources: [east, west], absent: [], timeZone: "Asia/Shanghai" });

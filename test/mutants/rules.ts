/** Faults in what the rules say: grants, restrictions, predicates, purposes, doors, times. */
import { edit, type Mutant, row } from "./mutant.ts";

export const rules: readonly Mutant[] = [
  {
    id: "allow-what-no-rule-names",
    fault: "an attribute that a grant does not name is granted by it",
    edits: edit("src/plan/guards.ts", "rank(chain, grant.levels.get(attribute)) >= wanted)", 'rank(chain, grant.levels.get(attribute) ?? "CLEAR") >= wanted)'),
    caughtBy: row("P28"),
  },
  {
    id: "restriction-is-true",
    fault: "a restriction applies where its predicate IS TRUE instead of IS NOT FALSE",
    edits: edit("src/plan/guards.ts", '.map((restriction) => guardAtom(restriction.when, "FALSE"));', '.map((restriction): Guard => ({ kind: "not", of: guardAtom(restriction.when, "TRUE") }));'),
    caughtBy: row("P12"),
  },
  {
    id: "hide-is-true",
    fault: "a row is hidden where the predicate IS TRUE instead of IS NOT FALSE",
    edits: edit("src/plan/guards.ts", 'scope.hides.map((hide) => guardAtom(hide.when, "FALSE"))', 'scope.hides.map((hide): Guard => ({ kind: "not", of: guardAtom(hide.when, "TRUE") }))'),
    caughtBy: row("P12"),
  },
  {
    id: "hide-ignored",
    fault: "hidden rows are in the view",
    edits: edit("src/plan/guards.ts", "return guardAll([...shown, guardAny(dedupe(some))]);", "return guardAll([...shown.slice(shown.length), guardAny(dedupe(some))]);"),
    caughtBy: row("P12"),
  },
  {
    id: "restrictions-ignored",
    fault: "restrictions on cells lower nothing",
    edits: edit("src/plan/guards.ts", "return guardAll([guardAny(granted), ...unrestricted]);", "return guardAll([guardAny(granted), ...unrestricted.slice(unrestricted.length)]);"),
    caughtBy: row("P12"),
  },
  {
    id: "restriction-on-all-ignored",
    fault: "a restriction on every attribute of a type, the nearest thing to a rule on an interface, is dropped without a word",
    edits: edit("src/access/scopes.ts", "const said = [every, named.get(attribute.name) ?? null]", 'const said = [kind === "grant" ? every : null, named.get(attribute.name) ?? null]'),
    caughtBy: row("P02"),
  },
  {
    id: "missing-attribute-grants",
    fault: "a predicate over an attribute that the agency has not is TRUE",
    edits: edit("src/access/fold.ts", "return value === undefined ? UNKNOWN :", "return value === undefined ? TRUE :"),
    caughtBy: row("P12"),
  },
  {
    id: "missing-attribute-spares",
    fault: "a predicate over an attribute that the agency has not is FALSE, so a restriction with it binds nobody",
    edits: edit("src/access/fold.ts", "return value === undefined ? UNKNOWN :", "return value === undefined ? FALSE :"),
    caughtBy: row("P12"),
  },
  {
    id: "purpose-ignored",
    fault: "a grant for one purpose serves all",
    edits: edit("src/access/scopes.ts", "(rule.purposes?.has(purpose) ?? true))", "(rule.purposes?.has(purpose) || true))"),
    caughtBy: row("V1"),
  },
  {
    id: "door-ignored",
    fault: "a grant for one door opens all",
    edits: edit("src/access/scopes.ts", "(rule.doors?.has(door) ?? true);", "(rule.doors?.has(door) || true);"),
    caughtBy: row("V3"),
  },
  {
    id: "ended-grant",
    fault: "a grant serves after its end",
    edits: edit("src/access/scopes.ts", "rule.fromMs <= asking.nowMs && asking.nowMs < rule.untilMs", "rule.fromMs <= asking.nowMs"),
    caughtBy: row("V2"),
  },
  {
    id: "early-grant",
    fault: "a grant serves before its beginning",
    edits: edit("src/access/scopes.ts", "rule.fromMs <= asking.nowMs && asking.nowMs < rule.untilMs", "asking.nowMs < rule.untilMs"),
    caughtBy: row("V2"),
  },
  {
    id: "sliding-grant",
    fault: "a permit that is used lives on past the end of its rules",
    edits: edit("src/gateway/hubState.ts", "if (known !== undefined && nowMs < known.expiresAtMs) return known;", "if (known !== undefined) return known;"),
    caughtBy: { file: "test/gateway/durability.test.ts", test: "a rule that ends while a source is asked is not answered from" },
  },
  {
    id: "inexact-predicate",
    fault: "a rule whose predicate its source cannot decide is loaded, so a limit is pushed beneath it",
    edits: edit("src/steward/exactness.ts", 'if (grade === "M" && !isMirrored)', 'if (grade === "M" && isMirrored && !isMirrored)'),
    caughtBy: { file: "test/steward/exactness.test.ts", test: "a predicate is exact" },
  },
  {
    id: "small-group-printed",
    fault: "a group of which the agency does not know enough rows is printed",
    edits: edit("src/execute/runPublished.ts", ".filter((group) => group.unknown >= minGroup)", ".filter((group) => group.count >= minGroup)"),
    caughtBy: { file: "test/execute/published.test.ts", test: "a filter sees only what survived" },
  },
  {
    id: "small-group-in-a-total",
    fault: "a figure of too few unknown cells stays in the totals",
    edits: edit("src/execute/runPublished.ts", "new Map([...group.measures].filter(([, measure]) => measure.unknown >= minGroup))", "group.measures"),
    caughtBy: { file: "test/execute/published.test.ts", test: "a coarser group adds up only what survived" },
  },
  {
    id: "figures-after-the-permit-changed",
    fault: "published figures of before are given on the same day to an agency that now knows other rows",
    edits: edit("src/execute/runPublished.ts", "return known.slice === slice ? known.rows : [];", "return slice.length > 0 ? known.rows : [];"),
    caughtBy: { file: "test/execute/published.test.ts", test: "what an agency knows changes" },
  },
  {
    id: "policy-of-another-region",
    fault: "a region's rules hold for the sources of others",
    edits: edit("src/access/decide.ts", "input.sources.filter(({ region }) => region === policy.region)", "input.sources.filter(({ region }) => region.length === policy.region.length)"),
    caughtBy: row("P23"),
  },
  {
    id: "own-is-every-agency",
    fault: "what is granted to a region's own agencies is granted to all",
    edits: edit("src/access/parseGrantees.ts", "return agency.region === owner && agency.id !== network.anonymous;", "return owner !== agency.id && agency.id !== network.anonymous;"),
    caughtBy: { file: "test/access/decide.test.ts", test: "to: " },
  },
  {
    id: "except-ignored",
    fault: "a rule also addresses those whom it excepts",
    edits: edit("src/access/parseGrantees.ts", "&& !rule.except.some((grantee) => means(grantee, agency, owner, network));", "&& rule.except.every((grantee) => grantee !== null);"),
    caughtBy: { file: "test/access/decide.test.ts", test: "to: " },
  },
  {
    id: "conditional-to-everyone",
    fault: "a rule may grant a conditional attribute to everyone",
    edits: edit("src/access/parseEffect.ts", 'if (toAll && sharing !== "U") {', 'if (toAll && sharing === "N") {'),
    caughtBy: { file: "test/access/parsePolicy.test.ts", test: "class-C attribute to everyone" },
  },
  {
    id: "withheld-tells-the-predicate",
    fault: "what is said of withheld cells shows the rule's predicate",
    edits: edit("src/access/withheld.ts", "const causeOf = ({ rule, reason }: Pick<Clause, \"rule\" | \"reason\">, kind: Words): Cause => ({ by: rule, because: reason ?? kind });", "const causeOf = (clause: Pick<Clause, \"rule\" | \"reason\">, kind: Words): Cause => ({ by: clause.rule, because: { zh: JSON.stringify(clause), en: kind.en } });"),
    caughtBy: row("P28"),
  },
];

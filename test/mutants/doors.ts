/** Faults around the plan: who asks, what is remembered, what is recorded, what is said. */
import { edit, type Mutant, row } from "./mutant.ts";

const attacks = (test: string): Mutant["caughtBy"] => ({ file: "test/gateway/attacks.test.ts", test });
const budgets = (test: string): Mutant["caughtBy"] => ({ file: "test/gateway/budgets.test.ts", test });
const durability = (test: string): Mutant["caughtBy"] => ({ file: "test/gateway/durability.test.ts", test });
const cursors = (test: string): Mutant["caughtBy"] => ({ file: "test/attacks/cursors.test.ts", test });

export const doors: readonly Mutant[] = [
  {
    id: "identity-from-a-header",
    fault: "a header names the agency",
    edits: edit(
      "src/gateway/exchange.ts",
      "  const { principal, purpose } = known instanceof Promise ? await known : known;\n",
      `  const { principal: named, purpose } = known instanceof Promise ? await known : known;
  const other = [...parts.state.network.agencies.values()].find(({ id }) => id === headers["x-agency"]?.[0]);
  const principal = named.kind === "agency" && other !== undefined ? { ...named, agency: other } : named;
`,
    ),
    caughtBy: row("P30"),
  },
  {
    id: "suspended-agency-accepted",
    fault: "a suspended agency's token stays good",
    edits: edit("src/identity/identify.ts", "if (!isTrusted || suspensions.isSuspended(token.subject))", "if (!isTrusted)"),
    caughtBy: attacks("P32"),
  },
  {
    id: "sliding-token",
    fault: "a token that is used lives on past its end",
    edits: edit("src/identity/tokenCache.ts", "return verified !== undefined && nowMs < verified.expiresAtMs ? verified : null;", "return verified ?? null;"),
    caughtBy: { file: "test/identity/identify.test.ts", test: "a cached token stops at its expiry" },
  },
  {
    id: "audience-unchecked",
    fault: "a token that was made for another service is taken",
    edits: edit("src/identity/verifyToken.ts", "  issuer,\n  audience,\n  algorithms", "  issuer,\n  ...(audience === \"\" ? { audience } : {}),\n  algorithms"),
    caughtBy: attacks("P31"),
  },
  {
    id: "plan-of-another-permit",
    fault: "a plan is kept by its document alone",
    edits: edit("src/gateway/preparedLane.ts", "`${generation} ${permitHash} ${schemaHash} ${operationName ?? \"\"}\\u0000${query}`", "`${generation} ${[permitHash, schemaHash].length} ${operationName ?? \"\"}\\u0000${query}`"),
    caughtBy: row("P34, P35"),
  },
  {
    id: "permit-of-another-agency",
    fault: "permits are kept by purpose alone",
    edits: edit("src/gateway/hubState.ts", 'const key = `${agency.id}\\u0001${purpose ?? ""}`;', 'const key = `\\u0001${purpose ?? ""}`;'),
    caughtBy: row("P34, P35"),
  },
  {
    id: "permit-of-another-purpose",
    fault: "permits are kept by agency alone",
    edits: edit("src/gateway/hubState.ts", 'const key = `${agency.id}\\u0001${purpose ?? ""}`;', "const key = `${agency.id}\\u0001`;"),
    caughtBy: row("\\(low\\)"),
  },
  {
    id: "permits-outlive-a-change",
    fault: "a policy that is brought into force leaves old permits in use",
    edits: edit("src/gateway/hubState.ts", "    apply(policySet) {\n      generation = newGeneration(generation.number + 1, policySet, registry);", "    apply(policySet) {\n      generation = { ...newGeneration(generation.number + 1, policySet, registry), permits: generation.permits };"),
    caughtBy: durability("F22"),
  },
  {
    id: "schema-of-another-agency",
    fault: "one schema serves all agencies",
    edits: [
      ...edit("src/gateway/hubState.ts", "const known = schemas.get(permit.schemaHash);", 'const known = schemas.get("");'),
      ...edit("src/gateway/hubState.ts", "schemas.set(permit.schemaHash, made);", 'schemas.set("", made);'),
    ],
    caughtBy: row("P34, P35"),
  },
  {
    id: "introspection-of-the-whole-schema",
    fault: "what the schema says of itself is everything that there is",
    edits: [
      ...edit("src/gateway/introspection.ts", 'import type { Validated } from "./validators.ts";', 'import type { Validated } from "./validators.ts";\nimport { deriveSchema } from "../../schema/derive/deriveSchema.ts";\nimport { allVisible } from "../../schema/derive/visibility.ts";\nimport { vocabulary } from "../../schema/hubVocabulary.ts";'),
      ...edit("src/gateway/introspection.ts", "const result = execute({ schema, document: alone,", "const result = execute({ schema: schema && deriveSchema(vocabulary(), allVisible(vocabulary())), document: alone,"),
    ],
    caughtBy: row("P13"),
  },
  {
    id: "cursor-unsigned",
    fault: "cursors and ids are not authenticated",
    edits: edit("src/identity/siv.ts", "return timingSafeEqual(mac(key, text).subarray(0, ivBytes), sealed.subarray(0, ivBytes)) ? text : null;", "return timingSafeEqual(mac(key, text), mac(key, text)) ? text : null;"),
    caughtBy: cursors("that is changed at any place is none"),
  },
  {
    id: "cursor-of-another-agency",
    fault: "a cursor is good for every agency",
    edits: edit("src/execute/cursor.ts", "if (cursor.a !== run.agencyId || cursor.p", "if (cursor.p"),
    caughtBy: cursors("of FULL is none for another agency"),
  },
  {
    id: "cursor-of-another-query",
    fault: "a cursor is good for every query",
    edits: edit("src/execute/cursor.ts", " || cursor.q !== queryHash(plan, run))", ")"),
    caughtBy: cursors("of FULL is none for"),
  },
  {
    id: "cursor-outlives-its-rules",
    fault: "a cursor is good after the rules have changed",
    edits: edit("src/execute/cursor.ts", 'if (cursor.l !== slicesHash(plan, run)) throw new HubError("CURSOR_EXPIRED");', "if (cursor.l !== slicesHash(plan, run)) run.missedEarlier.clear();"),
    caughtBy: cursors("ends with the rules"),
  },
  {
    id: "id-under-a-shared-key",
    fault: "all agencies have the same ids",
    edits: edit("src/identity/ids.ts", "const name = `${agency}\\n${entity}\\n${source}`;", "const name = `${entity}\\n${source}`;"),
    caughtBy: row("P09"),
  },
  {
    id: "audit-after-the-answer",
    fault: "the answer leaves before its record is durable",
    edits: edit("src/gateway/answerOperation.ts", "const end = `${JSON.stringify(await receipt)},", 'const end = `${JSON.stringify("later")},'),
    caughtBy: durability("the record is synced before the first byte"),
  },
  {
    id: "epoch-checked-before-the-append",
    fault: "whether the rules are in force is asked before the append and not in its step",
    edits: edit(
      "src/gateway/answerOperation.ts",
      "const written = parts.journal.append(disclosure, () => isCurrent(request)).then(({ id }) => id);",
      'if (!isCurrent(request)) return Promise.reject(new HubError("POLICY_CHANGED"));\n    const written = parts.journal.append(disclosure, () => true).then(({ id }) => id);',
    ),
    caughtBy: { file: "test/attacks/inBetween.test.ts", test: "while its withdrawal is being written" },
  },
  {
    id: "epoch-not-checked",
    fault: "an answer leaves though its rules were withdrawn while it was made",
    edits: edit("src/gateway/answerOperation.ts", "|| slicesHold(parts, request, nowMs);", "|| [request, nowMs].length > 0;"),
    caughtBy: durability("F22"),
  },
  {
    id: "refusal-unrecorded",
    fault: "refusals leave no record",
    edits: edit("src/gateway/exchange.ts", "await parts.refusals.record(recordOf(parts, exchange, spoken));", "recordOf(parts, exchange, spoken);"),
    caughtBy: row("P01"),
  },
  {
    id: "error-names-a-column",
    fault: "an error that nobody foresaw is told to the caller",
    edits: edit("src/gateway/respond.ts", "if (!(error instanceof HubError)) return null;", 'if (!(error instanceof HubError)) return { code: "INTERNAL", message: String(error), locations: null };'),
    caughtBy: { file: "test/attacks/inBetween.test.ts", test: "P41 what fails inside" },
  },
  {
    id: "suggestion-in-an-error",
    fault: "validation errors are told in the validator's words",
    edits: edit("src/gateway/validators.ts", 'return new HubError("GRAPHQL_VALIDATION_FAILED", {}, { cause });', 'return Object.assign(new HubError("GRAPHQL_VALIDATION_FAILED", {}, { cause }), { message: error.message });'),
    caughtBy: row("P(05|41)"),
  },
  {
    id: "form-posts-accepted",
    fault: "a browser's form reaches the data door",
    edits: edit("src/gateway/negotiate.ts", 'throw new HubError("UNSUPPORTED_MEDIA_TYPE");', "return;"),
    caughtBy: attacks("P40"),
  },
  {
    id: "aliases-unbounded",
    fault: "a document may ask by as many aliases as it likes",
    edits: edit("src/gateway/documentLimits.ts", "  aliases: 30,", "  aliases: 30_000,"),
    caughtBy: row("P38"),
  },
  {
    id: "bad-token-is-anonymous",
    fault: "who brings a token that is none is taken for the anonymous agency",
    edits: edit("src/identity/identify.ts", 'if (token === undefined) throw new HubError("UNAUTHENTICATED");', "if (token === undefined) return withPurpose(anonymous(input), input);"),
    caughtBy: attacks("P31"),
  },
  {
    id: "purpose-beyond-the-token",
    fault: "a token serves purposes that it does not carry",
    edits: edit("src/identity/identify.ts", "agency.purposes.filter((purpose) => token.purposes.includes(purpose));", "agency.purposes.filter((purpose) => purpose.length > 0 || token.purposes.includes(purpose));"),
    caughtBy: { file: "test/gateway/cases.test.ts", test: "a purpose that the token has not" },
  },
  {
    id: "steward-of-another-region",
    fault: "a steward may bring another region's policy into force",
    edits: edit("src/gateway/stewardShield.ts", "Mutation: { reloadPolicy: and(isSteward, ownsRegion) },", "Mutation: { reloadPolicy: and(isSteward, isSteward, ...[ownsRegion].slice(1)) },"),
    caughtBy: { file: "test/gateway/steward.test.ts", test: "a foreign steward" },
  },
  {
    id: "sandbox-tokens-everywhere",
    fault: "outside a demonstration anybody gets any agency's token",
    edits: edit("src/gateway/server.ts", "  if (parts.demonstration) {", "  if (parts.demonstration || parts.host.length > 0) {"),
    caughtBy: { file: "test/gateway/doors.test.ts", test: "outside a demonstration it makes no token" },
  },
  {
    id: "unminted-query",
    fault: "an adapter runs a query that no plan made",
    edits: edit("adapters/contract/authorisedQuery.ts", "if (!minted.has(query)) throw", "if (!minted.has(query) && query.rowsMax < 0) throw"),
    caughtBy: { file: "test/adapters/sqlite/failures.test.ts", test: "a forged query is refused" },
  },
  {
    id: "record-not-synced",
    fault: "a record counts as durable once it is written",
    edits: edit("src/audit/openJournal.ts", "      await files.write(file, bytes, end);\n      await files.sync(file);\n", "      await files.write(file, bytes, end);\n"),
    caughtBy: durability("the record is synced before the first byte"),
  },
  {
    id: "explanation-unrecorded",
    fault: "an agency is told of rules and nobody can see that it was",
    edits: edit("src/gateway/handleGraphql.ts", "        await answers.recordExplanation(requestOf(exchange, planned, new AbortController().signal));\n", ""),
    caughtBy: row("P29"),
  },
  {
    id: "answers-are-logged",
    fault: "the operator's log holds answers",
    edits: edit("src/gateway/handleGraphql.ts", "        const bytes = sendGraphql(response, 200,", "        parts.log(text);\n        const bytes = sendGraphql(response, 200,"),
    caughtBy: row("P27"),
  },
  {
    id: "list-of-operations",
    fault: "of a list of operations the first is answered",
    edits: edit("src/gateway/graphqlRequest.ts", "  const body = parseJson(bytes);\n", "  const parsed = parseJson(bytes);\n  const body: unknown = Array.isArray(parsed) ? parsed[0] : parsed;\n"),
    caughtBy: attacks("P36"),
  },
  {
    id: "prototype-in-variables",
    fault: "a variable may carry __proto__",
    edits: edit("src/gateway/graphqlRequest.ts", 'if (key === "__proto__") throw new HubError("BAD_REQUEST");', 'if (key === "__proto__" && depth < 0) throw new HubError("BAD_REQUEST");'),
    caughtBy: attacks("P26"),
  },
  {
    id: "ids-unbounded",
    fault: "one list may look up any number of ids",
    edits: edit("src/execute/runById.ts", "if (ids.length > idsMax)", "if (ids.length > idsMax * idsMax)"),
    caughtBy: row("P38"),
  },
  {
    id: "budget-shared-by-all",
    fault: "one agency spends another's budget",
    edits: edit("src/gateway/budgets.ts", 'const key = `${agency.id}\\u0001${purpose ?? ""}`;', 'const key = `\\u0001${purpose ?? ""}`;'),
    caughtBy: budgets("is each agency's and each purpose's own"),
  },
  {
    id: "budget-of-a-purpose-shared",
    fault: "what is spent for one purpose is missing for another",
    edits: edit("src/gateway/budgets.ts", 'const key = `${agency.id}\\u0001${purpose ?? ""}`;', "const key = agency.id;"),
    caughtBy: budgets("is each agency's and each purpose's own"),
  },
  {
    id: "budget-without-a-day",
    fault: "who comes back every minute is never stopped by the day's budget",
    edits: edit("src/gateway/budgets.ts", "bucketOf(budget.perDay, 86_400_000, clock())", "bucketOf(budget.perDay, 60_000, clock())"),
    caughtBy: budgets("of a day holds however often the minute's is full again"),
  },
  {
    id: "refusals-for-nothing",
    fault: "a request that is refused costs nothing",
    edits: edit("src/gateway/budgets.ts", "      take(own, refusalUnits, clock());", "      take(own, 0, clock());"),
    caughtBy: budgets("pays for refusals too"),
  },
  {
    id: "operation-of-any-cost",
    fault: "an operation is run whatever it may cost",
    edits: edit("src/gateway/budgets.ts", "if (units > limit) throw", "if (units > limit * 1e9) throw"),
    caughtBy: budgets("what may cost more than one operation may is refused before any source is asked"),
  },
  {
    id: "keys-hashed-in-the-open",
    fault: "whoever guesses a hidden key can tell by the order of equal rows whether it is right (PostgreSQL)",
    edits: edit("adapters/postgres/typedExpr.ts", "[sql`current_setting('${sql.raw(keySecretSetting)}')`, ...cells]", "cells"),
    caughtBy: { file: "test/adapters/server/keyHash.test.ts", test: "on PostgreSQL" },
  },
  {
    id: "keys-hashed-in-the-open-on-mariadb",
    fault: "whoever guesses a hidden key can tell by the order of equal rows whether it is right (MariaDB)",
    edits: edit("adapters/mysql/typedExpr.ts", "[sql.raw(keySecretVariable), ...cells]", "cells"),
    caughtBy: { file: "test/adapters/server/keyHash.test.ts", test: "on MariaDB" },
  },
];

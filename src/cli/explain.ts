/** `explain`: what a query would do for an agency, down to each source's own query; nothing is asked of a source. */
import { readFileSync } from "node:fs";
import { getOperationAST, getVariableValues, type GraphQLSchema, parse, validate } from "graphql";
import { asSourceId } from "../../schema/ids.ts";
import { withheldIn } from "../gateway/answerOperation.ts";
import { compile } from "../plan/compile.ts";
import { explain as explainPlan } from "../plan/explain.ts";
import { operandsOf } from "../plan/operands.ts";
import type { OperationPlan } from "../plan/operationPlan.ts";
import { pageDefault } from "../plan/requests.ts";
import { agencyOf, askedPurpose, type Command, readCommandLine, UsageError } from "./command.ts";
import { readNetwork } from "./readNetwork.ts";
import { openStoredNetwork } from "./storedNetwork.ts";

const usage = "explain FILE --as AGENCY [--purpose PURPOSE] [--variables JSON] [--network DIR]";

export const explain: Command = {
  usage,
  about: "shows permit, rules, what is withheld, and how each filter goes into each source",
  run: async (args, print) => {
    const { config, operands: [file = ""], option } = readCommandLine(args, ["as", "purpose", "variables"], 1, usage);
    const text = readQuery(file);
    const given = readVariables(option("variables"));
    const agency = agencyOf(readNetwork(config.networkDir), option("as"), "--as", usage);
    const purpose = askedPurpose(agency, option("purpose"));
    const stored = await openStoredNetwork(config, (line) => void process.stderr.write(`${line}\n`));
    try {
      const { state, registry } = stored;
      const nowMs = Date.now();
      const permit = state.permitOf(agency, purpose, nowMs);
      const { document, variables } = checkDocument(state.schemaOf(permit), text, file, given);
      const plan = compile({ schema: state.schemaOf(permit), document, operationName: null, variables, context: state.planContext(permit) });
      const operands = operandsOf(plan.slots, variables);
      print(
        explainPlan({
          plan,
          permit,
          agency,
          withheld: withheldIn(plan),
          queries: {
            describe: (query) => registry.get(asSourceId(query.source))?.adapter.describe(query) ?? null,
            bindings: { operands, agency: agency.attributes, nowMs, limit: limitOf(plan, operands) + 1, cursor: null, lookup: [["…"], ["…"], ["…"], ["…"]] },
          },
        }).trimEnd(),
      );
      return 0;
    } finally {
      await stored.close();
    }
  },
};

function readQuery(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch {
    throw new UsageError(`${file} cannot be read; name a file with a GraphQL query, or - for standard input.`);
  }
}

function readVariables(text: string | null): Readonly<Record<string, unknown>> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new UsageError(`--variables is not a JSON object; write --variables '{"code": "1001A"}'.`);
}

/** Who explains may see what is wrong: the messages are graphql-js's own, over the agency's schema. */
function checkDocument(schema: GraphQLSchema, text: string, file: string, given: Readonly<Record<string, unknown>>): { document: ReturnType<typeof parse>; variables: Readonly<Record<string, unknown>> } {
  let document: ReturnType<typeof parse>;
  try {
    document = parse(text);
  } catch (error) {
    throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const [problem] = validate(schema, document);
  const at = problem?.locations?.[0];
  if (problem !== undefined) throw new UsageError(`${file}${at === undefined ? "" : `:${at.line}:${at.column}`}: ${problem.message} This is the schema that the agency sees.`);
  const operation = getOperationAST(document, null);
  if (!operation) throw new UsageError(`${file} holds no operation, or several; leave one.`);
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  if (coerced === undefined) throw new UsageError(`${errors?.[0]?.message ?? "A variable does not fit."} Use --variables JSON.`);
  return { document, variables: coerced };
}

/** Of the first page in the document: each source is asked for one row more than it needs. */
function limitOf(plan: OperationPlan, operands: ReturnType<typeof operandsOf>): number {
  for (const root of plan.roots) {
    if (root.kind !== "connection") continue;
    for (const argument of [root.first, root.last]) {
      const value = "slot" in argument ? operands[argument.slot] : argument.literal;
      if (typeof value === "number") return value;
    }
  }
  return pageDefault;
}

/**
 * Runs `node(id)`, `nodes(ids)` and `station(id)`: hidden, forged and never-existing ids are all looked up, and give the same bytes.
 */
import { HubError } from "../../schema/errorCodes.ts";
import { asEntityName, asSourceId } from "../../schema/ids.ts";
import { TRUE } from "../../schema/predicate.ts";
import { scopeKey } from "../access/permit.ts";
import type { ByIdPlan } from "../plan/operationPlan.ts";
import { originalAttributes, selectedAttributes } from "../plan/referenced.ts";
import { locatorOf, locatorText } from "./hubRow.ts";
import { printRows } from "./links.ts";
import type { Json } from "./printNode.ts";
import { readScan } from "./readScan.ts";
import { bindingsOf, reportOf, type RunContext } from "./runContext.ts";
import { textValue } from "./pageArguments.ts";

/** Ids of one `nodes(ids)`; more is a job for a filter (attacks.md P38). */
const idsMax = 100;

export async function runById(run: RunContext, plan: ByIdPlan): Promise<Json> {
  if (!plan.list) {
    const [argument] = plan.ids as Extract<ByIdPlan["ids"], readonly unknown[]>;
    const id = argument === undefined ? null : textValue(run, argument);
    if (id === null) throw new HubError("INVALID_ID");
    return lookUp(run, plan, id);
  }
  const given = "slot" in plan.ids ? run.operands[plan.ids.slot] : [];
  const ids = Array.isArray(given) ? given : [given];
  if (ids.length > idsMax) throw new HubError("BAD_ARGUMENT", { argument: `ids holds at most ${idsMax} ids` });
  return Promise.all(
    ids.map(async (id, index): Promise<Json> => {
      try {
        return await lookUp(run, plan, String(id));
      } catch (error) {
        if (!(error instanceof HubError)) throw error;
        run.errors.push({ code: error.code, parameters: error.parameters, path: [plan.key, index] });
        return null;
      }
    }),
  );
}

async function lookUp(run: RunContext, plan: ByIdPlan, id: string): Promise<Json> {
  const decoded = run.ids.decode(id);
  const target = decoded === null ? undefined : plan.targets.get(decoded.entity);
  if (decoded === null || target === undefined) throw new HubError("INVALID_ID");
  const scan = target.scans.find((candidate) => candidate.source.id === decoded.source);
  if (scan === undefined) {
    // Nothing of it can be told, not even whether it has such rows.
    if (run.absent.some(({ source }) => source === decoded.source)) throw new HubError("SOURCE_UNAVAILABLE", { source: decoded.source });
    if (run.permit.scopes.get(scopeKey(asSourceId(decoded.source), asEntityName(decoded.entity), "query"))?.lost?.rows === true) throw new HubError("SOURCE_SCHEMA_DRIFT", { source: decoded.source });
    return null;
  }
  const lookup = decoded.locator.map((cell) => [cell]);
  const lists = await readScan(
    run,
    scan,
    {
      where: TRUE,
      order: [],
      backward: false,
      cursor: null,
      attributes: [...selectedAttributes(target.selection)],
      originals: originalAttributes(target.selection),
      lookup: { by: "locator" },
      limited: false,
    },
    "by id",
    bindingsOf(run, 0, null, lookup),
  );
  if (lists === null) {
    const status = reportOf(run, decoded.source).status;
    throw new HubError(status === "TIMEOUT" ? "SOURCE_TIMEOUT" : status === "BAD_ANSWER" ? "SOURCE_BAD_ANSWER" : "SOURCE_UNAVAILABLE", { source: decoded.source });
  }
  const wanted = locatorText(decoded.locator);
  const rows = lists.flat().filter((row) => locatorText(locatorOf(row)) === wanted);
  const [printed] = await printRows(run, scan.context, target.selection, rows.slice(0, 1));
  return printed ?? null;
}

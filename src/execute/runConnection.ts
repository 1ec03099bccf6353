/** Runs a connection: first + 1 rows of every stratum of every source, merged, cut, printed; totals by counting. */
import { HubError } from "../../schema/errorCodes.ts";
import type { ConnectionPlan } from "../plan/operationPlan.ts";
import { pageDefault } from "../plan/requests.ts";
import type { Scan } from "../plan/scan.ts";
import { settleConnection } from "../plan/semiJoin.ts";
import { countRows } from "./countRows.ts";
import { openPosition, sealPosition } from "./cursor.ts";
import { printRows } from "./links.ts";
import { intValue, textValue } from "./pageArguments.ts";
import type { Json } from "./printNode.ts";
import { type Page, type Paging, readPage } from "./readPage.ts";
import type { RunContext } from "./runContext.ts";
import { readJoins } from "./semiJoins.ts";

export async function runConnection(asked: RunContext, root: ConnectionPlan): Promise<Json> {
  const paging = pagingOf(asked, root);
  const { run, unknown } = await readJoins(asked, root.semiJoins);
  const plan = settleConnection(root, unknown);
  const { count } = plan;
  const [page, total] = await Promise.all([
    plan.selections === null ? null : readPage(run, plan, paging),
    count === null ? null : countRows(run, plan, count),
  ]);
  const printed = new Map<object, readonly Json[]>();
  for (const selection of plan.selections ?? []) printed.set(selection, await printRows(run, plan.scans[0]?.context ?? emptyContext, selection, page?.rows ?? []));
  const answer: Record<string, Json> = {};
  for (const field of plan.shape.fields) {
    switch (field.kind) {
      case "nodes":
        answer[field.key] = printed.get(field.selection) ?? [];
        break;
      case "edges":
        answer[field.key] = (page?.rows ?? []).map((row, index): Json => {
          const edge: Record<string, Json> = {};
          for (const part of field.fields) {
            if (part.kind === "node") edge[part.key] = printed.get(part.selection)?.[index] ?? null;
            else edge[part.key] = part.kind === "cursor" ? sealPosition(plan, run, row) : part.name;
          }
          return edge;
        });
        break;
      case "pageInfo":
        answer[field.key] = Object.fromEntries(field.fields.map((info) => [info.key, pageInfo(run, plan, page, info.field)]));
        break;
      case "totalCount":
        answer[field.key] = total === null || (!field.partial && (total.failed || run.absent.length > 0 || plan.countIsTorn || unknown.size > 0)) ? null : total.rows;
        break;
      case "typename":
        answer[field.key] = field.name;
        break;
    }
  }
  return answer;
}

/** A connection without any source has no rows to link from. */
const emptyContext = { vocabulary: { entities: new Map() }, sources: [], absent: [] } as unknown as Scan["context"];

function pageInfo(run: RunContext, plan: ConnectionPlan, page: Page | null, field: string): Json {
  const rows = page?.rows ?? [];
  switch (field) {
    case "hasNextPage":
      return page !== null && (page.backward ? page.isAfterCursor : page.hasMore);
    case "hasPreviousPage":
      return page !== null && (page.backward ? page.hasMore : page.isAfterCursor);
    case "startCursor":
      return rows[0] === undefined ? null : sealPosition(plan, run, rows[0]);
    case "endCursor": {
      const last = rows[rows.length - 1];
      return last === undefined ? null : sealPosition(plan, run, last);
    }
    default:
      return "PageInfo";
  }
}

/** Refused whether or not rows are asked for: a bad cursor beside a totalCount is as bad. */
function pagingOf(run: RunContext, plan: ConnectionPlan): Paging {
  const first = intValue(run, plan.first, "first");
  const last = intValue(run, plan.last, "last");
  const after = textValue(run, plan.after);
  const before = textValue(run, plan.before);
  if (first !== null && last !== null) throw new HubError("BAD_ARGUMENT", { argument: "first and last exclude each other" });
  if ((last !== null && after !== null) || (last === null && before !== null)) {
    throw new HubError("BAD_ARGUMENT", { argument: "after goes with first, before goes with last" });
  }
  const backward = last !== null;
  const limit = last ?? first ?? pageDefault;
  const sealed = backward ? before : after;
  return { backward, limit, cursor: sealed === null ? null : openPosition(plan, run, sealed) };
}

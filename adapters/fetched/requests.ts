/** Alternatives as requests that the table's declared parameters can say: a superset of each, never less. */
import type { Bound, ColumnWant, FetchedTable, PushableColumn, Pushed } from "./fetchedSource.ts";
import { type Alternative, type Alternatives, rangeOf } from "./wanted.ts";

export type Requests =
  | { readonly kind: "some"; readonly requests: readonly (readonly Pushed[])[] }
  /** What is wanted cannot be narrowed as the table demands; `by`: columns of which one (or of `all`, each) has to be filtered. */
  | { readonly kind: "tooMuch"; readonly by: readonly string[]; readonly all: boolean };

/** A column's values one by one, where the source takes no list. */
const fanMax = 16;

export function requestsFor(table: FetchedTable, alternatives: Alternatives, requestsMax: number): Requests {
  const requests: (readonly Pushed[])[] = [];
  for (const alternative of alternatives) {
    const narrowed = requestsOf(table, alternative, requestsMax);
    for (const pushed of narrowed) {
      const missing = table.require.filter((column) => !pushed.some((one) => one.column === column));
      if (missing.length > 0) return { kind: "tooMuch", by: missing, all: true };
      if (pushed.length === 0 && !table.mayReadAll) return { kind: "tooMuch", by: Object.keys(table.push), all: false };
    }
    requests.push(...narrowed);
  }
  // Whatever is read without narrowing brings the rest along.
  const whole = requests.find((pushed) => pushed.length === 0);
  if (whole !== undefined) return { kind: "some", requests: [whole] };
  const distinct = [...new Map(requests.map((pushed) => [JSON.stringify(pushed), pushed])).values()];
  if (distinct.length <= requestsMax) return { kind: "some", requests: distinct };
  return table.mayReadAll && table.require.length === 0 ? { kind: "some", requests: [[]] } : { kind: "tooMuch", by: Object.keys(table.push), all: false };
}

/** What no source holds in a column that it filters by, and some answer with an error: the hub looks for it by itself. */
const isPlain = (value: string): boolean => value !== "" && value.length <= 256 && !/\p{C}/u.test(value);

/** One request, or several where a column's values have to be asked for one after the other. */
function requestsOf(table: FetchedTable, alternative: Alternative, requestsMax: number): readonly (readonly Pushed[])[] {
  let requests: readonly (readonly Pushed[])[] = [[]];
  for (const [column, want] of [...alternative].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const pushable = Object.hasOwn(table.push, column) ? table.push[column] : undefined;
    if (!pushable) continue;
    const ways = waysOf(column, want, pushable);
    // Left out, a column only makes the answer larger.
    if (ways.length === 0 || requests.length * ways.length > requestsMax) continue;
    requests = requests.flatMap((pushed) => ways.map((way) => [...pushed, ...way]));
  }
  return requests;
}

/** The ways of one column, of which each row takes one; none: the source cannot narrow by it. */
function waysOf(column: string, want: ColumnWant, { operators, listMax, separator }: PushableColumn): readonly (readonly Pushed[])[] {
  if (want.kind === "values") {
    const { values } = want;
    if (!values.every(isPlain)) return [];
    if (values.length === 1 && operators.has("eq")) return [[{ column, operator: "eq", values }]];
    if (operators.has("in") && !values.some((value) => value.includes(separator))) {
      const lists: string[][] = [];
      for (let at = 0; at < values.length; at += listMax) lists.push(values.slice(at, at + listMax));
      return lists.map((list) => [{ column, operator: "in", values: list }]);
    }
    if (operators.has("eq") && values.length <= fanMax) return values.map((value) => [{ column, operator: "eq", values: [value] }]);
  }
  const { low, high } = rangeOf(want);
  const bounds = [bound(column, low, operators, "gte", "gt"), bound(column, high, operators, "lte", "lt")].filter((one) => one !== null);
  return bounds.length === 0 ? [] : [bounds];
}

/** An inclusive parameter takes an exclusive bound along; the other way round a row would be lost. */
function bound(column: string, at: Bound | null, operators: PushableColumn["operators"], inclusive: "gte" | "lte", exclusive: "gt" | "lt"): Pushed | null {
  if (at === null || !isPlain(at.value)) return null;
  if (!at.inclusive && operators.has(exclusive)) return { column, operator: exclusive, values: [at.value] };
  return operators.has(inclusive) ? { column, operator: inclusive, values: [at.value] } : null;
}

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

/**
 * Texts with which the hub asks for what cannot exist (an id that was forged): a source that is asked for every other id must not be
 * told apart by them, and need not be asked.
 */
const isPossible = (value: string, { couldBe }: PushableColumn): boolean => !value.startsWith("\ue000") && couldBe?.(value) !== false;

/** What is not sent: some servers answer it with an error. The hub looks for it by itself. */
const isPlain = (value: string): boolean => value !== "" && value.length <= 256 && !/\p{C}/u.test(value);

/** One request, or several where a column's values have to be asked for one after the other. */
function requestsOf(table: FetchedTable, alternative: Alternative, requestsMax: number): readonly (readonly Pushed[])[] {
  let requests: readonly (readonly Pushed[])[] = [[]];
  for (const [column, want] of [...alternative].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const pushable = Object.hasOwn(table.push, column) ? table.push[column] : undefined;
    if (!pushable) continue;
    const ways = waysOf(column, want, pushable);
    if (ways === "none") return [];
    // Left out, a column only makes the answer larger.
    if (ways.length === 0 || requests.length * ways.length > requestsMax) continue;
    requests = requests.flatMap((pushed) => ways.map((way) => [...pushed, ...way]));
  }
  return requests;
}

/** The ways of one column, of which each row takes one; none at all: the source cannot narrow by it. `none`: no row has such a cell. */
function waysOf(column: string, want: ColumnWant, pushable: PushableColumn): readonly (readonly Pushed[])[] | "none" {
  const { operators, listMax, separator } = pushable;
  if (want.kind === "values") {
    const values = want.values.filter((value) => isPossible(value, pushable));
    if (values.length === 0) return "none";
    if (!values.every(isPlain)) return [];
    if (values.length === 1 && operators.has("eq")) return [[{ column, operator: "eq", values }]];
    if (operators.has("in") && (separator === "" || !values.some((value) => value.includes(separator)))) {
      const lists: string[][] = [];
      for (let at = 0; at < values.length; at += listMax) lists.push(values.slice(at, at + listMax));
      return lists.map((list) => [{ column, operator: "in", values: list }]);
    }
    if (operators.has("eq") && values.length <= fanMax) return values.map((value) => [{ column, operator: "eq", values: [value] }]);
    return ends(column, { kind: "values", values }, pushable);
  }
  return ends(column, want, pushable);
}

function ends(column: string, want: ColumnWant, pushable: PushableColumn): readonly (readonly Pushed[])[] {
  const { low, high } = rangeOf(want);
  const bounds = [bound(column, low, pushable, "gte", "gt"), bound(column, high, pushable, "lte", "lt")].filter((one) => one !== null);
  return bounds.length === 0 ? [] : [bounds];
}

/** An inclusive parameter takes an exclusive bound along; the other way round a row would be lost. */
function bound(column: string, at: Bound | null, pushable: PushableColumn, inclusive: "gte" | "lte", exclusive: "gt" | "lt"): Pushed | null {
  const { operators } = pushable;
  if (at === null || !isPlain(at.value) || !isPossible(at.value, pushable)) return null;
  if (!at.inclusive && operators.has(exclusive)) return { column, operator: exclusive, values: [at.value] };
  return operators.has(inclusive) ? { column, operator: inclusive, values: [at.value] } : null;
}

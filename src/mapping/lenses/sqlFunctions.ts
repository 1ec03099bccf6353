/**
 * The hub's functions inside a SQLite connection: the same code that reads values in the hub, so source and hub cannot disagree.
 *
 * | function | answers |
 * |---|---|
 * | `hub_lens(id, form, cell…)` | a chain's `printed`, `exact` or `number` form; NULL for an unknown id |
 * | `hub_bucket(ms, bucket, zone)` | start of the bucket, epoch ms |
 * | `hub_sum(x)` | exact sum as decimal text; NULL over no value |
 * | `hub_starts(text, part)`, `hub_contains(text, part)` | 1, 0, or NULL where one is NULL; by code points, case-sensitive |
 *
 * All are total: NULL, never an error. All but the aggregate are deterministic, so that indexes and stored columns may use them.
 */
import type { Cell, LensForm, TimeBucket } from "../../../adapters/contract/sourceQuery.ts";
import { bucketStart } from "../../harmonise/time.ts";
import { compileChain, type Chain } from "./chain.ts";
import { addTo, emptySum, sumText } from "./exactSum.ts";
import type { LensSpec } from "./lensSpec.ts";
import { rawOf, textOf } from "./value.ts";

/** What is needed of better-sqlite3's `Database`. */
interface Database {
  function(name: string, options: { varargs?: boolean; deterministic?: boolean }, answer: (...cells: never[]) => Cell): unknown;
  aggregate(name: string, options: object): unknown;
}

export function install(db: Database, lenses: Readonly<Record<string, LensSpec>>): void {
  const chains = new Map<string, Chain>(Object.entries(lenses).map(([id, spec]) => [id, compileChain(spec)]));
  const deterministic = { deterministic: true };
  db.function("hub_lens", { deterministic: true, varargs: true }, (id: string, form: LensForm, ...cells: Cell[]): Cell => {
    const chain = chains.get(id);
    if (!chain) return null;
    switch (form) {
      case "printed":
        return chain.printed(cells);
      case "exact":
        return chain.exact(cells);
      case "number":
        return chain.number(cells);
      default:
        return null;
    }
  });
  db.function("hub_bucket", deterministic, (ms: Cell, bucket: TimeBucket, zone: Cell) =>
    typeof ms === "number" && typeof zone === "string" && isBucket(bucket) ? bucketStart(ms, bucket, zone) : null,
  );
  db.function("hub_starts", deterministic, (text: Cell, part: Cell) => compareText(text, part, (whole, piece) => whole.startsWith(piece)));
  db.function("hub_contains", deterministic, (text: Cell, part: Cell) => compareText(text, part, (whole, piece) => whole.includes(piece)));
  db.aggregate("hub_sum", { start: emptySum, step: addTo, result: sumText });
}

const isBucket = (bucket: unknown): bucket is TimeBucket =>
  bucket === "HOUR" || bucket === "DAY" || bucket === "MONTH" || bucket === "YEAR";

function compareText(text: Cell, part: Cell, test: (whole: string, piece: string) => boolean): 0 | 1 | null {
  const whole = characters(text);
  const piece = characters(part);
  return whole === null || piece === null ? null : test(whole, piece) ? 1 : 0;
}

function characters(cell: Cell): string | null {
  if (typeof cell === "string") return cell;
  const raw = rawOf(cell);
  return raw === null ? null : textOf(raw);
}

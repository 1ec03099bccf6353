/**
 * How refusals get into the journal: bounded, and none of them without a record that was durable before it was sent.
 *
 * Of each kind (agency, token's maker, purpose, door, code) the first twenty in a minute are recorded one by one, as somebody who is
 * trying things out needs it. For what comes beyond, one record says in advance that up to a hundred follow, then up to a thousand, and so
 * on; when the minute is over one more says how many they were.
 */
import { HubError } from "../../schema/errorCodes.ts";
import type { Disclosure, RefusalSum } from "../audit/disclosure.ts";
import { faultShape } from "../observe/faultShape.ts";
import type { GatewayParts } from "./gatewayParts.ts";

export interface RefusalLedger {
  /** Resolves once the refusal has a durable record; rejects with AUDIT_UNAVAILABLE where the journal takes nothing. */
  record(refusal: Disclosure): Promise<void>;
  /** Writes what is counted; called once no more requests are taken. */
  close(): Promise<void>;
}

export interface LedgerOptions {
  readonly windowMs?: number;
  /** Recorded one by one in a window. */
  readonly singles?: number;
}

const aheadFirst = 100;
const aheadMax = 100_000;

interface Kind {
  readonly key: string;
  /** Of the monotonic clock. */
  readonly endsAt: number;
  singles: number;
  /** How many more are covered by what is written already. */
  covered: number;
  /** What the next record in advance covers. */
  nextAhead: number;
  /** Under way: all that wait share it. */
  opening: Promise<void> | null;
  sum: RefusalSum | null;
}

export const makeRefusalLedger = (parts: Pick<GatewayParts, "journal" | "clock" | "log">, { windowMs = 60_000, singles = 20 }: LedgerOptions = {}): RefusalLedger => {
  const { journal, clock, log } = parts;
  /** Bounded: agencies and purposes are those of the network, doors and codes closed lists. */
  const kinds = new Map<string, Kind>();
  let timer: NodeJS.Timeout | null = null;

  /** Counts with its kind, which may be in a new minute since: what is counted is never left with one that nobody sweeps. */
  const keep = (kind: Kind, sum: RefusalSum): void => {
    const counted = kinds.get(kind.key) ?? kind;
    counted.sum = counted.sum === null ? sum : joined(counted.sum, sum);
    kinds.set(kind.key, counted);
    sweepLater();
  };

  const sweep = async (isAll: boolean): Promise<void> => {
    const now = clock();
    const due = [...kinds.values()].filter(({ endsAt }) => isAll || now >= endsAt);
    await Promise.all(
      due.map(async (kind) => {
        const { sum } = kind;
        kind.sum = null;
        if (sum !== null) {
          try {
            await journal.appendSum(sum);
          } catch (error) {
            keep(kind, sum);
            log({ event: "refusals.uncounted", count: sum.count, fault: faultShape(error) });
          }
        }
        if (kind.sum === null && kinds.get(kind.key) === kind) kinds.delete(kind.key);
      }),
    );
  };

  const sweepLater = (): void => {
    timer ??= setTimeout(() => {
      timer = null;
      void sweep(false).then(() => {
        if (kinds.size > 0) sweepLater();
      });
    }, windowMs).unref();
  };

  const kindOf = ({ agency, mintedBy, purpose, door, code }: Disclosure): Kind => {
    const key = JSON.stringify([agency, mintedBy, purpose, door, code]);
    const known = kinds.get(key);
    if (known !== undefined && (clock() < known.endsAt || known.sum !== null)) return known;
    const kind: Kind = { key, endsAt: clock() + windowMs, singles: 0, covered: 0, nextAhead: aheadFirst, opening: null, sum: null };
    kinds.set(key, kind);
    sweepLater();
    return kind;
  };

  const openAhead = async (kind: Kind, refusal: Disclosure): Promise<void> => {
    const ahead = kind.nextAhead;
    try {
      await journal.appendSum({ ...sumOf(refusal), stage: "AHEAD", count: ahead });
      kind.covered += ahead;
      kind.nextAhead = Math.min(ahead * 10, aheadMax);
    } finally {
      kind.opening = null;
    }
  };

  return {
    async record(refusal) {
      const kind = kindOf(refusal);
      if (kind.singles < singles) {
        kind.singles += 1;
        await journal.append(refusal, always);
        return;
      }
      while (kind.covered === 0) {
        kind.opening ??= openAhead(kind, refusal);
        await kind.opening;
      }
      kind.covered -= 1;
      // Covered or not: a caller learns from every door at once that the journal takes nothing.
      if (!journal.healthy()) throw new HubError("AUDIT_UNAVAILABLE");
      keep(kind, sumOf(refusal));
    },
    async close() {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await sweep(true);
    },
  };
};

const always = (): boolean => true;

const sumOf = ({ at, code, agency, mintedBy, purpose, door, epoch, correlationId }: Disclosure): RefusalSum => ({
  stage: "COUNTED",
  since: at,
  until: at,
  count: 1,
  code: code ?? "",
  agency,
  mintedBy,
  purpose,
  door,
  epoch,
  first: correlationId,
  last: correlationId,
});

const joined = (one: RefusalSum, other: RefusalSum): RefusalSum => {
  const [earlier, later] = one.since <= other.since ? [one, other] : [other, one];
  return { ...earlier, until: later.until, count: earlier.count + later.count, epoch: later.epoch, last: later.last };
};

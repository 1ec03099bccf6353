/** When a mirror's tables are looked at: each by its own rhythm, one round at a time. */
import type { ReaderTable } from "../../adapters/contract/tableReader.ts";
import { faultShape } from "../observe/faultShape.ts";
import type { MirrorEvent } from "../observe/logEvents.ts";
import type { Clock } from "./clock.ts";

export interface LoopInput {
  readonly tables: readonly ReaderTable[];
  readonly clock: Clock;
  hasFailed(table: string): boolean;
  /** Cheap: is a read of the table worth a build? */
  look(table: string): Promise<boolean>;
  refresh(tables: readonly string[]): Promise<unknown>;
  log(event: MirrorEvent): void;
}

export interface RefreshLoop {
  /** Runs a round and goes on from there; never rejects. */
  now(): Promise<void>;
  /** The first round at the clock's next turn. */
  soon(): void;
  stop(): void;
}

/** A table that failed is tried again at least so often, even where its turn comes daily. */
const retryMsMax = 30_000;

export function startLoop({ tables, clock, hasFailed, look, refresh, log }: LoopInput): RefreshLoop {
  const triedMs = new Map<string, number>();
  const roundMs = Math.min(...tables.map(({ everyMs }) => everyMs), retryMsMax);
  let isStopped = false;
  let cancel = (): void => {};

  const isDue = ({ name, everyMs }: ReaderTable): boolean => {
    const waitMs = hasFailed(name) ? Math.min(everyMs, retryMsMax) : everyMs;
    return clock.now() - (triedMs.get(name) ?? Number.NEGATIVE_INFINITY) >= waitMs;
  };
  const round = async (): Promise<void> => {
    const due = tables.filter(isDue).map(({ name }) => name);
    const changed: string[] = [];
    for (const table of due) {
      if (await look(table)) changed.push(table);
    }
    if (changed.length > 0 && !isStopped) await refresh(changed);
    for (const table of due) triedMs.set(table, clock.now());
  };
  const schedule = (delayMs: number): void => {
    if (!isStopped) cancel = clock.after(delayMs, () => void now());
  };
  const now = (): Promise<void> =>
    round()
      .catch((error: unknown) => log({ event: "mirror.round_failed", fault: faultShape(error) }))
      .finally(() => schedule(roundMs));

  return {
    now,
    soon: () => schedule(0),
    stop: () => {
      isStopped = true;
      cancel();
    },
  };
}

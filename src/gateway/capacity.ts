/**
 * What the hub can carry at once: operations under way, answers that wait for their callers, the heap. Beyond that it refuses at once
 * rather than grow slower, or larger than its machine, for everybody (F11, F19, F26).
 *
 * No agency takes more than half, so that one that asks without end, or does not read what it asked for, leaves room for the others.
 */
import { getHeapStatistics } from "node:v8";
import { HubError } from "../../schema/errorCodes.ts";
import type { AgencyId } from "../../schema/ids.ts";

export interface Capacity {
  /** Before a body is read. Throws HUB_BUSY where the heap is all but full, or the agency has all that it may. */
  assertRoom(agency: AgencyId): void;
  /** Takes an operation in by its estimated cost (`src/plan/cost.ts`). Throws HUB_BUSY. */
  enter(agency: AgencyId, units: number): Passage;
}

export interface Passage {
  /** The answer is printed: so many bytes wait for the caller from here on. */
  answered(bytes: number): void;
  /** Answered, refused or gone; twice is once. */
  leave(): void;
}

export interface CapacityOptions {
  /** Bytes that operations and waiting answers may hold together, about; absent: a share of the heap. */
  readonly bytesMax?: number;
  /** Share of the heap that is in use, from 0 to 1. */
  readonly heapUsed?: () => number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** A cell as the driver's value, as a member of a printed row and in the answer's text. */
const bytesPerUnit = 200;
/** What an operation holds besides: its request, plan and promises. */
const bytesPerOperation = 16_384;
/** Of the heap's limit; the rest is for plans, schemas, caches and what V8 has not collected yet. */
const shareOfHeap = 0.4;
/** From here on V8 works for the collector alone, and an allocation may end the process. */
const heapFull = 0.92;
const heapLookEveryMs = 10;
export const busySeconds = 1;

export function makeCapacity({ bytesMax = getHeapStatistics().heap_size_limit * shareOfHeap, heapUsed = heapInUse, clock }: CapacityOptions): Capacity {
  const byAgency = new Map<AgencyId, number>();
  const agencyMax = bytesMax / 2;
  let held = 0;
  let isFull = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  const add = (agency: AgencyId, bytes: number): void => {
    const before = byAgency.get(agency) ?? 0;
    const own = before + bytes;
    if (own <= 0) byAgency.delete(agency);
    else byAgency.set(agency, own);
    // An answer that came out larger than its agency's half is not counted against the others.
    held += Math.min(own, agencyMax) - Math.min(before, agencyMax);
  };
  const assertRoom = (agency: AgencyId, bytes: number): void => {
    const nowMs = clock();
    if (nowMs - lookedAtMs >= heapLookEveryMs) {
      lookedAtMs = nowMs;
      isFull = heapUsed() >= heapFull;
    }
    const own = byAgency.get(agency) ?? 0;
    // The dearest operation alone may be more than a small hub's half: it may come while nothing else of its agency is here.
    if (isFull || (held > 0 && held + bytes > bytesMax) || (own > 0 && own + bytes > agencyMax)) throw new HubError("HUB_BUSY", { seconds: busySeconds });
  };

  return {
    assertRoom: (agency) => assertRoom(agency, bytesPerOperation),
    enter(agency, units) {
      let bytes = bytesPerOperation + units * bytesPerUnit;
      assertRoom(agency, bytes);
      add(agency, bytes);
      let isHere = true;
      return {
        answered(length) {
          if (!isHere) return;
          add(agency, length - bytes);
          bytes = length;
        },
        leave() {
          if (!isHere) return;
          isHere = false;
          add(agency, -bytes);
        },
      };
    },
  };
}

function heapInUse(): number {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  return used_heap_size / heap_size_limit;
}

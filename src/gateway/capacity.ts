/**
 * What the hub can carry at once: operations under way, answers that wait for their callers, the heap. Beyond that it refuses at once
 * rather than grow slower, or larger than its machine, for everybody (F11, F19, F26).
 *
 * An operation is let in by an estimate of its cells, and counted by its bytes as they come: one that finds no room any more is refused
 * and gives all of it back, so that of many that turn out large a few are answered rather than none.
 *
 * No agency takes more than half, so that one that asks without end, or does not read what it asked for, leaves room for the others.
 */
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import { SourceFailure } from "../../adapters/contract/adapter.ts";
import { HubError } from "../../schema/errorCodes.ts";
import type { AgencyId } from "../../schema/ids.ts";
import type { Holding } from "../execute/holding.ts";

export interface Capacity {
  /** Before a body is read. Throws HUB_BUSY where the heap is all but full, or the agency has all that it may. */
  assertRoom(agency: AgencyId): void;
  /** Takes an operation in by its estimated cost (`src/plan/cost.ts`). Throws HUB_BUSY. */
  enter(agency: AgencyId, units: number): Passage;
}

export interface Passage extends Holding {
  /** The most that the hub carries for anybody. */
  readonly bytesMax: number;
  /** By its longest cell and its estimated number of cells: whether the answer is to be counted before it is printed. */
  mayBeLong(): boolean;
  /** So many bytes are to be printed beside what has come. False: the hub never carries so much. Throws HUB_BUSY. */
  printing(bytes: number): boolean;
  /** The answer is printed: so many bytes wait for the caller from here on, and nothing else. */
  answered(bytes: number): void;
  /** Answered, refused or gone; twice is once. */
  leave(): void;
}

export interface CapacityOptions {
  /** Bytes that operations and waiting answers may hold together, about; absent: a share of the heap. */
  readonly bytesMax?: number;
  /** Share of the old generation that is in use, from 0 to 1: when that is full the process ends. */
  readonly heapUsed?: () => number;
  /** Monotonic milliseconds. */
  readonly clock: () => number;
}

/** A cell as the driver's value and as a member of a printed row, with a short text. */
const bytesPerUnit = 200;
/** What an operation holds besides: its request, plan and promises. */
const bytesPerOperation = 16_384;
/** A character of what a source handed over: two where the text has any beyond Latin-1. */
const bytesPerCharacter = 2;
/** A row's cells, and a group's sums, besides their texts. */
const bytesPerRow = { rows: 200, groups: 1_000 } as const;
/** Answers below it are printed without being counted first. */
const shortCharacters = 512 * 1024;
/** Of the heap's limit, and of what the start has left of it; the rest is for plans, caches and what V8 has not collected yet. */
const shareOfHeap = 0.4;
const shareOfFree = 0.6;
/** From here on V8 works for the collector alone, and an allocation may end the process. */
const heapFull = 0.92;
const heapLookEveryMs = 10;
export const busySeconds = 1;

export function makeCapacity({ bytesMax = capacityOfHeap(), heapUsed = heapInUse, clock }: CapacityOptions): Capacity {
  const byAgency = new Map<AgencyId, number>();
  const agencyMax = bytesMax / 2;
  /** Of each agency its half at most: what one holds beyond it is not counted against the others. */
  let held = 0;
  let heldInAll = 0;
  let isFull = false;
  let lookedAtMs = Number.NEGATIVE_INFINITY;

  const busy = (): HubError => new HubError("HUB_BUSY", { seconds: busySeconds });
  const isHeapFull = (): boolean => {
    const nowMs = clock();
    if (nowMs - lookedAtMs >= heapLookEveryMs) {
      lookedAtMs = nowMs;
      isFull = heapUsed() >= heapFull;
    }
    return isFull;
  };
  const add = (agency: AgencyId, bytes: number): void => {
    const before = byAgency.get(agency) ?? 0;
    const own = before + bytes;
    if (own <= 0) byAgency.delete(agency);
    else byAgency.set(agency, own);
    held += Math.min(own, agencyMax) - Math.min(before, agencyMax);
    heldInAll += bytes;
  };
  const assertRoom = (agency: AgencyId, bytes: number): void => {
    const own = byAgency.get(agency) ?? 0;
    // The dearest operation alone may be more than a small hub's half: it may come while nothing else of its agency is here.
    if (isHeapFull() || (held > 0 && held + bytes > bytesMax) || (own > 0 && own + bytes > agencyMax)) throw busy();
  };
  /** For one that holds `passage` bytes already, and `bytes` more from now on. */
  const assertMoreRoom = (agency: AgencyId, passage: number, bytes: number): void => {
    const own = (byAgency.get(agency) ?? 0) + bytes;
    const isAlone = own <= passage + bytes;
    const beyondHalf = own > agencyMax;
    // Beyond its half an agency takes only what nobody else has, and for one operation at a time.
    const total = beyondHalf ? heldInAll + bytes : held + bytes;
    if (isHeapFull() || total > bytesMax || (beyondHalf && !isAlone)) throw busy();
  };

  return {
    assertRoom: (agency) => assertRoom(agency, bytesPerOperation),
    enter(agency, units) {
      const estimate = bytesPerOperation + units * bytesPerUnit;
      assertRoom(agency, estimate);
      add(agency, estimate);
      let bytes = estimate;
      let grown = 0;
      let longest = 0;
      let isHere = true;
      const become = (now: number): void => {
        if (!isHere) return;
        add(agency, now - bytes);
        bytes = now;
      };
      /** What the estimate has room for is not counted twice. */
      const grow = (by: number): void => {
        const now = Math.max(estimate, bytesPerOperation + grown + by);
        if (isHere && now > bytes) assertMoreRoom(agency, bytes, now - bytes);
        grown += by;
        become(now);
      };
      return {
        bytesMax,
        came(rows, { characters, longestRow }, kind) {
          const more = rows * bytesPerRow[kind] + characters * bytesPerCharacter;
          if (bytesPerOperation + grown + more > bytesMax) throw new SourceFailure("OVER_CAP");
          grow(more);
          longest = Math.max(longest, longestRow);
          return more;
        },
        gone: (less) => {
          grown = Math.max(0, grown - less);
          become(Math.max(estimate, bytesPerOperation + grown));
        },
        again() {
          grown = 0;
          longest = 0;
          become(estimate);
        },
        mayBeLong: () => longest * units > shortCharacters,
        printing(more) {
          if (bytesPerOperation + grown + more > bytesMax) return false;
          grow(more);
          return true;
        },
        answered: become,
        leave() {
          become(0);
          isHere = false;
        },
      };
    },
  };
}

function capacityOfHeap(): number {
  const most = oldGenerationMax();
  return Math.min(most * shareOfHeap, (most - oldGeneration()) * shareOfFree);
}

const heapInUse = (): number => oldGeneration() / oldGenerationMax();

/** Node adds the young generation to what `--max-old-space-size` says: three spaces of 64 MiB unless told otherwise, and no allocation fails for them. */
const youngMax = 3 * 64 * 1024 * 1024;

/** What `--max-old-space-size` says, about; less where the young generation was made smaller. */
function oldGenerationMax(): number {
  const { heap_size_limit } = getHeapStatistics();
  return Math.max(heap_size_limit - youngMax, heap_size_limit / 4);
}

const notOld: ReadonlySet<string> = new Set(["new_space", "new_large_object_space", "read_only_space"]);

const oldGeneration = (): number => getHeapSpaceStatistics().reduce((sum, { space_name, space_used_size }) => sum + (notOld.has(space_name) ? 0 : space_used_size), 0);

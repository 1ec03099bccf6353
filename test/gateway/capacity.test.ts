/** What the hub carries at once, and who is refused when that is reached. */
import { describe, expect, test } from "vitest";
import { HubError } from "../../schema/errorCodes.ts";
import { asAgencyId } from "../../schema/ids.ts";
import { makeCapacity } from "../../src/gateway/capacity.ts";

const [noisy, quiet, third] = [asAgencyId("noisy"), asAgencyId("quiet"), asAgencyId("third")];
const oneOf = (units: number): number => 16_384 + units * 200;
const isRefused = (work: () => unknown): boolean => {
  try {
    work();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(HubError);
    expect(error).toMatchObject({ code: "HUB_BUSY", parameters: { seconds: 1 } });
    return true;
  }
};
const open = (operations: number, heap: () => number = () => 0.1) => makeCapacity({ bytesMax: operations * oneOf(1000), heapUsed: heap, clock: () => 0 });

describe("What the hub carries at once", () => {
  test("is half of it at most for one agency; another finds room, and nobody beyond the whole", () => {
    const capacity = open(10);
    for (let index = 0; index < 5; index += 1) capacity.enter(noisy, 1000);
    expect(isRefused(() => capacity.enter(noisy, 1000))).toBe(true);
    for (let index = 0; index < 5; index += 1) capacity.enter(quiet, 1000);
    expect(isRefused(() => capacity.enter(third, 1000))).toBe(true);
    expect(isRefused(() => capacity.assertRoom(third))).toBe(true);
  });

  test("is given back by who leaves, once", () => {
    const capacity = open(4);
    const first = capacity.enter(noisy, 1000);
    capacity.enter(noisy, 1000);
    expect(isRefused(() => capacity.enter(noisy, 1000))).toBe(true);
    first.leave();
    first.leave();
    first.answered(1e9);
    capacity.enter(noisy, 1000);
    expect(isRefused(() => capacity.enter(noisy, 1000))).toBe(true);
  });

  test("counts an answer by its bytes for as long as it waits for its caller", () => {
    const capacity = open(4);
    const small = capacity.enter(noisy, 1000);
    small.answered(100);
    capacity.enter(noisy, 1000);
    const large = capacity.enter(quiet, 1);
    large.answered(oneOf(1000) * 2);
    expect(isRefused(() => capacity.enter(quiet, 1))).toBe(true);
    large.leave();
    expect(isRefused(() => capacity.enter(quiet, 1))).toBe(false);
  });

  test("leaves others their half also where an answer came out far larger than it was estimated", () => {
    const capacity = open(4);
    capacity.enter(noisy, 1).answered(oneOf(1000) * 100);
    expect(isRefused(() => capacity.enter(noisy, 1))).toBe(true);
    capacity.enter(quiet, 1000).leave();
    expect(isRefused(() => capacity.enter(quiet, 1000))).toBe(false);
  });

  test("takes one operation that is larger than a half, as long as the agency has nothing else here", () => {
    const capacity = open(4);
    const whole = capacity.enter(noisy, 3_000);
    expect(isRefused(() => capacity.enter(noisy, 1))).toBe(true);
    whole.leave();
    capacity.enter(noisy, 1);
    expect(isRefused(() => capacity.enter(noisy, 3_000))).toBe(true);
  });

  test("is counted as rows come: what the estimate had room for costs nothing more, what goes beyond is refused where it finds none, and given back", () => {
    const capacity = open(4);
    const large = capacity.enter(noisy, 1000);
    large.came(100, { characters: 10_000, longestRow: 100 }, "rows");
    const other = capacity.enter(noisy, 900);
    // The agency's half is all but full.
    expect(isRefused(() => large.came(100, { characters: 90_000, longestRow: 1000 }, "rows"))).toBe(true);
    other.leave();
    large.came(100, { characters: 150_000, longestRow: 1000 }, "rows");
    expect(isRefused(() => capacity.enter(noisy, 1000))).toBe(true);
    large.again();
    capacity.enter(noisy, 1000);
  });

  test("gives one operation more than its agency's half only of what nobody else holds", () => {
    const capacity = open(4);
    const large = capacity.enter(noisy, 1);
    large.came(1, { characters: oneOf(1000) * 1.5, longestRow: 1 }, "rows");
    // Others find their half all the same; beyond that there is nothing.
    const own = capacity.enter(quiet, 1000);
    expect(isRefused(() => large.came(1, { characters: 100, longestRow: 1 }, "rows"))).toBe(true);
    expect(isRefused(() => own.came(1, { characters: oneOf(1000) * 1.1, longestRow: 1 }, "rows"))).toBe(true);
    large.leave();
    own.came(1, { characters: oneOf(1000) * 1.1, longestRow: 1 }, "rows");
  });

  test("never has room for an operation that alone is more than all of it: its source is too large, its text is not printed", () => {
    const capacity = open(4);
    const large = capacity.enter(noisy, 1);
    expect(() => large.came(1, { characters: oneOf(1000) * 3, longestRow: 1 }, "rows")).toThrow(expect.objectContaining({ status: "OVER_CAP" }));
    expect(large.printing(oneOf(1000) * 5)).toBe(false);
    expect(large.printing(oneOf(1000) * 3)).toBe(true);
    capacity.enter(quiet, 1);
  });

  test("lets go of the rows of a query that failed midway", () => {
    const capacity = open(4);
    const passage = capacity.enter(noisy, 1);
    passage.gone(passage.came(1, { characters: oneOf(1000), longestRow: 1 }, "rows"));
    capacity.enter(noisy, 1000);
  });

  test("knows by the longest cell whether a text is worth counting before it is printed", () => {
    const passage = open(1000).enter(noisy, 1000);
    passage.came(1000, { characters: 100_000, longestRow: 100 }, "rows");
    expect(passage.mayBeLong()).toBe(false);
    passage.came(1, { characters: 1000, longestRow: 1000 }, "rows");
    expect(passage.mayBeLong()).toBe(true);
    passage.again();
    expect(passage.mayBeLong()).toBe(false);
  });

  test("is nothing while the heap is all but full", () => {
    let heap = 0.95;
    let now = 0;
    const capacity = makeCapacity({ bytesMax: 1e9, heapUsed: () => heap, clock: () => now });
    expect(isRefused(() => capacity.assertRoom(quiet))).toBe(true);
    expect(isRefused(() => capacity.enter(quiet, 1))).toBe(true);
    heap = 0.5;
    now = 11;
    capacity.enter(quiet, 1).leave();
  });
});

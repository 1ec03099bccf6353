/** Turns: one operation never fills a source's bulkhead by itself, and a call that fails gives its turn on. */
import { expect, test } from "vitest";
import type { RunContext } from "../../src/execute/runContext.ts";
import { inTurn } from "../../src/execute/turns.ts";

const newRun = (): RunContext => ({ contributed: new Set<string>() }) as unknown as RunContext;

test("calls of one operation to one source run eight at once, in the order in which they came", async () => {
  const run = newRun();
  let now = 0;
  let most = 0;
  const begun: number[] = [];
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      inTurn(run, "hebei", async () => {
        begun.push(index);
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return index;
      }),
    ),
  );
  expect(answers).toEqual(Array.from({ length: 100 }, (_, index) => index));
  expect(begun).toEqual(answers);
  expect(most).toBe(8);
});

test("a call that fails gives its turn on", async () => {
  const run = newRun();
  const calls = Array.from({ length: 30 }, (_, index) => inTurn(run, "hebei", async () => (index % 2 === 0 ? Promise.reject(new Error("no")) : index)));
  const settled = await Promise.allSettled(calls);
  expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(15);
});

test("other sources and other operations have turns of their own", async () => {
  const run = newRun();
  const never = Array.from({ length: 8 }, () => inTurn(run, "hebei", () => new Promise<never>(() => undefined)));
  expect(never).toHaveLength(8);
  expect(await inTurn(run, "tianjin", async () => "tianjin")).toBe("tianjin");
  expect(await inTurn(newRun(), "hebei", async () => "another")).toBe("another");
});

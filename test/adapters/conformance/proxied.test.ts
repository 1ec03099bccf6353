/**
 * Goal: a kind answers the whole suite alike when its server's bytes come in pieces of any length, each a moment late: nothing rests on
 * where a chunk ends. Of each sort of condition every fifth case: the conditions themselves are conformance.test.ts's.
 */
import { openBehindProxy } from "./behindProxy.ts";
import { wired } from "./harnesses.ts";
import { conformance } from "./suite.ts";

for (const harness of wired) {
  conformance({
    ...harness,
    kind: `${harness.kind}, behind a proxy that cuts its bytes to pieces`,
    every: 5,
    open: async (tables) => {
      const { open, close } = await openBehindProxy(harness, tables, { kind: "pieces", bytesMax: 1500 });
      return { ...open, close };
    },
  });
}

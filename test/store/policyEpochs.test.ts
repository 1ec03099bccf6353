import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../src/store/openStore.ts";
import { confirmEpoch, lastEpoch, reserveEpoch } from "../../src/store/policyEpochs.ts";

test("the last epoch survives a restart, and no number is given twice", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "epochs-"));
  const store = openStore(dataDir);
  expect(lastEpoch(store)).toBeNull();
  const epoch = (number: number): Parameters<typeof reserveEpoch>[1] => ({ epoch: number, activatedAt: "2026-01-01T00:00:00Z", files: { "regions/hebei/policy.yaml": `hash-${number}` } });
  reserveEpoch(store, epoch(9));
  reserveEpoch(store, epoch(10));
  expect(lastEpoch(store)?.receipt).toBe("");
  confirmEpoch(store, 10, "c:10:h");
  expect(() => reserveEpoch(store, epoch(9))).toThrow();
  store.close();
  const again = openStore(dataDir);
  expect(lastEpoch(again)).toEqual({ ...epoch(10), receipt: "c:10:h" });
  again.close();
  rmSync(dataDir, { recursive: true, force: true });
});

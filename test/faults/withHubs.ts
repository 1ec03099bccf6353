/** Hubs of a describe block: open and healthy before its tests, closed after them; beside them, what nobody caught. */
import { afterAll, beforeAll } from "vitest";
import { type FaultHub, type FaultHubOptions, openFaultHub } from "./faultHub.ts";
import { assertHeals, watchProcess } from "./invariants.ts";
import { lanesOf } from "./seeds.ts";

/** `hubs` is filled when the first test begins. */
export function withHubs(count: number, options: FaultHubOptions = {}): { readonly hubs: readonly FaultHub[]; readonly watched: ReturnType<typeof watchProcess> } {
  const hubs: FaultHub[] = [];
  const watched = watchProcess();
  beforeAll(async () => {
    hubs.push(...(await Promise.all(Array.from({ length: lanesOf(count) }, () => openFaultHub(options)))));
    for (const hub of hubs) await assertHeals(hub);
  });
  afterAll(async () => {
    for (const hub of hubs) await hub.close();
    watched.stop();
  });
  return { hubs, watched };
}

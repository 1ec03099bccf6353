import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asAgencyId, asPurpose, asRegionCode } from "../../schema/ids.ts";
import { type IdentifyInput, type Identified, identify } from "../../src/identity/identify.ts";
import { type HubKeys, openKeys } from "../../src/identity/keys.ts";
import type { Agency, ExternalIssuer, Network } from "../../src/identity/network.ts";
import { defaultBudget } from "../../src/identity/parseBudgets.ts";
import { makeRemoteKeys, type RemoteKeys } from "../../src/identity/remoteKeys.ts";
import { openSuspensions, type Suspensions } from "../../src/identity/suspensions.ts";
import { makeTokenCache } from "../../src/identity/tokenCache.ts";
import { openStore, type Store } from "../../src/store/openStore.ts";

export const newDataDir = (): string => mkdtempSync(join(tmpdir(), "identity-"));
export const nowMs = Date.parse("2026-06-30T08:00:00Z");

const agency = (id: string, purposes: readonly string[]): Agency => ({
  id: asAgencyId(id),
  name: { zh: id, en: id },
  about: null,
  region: null,
  purposes: purposes.map(asPurpose),
  attributes: {},
});

export const network = (rest: Partial<Network> & { readonly list?: readonly Agency[] } = {}): Network => {
  const list = rest.list ?? [agency("beijing-bureau", ["joint-enforcement", "emergency"]), agency("atmosphere-institute", ["research"]), agency("archive", []), agency("public", [])];
  return {
    timeZone: "Asia/Shanghai",
    anonymous: asAgencyId("public"),
    demonstration: false,
    purposes: new Map(),
    agencies: new Map(list.map((one) => [one.id, one])),
    groups: new Map(),
    stewards: new Map([["zhang", { person: "zhang", name: { zh: "张", en: "Zhang" }, regions: [asRegionCode("130000")] }]]),
    issuers: [],
    budgets: { others: defaultBudget, agencies: new Map() },
    deadlineMs: 25_000,
    ...rest,
  };
};
export { agency };

export interface Hub {
  readonly dataDir: string;
  readonly keys: HubKeys;
  readonly store: Store;
  readonly suspensions: Suspensions;
  network: Network;
  ask(rest?: Partial<Pick<IdentifyInput, "authorization" | "purpose" | "nowMs">>): Promise<Identified>;
  /** Without a promise around it, as the hot path calls it. */
  askNow(rest?: Partial<Pick<IdentifyInput, "authorization" | "purpose" | "nowMs">>): Identified | Promise<Identified>;
}

export const openHub = (issuers: readonly ExternalIssuer[] = [], remoteKeys: RemoteKeys = makeRemoteKeys()): Hub => {
  const dataDir = newDataDir();
  const keys = openKeys(dataDir);
  const store = openStore(dataDir);
  const suspensions = openSuspensions(store);
  const cache = makeTokenCache(100);
  const hub: Hub = {
    dataDir,
    keys,
    store,
    suspensions,
    network: network({ issuers }),
    askNow: (rest = {}) => identify({ authorization: [], purpose: [], network: hub.network, suspensions, cache, trust: { keys, remoteKeys }, nowMs, ...rest }),
    ask: async (rest) => hub.askNow(rest),
  };
  return hub;
};

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { vocabulary } from "../../schema/hubVocabulary.ts";
import { asAgencyId, asRegionCode } from "../../schema/ids.ts";
import { hubState, type HubState } from "../../src/gateway/hubState.ts";
import type { SourceRegistry } from "../../src/sources/registry.ts";
import type { SourceState } from "../../src/sources/sourceState.ts";
import { type OpenPolicies, openPolicies } from "../../src/steward/openPolicies.ts";
import { lastEpoch } from "../../src/store/policyEpochs.ts";
import { policyYaml, type SmallNetwork, smallNetwork } from "../fixtures/smallNetwork.ts";

const hebei = asRegionCode("130000");
let net: SmallNetwork;
let logged: string[];
let activated: { epoch: number; files: Readonly<Record<string, string>> }[];

beforeEach(async () => {
  net = await smallNetwork();
  logged = [];
  activated = [];
});
afterEach(() => net.close());

const write = (text: string): void => writeFileSync(join(net.dir, "regions", "hebei", "policy.yaml"), text);

async function open(registry: SourceRegistry = net.registry, written: () => Promise<void> = () => Promise.resolve()): Promise<{ policies: OpenPolicies; state: HubState }> {
  const policies = await openPolicies({
    networkDir: net.dir,
    network: net.state.network,
    vocabulary: vocabulary(),
    registry,
    mirroredKinds: new Set(["rest", "drop"]),
    store: net.store,
    journal: {
      activate: (epoch, files, apply) => {
        activated.push({ epoch, files });
        return written().then(() => net.journal.activate(epoch, files, apply));
      },
    },
    now: () => "2026-01-01T00:00:00.000Z",
    log: (event) => void logged.push(JSON.stringify(event)),
  });
  const state = hubState(vocabulary(), net.state.network, registry, policies.initial);
  policies.attach(state.apply);
  return { policies, state };
}

/** What everyone may see of Station by the policy in force. */
const publicStation = (state: HubState): readonly string[] => {
  const agency = state.network.agencies.get(asAgencyId("public"));
  if (agency === undefined) throw new Error("no agency public");
  return [...state.permitOf(agency, null, Date.parse("2026-01-01")).reach.query.keys()].filter((name) => name.startsWith("Station.")).sort();
};
const whole = ["Station.code", "Station.elevation", "Station.medium", "Station.name", "Station.region"];
const withoutElevation = policyYaml.replace(", elevation]", "]");
const broken = policyYaml.replace("elevation", "elevatoin");

describe("policies in force", () => {
  it("begin an epoch that names every file they depend on, and keep it while the files say the same", async () => {
    const first = await open();
    expect(first.policies.initial.epoch).toBe(1);
    expect(activated.map(({ epoch, files }) => [epoch, Object.keys(files)])).toEqual([[1, ["network.yaml", "regions/hebei/policy.yaml", "regions/hebei/source.yaml"]]]);
    expect(publicStation(first.state)).toEqual(whole);
    expect((await open()).policies.initial.epoch).toBe(1);
    expect(activated).toHaveLength(1);
    writeFileSync(join(net.dir, "network.yaml"), "# another\n");
    expect((await open()).policies.initial.epoch).toBe(2);
  });

  it("never give a number twice, not even where the hub ended while the journal was being written", async () => {
    await expect(open(net.registry, () => Promise.reject(new Error("the power went")))).rejects.toThrow("the power went");
    writeFileSync(join(net.dir, "network.yaml"), "# another\n");
    expect((await open()).policies.initial.epoch).toBe(2);
    expect(activated.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect((await open()).policies.initial.epoch).toBe(2);
  });

  it("change by a reload, at the next epoch, which the store remembers", async () => {
    const { policies, state } = await open();
    write(withoutElevation);
    expect(await policies.reload(hebei)).toEqual({ epoch: 2, changed: true });
    expect(publicStation(state)).toEqual(whole.filter((name) => name !== "Station.elevation"));
    expect(state.current().policySet.epoch).toBe(2);
    expect(lastEpoch(net.store)).toMatchObject({ epoch: 2, receipt: expect.any(String) });
    expect(await policies.reload(hebei)).toEqual({ epoch: 2, changed: false });
  });

  it("stay as they are when the file is broken", async () => {
    const { policies, state } = await open();
    write(broken);
    await expect(policies.reload(hebei)).rejects.toMatchObject({ code: "POLICY_INVALID", message: expect.stringMatching(/^regions\/hebei\/policy\.yaml:5:\d+ /) });
    expect(publicStation(state)).toEqual(whole);
    expect(activated).toHaveLength(1);
  });

  it("take one number each where two reloads meet", async () => {
    const { policies } = await open();
    write(withoutElevation);
    const first = policies.reload(hebei);
    const second = policies.reload(hebei);
    expect([await first, await second]).toEqual([
      { epoch: 2, changed: true },
      { epoch: 2, changed: false },
    ]);
  });

  it("leave out a region whose file is broken at the start, until it is mended", async () => {
    write(broken);
    const { policies, state } = await open();
    expect(publicStation(state)).toEqual([]);
    expect(logged.join("\n")).toMatch(/\{"event":"policy\.refused","code":"POLICY_INVALID","at":"regions\/hebei\/policy\.yaml:5:\d+","region":"130000"\}/);
    write(policyYaml);
    expect(await policies.reload(hebei)).toEqual({ epoch: 2, changed: true });
    expect(publicStation(state)).toEqual(whole);
  });

  it("refuse a region that has no policy file", async () => {
    const { policies } = await open();
    await expect(policies.reload(asRegionCode("510000"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("a source that comes up later", () => {
  /** The network's own source, down until `up` is called. */
  function lateRegistry(): { registry: SourceRegistry; up(): void } {
    const [ready] = net.registry.list();
    if (ready?.status !== "ready") throw new Error("the small network's source is not ready");
    const down: SourceState = { status: "unavailable", id: ready.id, file: ready.file, region: hebei, reason: "UNAVAILABLE", detail: "" };
    let now: SourceState = down;
    const listeners = new Set<() => void>();
    return {
      registry: {
        ...net.registry,
        list: () => [now],
        get: () => (now.status === "ready" ? now.source : null),
        onChange: (listener) => {
          listeners.add(listener);
          return () => void listeners.delete(listener);
        },
      },
      up: () => {
        now = ready;
        for (const listener of listeners) listener();
      },
    };
  }

  it("changes nothing where the policy fits it: the schema was the same while it was down", async () => {
    const { registry, up } = lateRegistry();
    const { state } = await open(registry);
    expect(publicStation(state)).toEqual(whole);
    up();
    expect(publicStation(state)).toEqual(whole);
  });

  it("is never asked under a policy that does not fit it: the region then shares nothing, in the same turn", async () => {
    write(policyYaml.replace("allow: { Station: [code, name, medium, region, elevation] }", "allow: { Station: [code, name, medium, region, elevation] }\n    where: { Station: { role: { eq: URBAN } } }"));
    const { registry, up } = lateRegistry();
    const { state } = await open(registry);
    expect(publicStation(state)).toEqual(whole);
    up();
    expect(state.current().sources.map(({ id }) => id)).toEqual(["hebei"]);
    expect(publicStation(state)).toEqual([]);
    expect(logged.join("\n")).toMatch(/"policy\.refused".*"at":"regions\/hebei\/policy\.yaml:6:\d+"/);
  });
});

import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { networkYaml, policyYaml, sourceYaml } from "../fixtures/smallNetwork.ts";
import { build, command, failedStart, npmStart, type SmallFolder, smallFolder, startHub } from "./hubProcess.ts";

let folder: SmallFolder;
beforeAll(build);
beforeEach(() => {
  folder = smallFolder();
});
afterEach(() => folder.remove());

const stationCount = "{ stations(first: 1) { totalCount } }";

describe("a start", () => {
  it("prints doors, agencies, the command for a token and a query, and ready last", async () => {
    const hub = await startHub(folder);
    try {
      const text = hub.lines.join("\n");
      expect(hub.lines.at(-1)).toBe(`ready ${hub.url}`);
      for (const door of ["/graphql", "/oauth/token", "/steward/graphql", "/healthz", "/readyz"]) expect(text).toContain(hub.url + door);
      for (const agency of ["owner", "partner", "nobody", "public"]) expect(text).toMatch(new RegExp(`^  ${agency} +\\S`, "m"));
      expect(text).toContain("npm run -s hub -- token --agency owner");
      expect(text).toMatch(/curl -s .*\/graphql/);
    } finally {
      expect(await hub.stop()).toBe(0);
    }
  });

  it("answers the public, and an agency with a token of the command line, while the hub runs", async () => {
    const hub = await startHub(folder);
    try {
      expect(await hub.query(stationCount)).toMatchObject({ status: 200, body: { data: { stations: { totalCount: 40 } }, extensions: { complete: true } } });
      const { out: token } = await command(folder, "token", "--agency", "partner", "--purpose", "enforcement");
      const penalties = await hub.query("{ penaltyDecisions(first: 50) { nodes { docNo enterprise { legalRep } } } }", token.trim());
      expect(penalties.body).toMatchObject({ data: { penaltyDecisions: { nodes: expect.arrayContaining([expect.objectContaining({ enterprise: { legalRep: "赵***" } })]) } } });
      expect(JSON.stringify(penalties.body)).not.toContain("CNRY");
    } finally {
      expect(await hub.stop()).toBe(0);
    }
    expect(await command(folder, "audit", "verify")).toMatchObject({ code: 0, out: expect.stringContaining("sound: 3 records") });
  });

  it("ends with npm where npm alone is told to stop", async () => {
    const hub = await npmStart(folder);
    await hub.stop();
    const isDown = async (): Promise<boolean> => (await fetch(`${hub.url}/healthz`).catch(() => null)) === null;
    await expect.poll(isDown, { timeout: 10_000 }).toBe(true);
  });

  it("keeps its epoch while the files say the same, and counts on when they do not", async () => {
    const epochAfterStart = async (): Promise<unknown> => {
      const hub = await startHub(folder);
      try {
        const { body } = await hub.query(stationCount);
        return (body as { extensions: { access: { epoch: number } } }).extensions.access.epoch;
      } finally {
        await hub.stop();
      }
    };
    expect(await epochAfterStart()).toBe(1);
    expect(await epochAfterStart()).toBe(1);
    folder.write("regions/hebei/policy.yaml", policyYaml.replace("medium, region", "region"));
    expect(await epochAfterStart()).toBe(2);
  });

  it("prepares a network that brings a prepare of its own, and fills its sources' names from it", async () => {
    folder.write("regions/hebei/source.yaml", sourceYaml);
    folder.write(
      "prepare.mjs",
      `export const prepare = async ({ dataDir, onProgress }) => { onProgress("hebei", 0); onProgress("hebei", 1); return { environment: { DB: ${JSON.stringify(join(dirname(folder.networkDir), "hebei.db"))} }, close: async () => {} }; };`,
    );
    const hub = await startHub(folder);
    try {
      expect(hub.lines).toContain("  prepared hebei");
      expect((await hub.query(stationCount)).body).toMatchObject({ data: { stations: { totalCount: 40 } } });
      // A command beside the hub knows what the preparation said.
      expect((await command(folder, "source", "check", "hebei")).code).toBe(0);
    } finally {
      await hub.stop();
    }
  });
});

describe("a start with --servers", () => {
  it("reads the network from where its preparation put it, and prints what the preparation says", async () => {
    const elsewhere = join(dirname(folder.networkDir), "served");
    cpSync(folder.networkDir, elsewhere, { recursive: true });
    folder.write(
      "prepare.mjs",
      `export const prepare = async ({ servers, networkDir }) => ({ environment: { DB: ${JSON.stringify(join(dirname(folder.networkDir), "hebei.db"))} }, ...(servers ? { networkDir: ${JSON.stringify(elsewhere)}, notes: ["Hebei is on a server: " + networkDir] } : {}), close: async () => {} });`,
    );
    // Only the other folder has a mapping that works.
    folder.write("regions/hebei/source.yaml", sourceYaml.replace("name: name", "name: nmae"));
    writeFileSync(join(elsewhere, "regions/hebei/source.yaml"), sourceYaml);
    const hub = await startHub(folder, {}, "--servers");
    try {
      expect(hub.lines).toContain(`Hebei is on a server: ${folder.networkDir}`);
      expect((await hub.query(stationCount)).body).toMatchObject({ data: { stations: { totalCount: 40 } } });
    } finally {
      await hub.stop();
    }
  });

  it("is refused where the network brings no preparation", async () => {
    const { code, err } = await failedStart(folder, {}, "--servers");
    expect(code).toBe(1);
    expect(err).toMatch(/brings no `prepare`, so there is nothing that --servers could move to a server\. Leave --servers out: .*\n$/);
  });
});

describe("a start that something is wrong with", () => {
  it("serves on without a source that is down, says so, and answers in part", async () => {
    const gone = join(dirname(folder.networkDir), "elsewhere", "hebei.db");
    folder.write("regions/hebei/source.yaml", sourceYaml.replace("${DB}", gone));
    const hub = await startHub(folder);
    try {
      expect(hub.lines.join("\n")).toContain("hebei is unavailable");
      expect((await hub.query(stationCount)).body).toMatchObject({
        data: { stations: { totalCount: null } },
        extensions: { complete: false, sources: [{ source: "hebei", status: "UNAVAILABLE" }] },
      });
    } finally {
      await hub.stop();
    }
  });

  it.each([
    ["policy", "policy.yaml", policyYaml.replace("elevation", "elevatoin"), /regions\/hebei\/policy\.yaml:5:\d+"/],
    ["mapping", "source.yaml", sourceYaml.replace("name: name", "name: nmae"), /regions\/hebei\/source\.yaml:\d+:\d+"/],
  ])("stops a region with a broken %s alone, and names the place", async (_what, file, text, place) => {
    folder.write(`regions/hebei/${file}`, text);
    const hub = await startHub(folder);
    try {
      expect(hub.errors()).toMatch(place);
      const { body } = await hub.query("{ regions(level: PROVINCE) { code } }");
      expect(body).toHaveProperty("data.regions");
      expect(JSON.stringify((await hub.query(stationCount)).body)).not.toContain('"totalCount":40');
    } finally {
      await hub.stop();
    }
  });

  it("refuses a taken port in one sentence, with the mend, and writes nothing", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    try {
      await new Promise((resolve) => other.once("listening", resolve));
      const { port } = other.address() as AddressInfo;
      expect(await failedStart(folder, { PORT: String(port) })).toEqual({ code: 1, out: "", err: `Port ${port} is taken. Stop what listens there, or set PORT to another one.\n` });
      expect(existsSync(folder.dataDir)).toBe(false);
    } finally {
      other.close();
    }
  });

  it("refuses a data folder that cannot be written", async () => {
    mkdirSync(dirname(folder.dataDir), { recursive: true });
    writeFileSync(folder.dataDir, "a file where a folder should be");
    const { code, out, err } = await failedStart(folder);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^The data folder \S+ cannot be written \(\w+\)\. Set HUB_DATA to a folder that this account may write to\.\n$/);
    rmSync(folder.dataDir);
  });

  it.each([
    ["a network file with an unknown purpose", networkYaml.replace("purposes: [research] }", "purposes: [serach] }"), /^network\.yaml:\d+:\d+ there is no purpose serach; use .*\n$/],
    ["a network file that is no YAML", "agencies: { a: [", /^network\.yaml:\d+:\d+ .*mend the YAML\.\n$/],
  ])("refuses %s at its place and writes nothing", async (_what, text, message) => {
    folder.write("network.yaml", text);
    const { code, out, err } = await failedStart(folder);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(message);
    expect(existsSync(folder.dataDir)).toBe(false);
  });

  it.each([
    [{ PORT: "http" }, /^PORT is http; set it to a number from 0 to 65535\.\n$/],
    [{ HOST: "192.0.2.1" }, /^192\.0\.2\.1 is no address of this machine\. Set HOST to one that is, e\.g\. 127\.0\.0\.1\.\n$/],
  ])("refuses %j", async (env, message) => {
    const { code, err } = await failedStart(folder, env);
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  it("refuses a network's own preparation that fails, with what it said", async () => {
    folder.write("prepare.mjs", `export const prepare = async () => { throw new Error("no disk"); };`);
    const { code, err } = await failedStart(folder);
    expect(code).toBe(1);
    expect(err).toMatch(/prepare\.mjs could not prepare the network: no disk\. .*\n$/);
    expect(readdirSync(folder.dataDir)).not.toContain("journal");
  });
});

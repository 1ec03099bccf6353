/**
 * What a number says while a source is missing: nothing, unless the query takes a part for the whole (semantics.md §4). A source is
 * missing where it fails, and where it cannot be asked at all: then not even its mapping is known.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Adapter, SourceFailure } from "../../adapters/contract/adapter.ts";
import { asRegionCode, asSourceId } from "../../schema/ids.ts";
import { parseNetwork } from "../../src/identity/parseNetwork.ts";
import type { SourceState } from "../../src/sources/sourceState.ts";
import { ask, askByPlan, type Hub, hubOf, idFor, openHubSources, type OpenSources, planFor } from "../reference/harness/hub.ts";

const network = parseNetwork(`{ purposes: { check: { zh: 查, en: check } }, agencies: { reader: { zh: 读者, purposes: [check] } } }`, "network.yaml");
const reader = { agency: "reader", purpose: "check" };
const nowMs = Date.UTC(2026, 0, 1);

const regions = { hebei: "130000", tianjin: "120000" } as const;
const [jiangsu, jiangsuRegion] = ["jiangsu", "320000"];
const yamlOf = (region: string): string => `
region: ${region}
kind: sqlite
connection: { file: x.db }
timeZone: Asia/Shanghai
deadline: 100ms
entities:
  Enterprise: { from: e, key: uscc, fields: { uscc: uscc, name: name, industry: kind } }
`;
const rows = ["a", "b", "c"];

const open = { id: "open", to: "agencies", allow: { Enterprise: ["uscc", "name", "industry"] } };
const figures = { id: "figures", to: "agencies", publish: { Enterprise: { by: ["industry"], minGroup: "3" } } };
const hidden = { id: "hidden", to: "agencies", allow: { Station: ["code"] } };
const policy = (...rules: readonly object[]): string => JSON.stringify({ rules });

type Fault = () => Promise<never>;
const faults = new Map<string, Fault>();
const calls = new Map<string, number>();
const watch = (adapter: Adapter, id: string): Adapter => {
  const { rowsNow: _, ...slow } = adapter;
  const fault = async (): Promise<void> => {
    calls.set(id, (calls.get(id) ?? 0) + 1);
    await faults.get(id)?.();
  };
  return {
    ...slow,
    rows: async function* (query, signal) {
      await fault();
      yield* adapter.rows(query, signal);
    },
    aggregate: async (query, signal) => {
      await fault();
      return adapter.aggregate(query, signal);
    },
  };
};

let dir: string;
let sources: OpenSources;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "missing-"));
  sources = await openHubSources(
    Object.entries(regions).map(([id, region]) => {
      const file = join(dir, `${id}.db`);
      const database = new Database(file);
      database.exec("CREATE TABLE e (uscc TEXT PRIMARY KEY NOT NULL, name TEXT, kind TEXT) STRICT");
      for (const row of rows) database.prepare("INSERT INTO e VALUES (?, ?, '11')").run(`${id} ${row}`, `${id} ${row}`);
      database.close();
      return { id, region, file, yaml: yamlOf(region) };
    }),
    { watch, reading: "inline" },
  );
});
afterAll(async () => {
  await sources.close();
  rmSync(dir, { recursive: true, force: true });
});
beforeEach(() => {
  faults.clear();
  calls.clear();
});

const shared = { [regions.hebei]: policy(open), [regions.tianjin]: policy(open) };
const hub = (policies: Readonly<Record<string, string>> = shared, more: readonly SourceState[] = []): Hub => {
  const { registry } = sources;
  return hubOf({ ...sources, registry: { ...registry, list: () => [...registry.list(), ...more] } }, network, policies, nowMs);
};

// biome-ignore lint/suspicious/noExplicitAny: an answer of any form
type Answer = any;
async function answer(of: Hub, query: string): Promise<Answer> {
  const given = await ask(of, reader, query);
  if ("refused" in given) throw new Error(given.refused);
  return given;
}
const numbers = `{
  enterprises { totalCount part: totalCount(partial: ALLOW) nodes { uscc } }
  whole: enterprisesAggregate(groupBy: [{ field: INDUSTRY }]) { groups { count } }
  parts: enterprisesAggregate(groupBy: [{ field: INDUSTRY }], partial: ALLOW) { groups { count } }
}`;
const ofHebei = { enterprises: { totalCount: null, part: 3, nodes: rows.map((row) => ({ uscc: `hebei ${row}` })) }, whole: { groups: null }, parts: { groups: [{ count: 3 }] } };
const statusOf = ({ extensions }: Answer, id: string): string => extensions.sources.find(({ source }: Answer) => source === id)?.status;

test("while all sources answer a number is the whole", async () => {
  const { data, extensions } = await answer(hub(), numbers);
  expect(data).toMatchObject({ enterprises: { totalCount: 6, part: 6 }, whole: { groups: [{ count: 6 }] }, parts: { groups: [{ count: 6 }] } });
  expect(extensions.complete).toBe(true);
});

describe("a source that fails", () => {
  const failsWith = (status: ConstructorParameters<typeof SourceFailure>[0]): Fault => () => Promise.reject(new SourceFailure(status));

  test.each<[string, Fault]>([
    ["UNAVAILABLE", failsWith("UNAVAILABLE")],
    ["BAD_ANSWER", failsWith("BAD_ANSWER")],
    ["TIMEOUT", () => new Promise<never>(() => undefined)],
  ])("with %s makes numbers null, or the others' where the query takes them", async (status, fault) => {
    faults.set("tianjin", fault);
    const given = await answer(hub(), numbers);
    expect(given.data).toEqual(ofHebei);
    expect([given.extensions.complete, statusOf(given, "tianjin")]).toEqual([false, status]);
  });

  test("with too many rows makes the total null, and says so where groups are asked for", async () => {
    faults.set("tianjin", failsWith("OVER_CAP"));
    const given = await answer(hub(), numbers);
    expect(given.data).toEqual({ ...ofHebei, whole: null, parts: null });
    expect(given.errors).toMatchObject([{ path: ["whole"], extensions: { code: "RESULT_TOO_LARGE" } }, { path: ["parts"], extensions: { code: "RESULT_TOO_LARGE" } }]);
  });

  test("and is left alone for a while makes them null as well", async () => {
    faults.set("tianjin", failsWith("UNAVAILABLE"));
    const one = hub();
    while (await asked(one)) expect((await answer(one, "{ enterprises { totalCount } }")).data.enterprises.totalCount).toBeNull();
    const given = await answer(one, numbers);
    expect(given.data).toEqual(ofHebei);
    expect([given.extensions.complete, statusOf(given, "tianjin")]).toEqual([false, "UNAVAILABLE"]);
  });
  const asked = async (one: Hub): Promise<boolean> => {
    const before = calls.get("tianjin");
    await answer(one, "{ enterprises { nodes { uscc } } }");
    return calls.get("tianjin") !== before;
  };
});

describe("a source that cannot be asked at all", () => {
  const refused = (region: string | null): SourceState => ({ status: "refused", id: asSourceId(jiangsu), file: "regions/jiangsu/source.yaml", region: region === null ? null : asRegionCode(region), message: "a fault" });
  const unavailable: SourceState = { status: "unavailable", id: asSourceId(jiangsu), file: "regions/jiangsu/source.yaml", region: asRegionCode(jiangsuRegion), reason: "UNAVAILABLE", detail: "" };

  test.each<[string, SourceState]>([
    ["down since the start", unavailable],
    ["refused for its file", refused(jiangsuRegion)],
  ])("%s makes numbers null, or the others' where the query takes them", async (_how, state) => {
    const given = await answer(hub({ ...shared, [jiangsuRegion]: policy(hidden) }, [state]), numbers);
    expect(given.data).toMatchObject({ enterprises: { totalCount: null, part: 6 }, whole: { groups: null }, parts: { groups: [{ count: 6 }] } });
    expect(given.data.enterprises.nodes).toHaveLength(6);
    expect([given.extensions.complete, statusOf(given, jiangsu)]).toEqual([false, "UNAVAILABLE"]);
  });

  test("is missing too where its file does not even say its region", async () => {
    const given = await answer(hub(shared, [refused(null)]), numbers);
    expect(given.data).toMatchObject({ enterprises: { totalCount: null, part: 6 }, whole: { groups: null } });
    expect([given.extensions.complete, statusOf(given, jiangsu)]).toEqual([false, "UNAVAILABLE"]);
  });

  test("is missing from what was planned without it, though it is there by now", async () => {
    const { plan } = planFor(hub({ ...shared, [jiangsuRegion]: policy(open) }, [unavailable]), reader, numbers);
    const given: Answer = await askByPlan(hub(), reader, plan, {});
    expect([given.data.enterprises.totalCount, given.extensions.complete, statusOf(given, jiangsu)]).toEqual([null, false, "UNAVAILABLE"]);
  });

  test("is not missing while its region has no policy: it is joining", async () => {
    const given = await answer(hub(shared, [unavailable]), numbers);
    expect(given.data.enterprises.totalCount).toBe(6);
    expect([given.extensions.complete, statusOf(given, jiangsu)]).toEqual([true, undefined]);
  });

  test("says so at each of its ids, be they of a row or of none", async () => {
    const ids = [idFor("reader", "Enterprise", jiangsu, ["x"], sources), idFor("reader", "Enterprise", jiangsu, [], sources), idFor("reader", "Enterprise", "hebei", ["hebei a"], sources)];
    const given = await answer(hub({ ...shared, [jiangsuRegion]: policy(hidden) }, [unavailable]), `{ nodes(ids: ${JSON.stringify(ids)}) { ... on Enterprise { uscc } } }`);
    expect(given.data.nodes).toEqual([null, null, { uscc: "hebei a" }]);
    expect(given.errors.map(({ path, extensions }: Answer) => [path, extensions.code])).toEqual([[["nodes", 0], "SOURCE_UNAVAILABLE"], [["nodes", 1], "SOURCE_UNAVAILABLE"]]);
  });

  describe("and statistics", () => {
    const published = "{ enterprisesPublished(groupBy: [{ field: INDUSTRY }]) { groups { count } } }";
    const groupsOf = async (of: Hub): Promise<unknown> => (await answer(of, published)).data.enterprisesPublished.groups;
    const hebei = { [regions.hebei]: policy(figures) };

    test("are null where its region publishes them, by rules that are known whatever its source", async () => {
      expect(await groupsOf(hub({ ...hebei, [jiangsuRegion]: policy(figures) }, [unavailable]))).toBeNull();
      // It would be the only one: that it is down takes nothing out of the schema.
      expect(await groupsOf(hub({ [jiangsuRegion]: policy(figures) }, [unavailable]))).toBeNull();
      expect(await groupsOf(hub(hebei, [refused(null)]))).toBeNull();
    });

    test("stand where its region publishes nothing to the agency", async () => {
      const other = { ...figures, to: ["own"] };
      for (const rule of [open, other]) expect(await groupsOf(hub({ ...hebei, [jiangsuRegion]: policy(rule) }, [unavailable]))).toEqual([{ count: 3 }]);
    });
  });
});

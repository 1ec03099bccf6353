/**
 * Regions of the demonstration that have a real database server where one is there: `npm start -- --servers`. Another one is one more
 * entry here, with its mapping beside this file.
 */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../generate/database.ts";
import { loadHebei } from "./hebeiOnMariadb.ts";
import { loadTianjin } from "./tianjinOnPostgres.ts";

export interface ServerRegion {
  readonly region: string;
  readonly zh: string;
  readonly en: string;
  /** The server's address: from this variable, else this one. */
  readonly variable: string;
  readonly fallback: string;
  /** What an address begins with. */
  readonly schemes: readonly string[];
  readonly server: string;
  /** A schema (MariaDB: a database) of the region alone: everything in it is replaced when the demonstration's rows change. `ONE_NETWORK_DEMO_SCHEMA` names another one. */
  readonly schema: string;
  /** Loads the region's SQLite rows once per generation, and says what its mapping's `${…}` hold. Rejects where the server does not answer. */
  load(options: { readonly url: string; readonly schema: string; readonly sqliteFile: string; readonly report: Report }): Promise<Readonly<Record<string, string>>>;
}

const serverRegions: readonly ServerRegion[] = [
  {
    region: "tianjin",
    zh: "天津",
    en: "Tianjin",
    variable: "POSTGRES_URL",
    fallback: "postgres://postgres@127.0.0.1:5432/postgres",
    schemes: ["postgres", "postgresql"],
    server: "PostgreSQL",
    schema: "one_network_demo_tianjin",
    load: loadTianjin,
  },
  {
    region: "hebei",
    zh: "河北",
    en: "Hebei",
    variable: "MARIADB_URL",
    fallback: "mariadb://root@127.0.0.1:3306",
    schemes: ["mariadb", "mysql"],
    server: "MariaDB",
    schema: "one_network_demo_hebei",
    load: loadHebei,
  },
];

export interface ServedRegions {
  readonly environment: Readonly<Record<string, string>>;
  /** The network's folder with the mappings of the regions that moved. */
  readonly networkDir: string;
  /** A sentence for each region: where it is now, or why it stayed. */
  readonly notes: readonly string[];
}

/** A region whose server does not answer stays in its SQLite file, and a note says so. */
export async function serveRegions(options: {
  readonly networkDir: string;
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  onProgress(region: string, fraction: number): void;
  readonly entries?: readonly ServerRegion[];
}): Promise<ServedRegions> {
  const { networkDir, dataDir, env, onProgress, entries = serverRegions } = options;
  const overlay = join(dataDir, "servers", "network");
  rmSync(overlay, { recursive: true, force: true });
  mkdirSync(overlay, { recursive: true });
  for (const part of ["network.yaml", "regions", "examples"]) cpSync(join(networkDir, part), join(overlay, part), { recursive: true });
  const served = await Promise.all(
    entries.map(async (entry) => {
      const { region, zh, en, variable, fallback, server, schema, load } = entry;
      const url = blank(env[variable]) ? fallback : env[variable];
      const name = `${region}@${server}`;
      try {
        assertAddress(entry, url);
        const own = blank(env["ONE_NETWORK_DEMO_SCHEMA"]) ? schema : env["ONE_NETWORK_DEMO_SCHEMA"];
        const environment = await load({ url, schema: own, sqliteFile: join(dataDir, "regions", `${region}.db`), report: (fraction) => onProgress(name, fraction) });
        cpSync(join(networkDir, "servers", `${region}.source.yaml`), join(overlay, "regions", region, "source.yaml"));
        return { environment, note: `${zh}在 ${server} 上 · ${en} is on ${server}` };
      } catch (problem) {
        return { environment: {}, note: stayed(entry, reasonOf(problem)) };
      }
    }),
  );
  return { environment: Object.assign({}, ...served.map(({ environment }) => environment)) as Record<string, string>, networkDir: overlay, notes: served.map(({ note }) => note) };
}

const blank = (value: string | undefined): value is undefined | "" => value === undefined || value === "";

/** Said here in the words of the variable: a driver would take another scheme's address and wait for an answer that cannot come. */
function assertAddress({ variable, fallback, schemes }: ServerRegion, url: string): void {
  if (!URL.canParse(url) || !schemes.some((scheme) => url.startsWith(`${scheme}://`))) throw new Error(`${variable} is no address such as ${fallback}`);
}

/** An address may hold a password: what a driver says of a failed connection names host, port, user and database at most. */
const reasonOf = (problem: unknown): string => (problem instanceof AggregateError ? problem.errors.map(reasonOf).join(", ") : problem instanceof Error ? problem.message : String(problem));

function stayed({ zh, en, server, variable, fallback }: ServerRegion, reason: string): string {
  return [
    `${zh}仍在 SQLite 上：${server} 不可用（${reason}）。请启动 ${server}，或设 ${variable} 为其地址（如 ${fallback}），再重新启动。`,
    `${en} stays on SQLite: ${server} cannot be used (${reason}). Start one, or set ${variable} to where it is (such as ${fallback}), and start again.`,
  ].join("\n");
}

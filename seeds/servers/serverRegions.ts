/**
 * Regions of the demonstration that have a real database server where one is there: `npm start -- --servers`. Another one is one more
 * entry here, with its mapping beside this file.
 */
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Report } from "../generate/database.ts";
import { loadTianjin } from "./tianjinOnPostgres.ts";

export interface ServerRegion {
  readonly region: string;
  readonly zh: string;
  readonly en: string;
  /** The server's address: from this variable, else this one. */
  readonly variable: string;
  readonly fallback: string;
  readonly server: string;
  /** Of the region alone: everything in it is replaced when the demonstration's rows change. `ONE_NETWORK_DEMO_SCHEMA` names another one. */
  readonly schema: string;
  /** Loads the region's SQLite rows once per generation, and says what its mapping's `${…}` hold. Rejects where the server does not answer. */
  load(options: { readonly url: string; readonly schema: string; readonly sqliteFile: string; readonly report: Report }): Promise<Readonly<Record<string, string>>>;
}

const serverRegions: readonly ServerRegion[] = [
  { region: "tianjin", zh: "天津", en: "Tianjin", variable: "POSTGRES_URL", fallback: "postgres://postgres@127.0.0.1:5432/postgres", server: "PostgreSQL", schema: "one_network_demo_tianjin", load: loadTianjin },
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
  const environment: Record<string, string> = {};
  const notes: string[] = [];
  for (const { region, zh, en, variable, fallback, server, schema, load } of entries) {
    const url = env[variable] === undefined || env[variable] === "" ? fallback : env[variable];
    try {
      const name = `${region}@${server}`;
      Object.assign(environment, await load({ url, schema: env["ONE_NETWORK_DEMO_SCHEMA"] ?? schema, sqliteFile: join(dataDir, "regions", `${region}.db`), report: (fraction) => onProgress(name, fraction) }));
      cpSync(join(networkDir, "servers", `${region}.source.yaml`), join(overlay, "regions", region, "source.yaml"));
      notes.push(`${zh} ${en} is on ${server}`);
    } catch (problem) {
      // An address may hold a password: what the driver says of a failed connection names host and port at most.
      const reason = problem instanceof AggregateError ? problem.errors.map(String).join(", ") : problem instanceof Error ? problem.message : String(problem);
      notes.push(`${zh} ${en} stays on SQLite: ${server} cannot be used (${reason}). Start one, or set ${variable} to where it is, and start again.`);
    }
  }
  return { environment, networkDir: overlay, notes };
}

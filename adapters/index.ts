/**
 * Source kinds by the word that `source.yaml` uses. Imported by main and cli alone, which pass them down as values.
 *
 * `drop` and `rest` sources are mirrored into a local SQLite file in source terms (`src/sources/mirror`), so their reads are SQLite's.
 */
import { resolve } from "node:path";
import { readMap, readText } from "./contract/configReader.ts";
import { checked } from "./contract/checked.ts";
import type { LiveKind, SourceKinds } from "./contract/sourceKinds.ts";
import { dropKind } from "./drop/dropKind.ts";
import { mariadbKind, mysqlKind } from "./mysql/mysqlKinds.ts";
import { postgresKind } from "./postgres/openPostgres.ts";
import { restKind } from "./rest/restKind.ts";
import { openSqlite } from "./sqlite/openSqlite.ts";

/** `lensModule`: where the hub's lens functions for SQLite are; adapters know no mapping. */
export function sourceKinds(lensModule: URL): SourceKinds {
  const openLocal: SourceKinds["openLocal"] = async ({ file, lenses }) => checked(await openSqlite({ file, lensModule, lenses }));
  const sqlite: LiveKind = {
    kind: "sqlite",
    open: ({ connection, baseDir, lenses }) => {
      const { file } = readMap(connection, ["connection"], ["file"]);
      return openLocal({ file: resolve(baseDir, readText(file, ["connection", "file"])), lenses });
    },
  };
  const servers = [postgresKind, mariadbKind, mysqlKind].map(({ kind, open }): [string, LiveKind] => [kind, { kind, open: async (input) => checked(await open(input)) }]);
  return { live: { sqlite, ...Object.fromEntries(servers) }, mirrored: { drop: dropKind, rest: restKind }, openLocal };
}

/**
 * Source kinds by the word that `source.yaml` uses. Imported by main and cli alone, which pass them down as values.
 *
 * `drop`, `hj212` and `rest` sources are mirrored into a local SQLite file in source terms (`src/sources/mirror`), so their reads are SQLite's.
 * `sensorthings` sources, and `rest` ones with `live` tables, fetch for every query, which runs in a SQLite database of its own (`fetched/`).
 */
import { resolve } from "node:path";
import { readMap, readText } from "./contract/configReader.ts";
import { checked } from "./contract/checked.ts";
import type { LookableKind } from "./contract/look.ts";
import type { LiveKind, SourceKinds } from "./contract/sourceKinds.ts";
import { dropKind } from "./drop/dropKind.ts";
import { dropLook } from "./drop/lookAtFolder.ts";
import { hj212Kind } from "./hj212/hj212Kind.ts";
import { hj212Look } from "./hj212/lookAtLogs.ts";
import { mariadbKind, mysqlKind } from "./mysql/mysqlKinds.ts";
import { postgresKind } from "./postgres/openPostgres.ts";
import { restLook } from "./rest/lookAtApi.ts";
import { restKind } from "./rest/restKind.ts";
import { restLiveKind } from "./rest/restLive.ts";
import { sensorThingsLook } from "./sensorthings/lookAtService.ts";
import { sensorThingsKind } from "./sensorthings/sensorThingsKind.ts";
import { scratchOpener } from "./sqlite/openScratch.ts";
import { openSqlite } from "./sqlite/openSqlite.ts";

/** Kinds without tables of their own, or whose standard fixes them: what a first look at a source tells of its `source.yaml`. */
export const lookableKinds: Readonly<Record<string, LookableKind>> = { drop: dropLook, hj212: hj212Look, rest: restLook, sensorthings: sensorThingsLook };

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
  const openScratch = scratchOpener(lensModule);
  const behindChecks = (kind: LiveKind): LiveKind => ({ ...kind, open: async (input) => checked(await kind.open(input)) });
  const servers = Object.fromEntries([postgresKind, mariadbKind, mysqlKind].map((kind) => [kind.kind, behindChecks(kind)]));
  const rest = behindChecks(restLiveKind(openScratch));
  const sensorthings = behindChecks(sensorThingsKind(openScratch));
  return { live: { sqlite, ...servers, rest, sensorthings }, mirrored: { drop: dropKind, hj212: hj212Kind, rest: restKind }, openLocal };
}

/** Kind `sensorthings`: an OGC SensorThings API 1.1 server, asked with every query for what its filters can narrow it to. */
import type { OpenScratch } from "../contract/scratch.ts";
import type { LiveKind } from "../contract/sourceKinds.ts";
import { openFetched } from "../fetched/openFetched.ts";
import { parseSensorThings } from "./sensorThingsConfig.ts";
import { sensorThingsFetcher } from "./sensorThingsFetcher.ts";

export const sensorThingsKind = (openScratch: OpenScratch): LiveKind => ({
  kind: "sensorthings",
  open: async (input) => {
    const config = parseSensorThings(input);
    return openFetched({ kind: "sensorthings", fetcher: sensorThingsFetcher(config), limits: config.limits, lenses: input.lenses, openScratch });
  },
});

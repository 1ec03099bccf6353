/** Kind `rest` with `live` tables: every query asks the API for what its declared parameters can narrow it to. */
import type { OpenScratch } from "../contract/scratch.ts";
import type { LiveKind } from "../contract/sourceKinds.ts";
import { openFetched } from "../fetched/openFetched.ts";
import { isLive, parseLiveConfig } from "./liveConfig.ts";
import { restFetcher } from "./restFetcher.ts";

export const restLiveKind = (openScratch: OpenScratch): LiveKind => ({
  kind: "rest",
  tables: { areLive: isLive },
  open: async (input) => {
    const config = parseLiveConfig(input);
    return openFetched({ kind: "rest", fetcher: restFetcher(config), limits: config.limits, lenses: input.lenses, openScratch });
  },
});

/** Builds what the demonstration regions keep in files: three databases and a drop folder. Shanghai serves its own. */
import { join } from "node:path";
import { buildAnhui, isAnhuiBuilt } from "./anhui.ts";
import { fillBeijing } from "./beijing.ts";
import { buildDatabase, isBuilt, type Report } from "./database.ts";
import { fillHebei } from "./hebei.ts";
import { fillTianjin } from "./tianjin.ts";

export interface BuildOptions {
  /** `HUB_DATA`: databases go to `regions/`, files to `drops/`. */
  readonly dataDir: string;
  /** `fraction` runs from 0 to 1 within each region; a region that is there already reports 1 at once. */
  onProgress(region: string, fraction: number): void;
}

/** All of it takes a few seconds of one core, so it runs in this thread. */
const DATABASES = { beijing: fillBeijing, tianjin: fillTianjin, hebei: fillHebei } as const;

/** Leaves whole regions of the current generation alone; anything else is built anew. Interrupted, it can simply run again. */
export async function buildRegions({ dataDir, onProgress }: BuildOptions): Promise<void> {
  for (const [region, fill] of Object.entries(DATABASES)) {
    const report: Report = (fraction) => onProgress(region, fraction);
    const file = join(dataDir, "regions", `${region}.db`);
    if (!isBuilt(file)) buildDatabase(file, (db) => fill(db, report));
    report(1);
    // Signals and the progress display get a turn.
    await new Promise(setImmediate);
  }
  const folder = join(dataDir, "drops", "anhui");
  const report: Report = (fraction) => onProgress("anhui", fraction);
  if (!isAnhuiBuilt(folder)) await buildAnhui(folder, report);
  report(1);
}

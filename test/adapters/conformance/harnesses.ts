/** Every kind of source that there is. */
import type { Harness } from "./harness.ts";
import { restLiveHarness, sensorThingsHarness } from "./fetchedHarnesses.ts";
import { mariadbHarness } from "./mariadbHarness.ts";
import { dropHarness, hj212Harness, restHarness } from "./mirroredHarnesses.ts";
import { postgresHarness } from "./postgresHarness.ts";
import { sqliteHarness } from "./sqliteHarness.ts";

export const harnesses: readonly Harness[] = [sqliteHarness, postgresHarness, mariadbHarness, restHarness, dropHarness, hj212Harness, restLiveHarness, sensorThingsHarness];

/** Those that a bad connection can stand before. */
export const wired: readonly Harness[] = harnesses.filter(({ lies }) => lies !== null);

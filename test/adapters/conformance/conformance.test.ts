// Goal: every kind of source answers every template alike, on its real server.
import { mariadbHarness } from "./mariadbHarness.ts";
import { dropHarness, hj212Harness, restHarness } from "./mirroredHarnesses.ts";
import { restLiveHarness, sensorThingsHarness } from "./fetchedHarnesses.ts";
import { postgresHarness } from "./postgresHarness.ts";
import { sqliteHarness } from "./sqliteHarness.ts";
import { conformance } from "./suite.ts";

for (const harness of [sqliteHarness, postgresHarness, mariadbHarness, restHarness, dropHarness, hj212Harness, restLiveHarness, sensorThingsHarness]) conformance(harness);

// Goal: every kind of source answers every template alike, on its real server.
import { mariadbHarness } from "./mariadbHarness.ts";
import { postgresHarness } from "./postgresHarness.ts";
import { sqliteHarness } from "./sqliteHarness.ts";
import { conformance } from "./suite.ts";

for (const harness of [sqliteHarness, postgresHarness, mariadbHarness]) conformance(harness);

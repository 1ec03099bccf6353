// Goal: every kind of source answers every template alike, on its real server.
import { harnesses } from "./harnesses.ts";
import { conformance } from "./suite.ts";

for (const harness of harnesses) conformance(harness);

/** Equality with the reference model: for random networks, policies and questions the hub answers what V alone would answer. */
import { holds } from "./hold.ts";

holds("the hub answers what the reference model answers", "differential", 2000, { told: 0.25, "guards by cell": 0.025 });

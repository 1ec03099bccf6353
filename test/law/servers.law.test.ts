/** The same laws where a region's rows are on a database server, whose own order, collation, NULL, decimals and times must not be seen. */
import { afterAll, describe } from "vitest";
import type { ServerKind } from "../reference/generator/typedStyles.ts";
import { dropServers, hasServer } from "../reference/harness/servers.ts";
import { holds } from "./hold.ts";

const there = { postgres: await hasServer.postgres(), mariadb: await hasServer.mariadb() };
function over(servers: readonly ServerKind[], laws: () => void): void {
  describe.skipIf(servers.some((kind) => !there[kind]))(`over ${servers.join(" and ")}`, laws);
}

afterAll(dropServers);

for (const kind of ["postgres", "mariadb"] as const) {
  over([kind], () => {
    holds("the hub answers what the reference model answers", "differential", 120, { told: 0.15 }, [kind]);
    holds("data that an agency cannot see change no byte of its answers", "nonInterference", 100, { changes: 0.1 }, [kind]);
  });
}

const both = ["postgres", "mariadb"] as const;
over(both, () => {
  holds("the hub answers what the reference model answers", "differential", 60, { told: 0.15 }, both);
  holds("page by page is all at once", "paging", 20, { "pages turned": 0.2 }, both);
  holds("other words for a question have its answer", "rewrites", 20, {}, both);
  holds("a plan kept answers as one made anew", "planReuse", 20, {}, both);
});

/** A process that has nothing else to do lives until the connections are closed: a region whose mapping is refused must not end the hub. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { hasPostgres, makeSchema } from "../../fixtures/postgresServer.ts";

test.skipIf(!(await hasPostgres()))("closing an idle adapter comes to its end", async () => {
  const { url, schema, drop } = await makeSchema();
  const script = `
    import { openPostgres } from ${JSON.stringify(new URL("../../../adapters/postgres/openPostgres.ts", import.meta.url).href)};
    import { parsePostgresConnection } from ${JSON.stringify(new URL("../../../adapters/postgres/connectionConfig.ts", import.meta.url).href)};
    const adapter = await openPostgres({ connection: parsePostgresConnection(${JSON.stringify({ url, schema })}) });
    await adapter.close();
    process.stdout.write("closed");
  `;
  expect(spawnSync(process.execPath, ["--experimental-strip-types", "--no-warnings", "--input-type=module", "-e", script], { encoding: "utf8" })).toMatchObject({ status: 0, stdout: "closed", stderr: "" });
  await drop();
});

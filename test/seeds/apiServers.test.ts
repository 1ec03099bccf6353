import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const entry = fileURLToPath(new URL("../../seeds/apiServers.ts", import.meta.url));

it("the services' process says its ports in one JSON line and ends when its parent's pipe closes", async () => {
  const child = spawn(process.execPath, [entry], { env: { ...process.env, DEMONSTRATION_TOKEN: "secret" }, stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  const { shanghai, jiangsu } = JSON.parse(line) as { shanghai: number; jiangsu: number };
  const headers = { authorization: "Bearer secret" };
  expect(await (await fetch(`http://127.0.0.1:${shanghai}/api/v2/stations`, { headers })).json()).toMatchObject({ code: 0, data: { total: 10 } });
  expect(await (await fetch(`http://127.0.0.1:${jiangsu}/v1.1/Things?$count=true`, { headers })).json()).toMatchObject({ "@iot.count": 6 });
  child.stdin.end();
  expect((await gone)[0]).toBe(0);
});

it("refuses to start without a token", async () => {
  const { DEMONSTRATION_TOKEN: _, ...env } = process.env;
  const child = spawn(process.execPath, [entry], { env, stdio: ["pipe", "ignore", "pipe"] });
  const [said, [code]] = await Promise.all([once(child.stderr, "data"), once(child, "exit")]);
  expect(code).toBe(1);
  expect(String(said[0])).toContain("DEMONSTRATION_TOKEN is not set");
});

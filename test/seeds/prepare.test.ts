import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { prepare } from "../../seeds/prepare.ts";

const root = mkdtempSync(join(tmpdir(), "seeds-prepare-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it("builds what is missing, serves Shanghai and Jiangsu under a secret of its own, and takes them down again", async () => {
  const progress: string[] = [];
  const { environment, close } = await prepare({ dataDir: root, onProgress: (region, fraction) => fraction === 1 && progress.push(region) });
  expect(new Set(progress)).toEqual(new Set(["beijing", "tianjin", "hebei", "anhui"]));
  const ask = (token: string): Promise<Response> =>
    fetch(`${environment["SHANGHAI_URL"]}/api/v2/stations`, { headers: { authorization: `Bearer ${token}` } });
  expect(await (await ask(environment["SHANGHAI_TOKEN"] ?? "")).json()).toMatchObject({ code: 0 });
  expect(await (await ask("guess")).json()).toMatchObject({ code: 40301 });
  const things = (token: string): Promise<Response> => fetch(`${environment["JIANGSU_URL"]}/v1.1/Things`, { headers: { authorization: `Bearer ${token}` } });
  expect((await (await things(environment["JIANGSU_TOKEN"] ?? "")).json()) as { value: unknown[] }).toMatchObject({ value: { length: 6 } });
  expect((await things("guess")).status).toBe(401);
  await close();
  await expect(ask("guess")).rejects.toThrow();
  await expect(things("guess")).rejects.toThrow();
  // Closing twice is no fault: a start that failed midway does it.
  await close();
});

it("takes the services down when a region cannot be built, and says why", async () => {
  const dataDir = join(root, "blocked");
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, "regions"), "a file where a folder should be");
  await expect(prepare({ dataDir, onProgress: () => undefined })).rejects.toThrow(/regions/);
});


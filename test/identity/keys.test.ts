import { chmodSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openKeys } from "../../src/identity/keys.ts";
import { newDataDir } from "./fixtures.ts";

let dataDir = "";
const file = (): string => join(dataDir, "secrets", "keys.json");
beforeEach(() => {
  dataDir = newDataDir();
});
afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

describe("the hub's keys", () => {
  test("are made once and are the same at the next start", () => {
    const first = openKeys(dataDir);
    const second = openKeys(dataDir);
    expect(second.kid).toBe(first.kid);
    expect(second.idMaster).toEqual(first.idMaster);
    expect(second.cursor).toEqual(first.cursor);
    expect(first.idMaster).not.toEqual(first.cursor.subarray(0, 32));
  });

  test("are readable by the hub's own account alone, also after a restore with a looser mode", () => {
    openKeys(dataDir);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, "secrets")).mode & 0o777).toBe(0o700);
    chmodSync(file(), 0o644);
    openKeys(dataDir);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test("of two installations differ", () => {
    const other = newDataDir();
    expect(openKeys(other).kid).not.toBe(openKeys(dataDir).kid);
    rmSync(other, { recursive: true });
  });

  test.each(["", "{}", "null", '{"signing":"x","master":"AAAA"}'])("a damaged file (%j) is refused and left as it is", (text) => {
    openKeys(dataDir);
    writeFileSync(file(), text);
    expect(() => openKeys(dataDir)).toThrowError(expect.objectContaining({ code: "CONFIG_INVALID" }) as Error);
    expect(readFileSync(file(), "utf8")).toBe(text);
  });
});

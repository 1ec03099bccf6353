import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { errorCodes } from "../../schema/errorCodes.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/errors.md"), "utf8");

it("docs/errors.md says of every code its status, whether to try again, and its text, and of no other", () => {
  const listed = [...page.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (yes|no) \| (.*) \|$/gm)].map(([, code, http, again, en]) => ({ code, http: Number(http), retry: again === "yes", en }));
  const expected = Object.entries(errorCodes).map(([code, { http, retry, en }]) => ({ code, http, retry, en }));
  const byCode = (a: { code?: string }, b: { code?: string }): number => ((a.code ?? "") < (b.code ?? "") ? -1 : 1);
  expect(listed.sort(byCode)).toEqual(expected.sort(byCode));
  const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code]) => code ?? "");
  expect(named.filter((code) => !Object.hasOwn(errorCodes, code))).toEqual([]);
});

it("every code is thrown somewhere, or it would be a promise to nobody", () => {
  const source = globSync(["src/**/*.ts", "adapters/**/*.ts"], { cwd: root })
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  // Thrown by name, through a helper that takes the code, or as the value of a table of statuses.
  const isUsed = (code: string): boolean => source.includes(`HubError("${code}"`) || new RegExp(`[(:?] ?"${code}"`).test(source);
  expect(Object.keys(errorCodes).filter((code) => !isUsed(code))).toEqual([]);
});

it("every code speaks both languages, with the same parameters", () => {
  const parametersOf = (text: string): readonly string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "").sort();
  for (const [code, { en, zh }] of Object.entries(errorCodes)) expect(parametersOf(zh), code).toEqual(parametersOf(en));
});

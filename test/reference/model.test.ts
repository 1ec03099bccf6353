/** The model is small enough to be read in an afternoon, and shares nothing with what it judges. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const folder = import.meta.dirname;
const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
const linesMax = 500;

const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");
/** Where a file's imports lead, and whether anything but types comes from there. */
const importsOf = (file: string): readonly { readonly from: string; readonly isType: boolean }[] =>
  ts.createSourceFile(file, textOf(file), ts.ScriptTarget.ESNext).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const clause = statement.importClause;
    const named = clause?.namedBindings;
    const onlyTypes = clause !== undefined && (clause.phaseModifier === ts.SyntaxKind.TypeKeyword || (clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every((each) => each.isTypeOnly)));
    return [{ from: statement.moduleSpecifier.text, isType: onlyTypes }];
  });

it(`takes at most ${linesMax} lines of code, without blank ones and comments`, () => {
  const lines = files.flatMap((file) => textOf(file).split("\n").filter((line) => !/^\s*(?:$|\/\/|\/\*|\*)/.test(line)));
  expect(files.length).toBeGreaterThan(4);
  expect(lines.length).toBeLessThanOrEqual(linesMax);
});

it("imports itself, the vocabulary's types and the region table, and nothing that the hub is made of", () => {
  const values = new Set(files.flatMap((file) => importsOf(file).filter(({ isType }) => !isType).map(({ from }) => from)));
  const own = [...values].filter((from) => from.startsWith("./"));
  expect(own.every((from) => files.includes(from.slice(2)))).toBe(true);
  // Hub constants, and how an attribute's masks are ranked.
  expect([...values].filter((from) => !from.startsWith("./")).sort()).toEqual(["../../schema/codes/regions.ts", "../../schema/vocabulary.ts"]);
  const types = files.flatMap((file) => importsOf(file).map(({ from }) => from)).filter((from) => !from.startsWith("./"));
  expect(types.filter((from) => !from.startsWith("../../schema/"))).toEqual([]);
});

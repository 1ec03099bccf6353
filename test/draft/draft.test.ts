/**
 * Goal: databases that nobody tuned the guesses to get drafts that load, in which no active line is wrong: what is silently plausible and
 * wrong is worse than a line that a steward has to write. Method: each line is compared with what somebody who knows the database says.
 */
import { describe, expect, it } from "vitest";
import { hasPostgres } from "../fixtures/postgresServer.ts";
import { isAbsent } from "../realData/openNetwork.ts";
import type { DatabaseSpec } from "./databases/database.ts";
import { eastIslands } from "./databases/eastIslands.ts";
import { northShore } from "./databases/northShore.ts";
import { realFiles } from "./databases/realFiles.ts";
import { riverCity } from "./databases/riverCity.ts";
import { southHills } from "./databases/southHills.ts";
import { westPlateau } from "./databases/westPlateau.ts";
import { draftOf, printScores, rightIn, scoreOf, wrongIn } from "./draftOf.ts";

/** `right`: at least so many lines; the rest is missing, which is allowed. */
const databases: readonly { readonly spec: DatabaseSpec; readonly right: number }[] = [
  { spec: riverCity, right: 60 },
  { spec: northShore, right: 38 },
  { spec: southHills, right: 34 },
  { spec: eastIslands, right: 22 },
  { spec: westPlateau, right: 32 },
];
const isServerThere = await hasPostgres();

/** Cells of columns about persons, as the databases have them. */
const personal = /1[3-9]\d{9}|\d{17}[\dXx]|赵某|[马冯周王李张陈刘]某|示例联系人|钱某/;

const isDraftedFrom = (spec: DatabaseSpec, text: string, table: string): boolean => new RegExp(`^ {4}from: ${table}$`, "m").test(text) || spec.tables[table] === undefined;

describe.each(databases)("$spec.name", ({ spec, right }) => {
  it.skipIf(spec.kind === "postgres" && !isServerThere)("gets a draft that loads, with no active line wrong", async () => {
    const { text, policy } = await draftOf(spec);
    const scores = scoreOf(text, spec.truth);
    console.log(printScores(spec.name, scores));
    expect(wrongIn(scores)).toEqual([]);
    expect(rightIn(scores)).toBeGreaterThanOrEqual(right);
    expect(text).toMatch(new RegExp(`^region: ${spec.region}`, "m"));
    // What it could not place is named; what holds nothing of the vocabulary is left alone.
    for (const [name, { columns }] of Object.entries(spec.tables)) for (const column of Object.keys(columns)) if (isDraftedFrom(spec, text, name)) expect(text).toContain(column);
    for (const table of spec.foreign) expect(text).toMatch(new RegExp(`^# {3}${table} \\(`, "m"));
    expect(text).not.toMatch(personal);
    expect(policy).toMatch(/^rules: \[\]$/m);
    expect(policy).not.toMatch(personal);
  }, 120_000);
});

describe.skipIf(!isServerThere || isAbsent())("real public files loaded into PostgreSQL", () => {
  it("get a draft that loads, with no active line wrong; what the tables cannot tell is called undecided", async () => {
    const spec = realFiles();
    const { text } = await draftOf(spec);
    const scores = scoreOf(text, spec.truth);
    console.log(printScores(spec.name, scores));
    expect(wrongIn(scores)).toEqual([]);
    expect(rightIn(scores)).toBeGreaterThanOrEqual(16);
    // The publisher calls an hour by its end; the table itself does not say.
    expect(scores.flatMap(({ undecided }) => undecided)).toEqual(["start: timepoint, in truth nothing"]);
    // Four columns of a time are none to plain SQL, and the draft says so at the part.
    expect(text).toMatch(/^ {2}# Observation\/prsa is not active: /m);
  }, 180_000);
});

/** `ok: { code: { eq: 0 } }` and `busy: { code: { in: [42901] } }`: conditions over an answer's body, compared as text. */
import { configProblem, readMap, readTexts, type Path } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import { atPath, cellText, type ExactJson } from "../http/exactJson.ts";

export interface BodyTest {
  readonly path: string;
  readonly operator: "eq" | "ne" | "in";
  readonly values: readonly string[];
}

/** All must hold. */
export type BodyCondition = readonly BodyTest[];

export function parseBodyCondition(value: ConfigValue, path: Path): BodyCondition {
  const tests = Object.entries(readMap(value, path, null)).flatMap(([field, tested]) =>
    Object.entries(readMap(tested, [...path, field], ["eq", "ne", "in"])).map(([operator, operand]): BodyTest => {
      const values = readTexts(operand, [...path, field, operator]);
      if (operator !== "in" && values.length !== 1) configProblem([...path, field, operator], "takes one value; `in` takes a list.");
      return { path: field, operator: operator as BodyTest["operator"], values };
    }),
  );
  if (tests.length === 0) configProblem(path, "is empty; write `{ code: { eq: 0 } }`.");
  return tests;
}

/** An absent field is no value: `eq` and `in` fail, and so does `ne`. */
export const meets = (body: ExactJson, condition: BodyCondition): boolean =>
  condition.every(({ path, operator, values }) => {
    const text = cellText(atPath(body, path));
    if (text === null) return false;
    return operator === "ne" ? !values.includes(text) : values.includes(text);
  });

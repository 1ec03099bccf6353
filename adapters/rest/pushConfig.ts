/** `push` of a table: which columns a parameter narrows, and how. What is listed is a promise (`fetched/fetchedSource.ts`). */
import { configProblem, readInteger, readMap, readText, type Path } from "../contract/configReader.ts";
import type { ConfigValue } from "../contract/tableReader.ts";
import type { PushOperator } from "../fetched/fetchedSource.ts";

export interface PushedColumn {
  readonly parameters: Readonly<Partial<Record<PushOperator, string>>>;
  /** Of `in`: one parameter with the values joined, or, with an empty separator, the parameter once per value. */
  readonly list: { readonly separator: string; readonly max: number };
  /** Every cell of the column matches it whole; other values are not asked for. */
  readonly spelt: string | null;
}

export type Push = Readonly<Record<string, PushedColumn>>;

const operators = ["eq", "in", "gte", "gt", "lt", "lte"] as const satisfies readonly PushOperator[];
const listDefault = { separator: ",", max: 50 } as const;

function readPattern(value: ConfigValue, path: Path): string {
  const text = readText(value, path);
  try {
    new RegExp(text, "u");
  } catch {
    configProblem(path, "is no regular expression, such as [0-9]{4}A.");
  }
  return text;
}

export const matcherOf = (pattern: string): ((value: string) => boolean) => {
  const whole = new RegExp(`^(?:${pattern})$`, "u");
  return (value) => whole.test(value);
};

export function parsePush(value: ConfigValue | undefined, path: Path): Push {
  if (value === undefined) return {};
  return Object.fromEntries(
    Object.entries(readMap(value, path, null)).map(([column, given]) => {
      const at = [...path, column];
      const { spelt, ...map } = readMap(given, at, [...operators, "spelt"]);
      const list = map["in"] === undefined || typeof map["in"] === "string" ? null : readMap(map["in"], [...at, "in"], ["parameter", "separator", "max"]);
      const separator = list?.["separator"] ?? listDefault.separator;
      if (typeof separator !== "string") configProblem([...at, "in", "separator"], "must be a text, or empty for a parameter that stands once per value.");
      const parameters = Object.entries(map).map(([operator, parameter]) => [
        operator,
        operator === "in" && list ? readText(list["parameter"], [...at, "in", "parameter"]) : readText(parameter, [...at, operator]),
      ]);
      return [
        column,
        {
          parameters: Object.fromEntries(parameters) as PushedColumn["parameters"],
          spelt: spelt === undefined ? null : readPattern(spelt, [...at, "spelt"]),
          list: { separator, max: list?.["max"] === undefined ? listDefault.max : readInteger(list["max"], [...at, "in", "max"], { least: 1, greatest: 1000 }) },
        },
      ];
    }),
  );
}

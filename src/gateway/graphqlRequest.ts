/** A body's bytes → document, operation name and variables, or BAD_REQUEST. One operation a request: lists are refused (P36). */
import { isUtf8 } from "node:buffer";
import { HubError } from "../../schema/errorCodes.ts";
import { within } from "./documentLimits.ts";

export interface GraphqlRequest {
  readonly query: string;
  readonly operationName: string | null;
  /** As sent; null where none were. */
  readonly variables: Readonly<Record<string, unknown>> | null;
}

export const parseGraphqlRequest = (bytes: Buffer): GraphqlRequest => {
  const body = parseJson(bytes);
  if (!isRecord(body)) throw new HubError("BAD_REQUEST");
  const { query, operationName, variables, extensions } = body;
  const hasWords =
    typeof query === "string" &&
    (operationName == null || typeof operationName === "string") &&
    (variables == null || isRecord(variables)) &&
    (extensions == null || isRecord(extensions)) &&
    !Object.hasOwn(body, "__proto__");
  if (!hasWords) throw new HubError("BAD_REQUEST");
  if (variables != null) assertPlain(variables);
  return { query, operationName: operationName ?? null, variables: variables ?? null };
};

const parseJson = (bytes: Buffer): unknown => {
  if (!isUtf8(bytes)) throw new HubError("BAD_REQUEST");
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new HubError("BAD_REQUEST");
  }
};

/** Inherited members are no members: only what the caller wrote counts. */
interface Body {
  readonly query?: unknown;
  readonly operationName?: string | null;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}
const isRecord = (value: unknown): value is Body & Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** Variables are structure as much as the document is: the same filter can be written in either. */
const assertPlain = (variables: Readonly<Record<string, unknown>>): void => {
  let values = 0;
  const check = (value: unknown, depth: number): void => {
    if (typeof value === "string") within("characters", value.length);
    if (typeof value !== "object" || value === null) return;
    within("valueDepth", depth);
    if (Array.isArray(value)) {
      values += value.length;
      within("variableValues", values);
      for (const item of value) check(item, depth + 1);
      return;
    }
    for (const key in value) {
      values += 1;
      within("variableValues", values);
      within("characters", key.length);
      // JSON.parse makes it a member; whoever copies the object would make it the prototype (P26).
      if (key === "__proto__") throw new HubError("BAD_REQUEST");
      check((value as Readonly<Record<string, unknown>>)[key], depth + 1);
    }
  };
  check(variables, 0);
};

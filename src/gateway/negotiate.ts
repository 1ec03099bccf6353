/** Media types of GraphQL over HTTP: what a request must be sent as, and what the answer is sent as. */
import { HubError } from "../../schema/errorCodes.ts";

export type AnswerType = "application/json" | "application/graphql-response+json";

const acceptLengthMax = 1000;
const json = "application/json";
const response = "application/graphql-response+json";

/**
 * The answer's type for an Accept header. Where both are wanted equally the newer type is given; where none is named (no header, a
 * wildcard) `application/json`, which the specification keeps for clients that know no other. Throws NOT_ACCEPTABLE.
 */
export const negotiate = (accept: string | undefined): AnswerType => {
  if (accept === undefined || accept === "*/*" || accept === json) return json;
  if (accept === response) return response;
  if (accept.length > acceptLengthMax) throw new HubError("NOT_ACCEPTABLE");
  const wanted = new Map<string, number>();
  for (const range of accept.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    wanted.set(type, Math.max(wanted.get(type) ?? 0, qualityOf(parameters)));
  }
  const wildcard = wanted.get("application/*") ?? wanted.get("*/*") ?? 0;
  const forJson = wanted.get(json) ?? wildcard;
  const forResponse = wanted.get(response) ?? (wanted.has(json) ? 0 : Math.min(wildcard, forJson));
  if (wanted.has(response) && forResponse > 0 && forResponse >= forJson) return response;
  if (forJson > 0) return json;
  if (forResponse > 0) return response;
  throw new HubError("NOT_ACCEPTABLE");
};

const qualityOf = (parameters: readonly string[]): number => {
  const q = parameters.find((parameter) => parameter.startsWith("q="));
  if (q === undefined) return 1;
  const value = Number(q.slice(2));
  return value >= 0 && value <= 1 ? value : 0;
};

const jsonInUtf8 = /^application\/json[ \t]*(?:;[ \t]*charset[ \t]*=[ \t]*"?utf-8"?[ \t]*)?;?[ \t]*$/i;

/**
 * Refuses whatever a browser sends to another origin without asking first (form types, text/plain, none: P40), every charset but
 * UTF-8, compression, and two headers of which the first would hide the second. Throws UNSUPPORTED_MEDIA_TYPE.
 */
export const assertJson = (headers: NodeJS.Dict<string[]>): void => {
  const [type, ...more] = headers["content-type"] ?? [];
  const encoding = headers["content-encoding"];
  const isPlain = encoding === undefined || (encoding.length === 1 && encoding[0] === "identity");
  if (type === undefined || more.length > 0 || !isPlain || !(type === json || jsonInUtf8.test(type))) throw new HubError("UNSUPPORTED_MEDIA_TYPE");
};

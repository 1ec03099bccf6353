/** What a document may hold, as numbers. `docs/limits.md` says them to callers; a test compares the two. */
import { HubError } from "../../schema/errorCodes.ts";

export const documentLimits = {
  /** The parser and the printer of messages walk line by line: 99 000 empty lines cost 5 ms each time. */
  lines: 4000,
  /** Brackets of all kinds that are open at once: the parser calls itself for each, and its stack ends at some two thousand. */
  nesting: 100,
  /** A query over every attribute of an entity with its filters takes a few hundred. */
  tokens: 2000,
  /** Rules about variables look at every operation with every fragment. */
  operations: 20,
  /** Validation looks at them pair by pair: two hundred take 8 ms once warm and 200 ms the first time. */
  fragments: 60,
  depth: 10,
  /** What GraphiQL asks of a schema is 15 deep, through the wrappers of a type. */
  introspectionDepth: 16,
  aliases: 30,
  rootFields: 20,
  directives: 50,
  /** With fragments spread. */
  fields: 500,
  /** Validation compares fields of one key pair by pair, their arguments printed: a hundred times one key are 10 000, and take 10 ms. */
  comparisons: 10_000,
  /** Of objects and lists in arguments and in variables. */
  valueDepth: 32,
  /** Members and items in variables; those of a document are tokens. */
  variableValues: 2000,
  /** Of one name, number or string, in the document or in its variables: a cursor has a few hundred. */
  characters: 10_000,
} as const;

export type DocumentLimit = keyof typeof documentLimits;

export const tooLarge = (limit: DocumentLimit): HubError => new HubError("DOCUMENT_TOO_LARGE", { limit: `${limit} ${documentLimits[limit]}` });

/** Throws DOCUMENT_TOO_LARGE where a count is past its limit. */
export const within = (limit: DocumentLimit, count: number): void => {
  if (count > documentLimits[limit]) throw tooLarge(limit);
};

/** Names that every JavaScript object has already: as response keys or variables they would not be data (P26). */
export const isInherited = (name: string): boolean => name in Object.prototype;

/**
 * What an answer may withhold and by which rule (semantics.md §7): a function of permit and document, never of rows, so that it tells
 * nothing but the rules' public names and reasons.
 */
import { coordinate, type Coordinate, type EntityName, type RuleId, type SourceId } from "../../schema/ids.ts";
import type { AttributeDef, Level, Vocabulary } from "../../schema/vocabulary.ts";
import { alwaysGrants, alwaysRestricts } from "./fold.ts";
import { meet } from "./levels.ts";
import { scopeKey, type Clause, type Door, type Permit, type Scope, type Words } from "./permit.ts";

/** Attributes of one entity that a document touches in one source through one door. */
export interface Touched {
  readonly source: SourceId;
  readonly entity: EntityName;
  readonly door: Door;
  readonly attributes: readonly string[];
}

export interface Withheld {
  readonly source: SourceId;
  readonly coordinate: Coordinate;
  /** Null: no rule grants it. */
  readonly by: RuleId | null;
  readonly because: Words;
  /** Where the agency may ask for it; null where asking is of no use. */
  readonly ask: string | null;
  /** No rule withholds it: the source's tables are not what they were. */
  readonly code?: "SOURCE_SCHEMA_DRIFT";
}

type Cause = Pick<Withheld, "by" | "because" | "code">;
type Ask = (source: SourceId, attribute: AttributeDef) => string | null;

const kinds = {
  notGranted: { zh: "未授权", en: "not granted" },
  someRows: { zh: "仅部分记录", en: "some rows only" },
  masked: { zh: "脱敏后提供", en: "given masked" },
  denied: { zh: "不予共享", en: "denied" },
  atMost: { zh: "至多脱敏后提供", en: "given masked at most" },
  hidden: { zh: "部分记录不予显示", en: "some rows are hidden" },
  drifted: { zh: "数据源结构已变化，修复后恢复提供", en: "the source's tables changed; given again once that is mended" },
} as const satisfies Record<string, Words>;

/**
 * Every (source, coordinate) that is not CLEAR in all rows, once per rule that lowers it, by source, coordinate and rule.
 *
 * @param ask the address of a request for the coordinate; null by default
 */
export function withheldOf(permit: Permit, touched: readonly Touched[], vocabulary: Vocabulary, ask: Ask = () => null): readonly Withheld[] {
  const found = new Map<string, Withheld>();
  for (const { source, entity, door, attributes } of touched) {
    const scope = permit.scopes.get(scopeKey(source, entity, door));
    for (const name of attributes) {
      const attribute = vocabulary.entities.get(entity)?.attributes.get(name);
      if (!attribute) continue;
      for (const cause of causesOf(scope, attribute)) {
        const key = [source, entity, name, cause.by ?? ""].join("|");
        if (!found.has(key)) found.set(key, { source, coordinate: coordinate(entity, name), ...cause, ask: ask(source, attribute) });
      }
    }
  }
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, withheld]) => withheld);
}

function causesOf(scope: Scope | undefined, attribute: AttributeDef): readonly Cause[] {
  if (scope?.lost?.attributes.has(attribute.name)) return [{ by: null, because: kinds.drifted, code: "SOURCE_SCHEMA_DRIFT" }];
  const levelIn = ({ levels }: Clause): Level | undefined => levels.get(attribute.name);
  // Where a rule takes every cell, what others give or take is of no interest.
  const denying = scope?.restrictions.filter((clause) => levelIn(clause) === "NULL" && alwaysRestricts(clause.when)) ?? [];
  if (denying.length > 0) return denying.map((clause) => causeOf(clause, kinds.denied));

  const granting = scope?.grants.filter((clause) => (levelIn(clause) ?? "NULL") !== "NULL") ?? [];
  if (!scope || granting.length === 0) return [{ by: null, because: kinds.notGranted }];

  const granted = meet(attribute, granting.map((clause) => levelIn(clause) ?? "NULL"), []);
  const lowering = scope.restrictions.filter((clause) => {
    const level = levelIn(clause);
    return level !== undefined && meet(attribute, [granted], [level]) !== granted;
  });
  const isClear = granting.some((clause) => levelIn(clause) === "CLEAR" && alwaysGrants(clause.when));
  return [
    ...(isClear ? [] : granting.map((clause) => causeOf(clause, levelIn(clause) === "CLEAR" ? kinds.someRows : kinds.masked))),
    ...lowering.map((clause) => causeOf(clause, levelIn(clause) === "NULL" ? kinds.denied : kinds.atMost)),
    ...scope.hides.map((clause) => causeOf(clause, kinds.hidden)),
  ];
}

const causeOf = ({ rule, reason }: Pick<Clause, "rule" | "reason">, kind: Words): Cause => ({ by: rule, because: reason ?? kind });

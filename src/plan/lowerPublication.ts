/**
 * Lowers a published aggregate: all groups of its grain in one owner's source, with what suppression needs beside them.
 *
 * Computed over B's rows that meet the rule's `where` and no hide; a cell under an applicable deny or atMost counts as NULL. Beside
 * each group stand how many of its rows, and per measure how many of its non-null cells, this agency does not know by any purpose or
 * door: the hub prints only what stays at or above `minGroup` (semantics.md §5).
 */
import type { AggregateTemplate, Cell, SelectPart, SourceCond, SourceExpr } from "../../adapters/contract/sourceQuery.ts";
import type { EntityName } from "../../schema/ids.ts";
import { type EntityDef, levelChain } from "../../schema/vocabulary.ts";
import type { Publication } from "../access/permit.ts";
import type { MappedEntity, SumLens } from "../mapping/mapping.ts";
import type { Unified } from "../harmonise/unified.ts";
import { slotSink } from "./bindings.ts";
import { allOf, anyOf, isNotTrue } from "./conditions.ts";
import { type Guard, guardAll, guardAny, guardAtom, levelAtLeast, rowInView } from "./guards.ts";
import { type Alternative, baseInstance, type QueryScope } from "./instance.ts";
import { lowerGuard, placeAtom } from "./lowerPredicate.ts";
import type { PlanContext, PlanSource } from "./operationPlan.ts";
import type { Lowered } from "./scan.ts";

export interface PublicationScan {
  readonly publication: Publication;
  readonly source: PlanSource;
  readonly entity: EntityDef;
  readonly mapped: MappedEntity;
  readonly context: PlanContext;
}

export function publicationScans(context: PlanContext, entity: EntityDef): readonly PublicationScan[] {
  return context.permit.publications.flatMap((publication): readonly PublicationScan[] => {
    const source = context.sources.find((candidate) => candidate.id === publication.source);
    const mapped = source?.mapping.entities.get(entity.name as EntityName);
    return publication.entity !== entity.name || source === undefined || mapped === undefined ? [] : [{ publication, source, entity, mapped, context }];
  });
}

export interface PublicationBranch {
  readonly by: readonly ((cell: Cell) => Unified)[];
  readonly sums: readonly ({ readonly linear: SumLens["linear"]; readonly splitAt: readonly number[] } | null)[];
}

/** Group cells: `by`, splits, branch. Measure cells: rows, unknown rows (sum and count), then per measure sum, count, unknown (sum and count). */
export interface PublicationLayout {
  readonly by: readonly string[];
  readonly measures: readonly string[];
  readonly branchAt: number;
  readonly branches: ReadonlyMap<number, PublicationBranch>;
}

const NULL: SourceExpr = { kind: "constant", value: null };

export function lowerPublication(scan: PublicationScan): Lowered<PublicationLayout> {
  const { publication, entity } = scan;
  const slots = slotSink();
  const measures = [...publication.measures.keys()];
  const selects: SelectPart[] = [];
  const branches = new Map<number, PublicationBranch>();
  const knownRow = guardAny(publication.known.map((scope) => rowInView(scope, entity)));
  const knownCell = (attribute: string): Guard => {
    const lowest = levelChainStart(entity, attribute);
    return lowest === null ? { kind: "false" } : guardAny(publication.known.map((scope) => guardAll([rowInView(scope, entity), levelAtLeast(scope, entity, attribute, lowest)])));
  };
  const unrestricted = (attribute: string): Guard =>
    guardAll(publication.restrictions.filter((restriction) => restriction.levels.has(attribute)).map((restriction) => guardAtom(restriction.when, "FALSE")));
  const splitCount = scan.mapped.parts.reduce(
    (most, part) => Math.max(most, measures.reduce((total, name) => total + (part.fields.get(name)?.sum?.split.length ?? 0), 0)),
    0,
  );

  for (const part of scan.mapped.parts) {
    const query: QueryScope = { context: scan.context, source: scan.source, door: "aggregate", slots, joins: [], nextAlias: 0 };
    // Levels are empty: nothing here reads through the agency's own dispositions.
    const { row } = baseInstance(query, entity, part, new Map());
    const shown = publication.hides.map((hide) => lowerGuard(guardAtom(hide.when, "FALSE"), row, slots));
    const where = allOf([part.base, lowerGuard(guardAtom(publication.when, "TRUE"), row, slots), ...shown]);
    const columns: SourceExpr[] = [];
    const by = publication.by.map((name) => {
      const lens = part.fields.get(name)?.group ?? null;
      columns.push(lens === null ? NULL : when(lowerGuard(unrestricted(name), row, slots), lens.expr));
      return lens?.decode ?? (() => null);
    });
    const splits: SourceExpr[] = [];
    const sums = measures.map((name) => {
      const sum = part.fields.get(name)?.sum ?? null;
      if (sum === null) return null;
      const splitAt = sum.split.map((expr) => {
        splits.push(expr);
        return publication.by.length + splits.length - 1;
      });
      return { linear: sum.linear, splitAt };
    });
    for (let split = 0; split < splitCount; split += 1) columns.push(splits[split] ?? NULL);
    columns.push({ kind: "constant", value: part.branch });
    columns.push({ kind: "truth", cond: isNotTrue(lowerGuard(knownRow, row, slots)) });
    for (const name of measures) {
      const open = lowerGuard(unrestricted(name), row, slots);
      columns.push(when(open, part.fields.get(name)?.sum?.expr ?? NULL));
      columns.push({ kind: "truth", cond: allOf([open, isKnownValue(row, name, slots), isNotTrue(lowerGuard(knownCell(name), row, slots))]) });
    }
    branches.set(part.branch, { by, sums });
    if (where.kind !== "false") selects.push({ table: part.table, alias: "t", joins: query.joins, where, columns });
  }

  const branchAt = publication.by.length + splitCount;
  const first = branchAt + 1;
  const template: AggregateTemplate = {
    kind: "aggregate",
    parts: selects,
    groupBy: Array.from({ length: branchAt + 1 }, (_, index) => index),
    measures: [
      { fn: "count", column: null },
      { fn: "sum", column: first },
      ...measures.flatMap((_, index) => [
        { fn: "sum" as const, column: first + 1 + 2 * index },
        { fn: "sum" as const, column: first + 2 + 2 * index },
      ]),
    ],
    slotCount: slots.binders.length,
  };
  return { template, binders: slots.binders, notes: [], layout: { by: publication.by, measures, branchAt, branches } };
}

function when(cond: SourceCond, expr: SourceExpr): SourceExpr {
  if (cond.kind === "true") return expr;
  return cond.kind === "false" ? NULL : { kind: "when", cond, then: expr, otherwise: NULL };
}

function isKnownValue(row: Alternative, attribute: string, slots: QueryScope["slots"]): SourceCond {
  const atom = row.part.fields.get(attribute)?.filter("isNotNull") ?? null;
  return atom === null ? anyOf([]) : placeAtom(atom, row, slots, () => null);
}

const levelChainStart = (entity: EntityDef, attribute: string): ReturnType<typeof levelChain>[number] | null => {
  const definition = entity.attributes.get(attribute);
  return definition === undefined ? null : (levelChain(definition)[1] ?? null);
};


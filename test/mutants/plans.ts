/** Faults between a permit and a source's query: schema, strata, lowering, links, figures, what is printed. */
import { edit, type Mutant, row } from "./mutant.ts";

export const plans: readonly Mutant[] = [
  {
    id: "order-unchecked",
    fault: "every attribute can be ordered by",
    edits: edit("schema/derive/orders.ts", "Object.fromEntries(clear(view, entity).flatMap(", "Object.fromEntries([...entity.attributes.values()].flatMap("),
    caughtBy: row("P19"),
  },
  {
    id: "filter-unchecked",
    fault: "every attribute can be filtered by",
    edits: edit("schema/derive/filters.ts", "    clear(view, entity).map((each) => [", "    [...entity.attributes.values()].map((each) => ["),
    caughtBy: row("P15"),
  },
  {
    id: "masked-is-filterable",
    fault: "a masked cell can be filtered, ordered and grouped by its true value",
    edits: edit("src/plan/instance.ts", 'return levels.get(attribute) === "CLEAR" ? ALWAYS : NEVER;', 'return (levels.get(attribute) ?? "NULL") !== "NULL" ? ALWAYS : NEVER;'),
    caughtBy: row("P25"),
  },
  {
    id: "withheld-is-filterable",
    fault: "a withheld cell can be filtered, ordered and grouped by",
    edits: edit("src/plan/instance.ts", 'return levels.get(attribute) === "CLEAR" ? ALWAYS : NEVER;', "return ALWAYS;"),
    caughtBy: row("P28"),
  },
  {
    id: "guarded-is-filterable",
    fault: "above eight strata a cell's guard is left out of filters",
    edits: edit("src/plan/instance.ts", 'return lowerGuard(levelAtLeast(scope, entity, attribute, "CLEAR"), row, query.slots);', "return ALWAYS;"),
    caughtBy: row("P16"),
  },
  {
    id: "not-over-a-guard",
    fault: "NOT stands over a guarded filter, so rows whose cell is withheld come back",
    edits: edit("src/plan/lowerPredicate.ts", "return lowerTruth(predicate.of, !want, instance, slots, notes);", "return want ? isNotTrue(lowerTruth(predicate.of, true, instance, slots, notes)) : lowerTruth(predicate.of, true, instance, slots, notes);"),
    caughtBy: row("P16"),
  },
  {
    id: "rows-without-strata",
    fault: "lists read rows outside the view",
    edits: edit("src/plan/lowerRows.ts", "      lowerGuard(stratum.guard, row, slots, notes),\n", '      request.lookup === null ? ALWAYS : lowerGuard(stratum.guard, row, slots, notes),\n'),
    caughtBy: row("P27"),
  },
  {
    id: "node-without-strata",
    fault: "a row is found by its id whether or not it is in the view",
    edits: edit("src/plan/lowerRows.ts", "      lowerGuard(stratum.guard, row, slots, notes),\n", '      request.lookup?.by === "locator" ? ALWAYS : lowerGuard(stratum.guard, row, slots, notes),\n'),
    caughtBy: row("P24"),
  },
  {
    id: "count-of-hidden-rows",
    fault: "totals and figures count rows outside the view",
    edits: edit("src/plan/lowerAggregate.ts", "[part.base, lowerGuard(stratum.guard, row, slots, notes), lowerTruth", "[part.base, lowerTruth"),
    caughtBy: row("P23"),
  },
  {
    id: "figures-of-withheld-cells",
    fault: "sums and extremes take withheld cells in",
    edits: edit("src/plan/lowerAggregate.ts", 'return field === undefined || clear.kind === "false" ? null : { row, field, clear };', 'return field === undefined ? null : { row, field, clear: { kind: "true" } };'),
    caughtBy: row("P20"),
  },
  {
    id: "groups-of-withheld-cells",
    fault: "withheld cells are groups",
    edits: edit("src/plan/lowerAggregate.ts", "const guard = allOf([row.present, row.clear(name)]);", "const guard = row.present;"),
    caughtBy: row("P21"),
  },
  {
    id: "order-by-withheld-cells",
    fault: "a list is in the order of withheld cells",
    edits: edit("src/plan/lowerRows.ts", 'return lens === null || clear.kind === "false" ? [] : [{ row, lens, guard: allOf([row.present, clear]) }];', "return lens === null ? [] : [{ row, lens, guard: row.present }];"),
    caughtBy: row("P19"),
  },
  {
    id: "foreign-key-for-a-target",
    fault: "a link's key stands for its target, so a link to a hidden row is not NULL",
    edits: edit("src/plan/instance.ts", "const present = allOf([linkClear, found, ...foreign, lowerGuard(inView, bare, query.slots)]);", "const present = allOf([linkClear, found, ...foreign]);"),
    caughtBy: row("P17"),
  },
  {
    id: "withheld-link-followed",
    fault: "filters go through a link that is withheld",
    edits: edit("src/plan/instance.ts", "const clear = allOf([row.present, row.clear(attribute)]);", "const clear = row.present;"),
    caughtBy: row("P17"),
  },
  {
    id: "across-by-withheld-key",
    fault: "an across link finds rows whose key is withheld from the agency",
    edits: [
      ...edit("src/plan/lowerPredicate.ts", 'const isIn = lowerField(row, attribute, "in", slots, list, path, notes);', 'const isIn = placeAtom(row.part.fields.get(attribute)?.filter("in") as LoweredAtom, row, slots, list);'),
      ...edit("src/plan/lowerAggregate.ts", "const guard = allOf([row.present, row.clear(name)]);", "const guard = allOf([]);"),
    ],
    caughtBy: row("P08"),
  },
  {
    id: "semi-join-by-withheld-key",
    fault: "a filter on an across link joins rows by keys that are withheld from the agency at the far end",
    edits: [
      ...edit("src/plan/semiJoin.ts", 'const hasKey: Filter = { kind: "isNull", path: link.targetKey, isNull: false };', 'const hasKey: Filter = { kind: "true" };'),
      ...edit("src/plan/lowerAggregate.ts", "const guard = allOf([row.present, row.clear(name)]);", "const guard = allOf([]);"),
    ],
    caughtBy: row("P17"),
  },
  {
    id: "semi-join-from-withheld-key",
    fault: "NOT over a filter on an across link lets rows through whose own key is withheld",
    edits: edit("src/plan/lowerPredicate.ts", "return want ? isIn : allOf([lowerField(row, attribute, \"isNotNull\", slots, () => null, path, notes), isNotTrue(isIn)]);", "return want ? isIn : isNotTrue(isIn);"),
    caughtBy: row("P17"),
  },
  {
    id: "semi-join-without-a-source",
    fault: "a source that is missing counts as having no row: NONE is TRUE of what it may hold",
    edits: edit("src/execute/semiJoins.ts", 'return answered.includes(null) ? null : [...keys].sort(compareCodePoints);', "return [...keys].sort(compareCodePoints);"),
    caughtBy: { file: "test/execute/acrossLinks.test.ts", test: "is unknown while a source is missing: none" },
  },
  {
    id: "semi-join-cut",
    fault: "keys beyond the bound are left out without a word",
    edits: edit("src/execute/semiJoins.ts", 'throw new HubError("FILTER_TOO_BROAD", { argument: join.place, limit: semiJoinKeysMax });', "return [...keys].sort(compareCodePoints).slice(0, semiJoinKeysMax);"),
    caughtBy: { file: "test/execute/acrossLinks.test.ts", test: "refuses the filter by its name above it" },
  },
  {
    id: "semi-join-two-valued",
    fault: "NONE is TRUE where a cell of a far row is withheld that may meet the filter",
    edits: edit("src/plan/semiJoin.ts", 'where: rows === "TRUE" ? { kind: "and", of: [hasKey, where] } : hasKey,', 'where: { kind: "and", of: [hasKey, where] },'),
    caughtBy: { file: "test/execute/acrossLinks.test.ts", test: "none: { amount: { gte: 30 } }" },
  },
  {
    id: "unmasked-print",
    fault: "a masked cell is printed as it is",
    edits: edit("src/execute/printNode.ts", '  if (level !== "CLEAR") return (row) => atLevel(row, level);\n', '  if (level !== "CLEAR") return (row) => atLevel(row, "CLEAR");\n'),
    caughtBy: row("P29"),
  },
  {
    id: "unmasked-guarded-print",
    fault: "above eight strata a masked cell is printed as it is",
    edits: edit("src/execute/printNode.ts", "return print(level === \"CLEAR\" ? value : applyMask(level as MaskName, value));", 'return print(level === "CLEAR" || layout.levels === null ? value : applyMask(level as MaskName, value));'),
    caughtBy: row("P28"),
  },
  {
    id: "original-of-a-shared-column",
    fault: "the original of a derived attribute shows its withheld input",
    edits: edit("src/execute/printNode.ts", 'if (together.some((name) => levelOf(row, name) !== "CLEAR")) return null;', 'if (together.some((name) => name === field.of.name && levelOf(row, name) !== "CLEAR")) return null;'),
    caughtBy: row("P07"),
  },
  {
    id: "every-column-read",
    fault: "a query reads every column that is mapped, as SELECT * would",
    edits: edit("src/plan/lowerRows.ts", "const needed = request.attributes.filter((name) => stratum.levels === null || printsStatically(stratum, name));", "const needed = [...scan.entity.attributes.keys()];"),
    caughtBy: row("P27"),
  },
  {
    id: "null-filter-is-no-filter",
    fault: "a filter that is null is taken for no filter",
    edits: edit("src/plan/readWhere.ts", "if (argument === undefined) return TRUE;", 'if (argument === undefined || argument.kind === "null") return TRUE;'),
    caughtBy: { file: "test/gateway/cases.test.ts", test: "keeps variables of another shape apart" },
  },
  {
    id: "page-without-bound",
    fault: "a page may be of any size",
    edits: edit("src/plan/cost.ts", " || value > pageMax) {", " || value > pageMax * 1e9) {"),
    caughtBy: { file: "test/gateway/attacks.test.ts", test: "P39 page sizes" },
  },
  {
    id: "lens-that-raises",
    fault: "a lens raises an error at a cell that is no list of JSON, so a hidden row's cell can fail a query",
    edits: edit("src/mapping/lenses/list.ts", "  } catch {", "  } catch (error) {\n    if (text.length > 0) throw error;"),
    caughtBy: { file: "test/mapping/lenses/sqlFunctions.law.test.ts", test: "is total, and its forms are NULL together" },
  },
  {
    id: "explain-tells-a-rule",
    fault: "explain shows an agency by which operators a rule looks at a row",
    edits: edit("src/plan/explainScan.ts", 'if (queries !== null || note.of === "filter")', 'if (queries !== null || paths.some((path) => path.join() === note.path.join()))'),
    caughtBy: { file: "test/plan/explain.test.ts", test: "tells the way of its own filter" },
  },
];

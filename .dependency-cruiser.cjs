/**
 * The floors of docs/architecture.md as rules: imports point to lower floors only, same floor never (unless the table says so),
 * type imports included. `test/house/floors.test.ts` runs this and fails when fewer modules than expected were seen.
 */
const floors = [
  ["schema", "^schema/", 0],
  ["contract", "^adapters/contract/", 0],
  ["observe", "^src/observe/", 1],
  ["store", "^src/store/", 1],
  ["harmonise", "^src/harmonise/", 1],
  ["mapping", "^src/mapping/", 2],
  ["draft", "^src/draft/", 3],
  ["identity", "^src/identity/", 3],
  ["audit", "^src/audit/", 3],
  ["access", "^src/access/", 4],
  ["sources", "^src/sources/", 4],
  ["plan", "^src/plan/", 5],
  ["execute", "^src/execute/", 6],
  ["steward", "^src/steward/", 8],
  ["gateway", "^src/gateway/", 9],
  ["wiring", "^src/(main\\.ts|cli/)", 10],
];

/** Beside the floors: the contract's words are the lowest of all; rooms of floor 3 share the files that people write. */
const allowed = { schema: [], contract: [] };

const upward = floors.flatMap(([name, path, floor]) => {
  const forbidden = floors.filter(([other, , otherFloor]) => other !== name && otherFloor >= floor && !(allowed[name] ?? []).includes(other));
  if (forbidden.length === 0) return [];
  return {
    name: `${name}-imports-lower-floors-only`,
    severity: "error",
    from: { path },
    to: { path: forbidden.map(([, otherPath]) => otherPath) },
  };
});

module.exports = {
  forbidden: [
    ...upward,
    {
      name: "pure-rooms-tell-nobody",
      comment: "What a pure room does is its answer; whoever calls it tells of it.",
      severity: "error",
      from: { path: "^(src/(plan|access|mapping|harmonise)|schema|adapters)/" },
      to: { path: "^src/observe/" },
    },
    {
      name: "only-observe-sends-figures-and-spans",
      comment: "What may be told of a request is said by the types of src/observe; a library's own interface takes anything.",
      severity: "error",
      from: { path: "^(src|schema|adapters)/", pathNot: "^src/observe/" },
      to: { path: "node_modules/(@opentelemetry/|prom-client/)" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    {
      name: "adapters-know-neither-src-nor-each-other's-words",
      comment: "Adapters import the contract and schema's small files; they are handed everything else as values.",
      severity: "error",
      from: { path: "^adapters/" },
      to: { path: ["^src/", "^schema/(?!predicate|ids)"] },
    },
    {
      name: "kinds-do-not-import-each-other",
      severity: "error",
      from: { path: "^adapters/((?!(?:contract|fetched|folder|http|server|sql)/)[^/]+)/" },
      to: { path: "^adapters/(?!(?:contract|fetched|folder|http|server|sql)/)[^/]+/", pathNot: "^adapters/$1/" },
    },
    { name: "kinds-are-wired-by-main-and-cli", severity: "error", from: { path: "^(src|schema)/", pathNot: "^src/(main\\.ts|cli/)" }, to: { path: "^adapters/(?!contract/)" } },
    { name: "schema-imports-nothing-of-src", severity: "error", from: { path: "^schema/" }, to: { path: "^(src|adapters|seeds)/" } },
    { name: "product-imports-no-seeds-tests-or-benches", severity: "error", from: { path: "^(src|schema|adapters)/" }, to: { path: "^(seeds|test|bench|pages)/" } },
    {
      name: "only-bind-mints",
      comment: "Whoever holds a minted query has a plan, and a plan holds a permit. Adapters may only check.",
      severity: "error",
      from: { path: "^(src|schema)/", pathNot: "^src/plan/bind\\.ts$" },
      to: { path: "^adapters/contract/authorisedQuery\\.ts$", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|node_modules)" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};

/** P15–P26: every role in which a value can be asked about without being selected. */
import { type AttackCase, nx, rowId } from "../attackCase.ts";
import { cell, names } from "./seen.ts";

const nested = (levels: number, inner: string): string => `${"{ not: ".repeat(levels)}${inner}${" }".repeat(levels)}`;
const noRows = { enterprises: { totalCount: 0, pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }, nodes: [] } };
const everything = "query ($w: EnterpriseFilter) { enterprises(where: $w, first: 5) { totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { name } } }";
const never = { variables: { w: { name: { eq: "CNRY-enterprise-x9-name" } } } };

export const oracles: readonly AttackCase[] = [
  { id: "P15", what: "a filter on a withheld number", agency: "low", query: '{ enterprises(where: { output: { gt: "700000000" } }) { totalCount } }', expect: nx("output", "outpuz") },
  { id: "P15", what: "a filter on a withheld number, in a variable", agency: "low", query: "query ($w: EnterpriseFilter) { enterprises(where: $w) { totalCount } }", variables: { w: { output: { gt: "1" } } }, expect: nx("output", "outpuz") },
  { id: "P15", what: "whether a withheld cell is NULL", agency: "low", query: "{ enterprises(where: { legalRepId: { isNull: false } }) { totalCount } }", expect: nx("legalRepId", "legalRepIz") },
  { id: "P15", what: "the attribute that decides which rows are seen", agency: "low", query: "{ enterprises(where: { permitClass: { isNull: false } }) { totalCount } }", expect: nx("permitClass", "permitClasz") },
  { id: "P16", what: "a withheld filter within and, or, not, and empty branches", agency: "low", query: '{ enterprises(where: { and: [{}, { or: [{ not: { not: { output: { gt: "1" } } } }, { and: [] }] }] }) { totalCount } }', expect: nx("output", "outpuz") },
  { id: "P16", what: "a withheld filter 29 levels deep", agency: "low", query: `{ enterprises(where: ${nested(29, '{ output: { gt: "1" } }')}) { totalCount } }`, expect: nx("output", "outpuz") },
  { id: "P16", what: "NOT over a filter on cells that are NULL to the agency", agency: "pair", query: '{ enterprises(where: { not: { name: { eq: "x" } } }) { totalCount nodes { name } } }', expect: { kind: "DATA", data: { enterprises: { totalCount: 2, nodes: names("h1", "h3") } } } },
  { id: "P16", what: "an empty OR is FALSE, an empty AND is TRUE", agency: "low", query: "{ none: enterprises(where: { or: [] }) { totalCount } all: enterprises(where: { and: [] }) { totalCount } }", expect: { kind: "DATA", data: { none: { totalCount: 0 }, all: { totalCount: 3 } } } },
  { id: "P17", what: "a withheld filter through a link", agency: "low", query: '{ penaltyDecisions(where: { enterprise: { energy: { gt: "1" } } }) { totalCount } }', expect: nx("energy", "energz") },
  { id: "P17", what: "whether a link leads to a row that is hidden: it leads nowhere", agency: "low", query: "{ penaltyDecisions(where: { enterprise: { isNull: true } }) { totalCount } }", expect: { kind: "DATA", data: { penaltyDecisions: { totalCount: 2 } } } },
  { id: "P17", what: "a filter through a link on a row that is hidden", agency: "low", query: "query ($w: PenaltyDecisionFilter) { penaltyDecisions(where: $w) { totalCount nodes { amount } } }", variables: { w: { enterprise: { name: { eq: cell("enterprise", "h1", "name") } } } }, expect: { kind: "ROW0", twin: { variables: { w: { enterprise: { name: { eq: "CNRY-enterprise-x1-name" } } } } }, data: { penaltyDecisions: { totalCount: 0, nodes: [] } } } },
  { id: "P18", what: "a search field", agency: "low", query: '{ search(q: "CNRY") { __typename } }', expect: nx("search", "searcz") },
  { id: "P18", what: "a search argument", agency: "low", query: '{ enterprises(search: "CNRY") { totalCount } }', expect: nx("search", "searcz") },
  { id: "P18", what: "text that only hidden rows hold", agency: "low", query: everything, variables: { w: { name: { contains: "h1-name" } } }, expect: { kind: "ROW0", twin: { variables: { w: { name: { contains: "x1-name" } } } }, data: noRows } },
  { id: "P19", what: "an order by a withheld number", agency: "low", query: "{ enterprises(orderBy: [{ output: ASC }]) { nodes { name } } }", expect: nx("output", "outpuz") },
  { id: "P19", what: "an order by a withheld number, after a visible one, in a variable", agency: "low", query: "query ($o: [EnterpriseOrder!]) { enterprises(orderBy: $o) { nodes { name } } }", variables: { o: [{ name: "ASC" }, { output: "DESC" }] }, expect: nx("output", "outpuz") },
  { id: "P19", what: "an order by a withheld number as an enum", agency: "low", query: "{ enterprises(orderBy: output_ASC) { nodes { name } } }", expect: nx("output_ASC", "outpuz_ASC") },
  { id: "P19", what: "an order by a withheld number through a link", agency: "low", query: "{ penaltyDecisions(orderBy: [{ enterprise: { output: ASC } }]) { nodes { amount } } }", expect: nx("output", "outpuz") },
  { id: "P20", what: "the greatest withheld number", agency: "low", query: "{ enterprisesAggregate { groups { max { output } } } }", expect: nx("output", "outpuz") },
  { id: "P20", what: "the sum of a withheld number", agency: "low", query: "{ enterprisesAggregate { groups { count sum { output } } } }", expect: nx("output", "outpuz") },
  { id: "P20", what: "how many different withheld values there are", agency: "low", query: "{ enterprisesAggregate { groups { countDistinct { legalRepId } } } }", expect: nx("legalRepId", "legalRepIz") },
  { id: "P20", what: "figures of cells that are clear in some rows only", agency: "pair", query: "{ enterprisesAggregate { groups { count countDistinct { name industry } } } }", expect: { kind: "DATA", data: { enterprisesAggregate: { groups: [{ count: 5, countDistinct: { name: 2, industry: 3 } }] } } } },
  { id: "P21", what: "groups by a withheld value", agency: "low", query: "{ enterprisesAggregate(groupBy: [{ field: LEGAL_REP_ID }]) { groups { count } } }", expect: nx("LEGAL_REP_ID", "LEGAL_REP_IZ") },
  { id: "P21", what: "groups by a withheld value, in a variable", agency: "low", query: "query ($g: [EnterpriseGroupBy!]) { enterprisesAggregate(groupBy: $g) { groups { count } } }", variables: { g: [{ field: "OUTPUT" }] }, expect: nx("OUTPUT", "OUTPUZ") },
  { id: "P21", what: "a condition on groups over a withheld value", agency: "low", query: '{ enterprisesAggregate(having: { max: { output: { gt: "1" } } }) { groups { count } } }', expect: nx("output", "outpuz") },
  { id: "P21", what: "groups by a value that is clear in some rows only", agency: "pair", query: "{ enterprisesAggregate(groupBy: [{ field: NAME }]) { groups { key { name } count } } }", expect: { kind: "DATA", data: { enterprisesAggregate: { groups: [...names("h1", "h3").map((key) => ({ key, count: 1 })), { key: { name: null }, count: 3 }] } } } },
  { id: "P22", what: "no columns", agency: "low", query: "{ enterprises(first: 1) { nodes } }", expect: { kind: "RJ", status: 400, code: "GRAPHQL_VALIDATION_FAILED" } },
  { id: "P22", what: "an empty list of columns", agency: "low", query: "{ enterprises(first: 1) { nodes { } } }", expect: { kind: "RJ", status: 400, code: "GRAPHQL_PARSE_FAILED" } },
  { id: "P22", what: "all columns", agency: "low", query: '{ enterprisesAggregate(groupBy: ["*"]) { groups { count } } }', expect: { kind: "RJ", status: 400, code: "GRAPHQL_VALIDATION_FAILED" } },
  { id: "P22", what: "one column asked for twice is read once", agency: "low", query: "{ enterprises(first: 1) { nodes { name name again: name } } }", expect: { kind: "DATA", data: { enterprises: { nodes: [{ ...names("h0")[0], again: cell("enterprise", "h0", "name") }] } } } },
  { id: "P23", what: "count and pages of a row that is hidden", agency: "low", query: everything, variables: { w: { name: { eq: cell("enterprise", "h1", "name") } } }, expect: { kind: "ROW0", twin: never, data: noRows } },
  { id: "P23", what: "count and pages of a row of another region", agency: "low", query: everything, variables: { w: { name: { eq: cell("enterprise", "t0", "name") } } }, expect: { kind: "ROW0", twin: never, data: noRows } },
  { id: "P23", what: "count and pages of the rows that are seen", agency: "low", query: "{ enterprises(first: 3) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { name } } }", expect: { kind: "DATA", data: { enterprises: { totalCount: 3, pageInfo: { hasNextPage: false, hasPreviousPage: false }, nodes: names("h0", "h2", "h4") } } } },
  {
    id: "P24",
    what: "hidden, foreign and never-existing ids in one batch",
    agency: "low",
    query: "query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Enterprise { name } } }",
    variables: { ids: [rowId("Enterprise", "hebei", "h1"), rowId("Enterprise", "hebei", "h0"), rowId("Enterprise", "tianjin", "t0")] },
    expect: { kind: "ROW0", twin: { variables: { ids: [rowId("Enterprise", "hebei", "h9"), rowId("Enterprise", "hebei", "h0"), rowId("Enterprise", "tianjin", "t9")] } }, data: { nodes: [null, names("h0")[0], null] } },
  },
  { id: "P24", what: "an id of a type that is withheld", agency: "low", query: "query ($id: ID!) { node(id: $id) { id } }", variables: { id: rowId("Inspection", "hebei", "h0") }, expect: { kind: "ROW0", twin: { variables: { id: "Inspectiom.hebei.AAAA" } }, data: { node: null } } },
  { id: "P25", what: "a filter on a cell that is masked everywhere", agency: "mask", query: '{ enterprises(where: { legalRepId: { startsWith: "13" } }) { totalCount } }', expect: nx("legalRepId", "legalRepIz") },
  { id: "P25", what: "an order by a cell that is masked everywhere", agency: "mask", query: "{ enterprises(orderBy: [{ legalRepId: ASC }]) { nodes { name } } }", expect: nx("legalRepId", "legalRepIz") },
  { id: "P25", what: "groups by a cell that is masked everywhere", agency: "mask", query: "{ enterprisesAggregate(groupBy: [{ field: LEGAL_REP_ID }]) { groups { count } } }", expect: nx("LEGAL_REP_ID", "LEGAL_REP_IZ") },
  { id: "P25", what: "the true value of a cell that is masked in its region", agency: "mask", query: "query ($w: EnterpriseFilter) { enterprises(where: $w) { totalCount nodes { name } } }", variables: { w: { contactPhone: { eq: cell("enterprise", "h0", "phone") } } }, expect: { kind: "ROW0", twin: { variables: { w: { contactPhone: { eq: "13900000000" } } } }, data: { enterprises: { totalCount: 0, nodes: [] } } } },
  { id: "P25", what: "the beginning of a cell that is masked in its region", agency: "mask", query: '{ enterprises(where: { contactPhone: { startsWith: "138" } }) { totalCount } }', expect: { kind: "DATA", data: { enterprises: { totalCount: 6 } } } },
  { id: "P25", what: "masked cells are NULL to an order and to isNull", agency: "mask", query: "{ enterprises(where: { contactPhone: { isNull: true } }, orderBy: [{ contactPhone: DESC }], first: 2) { totalCount nodes { contactPhone } } }", expect: { kind: "MSK", data: { enterprises: { totalCount: 6, nodes: [{ contactPhone: "138****0081" }, { contactPhone: "138****0181" }] } } } },
  { id: "P25", what: "masked cells are NULL to groups and figures", agency: "mask", query: "{ enterprisesAggregate { groups { count countDistinct { contactPhone uscc } } } }", expect: { kind: "DATA", data: { enterprisesAggregate: { groups: [{ count: 12, countDistinct: { contactPhone: 6, uscc: 6 } }] } } } },
  { id: "P26", what: "an order that is SQL", agency: "low", query: '{ enterprises(orderBy: "name\\" DESC --") { totalCount } }', expect: { kind: "RJ", status: 400, code: "GRAPHQL_VALIDATION_FAILED" } },
  { id: "P26", what: "a text that is SQL is a text", agency: "low", query: everything, variables: { w: { name: { eq: "' OR 1=1 --" } } }, expect: { kind: "ROW0", twin: never, data: noRows } },
];

/** P01–P14: every path by which a field can be selected. Forbidden and non-existent names must fail alike, on each of them. */
import { type AttackCase, nx, rowId } from "../attackCase.ts";
import { cell } from "../fixture/rows.ts";
import { energyOf, fines, names } from "./seen.ts";

const visible = { id: rowId("Enterprise", "hebei", "h0") };

export const paths: readonly AttackCase[] = [
  { id: "P01", what: "a withheld field of a type, by way of the interface", agency: "low", query: "query ($id: ID!) { node(id: $id) { ... on Enterprise { output } } }", variables: visible, expect: nx("output", "outpuz") },
  { id: "P01", what: "a withheld field of the interface itself", agency: "low", query: "query ($id: ID!) { node(id: $id) { output } }", variables: visible, expect: nx("output", "outpuz") },
  { id: "P02", what: "a withheld field in a fragment on the interface", agency: "low", query: "query ($id: ID!) { enterprise(id: $id) { ... on Node { output } } }", variables: visible, expect: nx("output", "outpuz") },
  { id: "P02", what: "what the interface gives, through a fragment on it", agency: "low", query: "query ($id: ID!) { node(id: $id) { ... on Node { __typename ... on Enterprise { name } } } }", variables: visible, expect: { kind: "DATA", data: { node: { __typename: "Enterprise", name: cell("enterprise", "h0", "name") } } } },
  { id: "P02", what: "a type of which all is denied, whatever is granted of it", agency: "low", query: "{ inspections { nodes { findings } } }", expect: nx("inspections", "inspectionz") },
  { id: "P03", what: "a fragment in a fragment in a fragment", agency: "low", query: "{ enterprises(first: 1) { nodes { ...A } } } fragment A on Enterprise { ...B } fragment B on Enterprise { ... { ...C } } fragment C on Enterprise { output }", expect: nx("output", "outpuz") },
  { id: "P03", what: "one field by two spreads", agency: "low", query: "{ enterprises(first: 1) { nodes { ...A ...B } } } fragment A on Enterprise { name output } fragment B on Enterprise { output }", expect: nx("output", "outpuz") },
  { id: "P03", what: "an inline fragment that is skipped", agency: "low", query: "{ enterprises(first: 1) { nodes { name ... @skip(if: true) { output } } } }", expect: nx("output", "outpuz") },
  { id: "P04", what: "a fragment on a withheld type beside one on a visible type", agency: "low", query: "query ($id: ID!) { node(id: $id) { ... on Inspection { __typename } ... on Enterprise { name } } }", variables: visible, expect: nx("Inspection", "Inspectiom") },
  { id: "P05", what: "a withheld field under the alias of a visible one", agency: "low", query: "{ e: enterprises(first: 1) { nodes { name: legalRepId } } }", expect: nx("legalRepId", "legalRepIz") },
  { id: "P05", what: "a visible field under the alias of a withheld one", agency: "low", query: "{ enterprises(first: 1) { nodes { legalRepId: name output: industry } } }", expect: { kind: "DATA", data: { enterprises: { nodes: [{ legalRepId: cell("enterprise", "h0", "name"), output: cell("enterprise", "h0", "industry") }] } } } },
  { id: "P05", what: "a visible field under the alias of a masked one is not masked", agency: "mask", query: "{ enterprises(first: 1) { nodes { contactPhone: name name: contactPhone } } }", expect: { kind: "MSK", data: { enterprises: { nodes: [{ contactPhone: cell("enterprise", "h0", "name"), name: "138****0081" }] } } } },
  { id: "P06", what: "a visible field, then a withheld one, in a list", agency: "low", query: "{ enterprises(first: 50) { nodes { name output } } }", expect: nx("output", "outpuz") },
  { id: "P06", what: "a withheld field, then a visible one, in a list", agency: "low", query: "{ enterprises(first: 50) { nodes { output name } } }", expect: nx("output", "outpuz") },
  { id: "P06", what: "masked and clear in either order", agency: "mask", query: "{ a: enterprises(first: 1) { nodes { name contactPhone } } b: enterprises(first: 1) { nodes { contactPhone name } } }", expect: { kind: "MSK", data: { a: { nodes: [{ name: cell("enterprise", "h0", "name"), contactPhone: "138****0081" }] }, b: { nodes: [{ contactPhone: "138****0081", name: cell("enterprise", "h0", "name") }] } } } },
  { id: "P07", what: "a derived field whose input is withheld and that no rule names", agency: "low", query: "{ enterprises(first: 1) { nodes { energy } } }", expect: nx("energy", "energz") },
  { id: "P07", what: "a derived field that a rule names, without its original, which is the input's cell", agency: "pair", query: "{ enterprises(first: 1) { nodes { energy original(of: ENERGY) { value unit } } } }", expect: { kind: "DATA", data: { enterprises: { nodes: [{ energy: energyOf("h0"), original: null }] } } } },
  { id: "P07", what: "the input of a derived field", agency: "pair", query: "{ enterprises(first: 1) { nodes { energy output } } }", expect: nx("output", "outpuz") },
  { id: "P07", what: "originals where each cell has its own guard", agency: "many", query: "{ enterprises { nodes { original(of: NAME) { value } } } }", expect: { kind: "DATA", data: { enterprises: { nodes: ["h0", "h1", "h2", "h3", "h4", "h5"].map((no) => ({ original: ["h0", "h2", "h4"].includes(no) ? { value: cell("enterprise", no, "name") } : null })) } } } },
  { id: "P08", what: "a withheld field by a detour through a link", agency: "low", query: "{ penaltyDecisions(first: 1) { nodes { enterprise { output } } } }", expect: nx("output", "outpuz") },
  { id: "P08", what: "a withheld field through edges", agency: "low", query: "{ enterprises(first: 1) { edges { node { legalRepId } } } }", expect: nx("legalRepId", "legalRepIz") },
  { id: "P08", what: "an across link that needs a withheld key", agency: "low", query: "{ penaltyDecisions(first: 1) { nodes { enterpriseRecords { name } } } }", expect: nx("enterpriseRecords", "enterpriseRecordz") },
  {
    id: "P08",
    what: "an across link finds only rows whose key is clear: Tianjin gives its own masked",
    agency: "mask",
    query: "{ penaltyDecisions(first: 1) { nodes { enterpriseRecords { name uscc legalRepId provenance { source } } } } }",
    expect: { kind: "MSK", data: { penaltyDecisions: { nodes: [{ enterpriseRecords: [{ name: cell("enterprise", "h0", "name"), uscc: "91130100CNRYSHARED", legalRepId: "1****************X", provenance: { source: "hebei" } }] }] } } },
  },
  { id: "P09", what: "a withheld field of a node", agency: "low", query: "query ($id: ID!) { nodes(ids: [$id]) { ... on Enterprise { legalRepId } } }", variables: visible, expect: nx("legalRepId", "legalRepIz") },
  { id: "P09", what: "a node that is hidden", agency: "low", query: "query ($id: ID!) { node(id: $id) { id ... on Enterprise { name } } }", variables: { id: rowId("Enterprise", "hebei", "h1") }, expect: { kind: "ROW0", twin: { variables: { id: rowId("Enterprise", "hebei", "h9") } }, data: { node: null } } },
  { id: "P09", what: "a node under another agency's key", agency: "low", query: "query ($id: ID!) { node(id: $id) { ... on Enterprise { name } } }", variables: { id: { ...rowId("Enterprise", "hebei", "h0"), spelledFor: "full" } }, expect: { kind: "ROW0", twin: { variables: { id: rowId("Enterprise", "hebei", "h9") } }, data: { node: null } } },
  { id: "P10", what: "a mutation: there is none", agency: "full", query: 'mutation { updateEnterprise(name: "x") { uscc } }', expect: nx("updateEnterprise", "updateEnterprizz") },
  { id: "P11", what: "a column that is mapped and that no rule names, to LOW", agency: "low", query: "{ enterprises(first: 1) { nodes { address } } }", expect: nx("address", "addresz") },
  { id: "P11", what: "a column that is mapped and that no rule names, to the agency that has all others", agency: "full", query: "{ enterprises(first: 1) { nodes { name address } } }", expect: nx("address", "addresz") },
  { id: "P12", what: "a grant whose predicate needs an attribute that the agency has not", agency: "low", query: "{ enterprises(first: 1) { nodes { contactPhone } } }", expect: nx("contactPhone", "contactPhonz") },
  { id: "P12", what: "a restriction whose predicate needs an attribute that the agency has not applies", agency: "mask", query: "{ enterprises(first: 1) { nodes { industry } } }", expect: nx("industry", "industrz") },
  { id: "P12", what: "a restriction whose predicate is unknown, for the cell is NULL, applies", agency: "low", query: "{ penaltyDecisions { totalCount nodes { amount } } }", expect: { kind: "DATA", data: { penaltyDecisions: { totalCount: 4, nodes: fines("h0", "h1", "h2", "h5") } } } },
  { id: "P12", what: "a restriction whose predicate is unknown takes the cell and leaves the row", agency: "mask", query: "{ enterprises(where: { contactPhone: { isNull: false } }) { nodes { name } } }", expect: { kind: "DATA", data: { enterprises: { nodes: [...names("t0"), { name: null }, ...names("t2"), { name: null }, ...names("t4"), { name: null }] } } } },
  { id: "P13", what: "a withheld type by its name", agency: "low", query: '{ __type(name: "Inspection") { name fields { name } } }', expect: { kind: "ROW0", twin: { name: "Inspection", like: "Inspectiom" }, data: { __type: null } } },
  { id: "P13", what: "the filter of a withheld type", agency: "low", query: '{ __type(name: "InspectionFilter") { name } }', expect: { kind: "ROW0", twin: { name: "InspectionFilter", like: "InspectiomFilter" }, data: { __type: null } } },
  { id: "P13", what: "an enum that only a withheld field leads to", agency: "low", query: '{ __type(name: "PermitClass") { enumValues { name } } }', expect: { kind: "ROW0", twin: { name: "PermitClass", like: "PermitClasz" }, data: { __type: null } } },
  { id: "P13", what: "all fields of a visible type", agency: "low", query: '{ __type(name: "Enterprise") { fields { name } } }', expect: { kind: "DATA", data: { __type: { fields: ["id", "ownerRegion", "name", "industry", "region", "provenance", "original"].map((name) => ({ name })) } } } },
  { id: "P14", what: "what a base class declares is judged by the row's own type: quality is granted to nobody", agency: "full", query: "{ enterprises(first: 1) { nodes { quality } } }", expect: nx("quality", "qualitz") },
];

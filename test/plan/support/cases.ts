/** Documents over the hand-made sources that between them use every part of the language. */
import type { Permit } from "../../../src/access/permit.ts";
import { guarded, open, parted, publishing, unlinked } from "./permits.ts";

export interface PlanCase {
  readonly name: string;
  readonly permit: Permit;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Also print every page that a cursor can ask for. */
  readonly pages?: boolean;
}

export const planCases: readonly PlanCase[] = [
  {
    name: "fields",
    permit: open,
    query: `query ($no: Boolean!, $yes: Boolean!, $of: StationAttribute!) {
      __typename
      list: stations(first: 2) {
        __typename
        nodes { __typename id code twice: code ...more ... on Node { id } ... { name } skipped: name @skip(if: $yes) left: name @skip(if: $no) out: medium @include(if: $no) in: medium @include(if: $yes) never: medium @include(if: false) always: medium @skip(if: false) }
        edges { __typename cursor node { position { __typename lon y: lat } region { __typename code name parent { code parent { name } } } movedFrom { code movedFrom { name } } } }
        pageInfo { __typename hasNextPage end: endCursor }
        totalCount
      }
      stations(first: 1) { nodes { ownerRegion provenance { __typename source ownerRegion receivedAt revision mappingVersion } original(of: OPERATOR) { __typename value unit code } other: original(of: $of) { value } } }
      counted: stations { totalCount(partial: ALLOW) }
      denied: stations { totalCount(partial: DENY) }
      penaltyDecisions { nodes { docNo enterprise { legalRep region { code } } enterpriseRecords { uscc provenance { source } } } }
    }
    fragment more on Station { elevation active ...again ...again ...node }
    fragment again on Station { name }
    fragment node on Node { nodeId: id }`,
    variables: { no: false, yes: true, of: "ACTIVE_FROM" },
  },
  {
    name: "filters",
    permit: open,
    query: `query ($names: [String!], $none: [String!], $where: StationFilter, $quality: Quality, $start: Instant) {
      a: stations(where: { code: { eq: "A" }, name: { ne: "B", in: ["C", "D"], startsWith: "E", contains: "F" }, elevation: { lt: "1", lte: 2, gt: 3.5, gte: "4.50" } }) { totalCount }
      b: stations(where: { and: [{ active: { eq: true } }, { not: { active: { ne: false } } }], or: [{ medium: { in: [AIR, NOISE] } }, { medium: { eq: SOIL } }, { or: [] }, { and: [] }], not: { name: { isNull: true } } }) { totalCount }
      c: stations(where: { region: { code: { startsWith: "13" }, name: { eq: "石家庄市" }, nameEn: { contains: "a" }, level: { eq: COUNTY }, compact: { contains: JING_JIN_JI }, within: ["130000"] } }) { totalCount }
      d: stations(where: { region: { or: [{ isNull: true }, { name: { isNull: false } }], and: [{ code: { in: ["1"] } }], not: { name: { lt: "x" } } } }) { totalCount }
      e: stations(where: { movedFrom: { name: { eq: "X" }, movedFrom: { code: { eq: "Y" } } }, region: { level: { in: [] } } }) { totalCount }
      f: stations(where: { movedFrom: { isNull: false }, position: { isNull: true }, name: { in: [] } }) { totalCount }
      g: stations(where: { name: { in: $names }, code: { in: $none }, quality: { eq: $quality } }) { totalCount }
      h: stations(where: $where) { totalCount }
      i: observations(where: { start: { gte: $start, lt: "2026-01-01T00:00:00Z" }, validHours: { gt: 3 }, station: { region: { code: { eq: "130100" } }, name: { isNull: true }, movedFrom: { isNull: true } }, pollutant: { ne: "a34004" } }) { totalCount }
      j: enterprises(where: { keyUnit: { contains: AIR }, formerNames: { contains: "x" }, legalRep: { eq: "y" } }) { totalCount }
      k: penaltyDecisions(where: { not: { enterprise: { name: { contains: "c" }, region: { nameEn: { gte: "B" } } } } }) { totalCount }
      l: stations(where: {}) { totalCount }
      m: penaltyDecisions(where: { not: { or: [{ decidedOn: { lte: "2026-01-02" } }, { revoked: { eq: true } }, { enterprise: { isNull: true } }] } }) { totalCount }
      n: stations(where: { not: { and: [{ region: { compact: { isNull: true } } }, { region: { name: { in: ["河北省", "天津市"] } } }] } }) { totalCount }
      o: stations(where: { not: { elevation: { lt: "1", gte: "2", lte: "3", gt: "4" }, code: { eq: "A", ne: "B" } } }) { totalCount }
      p: observations(where: { not: { station: { isNull: true } } }) { totalCount }
      q: observations(where: { station: { movedFrom: { isNull: true } }, not: { station: { name: { in: ["a"] } } } }) { totalCount }
    }`,
    variables: { names: ["v", "w"], none: [], where: { name: { contains: "z" }, and: [{ region: { within: ["110000"] } }], active: { eq: false } }, quality: "RAW", start: "2025-06-01T00:00:00+08:00" },
  },
  {
    name: "orders",
    permit: open,
    pages: true,
    query: `{ stations(where: { name: { gt: "a" } }, orderBy: [{ elevation: DESC }, { region: { code: ASC } }], first: 5) { nodes { code name } } }`,
  },
  {
    name: "orders-without-cursor-terms",
    permit: open,
    pages: true,
    query: `query ($size: Int, $after: String, $to: String) { enterprises(last: $size, before: $to, after: $after) { edges { cursor node { uscc name } } } }`,
    variables: { size: 3, after: "c1", to: "c2" },
  },
  {
    name: "orders-by-split-column",
    permit: open,
    pages: true,
    query: `{ observations(orderBy: [{ value: ASC }, { start: DESC }], first: 5, after: "x") { nodes { value station { code } } } }`,
  },
  {
    name: "orders-through-links",
    permit: open,
    pages: true,
    query: `query ($order: [PenaltyDecisionOrder!], $dir: OrderDirection!) { a: penaltyDecisions(orderBy: [{ enterprise: { name: $dir } }, { docNo: ASC }], last: 2) { nodes { docNo } } b: penaltyDecisions(orderBy: $order) { pageInfo { hasNextPage } } c: stations(orderBy: { code: DESC }) { nodes { code } } d: observations(orderBy: [{ station: { movedFrom: { name: DESC } } }]) { nodes { start } } }`,
    variables: { order: [{ enterprise: { region: { code: "DESC" } } }], dir: "DESC" },
  },
  {
    name: "by-id",
    permit: open,
    query: `query ($id: ID!, $ids: [ID!]!) {
      station(id: $id) { code original(of: OPERATOR) { value } }
      enterprise(id: "written") { name }
      node(id: $id) { __typename id ... on Station { name } ... on PenaltyDecision { enterpriseRecords { uscc } } }
      nodes(ids: $ids) { ... on Station { code } }
      some: nodes(ids: ["a", $id]) { id }
    }`,
    variables: { id: "one", ids: ["two", "three"] },
  },
  {
    name: "aggregates",
    permit: open,
    query: `query ($zone: String, $least: Decimal, $codes: [String!], $partial: PartialAnswer!) {
      a: observationsAggregate(groupBy: [{ field: POLLUTANT }, { field: START, bucket: DAY }, { field: STATION_REGION_CODE }, { field: STATION_ACTIVE_FROM, bucket: MONTH }], having: { count: { gte: 2 }, avg: { value: { gt: $least } }, sum: { validHours: { lt: 9.25 } }, min: { start: { gte: "2026-01-01T00:00:00Z" } }, countDistinct: { stationCode: { in: [1, 2] } }, key: { pollutant: { ne: "a34004" }, stationRegionCode: { in: $codes } }, or: [{ not: { count: { isNull: false } } }, { and: [] }] }, orderBy: [{ count: DESC }, { key: { pollutant: ASC } }, { avg: { value: DESC } }], first: 4, partial: ALLOW) {
        __typename
        groups { __typename count again: count key { __typename pollutant start stationRegionCode } countDistinct { __typename stationCode pollutant } min { __typename value start } max { start validHours } sum { __typename value validHours } avg { value } }
      }
      b: observationsAggregate(where: { value: { gt: "1" } }, groupBy: [{ field: START, bucket: HOUR, zone: $zone }, { field: START, bucket: YEAR, zone: "UTC" }], partial: $partial) { groups { key { start pollutant } sum { value } } }
      c: penaltyDecisionsAggregate(groupBy: { field: DECIDED_ON, bucket: YEAR }, having: {}) { groups { key { decidedOn } countDistinct { docNo enterpriseUscc } } }
      d: stationsAggregate { groups { max { elevation activeFrom } sum { elevation } } }
      e: penaltyDecisionsAggregate(groupBy: [{ field: ENTERPRISE_INDUSTRY }, { field: REVOKED }, { field: DECIDED_ON, bucket: null }, { field: DECIDED_ON, bucket: DAY }]) { groups { count sum { amount } } }
      f: enterprisesAggregate(groupBy: [{ field: REGION_CODE }], orderBy: { key: { regionCode: DESC } }) { groups { countDistinct { uscc } sum { output energy } avg { output } } }
      g: stationsAggregate(having: { not: { key: { name: { isNull: true } } } }, groupBy: [{ field: NAME }]) { __typename }
    }`,
    variables: { zone: "Europe/Paris", least: "75.5", codes: [], partial: "ALLOW" },
  },
  {
    name: "published",
    permit: publishing,
    query: `query ($min: Decimal, $first: Int) {
      a: enterprisesPublished(where: { industry: { startsWith: "25" }, region: { code: { eq: "130100" }, within: ["130000"] }, ownerRegion: { ne: "120000" }, or: [{ not: { name: { isNull: true } } }] }, groupBy: [{ field: OWNER_REGION }, { field: INDUSTRY }], having: { sum: { output: { gte: $min } }, key: { industry: { in: ["2511"] }, ownerRegion: { eq: "130000" } } }, orderBy: [{ key: { ownerRegion: DESC } }, { sum: { output: ASC } }], first: $first) { __typename groups { __typename count key { __typename ownerRegion industry regionCode } sum { output energy __typename } avg { output __typename } } }
      b: enterprisesPublished { groups { count } }
      c: stationsPublished { groups { key { ownerRegion } } }
      d: observationsPublished { groups { count } }
    }`,
    variables: { min: "1.25", first: 3 },
  },
  {
    name: "hub-constants",
    permit: open,
    query: `query ($code: String!, $level: RegionLevel) { region(code: $code) { name parent { name } } regions(level: $level, within: "130000") { code } all: regions { code } one: region(code: "130100") { code } none: regions(level: null, within: null) { code } __schema { queryType { name } } __type(name: "Station") { name } }`,
    variables: { code: "130000", level: "PROVINCE" },
  },
  {
    name: "strata",
    permit: parted,
    pages: true,
    query: `{ stations(where: { or: [{ name: { startsWith: "a" } }, { operator: { isNull: true } }] }, orderBy: [{ elevation: ASC }], first: 5) { nodes { code name contact operator original(of: OPERATOR) { value } } totalCount } }`,
  },
  {
    name: "links-into-strata",
    permit: parted,
    query: `query ($least: Decimal!) {
      penaltyDecisions(where: { amount: { gte: $least }, enterprise: { name: { contains: "x" }, not: { uscc: { eq: "u" } } } }, orderBy: [{ enterprise: { name: ASC } }]) { nodes { docNo decidedOn enterprise { name legalRep contactPhone } } totalCount }
      absent: penaltyDecisions(where: { enterprise: { isNull: true } }) { totalCount }
      observations(where: { station: { name: { ne: "n" }, region: { name: { startsWith: "石" } } } }, first: 1) { nodes { value } }
      penaltyDecisionsAggregate(groupBy: [{ field: ENTERPRISE_UINDUSTRY_PLACEHOLDER }]) { groups { count } }
    }`.replace("ENTERPRISE_UINDUSTRY_PLACEHOLDER", "ENTERPRISE_NAME"),
    variables: { least: "5" },
  },
  {
    name: "links-to-nothing",
    permit: unlinked,
    query: `{
      penaltyDecisions(where: { enterprise: { name: { eq: "x" } } }, orderBy: [{ enterprise: { name: ASC } }], first: 1) { nodes { docNo enterprise { name } } }
      absent: penaltyDecisions(where: { enterprise: { isNull: true } }) { totalCount }
      stations(where: { movedFrom: { name: { eq: "x" } } }, first: 1) { nodes { code movedFrom { code } } }
      known: stations(where: { not: { movedFrom: { isNull: true } } }) { totalCount }
      penaltyDecisionsAggregate(groupBy: [{ field: ENTERPRISE_NAME }]) { groups { countDistinct { enterpriseUscc } } }
    }`,
  },
  {
    name: "cell-guards",
    permit: guarded,
    pages: true,
    query: `{ stations(where: { not: { name: { startsWith: "a" } }, region: { name: { eq: "河北省" } }, operator: { isNull: true } }, orderBy: [{ name: ASC }, { elevation: DESC }], first: 5) { nodes { code name contact elevation active region { code } original(of: OPERATOR) { value } } } }`,
  },
  {
    name: "cell-guards-in-figures",
    permit: guarded,
    query: `{
      stationsAggregate(where: { active: { eq: true } }, groupBy: [{ field: NAME }, { field: REGION_CODE }]) { groups { count countDistinct { operator } max { elevation } sum { elevation } } }
      penaltyDecisionsAggregate(where: { revoked: { ne: true }, region: { code: { eq: "1" } } }, groupBy: [{ field: DECIDED_ON, bucket: MONTH }, { field: ENTERPRISE_NAME }]) { groups { sum { amount } countDistinct { enterpriseUscc } } }
      penaltyDecisions(where: { enterprise: { name: { eq: "x" } }, revoked: { eq: false } }, orderBy: [{ decidedOn: ASC }, { amount: DESC }, { region: { code: ASC } }]) { nodes { docNo enterprise { uscc } } }
    }`,
  },
  {
    name: "nothing-granted",
    permit: { ...open, scopes: new Map(), purpose: null },
    query: `{ stations(first: 1) { nodes { code } totalCount } stationsAggregate { groups { count } } station(id: "x") { code } enterprisesPublished { groups { count } } }`,
  },
];

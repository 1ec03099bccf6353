/** Documents that list, count and filter across sources, over the hand-made ones. */
import type { PlanCase } from "./cases.ts";
import { guarded, open, parted, unlinked } from "./permits.ts";

export const acrossCases: readonly PlanCase[] = [
  {
    name: "lists-and-counts",
    permit: open,
    query: `query ($first: Int, $partial: PartialAnswer!) {
      enterprises(first: 2) { nodes {
        few: penaltyDecisionRecords(first: 3) { docNo original(of: AMOUNT) { value } enterpriseRecordsCount }
        some: penaltyDecisionRecords(first: $first) { __typename id }
        all: penaltyDecisionRecords { docNo enterpriseRecords { name penaltyDecisionRecordsCount(partial: $partial) } }
        penaltyDecisionRecordsCount part: penaltyDecisionRecordsCount(partial: ALLOW) whole: penaltyDecisionRecordsCount(partial: DENY)
      } }
      penaltyDecision(id: "x") { enterpriseRecordsCount }
    }`,
    variables: { first: 4, partial: "ALLOW" },
  },
  {
    name: "some-and-none",
    permit: open,
    query: `query ($amount: Decimal, $records: EnterpriseAcrossFilter) {
      a: enterprises(where: { penaltyDecisionRecords: { some: { amount: { gt: $amount } } } }, orderBy: [{ name: ASC }], first: 2) { nodes { name } totalCount }
      b: enterprises(where: { penaltyDecisionRecords: { none: { amount: { gt: "5" }, decidedOn: { isNull: false } } } }) { totalCount }
      c: enterprises(where: { not: { penaltyDecisionRecords: { some: { or: [{ amount: { lt: "1" } }, { not: { revoked: { eq: true } } }] } } } }) { totalCount }
      d: enterprises(where: { not: { not: { penaltyDecisionRecords: { none: {} } } }, or: [{ name: { eq: "x" } }, { penaltyDecisionRecords: { some: {}, none: { docNo: { eq: "y" } } } }] }) { nodes { uscc } }
      e: penaltyDecisions(where: { enterpriseRecords: $records, enterprise: { penaltyDecisionRecords: { some: { docNo: { startsWith: "z" } } } } }, first: 1) { nodes { docNo } }
      f: enterprises(where: { penaltyDecisionRecords: {} }) { totalCount }
      g: enterprises(where: { penaltyDecisionRecords: { some: { enterpriseRecords: { none: { penaltyDecisionRecords: { some: { amount: { eq: "7" } } } } } } } }) { totalCount }
      h: penaltyDecisionsAggregate(where: { enterpriseRecords: { none: { name: { eq: "n" } } } }, groupBy: [{ field: REVOKED }]) { groups { count countDistinct { docNo } } }
    }`,
    variables: { amount: "12.5", records: { some: { name: { contains: "v" } }, none: { industry: { in: ["25"] } } } },
  },
  {
    name: "across-strata",
    permit: parted,
    query: `{
      enterprises(where: { penaltyDecisionRecords: { none: { decidedOn: { gte: "2026-01-01" } } } }, first: 1) { nodes { name penaltyDecisionRecords(first: 1) { decidedOn } penaltyDecisionRecordsCount } totalCount }
      penaltyDecisions(where: { enterpriseRecords: { some: { name: { eq: "x" } } } }, first: 1) { nodes { docNo enterpriseRecords { legalRep } } }
    }`,
  },
  {
    name: "across-cell-guards",
    permit: guarded,
    query: `{
      enterprises(where: { penaltyDecisionRecords: { some: { amount: { gt: "1" }, revoked: { eq: false }, decidedOn: { isNull: true }, region: { code: { eq: "1" } } } } }) { nodes { penaltyDecisionRecords { docNo amount revoked decidedOn region { code } } } }
      penaltyDecisions(where: { amount: { gt: "1" }, revoked: { eq: false }, decidedOn: { isNull: true }, region: { code: { eq: "1" } }, enterpriseRecords: { none: { name: { eq: "x" } } } }) { totalCount nodes { docNo } }
    }`,
  },
  {
    name: "across-nothing",
    permit: unlinked,
    query: `{
      penaltyDecisions(where: { enterpriseRecords: { some: {} } }, first: 1) { nodes { docNo enterpriseRecords { name } enterpriseRecordsCount } }
      none: penaltyDecisions(where: { enterpriseRecords: { none: {} } }) { totalCount }
    }`,
  },
];

import { AcrossLink, type AcrossLinkOptions } from "../declare.ts";
import { Enterprise } from "../pollution/enterprise.ts";

/** The across link from a record to its enterprise in every region, by credit code. `reverse`: what the enterprise's list of such records is called. */
export const EnterpriseRecords = (reverse: AcrossLinkOptions["reverse"]): PropertyDecorator =>
  AcrossLink({
    zh: "各地对该企业的登记",
    en: "Records of the enterprise in every region, by its credit code",
    target: () => Enterprise,
    targetKey: ["uscc"],
    key: ["enterprise", "uscc"],
    reverse,
  });

/** The policy beside a drafted mapping: no rule, and what a steward should know before the first one. */
import type { Vocabulary } from "../../schema/vocabulary.ts";
import { likely } from "./evidence.ts";
import type { Draft } from "./parts.ts";

const classes = { U: "unconditional 无条件共享", C: "conditional 有条件共享", N: "not shared 不予共享" } as const;

export function policyDraft(draft: Draft, vocabulary: Vocabulary): string {
  const mapped = new Set(draft.parts.flatMap((part) => part.fields.filter(({ doubt, confidence }) => doubt === null && confidence >= likely).map(({ attribute }) => `${part.entity}.${attribute}`)));
  const personal = [...vocabulary.entities.values()].flatMap((entity) =>
    [...entity.attributes.values()].filter((attribute) => attribute.sensitivity !== "G" && mapped.has(`${entity.name}.${attribute.name}`)).map((attribute) => `${entity.name}.${attribute.name} (${attribute.zh}; ${attribute.sensitivity === "P" ? "personal 个人信息" : "important 重要"}, ${classes[attribute.sharing]})`),
  );
  return [
    "# Nothing is shared, not even with the region's own bureau, until a rule says so (docs/policies.md). 默认不共享。",
    ...(personal.length === 0 ? [] : ["# The mapping knows these; think before a rule names them, and mask or deny them where one does:", ...personal.map((line) => `#   ${line}`)]),
    "# A first rule might be:",
    "#   - id: stations",
    "#     to: agencies",
    "#     allow: { Station: open }",
    "rules: []",
    "",
  ].join("\n");
}

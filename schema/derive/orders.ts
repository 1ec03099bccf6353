/** Order inputs: `orderBy: [{ station: { region: { code: ASC } } }, { value: DESC }]`, each naming exactly one column. */
import { GraphQLEnumType, type GraphQLInputFieldConfig, GraphQLInputObjectType } from "graphql";
import type { AttributeDef, EntityDef } from "../vocabulary.ts";
import type { Builder } from "./builder.ts";
import { clear, entityOf, isGroupable, type View } from "./visibility.ts";

export const OrderDirection = new GraphQLEnumType({
  name: "OrderDirection",
  description: "排序方向；空值总在最后\nDirection of an order; NULLs come last in both",
  values: { ASC: { description: "升序\nascending" }, DESC: { description: "降序\ndescending" } },
});

const direction = { type: OrderDirection };

/** By code alone: codes sort districts under their province, names sort by nothing that a reader knows. */
const RegionOrder = new GraphQLInputObjectType({
  name: "RegionOrder",
  isOneOf: true,
  fields: { code: direction },
});

/** Some column, at the end of some chain of links, can be ordered by. */
const hasColumn = (view: View, entity: EntityDef, seen: ReadonlySet<EntityDef> = new Set()): boolean =>
  !seen.has(entity) &&
  clear(view, entity).some(({ type }) =>
    type.kind === "link"
      ? hasColumn(view, entityOf(view.vocabulary, type.entity), new Set([...seen, entity]))
      : isGroupable(type.kind),
  );

/** `StationOrder`; null where nothing of the entity can be ordered by. */
export const entityOrder = (build: Builder, view: View, entity: EntityDef): GraphQLInputObjectType | null => {
  if (!hasColumn(view, entity)) return null;
  return build.input(
    `${entity.name}Order`,
    () => Object.fromEntries(clear(view, entity).flatMap((each) => orderColumn(build, view, each))),
    { isOneOf: true },
  );
};

const orderColumn = (build: Builder, view: View, { name, type }: AttributeDef): readonly (readonly [string, GraphQLInputFieldConfig])[] => {
  if (type.kind === "region") return [[name, { type: RegionOrder }]];
  if (type.kind !== "link") return isGroupable(type.kind) ? [[name, direction]] : [];
  const target = entityOrder(build, view, entityOf(view.vocabulary, type.entity));
  return target === null ? [] : [[name, { type: target }]];
};

/** `stations(where, orderBy, first, after, last, before)`: one ordered, paged list over all sources and strata. */
import { HubError } from "../../schema/errorCodes.ts";
import type { EntityDef } from "../../schema/vocabulary.ts";
import type { Argument } from "./arguments.ts";
import { type CollectedField, collectFields, selectionSets } from "./collectFields.ts";
import { countIsTorn } from "./lostParts.ts";
import type { ConnectionFields, ConnectionPlan, EdgeField, NodeSelection, OrderTerm } from "./operationPlan.ts";
import { linkTarget, type PlanBuilder } from "./planBuilder.ts";
import { readSelection } from "./readSelection.ts";
import { readWhere } from "./readWhere.ts";
import { referencedAttributes } from "./referenced.ts";
import { intArgument, rootArguments, textArgument } from "./rootArguments.ts";
import { scansOf } from "./scan.ts";

export function compileConnection(builder: PlanBuilder, field: CollectedField, entity: EntityDef, cursorHash: string): ConnectionPlan {
  const args = rootArguments(builder, field);
  const firstSlot = builder.slots.length;
  const firstJoin = builder.semiJoins.length;
  const where = readWhere(builder, entity, "query", args.get("where"));
  const order = readOrder(builder, entity, args.get("orderBy"), "orderBy");
  const cursorSlots = builder.slots.slice(firstSlot).map((_, index) => firstSlot + index);
  const { shape, selections, wantsCount } = readConnection(builder, entity, field);
  const referenced = referencedAttributes(selections ?? [], where, order.map((term) => term.path));
  return {
    kind: "connection",
    key: field.key,
    entity,
    where,
    semiJoins: builder.semiJoins.slice(firstJoin),
    order,
    first: intArgument(builder, args.get("first"), "first"),
    last: intArgument(builder, args.get("last"), "last"),
    after: textArgument(builder, args.get("after"), "after"),
    before: textArgument(builder, args.get("before"), "before"),
    shape,
    selections,
    scans: scansOf(builder.context, entity, "query", referenced),
    // Counting references fewer attributes, so fewer strata.
    count: wantsCount ? scansOf(builder.context, entity, "query", referencedAttributes([], where, [])) : null,
    countIsTorn: countIsTorn(builder.context, { entity, where }),
    cursorHash,
    cursorSlots,
  };
}

export function readOrder(builder: PlanBuilder, entity: EntityDef, argument: Argument | undefined, place: string): readonly OrderTerm[] {
  if (argument === undefined || argument.kind === "null") return [];
  const items = argument.kind === "list" ? argument.items : [argument];
  return items.flatMap((item) => readOrderItem(builder, entity, item, [], place));
}

function readOrderItem(builder: PlanBuilder, entity: EntityDef, item: Argument, prefix: readonly string[], place: string): readonly OrderTerm[] {
  if (item.kind !== "object" || item.fields.size !== 1) {
    throw new HubError("BAD_ARGUMENT", { argument: `${place}: each item names exactly one attribute` });
  }
  return [...item.fields].flatMap(([name, value]): readonly OrderTerm[] => {
    const attribute = entity.attributes.get(name);
    const at = `${place}.${name}`;
    if (attribute === undefined) throw new HubError("BAD_ARGUMENT", { argument: at });
    builder.use(entity, name, "query");
    if (attribute.type.kind === "link") return readOrderItem(builder, linkTarget(builder, attribute), value, [...prefix, name], at);
    const path = [...prefix, name] as unknown as OrderTerm["path"];
    if (value.kind === "object" && attribute.type.kind === "region") {
      const code = value.fields.get("code");
      if (value.fields.size === 1 && code?.kind === "fixed") return [{ path, descending: code.value === "DESC" }];
    }
    if (value.kind !== "fixed") throw new HubError("BAD_ARGUMENT", { argument: at });
    return [{ path, descending: value.value === "DESC" }];
  });
}

function readConnection(builder: PlanBuilder, entity: EntityDef, field: CollectedField): { shape: ConnectionFields; selections: readonly NodeSelection[] | null; wantsCount: boolean } {
  const typeName = `${entity.name}Connection`;
  const selections: NodeSelection[] = [];
  const select = (part: CollectedField): NodeSelection => {
    const selection = readSelection(builder, entity, "query", selectionSets(part));
    selections.push(selection);
    return selection;
  };
  let wantsRows = false;
  let wantsCount = false;
  const fields: ConnectionFields["fields"][number][] = [];
  for (const part of collectFields(builder.document, [typeName], selectionSets(field))) {
    switch (part.name) {
      case "nodes":
        wantsRows = true;
        fields.push({ kind: "nodes", key: part.key, selection: select(part) });
        break;
      case "edges": {
        wantsRows = true;
        const edgeFields = collectFields(builder.document, [`${entity.name}Edge`], selectionSets(part));
        fields.push({
          kind: "edges",
          key: part.key,
          fields: edgeFields.map((edge): EdgeField => {
            if (edge.name === "node") return { kind: "node", key: edge.key, selection: select(edge) };
            return edge.name === "cursor" ? { kind: "cursor", key: edge.key } : { kind: "typename", key: edge.key, name: `${entity.name}Edge` };
          }),
        });
        break;
      }
      case "pageInfo":
        wantsRows = true;
        fields.push({ kind: "pageInfo", key: part.key, fields: collectFields(builder.document, ["PageInfo"], selectionSets(part)).map((info) => ({ key: info.key, field: info.name })) });
        break;
      case "totalCount":
        wantsCount = true;
        fields.push({ kind: "totalCount", key: part.key, partial: isPartialAllowed(builder, part, typeName) });
        break;
      default:
        fields.push({ kind: "typename", key: part.key, name: typeName });
    }
  }
  return { shape: { fields }, selections: wantsRows ? selections : null, wantsCount };
}

function isPartialAllowed(builder: PlanBuilder, field: CollectedField, typeName: string): boolean {
  const argument = field.nodes[0]?.arguments?.find((candidate) => candidate.name.value === "partial")?.value;
  if (argument === undefined || builder.schema.getType(typeName) === undefined) return false;
  if (argument.kind === "EnumValue") return argument.value === "ALLOW";
  return argument.kind === "Variable" && builder.document.variables[argument.name.value] === "ALLOW";
}

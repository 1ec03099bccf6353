/** What one compilation gathers: slots, used coordinates, and the document it reads. */
import type { GraphQLSchema } from "graphql";
import type { Path } from "../../schema/predicate.ts";
import type { AcrossLinkDef, AttributeDef, EntityDef } from "../../schema/vocabulary.ts";
import type { Door } from "../access/permit.ts";
import type { OperandSource } from "./arguments.ts";
import type { DocumentParts } from "./collectFields.ts";
import type { SemiJoin } from "./semiJoin.ts";
import type { OperandSlot, PlanContext, PlanSlot, UsedCoordinate } from "./operationPlan.ts";

export interface PlanBuilder {
  readonly schema: GraphQLSchema;
  readonly context: PlanContext;
  readonly document: DocumentParts;
  readonly slots: PlanSlot[];
  /** Of all roots so far. */
  readonly semiJoins: SemiJoin[];
  slot(source: OperandSource, attribute: AttributeDef | null, argument: string, measure?: boolean): OperandSlot;
  use(entity: EntityDef, attribute: string, door: Door): void;
  /** Every attribute on a path; a link goes on into its target. */
  usePath(entity: EntityDef, path: Path, door: Door): void;
  used(): readonly UsedCoordinate[];
}

export function planBuilder(schema: GraphQLSchema, context: PlanContext, document: DocumentParts): PlanBuilder {
  const slots: PlanSlot[] = [];
  const used = new Map<string, UsedCoordinate>();
  return {
    schema,
    context,
    document,
    slots,
    semiJoins: [],
    slot(source, attribute, argument, measure = false) {
      slots.push({ source, attribute, argument, measure });
      return slots.length - 1;
    },
    use(entity, attribute, door) {
      used.set(`${door}|${entity.name}|${attribute}`, { entity, attribute, door });
    },
    usePath(entity, path, door) {
      let at: EntityDef | undefined = entity;
      for (const step of path) {
        if (at === undefined) return;
        this.use(at, step, door);
        const type: AttributeDef["type"] | undefined = at.attributes.get(step)?.type;
        at = type?.kind === "link" ? context.vocabulary.entities.get(type.entity) : undefined;
      }
    },
    used: () => [...used.values()],
  };
}

/** The entity that an across link reaches; rows of all sources. */
export function acrossTarget(builder: PlanBuilder, link: AcrossLinkDef): EntityDef {
  const target = builder.context.vocabulary.entities.get(link.target);
  if (target === undefined) throw new Error(`${link.entity}.${link.name} leads to no entity`);
  return target;
}

/** The entity that a local link reaches. */
export function linkTarget(builder: PlanBuilder, attribute: AttributeDef): EntityDef {
  const target = attribute.type.kind === "link" ? builder.context.vocabulary.entities.get(attribute.type.entity) : undefined;
  if (target === undefined) throw new Error(`${attribute.entity}.${attribute.name} is not a local link`);
  return target;
}

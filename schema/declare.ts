/**
 * How an entity is declared: one class with `@Entity`, and `@Attribute` on each property.
 *
 * The decorators wrap type-graphql's `ObjectType` and `Field`, so that type-graphql builds the entity's object type from the class,
 * and record what the rest of the hub needs (sharing class, sensitivity, masks, key), which `collect` turns into the vocabulary.
 * GraphQL types are passed explicitly: nothing depends on emitted decorator metadata.
 */
import "reflect-metadata";
import { Field, ObjectType } from "type-graphql";
import type { Path } from "./predicate.ts";
import { addPart, type TypeSpec } from "./types.ts";
import type { MaskName, ObjectPart, Sensitivity, SharingClass } from "./vocabulary.ts";

export interface EntityOptions {
  /** Root names: `station`, `stations`. */
  readonly singular: string;
  readonly plural: string;
  readonly zh: string;
  readonly en: string;
}

export interface AttributeOptions {
  readonly zh: string;
  readonly en: string;
  readonly type: TypeSpec;
  readonly sharing: SharingClass;
  readonly sensitivity: Sensitivity;
  readonly key?: boolean;
  /** Strictest first. */
  readonly masks?: readonly MaskName[];
  /** Default: true but for links. */
  readonly inOpen?: boolean;
  readonly inProvenance?: boolean;
}

export interface AcrossLinkOptions {
  readonly zh: string;
  readonly en: string;
  readonly target: () => new () => object;
  readonly targetKey: Path;
  readonly key: Path;
  /** The same link as the target's rows see it. */
  readonly reverse?: { readonly name: string; readonly zh: string; readonly en: string };
}

/** What the decorators of one class recorded; a subclass adds to its base class. */
export interface Declaration {
  entity: EntityOptions | null;
  readonly attributes: Map<string, AttributeOptions>;
  readonly acrossLinks: Map<string, AcrossLinkOptions>;
}

const declarations = new WeakMap<object, Declaration>();

const declarationFor = (prototype: object): Declaration => {
  const known = declarations.get(prototype);
  if (known) return known;
  const made: Declaration = { entity: null, attributes: new Map(), acrossLinks: new Map() };
  declarations.set(prototype, made);
  return made;
};

/** The declaration on a class itself, without its base class's. */
export const declarationOf = (prototype: object): Declaration | undefined => declarations.get(prototype);

const words = ({ zh, en }: { zh: string; en: string }): string => `${zh}\n${en}`;

export const Entity =
  (options: EntityOptions): ClassDecorator =>
  (target) => {
    declarationFor(target.prototype as object).entity = options;
    ObjectType(target.name, { description: words(options) })(target);
  };

/** A base class whose attributes every subclass has, after its own. */
export const EntityBase = (): ClassDecorator => (target) => ObjectType(target.name)(target);

export const Attribute =
  (options: AttributeOptions): PropertyDecorator =>
  (prototype, property) => {
    declarationFor(prototype).attributes.set(String(property), options);
    const unit = options.type.unit === undefined ? "" : `\n[${options.type.unit}]`;
    // Links name classes that may not be evaluated yet, so the type is asked for lazily.
    Field(() => options.type.graphql(), { nullable: true, description: words(options) + unit })(prototype, property);
  };

/** A link that crosses sources (semantics.md §3): no cell of its own, so type-graphql does not see it. */
export const AcrossLink =
  (options: AcrossLinkOptions): PropertyDecorator =>
  (prototype, property) => {
    declarationFor(prototype).acrossLinks.set(String(property), options);
  };

export const ObjectValue =
  (about: { readonly zh: string; readonly en: string }): ClassDecorator =>
  (target) =>
    ObjectType(target.name, { description: words(about) })(target);

export const Part =
  (options: { readonly zh: string; readonly en: string; readonly type: TypeSpec }): PropertyDecorator =>
  (prototype, property) => {
    const type = options.type.attribute();
    const isPart = type.kind === "decimal" || type.kind === "text" || (type.kind === "list" && type.of.kind === "text");
    if (!isPart) throw new TypeError(`${String(property)}: a part is a decimal, a text or a list of texts, not ${type.kind}`);
    addPart(prototype, String(property), Object.freeze({ type: type as ObjectPart["type"], zh: options.zh, en: options.en }));
    Field(() => options.type.graphql(), { nullable: true, description: words(options) })(prototype, property);
  };

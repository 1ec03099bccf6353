/** Whether the schema at hand is this agency's, and what changes when another agency asks: nothing of the old one stays. */
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { isObjectType, type GraphQLSchema } from "graphql";
import { useEffect, useRef } from "react";
import type { Session } from "./session.ts";
import { fill, type Language, words } from "./words.ts";

export const SchemaState = ({ language }: { readonly language: Language }) => {
  const { schema, isIntrospecting, fetchError } = useGraphiQL(({ schema, isIntrospecting, fetchError }) => ({ schema, isIntrospecting, fetchError }));
  return (
    <p className="schema-state" role="status">
      {stateText(schema, isIntrospecting, fetchError, language)}
    </p>
  );
};

const stateText = (schema: GraphQLSchema | null | undefined, isLoading: boolean, fetchError: string | null, language: Language): string => {
  if (isLoading) return words.schemaLoading[language];
  if (fetchError !== null) return words.schemaFailed[language] + reasonOf(fetchError);
  return schema == null ? "" : fill(words.schemaTypes[language], { count: countEntities(schema) });
};

/** Entities are what `node(id)` can answer with. */
const countEntities = (schema: GraphQLSchema): number => {
  const node = schema.getType("Node");
  return Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && type.getInterfaces().some((one) => one === node)).length;
};

/** GraphiQL keeps the failed answer as text. */
const reasonOf = (fetchError: string): string => {
  try {
    const { errors } = JSON.parse(fetchError) as { readonly errors?: readonly { readonly message: string }[] };
    return errors?.map(({ message }) => message).join(" ") ?? fetchError;
  } catch {
    return fetchError;
  }
};

/** Empties every tab's answer when the session changes: what one agency got must not be read as another's. */
export const useFreshAnswers = (session: Session): void => {
  const { tabs, activeTabIndex, responseEditor } = useGraphiQL(({ tabs, activeTabIndex, responseEditor }) => ({ tabs, activeTabIndex, responseEditor }));
  const { stop, moveTab, updateActiveTabValues } = useGraphiQLActions();
  const shownFor = useRef(session);
  useEffect(() => {
    if (shownFor.current === session) return;
    shownFor.current = session;
    stop();
    // GraphiQL finds the active tab by identity; its own answer is emptied after.
    moveTab(tabs.map((tab, index) => (index === activeTabIndex ? tab : { ...tab, response: null })));
    updateActiveTabValues({ response: "" });
    responseEditor?.setValue("");
  }, [session, tabs, activeTabIndex, responseEditor, stop, moveTab, updateActiveTabValues]);
};

/** Example queries, those that fit the agency's schema first. */
import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type GraphQLSchema, parse, validate } from "graphql";
import { useId, useMemo } from "react";
import type { SandboxExample } from "../../src/gateway/sandboxContract.ts";
import { type Language, words } from "./words.ts";

interface ExamplePickerProps {
  readonly examples: readonly SandboxExample[];
  readonly language: Language;
}

export const ExamplePicker = ({ examples, language }: ExamplePickerProps) => {
  const { queryEditor, schema } = useGraphiQL(({ queryEditor, schema }) => ({ queryEditor, schema }));
  const { addTab } = useGraphiQLActions();
  const [fitting, unfitting] = useMemo(() => partByFit(examples, schema), [examples, schema]);
  const id = useId();

  const open = (example: SandboxExample | undefined): void => {
    if (example === undefined || queryEditor === undefined) return;
    const current = queryEditor.getValue();
    const isOwnWork = current.trim() !== "" && !examples.some(({ query }) => query === current);
    if (isOwnWork) addTab();
    queryEditor.setValue(example.query);
    queryEditor.focus();
  };
  const group = (label: string, members: readonly SandboxExample[]) =>
    members.length > 0 && (
      <optgroup label={label}>
        {members.map((example) => (
          <option key={example.title.en} value={examples.indexOf(example)}>
            {example.title[language]}
          </option>
        ))}
      </optgroup>
    );

  return (
    <div className="field">
      <label htmlFor={id}>{words.examples[language]}</label>
      {/* Always back at the prompt: the same example can be opened again. */}
      <select id={id} value="" disabled={queryEditor === undefined} onChange={({ currentTarget }) => open(examples[Number(currentTarget.value)])}>
        <option value="" disabled>
          {words.chooseExample[language]}
        </option>
        {group(words.fitting[language], fitting)}
        {group(words.unfitting[language], unfitting)}
      </select>
    </div>
  );
};

const partByFit = (examples: readonly SandboxExample[], schema: GraphQLSchema | null | undefined): readonly [readonly SandboxExample[], readonly SandboxExample[]] => {
  if (schema == null) return [examples, []];
  const fits = new Map(examples.map((example) => [example, isValid(example.query, schema)]));
  return [examples.filter((example) => fits.get(example)), examples.filter((example) => !fits.get(example))];
};

const isValid = (query: string, schema: GraphQLSchema): boolean => {
  try {
    return validate(schema, parse(query)).length === 0;
  } catch {
    return false;
  }
};

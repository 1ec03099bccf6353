/** The developer's page: one agency's view of the hub in GraphiQL, with why and how beside every answer. */
import { explorerPlugin } from "@graphiql/plugin-explorer";
import { DOC_EXPLORER_PLUGIN, DocExplorerStore } from "@graphiql/plugin-doc-explorer";
import { GraphiQLProvider } from "@graphiql/react";
import { GraphiQL, GraphiQLInterface } from "graphiql";
import { useEffect, useMemo, useState } from "react";
import type { SandboxConfig } from "../../src/gateway/sandboxContract.ts";
import { AnswerSummary } from "./AnswerSummary.tsx";
import { ExamplePicker } from "./ExamplePicker.tsx";
import { ExplainPanel } from "./ExplainPanel.tsx";
import { hubFetcher } from "./hubFetcher.ts";
import { type Choice, firstChoice, PrincipalPicker } from "./PrincipalPicker.tsx";
import { SchemaState, useFreshAnswers } from "./SchemaState.tsx";
import { anonymousSession, demonstrationSession, pastedSession, type Session } from "./session.ts";
import { useChineseText } from "./useChineseText.ts";
import { type Language, words } from "./words.ts";

const plugins = [DOC_EXPLORER_PLUGIN, explorerPlugin()];

interface SandboxProps {
  readonly config: SandboxConfig;
  readonly language: Language;
  readonly onLanguage: (language: Language) => void;
}

export const Sandbox = ({ config, language, onLanguage }: SandboxProps) => {
  const [choice, setChoice] = useState(() => firstChoice(config));
  const session = useSession(config, choice, language);
  const fetcher = useMemo(() => hubFetcher(session, language), [session, language]);
  return (
    // Queries can hold names and numbers of people: they are kept for this browser tab alone, and tokens not at all.
    <GraphiQLProvider
      fetcher={fetcher}
      storage={sessionStorage}
      plugins={plugins}
      referencePlugin={DOC_EXPLORER_PLUGIN}
      schemaDescription
      defaultQuery={config.examples[0]?.query ?? ""}
      defaultTheme="light"
    >
      <DocExplorerStore>
        <Page config={config} choice={choice} onChoose={setChoice} session={session} language={language} onLanguage={onLanguage} />
      </DocExplorerStore>
    </GraphiQLProvider>
  );
};

const useSession = (config: SandboxConfig, choice: Choice, language: Language): Session => {
  const [{ session, madeFor }, setMade] = useState(() => ({ session: openSession(config, choice, language), madeFor: choice }));
  useEffect(() => {
    if (madeFor === choice) return;
    session.end();
    setMade({ session: openSession(config, choice, language), madeFor: choice });
  }, [session, madeFor, config, choice, language]);
  return session;
};

const openSession = (config: SandboxConfig, { agency, purpose, token }: Choice, language: Language): Session => {
  if (token !== null) return pastedSession(token, purpose);
  return agency === null || agency === config.anonymous ? anonymousSession() : demonstrationSession(agency, purpose, language);
};

interface PageProps extends SandboxProps {
  readonly choice: Choice;
  readonly onChoose: (choice: Choice) => void;
  readonly session: Session;
}

const Page = ({ config, choice, onChoose, session, language, onLanguage }: PageProps) => {
  const [explains, setExplains] = useState(true);
  useFreshAnswers(session);
  useChineseText();
  return (
    <div className={explains ? "page page-explains" : "page"}>
      <header className="bar">
        <h1>{words.title[language]}</h1>
        <PrincipalPicker config={config} choice={choice} onChoose={onChoose} language={language} />
        {config.examples.length > 0 && <ExamplePicker examples={config.examples} language={language} />}
        <button type="button" aria-pressed={explains} onClick={() => setExplains(!explains)}>
          {words.explain[language]}
        </button>
        <div className="languages" role="group" aria-label={words.language[language]}>
          <button type="button" lang="zh-CN" aria-pressed={language === "zh"} onClick={() => onLanguage("zh")}>
            中文
          </button>
          <button type="button" lang="en" aria-pressed={language === "en"} onClick={() => onLanguage("en")}>
            English
          </button>
        </div>
        <SchemaState language={language} />
      </header>
      <main>
        <GraphiQLInterface isHeadersEditorEnabled={false} showPersistHeadersSettings={false} forcedTheme="light">
          <GraphiQL.Logo> </GraphiQL.Logo>
          <GraphiQL.Footer>
            <AnswerSummary language={language} />
          </GraphiQL.Footer>
        </GraphiQLInterface>
      </main>
      {explains && <ExplainPanel session={session} language={language} onClose={() => setExplains(false)} />}
    </div>
  );
};

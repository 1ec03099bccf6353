import "@graphiql/react/setup-workers/vite";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-explorer/style.css";
import "graphiql/graphiql.css";
import "./page.css";
import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import type { SandboxConfig } from "../../src/gateway/sandboxContract.ts";
import { Sandbox } from "./Sandbox.tsx";
import { type Language, words } from "./words.ts";

const languageKey = "one-network.language";

const firstLanguage = (): Language => {
  const kept = localStorage.getItem(languageKey);
  if (kept === "zh" || kept === "en") return kept;
  return navigator.language.startsWith("zh") ? "zh" : "en";
};

const App = ({ config }: { readonly config: SandboxConfig | null }) => {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    localStorage.setItem(languageKey, language);
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = words.title[language];
  }, [language]);
  if (config === null) return <p role="alert">{words.loadFailed[language]}</p>;
  return <Sandbox config={config} language={language} onLanguage={setLanguage} />;
};

/** Null where the hub does not answer: the page then says so instead of staying blank. */
const loadConfig = async (): Promise<SandboxConfig | null> => {
  try {
    const response = await fetch(`${import.meta.env.BASE_URL}config.json`);
    return response.ok ? ((await response.json()) as SandboxConfig) : null;
  } catch {
    return null;
  }
};

const container = document.querySelector("#page");
if (container === null) throw new Error("index.html has no #page");
createRoot(container).render(<App config={await loadConfig()} />);

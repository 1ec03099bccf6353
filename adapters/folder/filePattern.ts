/** Patterns of file and sheet names: `water_{month}_修订.csv`, `NewSiteList*.csv`, `{year}年`. */

export interface NamePattern {
  readonly text: string;
  readonly names: readonly string[];
  readonly expression: RegExp;
}

/** A name that reads the same may be spelt in two ways (NFC from Windows, NFD from macOS). */
const normal = (name: string): string => name.normalize("NFC").trim();

/** `{name}` stands for letters and digits, `*` for anything. Null where the pattern is not one: a path, or a name twice. */
export function parsePattern(text: string): NamePattern | null {
  if (/[/\\]/.test(text)) return null;
  const names: string[] = [];
  const source = normal(text).replace(/\{([^{}]*)\}|\*|[^{}*]+|[{}]/g, (piece, name: string | undefined) => {
    if (name !== undefined) {
      names.push(name);
      return "([\\p{L}\\p{M}\\p{N}]+)";
    }
    return piece === "*" ? ".*" : piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  });
  const areNames = names.every((name, index) => /^[A-Za-z]\w*$/.test(name) && names.indexOf(name) === index);
  return areNames ? { text, names, expression: new RegExp(`^${source}$`, "u") } : null;
}

/** What the pattern's names hold in this file's name, or null where it does not match. */
export function matchName(pattern: NamePattern, name: string): Readonly<Record<string, string>> | null {
  const found = pattern.expression.exec(normal(name));
  return found ? Object.fromEntries(pattern.names.map((key, index) => [key, found[index + 1] ?? ""])) : null;
}

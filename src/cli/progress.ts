/** How far the preparation is: one line that rewrites itself on a terminal, a line per finished region elsewhere. */

export interface Progress {
  report(region: string, fraction: number): void;
  /** Leaves the terminal as it was found. */
  end(): void;
}

export function makeProgress(out: { readonly isTTY?: boolean; write(text: string): unknown }): Progress {
  const fractions = new Map<string, number>();
  const isTerminal = out.isTTY === true;
  let shown = "";
  let isOpen = false;
  const paint = (): void => {
    const line = [...fractions].map(([region, fraction]) => `${region} ${String(Math.floor(fraction * 100)).padStart(3)}%`).join("  ");
    if (line === shown) return;
    shown = line;
    isOpen = true;
    out.write(`\r\u001b[K  preparing  ${line}`);
  };
  return {
    report(region, fraction) {
      const before = fractions.get(region);
      // What is whole from the start was there already, and nobody waited for it.
      if (before === undefined && fraction === 1) return;
      fractions.set(region, fraction);
      if (isTerminal) paint();
      else if (before === undefined) out.write(`  preparing ${region} …\n`);
      else if (fraction === 1 && before !== 1) out.write(`  prepared ${region}\n`);
    },
    end() {
      if (isOpen) out.write("\n");
      isOpen = false;
    },
  };
}

/**
 * Searching the doubles: every IEEE 754 double has an ordinal, so that the next double is the next ordinal, and a bound that holds
 * for the printed image of a cell can be carried back to the least cell for which it holds (semantics.md §6).
 */
const view = new DataView(new ArrayBuffer(8));

/** Order-preserving; -0 and 0 are one. */
export function ordinalOf(value: number): bigint {
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  return bits < 0n ? -(bits & 0x7fff_ffff_ffff_ffffn) : bits;
}

export function doubleOf(ordinal: bigint): number {
  view.setBigInt64(0, ordinal < 0n ? -ordinal : ordinal);
  const size = view.getFloat64(0);
  return ordinal < 0n ? -size : size;
}

export const doubleBefore = (value: number): number => doubleOf(ordinalOf(value) - 1n);

/**
 * The least double in [low, high] at which `holds` is true, or null: `holds` is false and then true as the double grows.
 * The search starts at `guess` and gallops, since a guess by inverse arithmetic is a few ulps off.
 */
export function leastDouble(holds: (value: number) => boolean, low: number, high: number, guess: number): number | null {
  const [bottom, top] = [ordinalOf(low), ordinalOf(high)];
  const clamp = (ordinal: bigint): bigint => (ordinal < bottom ? bottom : ordinal > top ? top : ordinal);
  const at = (ordinal: bigint): boolean => holds(doubleOf(ordinal));
  // Invariant: false at `no` (or just below the range), true at `yes` (or just above it).
  let [no, yes] = [bottom - 1n, top + 1n];
  let step = 4n;
  let probe = clamp(ordinalOf(Number.isFinite(guess) ? guess : 0));
  const rising = !at(probe);
  if (rising) no = probe;
  else yes = probe;
  while (rising ? yes > top && no < top : no < bottom && yes > bottom) {
    probe = clamp(rising ? no + step : yes - step);
    step *= 16n;
    if (at(probe)) yes = probe;
    else no = probe;
    if (at(probe) === rising) break;
  }
  while (yes - no > 1n) {
    const middle = (yes + no) >> 1n;
    if (at(middle)) yes = middle;
    else no = middle;
  }
  return yes > top ? null : doubleOf(yes);
}

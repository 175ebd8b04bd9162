export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** One chance in a hundred thousand, on either side. */
const CRITICAL = 4.27;

/**
 * Whether two samples of times are apart beyond chance: the Mann-Whitney test with the normal approximation, which asks
 * nothing of how the times are spread.
 */
export function slowerBeyondChance(first: readonly number[], second: readonly number[]): boolean {
  const [n, m] = [first.length, second.length];
  let wins = 0;
  for (const a of first) for (const b of second) wins += a > b ? 1 : a === b ? 0.5 : 0;
  const mean = (n * m) / 2;
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12);
  return Math.abs(wins - mean) / deviation > CRITICAL;
}

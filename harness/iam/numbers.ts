/** A decimal number as IAM's numeric operators compare it: exactly, whatever its length. */
export interface Decimal {
  readonly negative: boolean;
  /** Without leading zeros. */
  readonly integer: string;
  /** Without trailing zeros. */
  readonly fraction: string;
}

/** Reads `-12`, `3.50`; no exponent, no hexadecimal, no infinity, no surrounding space. */
export function parseDecimal(text: string): Decimal | undefined {
  const found = /^([+-]?)(\d{1,64})(?:\.(\d{1,64}))?$/.exec(text);
  if (found === null) return undefined;
  const integer = (found[2] ?? "").replace(/^0+/, "");
  const fraction = (found[3] ?? "").replace(/0+$/, "");
  return { negative: found[1] === "-" && integer + fraction !== "", integer, fraction };
}

/** Below zero, zero or above, as `a` is less than, equal to or greater than `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const magnitude = compareMagnitudes(a, b);
  return a.negative ? -magnitude : magnitude;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.integer.length !== b.integer.length) return a.integer.length - b.integer.length;
  const left = `${a.integer}.${a.fraction}`;
  const right = `${b.integer}.${b.fraction}`;
  return left === right ? 0 : left < right ? -1 : 1;
}

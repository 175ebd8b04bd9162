/** A piece of a DynamoDB expression. Words are attribute names, functions and keywords alike. */
export interface Token {
  readonly kind: "word" | "name" | "value" | "number" | "symbol" | "end";
  readonly text: string;
}

/** Why an expression is refused, in DynamoDB's words after `Invalid …Expression: `. */
export class ExpressionSyntaxError extends Error {}

/** The quota for an expression's text.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const MAXIMUM_EXPRESSION_BYTES = 4_096;

const PATTERNS: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", /[ \t\r\n\f]+/y],
  ["name", /#[A-Za-z0-9_]+/y],
  ["value", /:[A-Za-z0-9_]+/y],
  ["word", /[A-Za-z_][A-Za-z0-9_]*/y],
  ["number", /[0-9]+/y],
  ["symbol", /<=|>=|<>|[=<>()[\].,+-]/y],
];

/** Splits an expression; the last token is the end. Throws `ExpressionSyntaxError` on text that no expression holds. */
export function tokenize(text: string): readonly Token[] {
  const size = Buffer.byteLength(text);
  if (size > MAXIMUM_EXPRESSION_BYTES) {
    throw new ExpressionSyntaxError(`Expression size has exceeded the maximum allowed size; expression size: ${size}`);
  }
  const tokens: Token[] = [];
  let position = 0;
  while (position < text.length) {
    const [kind, found] = tokenAt(text, position) ?? refuse(text, position, tokens.at(-1)?.text);
    position += found.length;
    if (kind !== "space") tokens.push({ kind, text: found });
  }
  tokens.push({ kind: "end", text: "<EOF>" });
  return tokens;
}

function tokenAt(text: string, position: number): readonly [Token["kind"] | "space", string] | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = position;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return [kind, found];
  }
  return undefined;
}

/** What begins no token is one by itself; the text that is shown has its neighbours. */
function refuse(text: string, position: number, previous = ""): never {
  const token = characterAt(text, position);
  const rest = position + token.length;
  const next = tokenAt(text, rest)?.[1] ?? characterAt(text, rest);
  throw new ExpressionSyntaxError(`Syntax error; token: "${token}", near: "${previous}${token}${next}"`);
}

function characterAt(text: string, position: number): string {
  const code = text.codePointAt(position);
  return code === undefined ? "" : String.fromCodePoint(code);
}

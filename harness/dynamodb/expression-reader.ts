import { ExpressionSyntaxError, type Token, tokenize } from "./expression-tokens.ts";

/** How deep parentheses and function calls may nest; DynamoDB allows 300 operators in all. */
const MAXIMUM_DEPTH = 150;

/** Walks the tokens of one expression. Every refusal is an `ExpressionSyntaxError`. */
export interface TokenReader {
  /** The token `ahead` of the current one. */
  peek(ahead?: number): Token;
  take(): Token;
  /** Takes the current token if it is this symbol. */
  takeSymbol(text: string): boolean;
  /** Takes the current token if it is this keyword, in any case. */
  takeKeyword(text: string): boolean;
  expectSymbol(text: string): void;
  /** Runs a nested rule, and refuses nesting without end. */
  nested<T>(rule: () => T): T;
  fail(): never;
}

export function tokenReader(text: string): TokenReader {
  const tokens = tokenize(text);
  const end: Token = { kind: "end", text: "<EOF>" };
  let position = 0;
  let depth = 0;
  const peek = (ahead = 0) => tokens[position + ahead] ?? end;
  const fail = (): never => {
    const near = [tokens[position - 1], tokens[position], tokens[position + 1]]
      .filter((token) => token !== undefined && token.kind !== "end")
      .map((token) => token?.text)
      .join(" ");
    throw new ExpressionSyntaxError(`Syntax error; token: "${peek().text}", near: "${near}"`);
  };
  const take = () => {
    const token = peek();
    position += 1;
    return token;
  };
  const takeIf = (wanted: boolean) => {
    if (wanted) position += 1;
    return wanted;
  };
  const takeSymbol = (symbol: string) => takeIf(peek().kind === "symbol" && peek().text === symbol);
  return {
    peek,
    take,
    takeSymbol,
    takeKeyword: (keyword) => takeIf(peek().kind === "word" && peek().text.toUpperCase() === keyword),
    expectSymbol(symbol) {
      if (!takeSymbol(symbol)) fail();
    },
    nested(rule) {
      depth += 1;
      if (depth > MAXIMUM_DEPTH) {
        throw new ExpressionSyntaxError(`The expression contains more than ${MAXIMUM_DEPTH} levels of nesting`);
      }
      try {
        return rule();
      } finally {
        depth -= 1;
      }
    },
    fail,
  };
}

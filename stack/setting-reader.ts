import type { Config } from "@pulumi/pulumi";
import { originProblems } from "./allowed-origins";

/** One reader for each kind of value. A value that cannot be used becomes a problem, and a stand-in that is never deployed. */
export function settingReader(config: Config, problems: string[]) {
  const refuse = (key: string, problem: string, example: string) =>
    problems.push(`${config.name}:${key} ${problem}. Set it with: pulumi config set ${example}`);

  const number = (key: string, allowed: (value: number) => boolean, form: string, example: number): number => {
    const text = config.get(key);
    const value = text === undefined ? Number.NaN : Number(text);
    if (text === undefined) refuse(key, "is missing", `${key} ${example}`);
    else if (!allowed(value)) refuse(key, `is ${JSON.stringify(text)}, which is not ${form}`, `${key} ${example}`);
    return value;
  };

  return {
    flag(key: string): boolean {
      const text = config.get(key);
      if (text !== "true" && text !== "false") {
        refuse(key, text === undefined ? "is missing" : "is neither true nor false", `${key} true`);
      }
      return text === "true";
    },
    word<Word extends string>(key: string, words: readonly [Word, ...Word[]]): Word {
      const text = config.get(key);
      const word = words.find((known) => known === text);
      if (word === undefined) {
        const problem = text === undefined ? "is missing" : `is ${JSON.stringify(text)}`;
        refuse(key, `${problem}, and can be ${words.join(", ")}`, `${key} ${words.at(-1)}`);
      }
      return word ?? words[0];
    },
    matching(key: string, pattern: RegExp, form: string, example: string): string {
      const text = config.get(key) ?? "";
      if (!pattern.test(text)) refuse(key, `is ${JSON.stringify(text)}, which is not ${form}`, `${key} ${example}`);
      return text;
    },
    between: (key: string, least: number, greatest: number): number =>
      number(
        key,
        (value) => Number.isInteger(value) && value >= least && value <= greatest,
        `a whole number from ${least} to ${greatest}`,
        least,
      ),
    oneOf: (key: string, values: readonly number[]): number =>
      number(key, (value) => values.includes(value), `one of ${values.join(", ")}`, 30),
    origins(key: string): readonly string[] {
      const value = readList(config, key);
      const faults = value === undefined ? ["is missing"] : originProblems(value);
      for (const fault of faults) refuse(key, fault, `--path '${key}[0]' https://app.example.com`);
      return faults.length === 0 ? (value as readonly string[]) : [];
    },
  };
}

/** A list set in one piece (`pulumi config set allowedOrigins https://…`) is text and not JSON: it is handed on as text. */
function readList(config: Config, key: string): unknown {
  const text = config.get(key);
  if (text === undefined) return undefined;
  try {
    return config.requireObject<readonly string[]>(key);
  } catch {
    return text;
  }
}

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "..");

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.parentPath.includes("node_modules"))
    .map(({ parentPath, name }) => relative(ROOT, join(parentPath, name)))
    .sort();
}

const FILES = ["harness", "stack", "functions", "policy"].flatMap(sourceFiles).concat("index.ts");
const IMPORTS: readonly Import[] = FILES.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const source = parse(file);
  const found: Import[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) found.push({ from: file, to: target(file, specifier), typeOnly: isTypeOnly(node) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function parse(file: string): ts.SourceFile {
  return ts.createSourceFile(file, readFileSync(join(ROOT, file), "utf8"), ts.ScriptTarget.Latest, true);
}

function specifierOf(node: ts.Node): string | undefined {
  if (
    (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) &&
    node.moduleSpecifier &&
    ts.isStringLiteral(node.moduleSpecifier)
  ) {
    return node.moduleSpecifier.text;
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return node.argument.literal.text;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const dynamic =
    node.expression.kind === ts.SyntaxKind.ImportKeyword ||
    ["require", "process.getBuiltinModule"].includes(node.expression.getText());
  const [argument] = node.arguments;
  return dynamic && argument !== undefined && ts.isStringLiteral(argument) ? argument.text : undefined;
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true;
  return ts.isImportDeclaration(node) && node.importClause?.isTypeOnly === true;
}

/** A relative import becomes a path from the root; a package stays what it is. */
function target(file: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return relative(ROOT, resolve(ROOT, dirname(file), specifier));
}

/** Who may touch the outside world, by module. Everything else is pure and can be tried with values alone. */
const OUTSIDE: readonly { readonly module: RegExp; readonly allowed: readonly string[] }[] = [
  {
    module: /^node:(https?|http2|tls)$/,
    allowed: [
      "harness/http-server.ts",
      "harness/dynamodb/",
      "harness/lambda/runtime/sdk-transport.ts",
      "harness/targets/raw-request.ts",
    ],
  },
  {
    module: /^node:fs(\/promises)?$/,
    allowed: [
      "harness/data-directory.ts",
      "harness/cli/watch.ts",
      "harness/harness.ts",
      "harness/program-frames.ts",
      "harness/replay/command.ts",
      "harness/replay/recorder.ts",
      "harness/targets/open-target.ts",
      "harness/cli/seed-file.ts",
      "harness/cli/serve-program.ts",
      "harness/pulumi/code-paths.ts",
      "harness/pulumi/evaluate.ts",
      "harness/pulumi/evaluation-cache.ts",
      "harness/pulumi/entry-point.ts",
      "harness/pulumi/typescript-loader.ts",
      "harness/pulumi/type-check.ts",
      "harness/pulumi/type-check-process.ts",
      "harness/pulumi/compile-process.ts",
      "harness/pulumi/module-hooks.ts",
      "harness/pulumi/observed-reads.ts",
      "harness/pulumi/installed-packages.ts",
      "harness/pulumi/kept-json.ts",
      "harness/pulumi/package-tree.ts",
      "harness/pulumi/tracked-files.ts",
      "harness/lambda/runtime/handler.ts",
      "harness/lambda/package.ts",
      "harness/lambda/zip.ts",
      "harness/lambda/runtime-process.ts",
      "harness/lambda/runtime/process-entry.ts",
      "harness/lambda/runtime/task-root.ts",
      "harness/dynamodb/engine.ts",
      "harness/dynamodb/dynoxide.ts",
      "harness/dynamodb/engine-address.ts",
      "harness/cognito/store.ts",
      "harness/cognito/kept-messages.ts",
      "harness/security/listening-ports.ts",
      "harness/security/git-tree.ts",
      "harness/security/known-differences.ts",
      "harness/security/program-diff.ts",
      "harness/security/program-hashes.ts",
      "harness/security/reports/write-reports.ts",
    ],
  },
  {
    module: /^node:worker_threads$/,
    allowed: ["harness/lambda/", "harness/dynamodb/"],
  },
  {
    module: /^node:child_process$/,
    allowed: [
      "harness/security/git-tree.ts",
      "harness/pulumi/evaluator.ts",
      "harness/pulumi/observed-reads.ts",
      "harness/pulumi/type-check.ts",
      "harness/pulumi/compiled-program.ts",
      "harness/dynamodb/dynoxide.ts",
      "harness/lambda/runtime-process.ts",
    ],
  },
  { module: /^dynalite$/, allowed: ["harness/dynamodb/"] },
];

const SERVICES = ["apigateway", "cognito", "dynamodb", "iam", "lambda", "pulumi"];

describe("what may import what", () => {
  test.each(OUTSIDE.map((rule) => [String(rule.module), rule] as const))(
    "only the files for I/O import %s",
    (_name, rule) => {
      const harness = IMPORTS.filter(
        ({ from, to, typeOnly }) => from.startsWith("harness/") && rule.module.test(to) && !typeOnly,
      );
      const others = harness.filter(({ from }) => !rule.allowed.some((allowed) => from.startsWith(allowed)));
      expect(others).toEqual([]);
    },
  );

  test("every file that may do I/O does: the list stays short", () => {
    const importers = new Set(
      IMPORTS.filter(({ to }) => OUTSIDE.some(({ module }) => module.test(to))).map(({ from }) => from),
    );
    const allowed = OUTSIDE.flatMap((rule) => rule.allowed).filter((path) => path.endsWith(".ts"));
    expect(allowed.filter((path) => !importers.has(path))).toEqual([]);
  });

  test("Pulumi is imported by the evaluating process alone, and there as types", () => {
    const pulumi = IMPORTS.filter(({ from, to }) => from.startsWith("harness/") && to.startsWith("@pulumi/"));
    const names = ["evaluation-process.ts", "registrations.ts", "code-paths.ts", "sdk-shortcuts.ts"];
    const evaluating = names.map((name) => `harness/pulumi/${name}`);
    expect(pulumi.filter(({ from, typeOnly }) => !evaluating.includes(from) || !typeOnly)).toEqual([]);
  });

  test("the program does not know the harness", () => {
    const crossing = IMPORTS.filter(({ from, to }) => !from.startsWith("harness/") && to.startsWith("harness"));
    expect(crossing).toEqual([]);
    const mentions = FILES.filter(
      (file) => !file.startsWith("harness/") && /harness/i.test(readFileSync(join(ROOT, file), "utf8")),
    );
    expect(mentions).toEqual([]);
  });

  test("the harness does not know the program", () => {
    const crossing = IMPORTS.filter(
      ({ from, to }) => from.startsWith("harness/") && /^(functions|stack|index)\b/.test(to),
    );
    expect(crossing).toEqual([]);
    const mentions = FILES.filter(
      (file) => file.startsWith("harness/") && /\btodos?\b/i.test(readFileSync(join(ROOT, file), "utf8")),
    );
    expect(mentions).toEqual([]);
  });

  test("a service imports no other service's I/O", () => {
    const service = (path: string) => SERVICES.find((name) => path.startsWith(`harness/${name}/`));
    const io = new Set(
      IMPORTS.filter(({ to }) => OUTSIDE.some(({ module }) => module.test(to))).map(({ from }) => from),
    );
    const crossing = IMPORTS.filter(
      ({ from, to, typeOnly }) =>
        !typeOnly && io.has(to) && service(from) !== undefined && service(from) !== service(to),
    );
    expect(crossing).toEqual([]);
  });

  test("functions import what their package has: the SDK and Node.js, nothing else", () => {
    const packages = IMPORTS.filter(({ from, to }) => from.startsWith("functions/") && !to.startsWith("functions"));
    const foreign = packages.filter(({ to, typeOnly }) => !typeOnly && !/^(@aws-sdk\/|(node:)?crypto$)/.test(to));
    expect(foreign).toEqual([]);
  });

  test("nothing imports in a circle, types included", () => {
    const edges = Map.groupBy(IMPORTS, ({ from }) => from);
    const circles: string[][] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file]);
      if (path.includes(file) || done.has(file)) return;
      for (const { to } of edges.get(file) ?? []) walk(to, [...path, file]);
      done.add(file);
    };
    for (const file of FILES) walk(file, []);
    expect(circles).toEqual([]);
  });
});

interface Border {
  readonly what: string;
  /** As the source has it: `Date.now`, `new Date()`, or a name imported from `node:crypto`. */
  readonly uses: ReadonlySet<string>;
  /** Files, and folders with a slash at the end. */
  readonly allowed: readonly string[];
}

/** Everything else is handed a clock, a source of random bytes, a way to ask: tests then decide what they say. */
const BORDERS: readonly Border[] = [
  {
    what: "the clock",
    uses: new Set(["Date.now", "new Date()", "performance.now", "process.hrtime"]),
    allowed: [
      "harness/clock.ts",
      "harness/cli/reload.ts",
      "harness/cli/run.ts",
      "harness/lambda/invocation-run.ts",
      "harness/lambda/runner.ts",
      "harness/lambda/runtime-process.ts",
      "harness/lambda/runtime/execution-environment.ts",
      "harness/security/",
      "harness/targets/",
    ],
  },
  {
    what: "chance",
    uses: new Set([
      "Math.random",
      "randomBytes",
      "randomUUID",
      "randomInt",
      "randomFillSync",
      "crypto.getRandomValues",
    ]),
    allowed: [
      "harness/harness.ts",
      "harness/serving.ts",
      "harness/cognito/random.ts",
      "harness/dynamodb/engine-address.ts",
      "harness/dynamodb/gate.ts",
      "harness/lambda/invocation-run.ts",
      "harness/lambda/runner.ts",
      "harness/pulumi/evaluate.ts",
      "harness/cli/command-line.ts",
      "harness/targets/",
    ],
  },
  {
    what: "the network",
    uses: new Set(["fetch"]),
    allowed: ["harness/apigateway/openid-provider.ts", "harness/cli/token-client.ts", "harness/security/"],
  },
];

/** What a file takes from outside itself, of all borders. */
function usesOf(file: string): ReadonlySet<string> {
  const found = new Set<string>();
  const fromCrypto = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && node.moduleSpecifier.getText() === '"node:crypto"') {
      const names = node.importClause?.namedBindings;
      if (names !== undefined && ts.isNamedImports(names))
        for (const { name, propertyName } of names.elements) fromCrypto.add((propertyName ?? name).text);
    }
    if (ts.isPropertyAccessExpression(node)) found.add(node.getText());
    if (ts.isNewExpression(node) && (node.arguments?.length ?? 0) === 0)
      found.add(`new ${node.expression.getText()}()`);
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) found.add(node.expression.text);
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  found.delete("randomBytes");
  return new Set([...found, ...fromCrypto]);
}

describe("clock, chance and network are passed in", () => {
  const used = new Map(
    FILES.filter((file) => file.startsWith("harness/")).map((file) => [file, usesOf(file)] as const),
  );
  const takers = ({ uses }: Border) =>
    [...used].filter(([, names]) => [...uses].some((use) => names.has(use))).map(([file]) => file);

  test.each(BORDERS.map((border) => [border.what, border] as const))(
    "only the border takes %s itself",
    (_what, border) => {
      const others = takers(border).filter((file) => !border.allowed.some((allowed) => file.startsWith(allowed)));
      expect(others).toEqual([]);
    },
  );

  test.each(BORDERS.map((border) => [border.what, border] as const))(
    "every file on the list for %s is needed",
    (_what, border) => {
      const files = takers(border);
      expect(border.allowed.filter((allowed) => !files.some((file) => file.startsWith(allowed)))).toEqual([]);
    },
  );
});

/** Text, numbers, patterns, lists, sets and maps; functions, and values made of them, are named as functions are. */
function isPlainConstant(value: ts.Expression | undefined): boolean {
  if (value === undefined) return false;
  if (ts.isAsExpression(value) || ts.isParenthesizedExpression(value)) return isPlainConstant(value.expression);
  if (ts.isBinaryExpression(value)) return isPlainConstant(value.left) || isPlainConstant(value.right);
  if (ts.isNewExpression(value)) return /^(Set|Map)$/.test(value.expression.getText());
  return ts.isLiteralExpression(value) || ts.isArrayLiteralExpression(value);
}

test("constants of a module are in capitals", () => {
  // The evaluating process is the value that it holds; a check of the security suite is a list under the check's name.
  const files = FILES.filter((file) => /^harness\/(?!security\/|pulumi\/evaluation-process)/.test(file));
  const found = files.flatMap((file) =>
    parse(file).statements.flatMap((statement) =>
      ts.isVariableStatement(statement)
        ? statement.declarationList.declarations
            .filter(
              ({ name, initializer }) => isPlainConstant(initializer) && !/^[A-Z][A-Z0-9_]*$/.test(name.getText()),
            )
            .map(({ name }) => `${file}: ${name.getText()}`)
        : [],
    ),
  );
  expect(found).toEqual([]);
});

describe("no module keeps state", () => {
  /** The two entry points of processes and threads of their own are the value that they hold. */
  const ENTRY_POINTS = new Set(["harness/pulumi/evaluation-process.ts"]);

  function mutableDeclarations(file: string): string[] {
    return parse(file).statements.flatMap((statement) => {
      if (!ts.isVariableStatement(statement)) return [];
      const { flags, declarations } = statement.declarationList;
      const isLet = (flags & ts.NodeFlags.Const) === 0;
      return isLet ? declarations.map((declaration) => `${file}: ${declaration.name.getText()}`) : [];
    });
  }

  test("no let or var at a module's top level", () => {
    const found = FILES.filter((file) => !ENTRY_POINTS.has(file)).flatMap(mutableDeclarations);
    expect(found).toEqual([]);
  });
});

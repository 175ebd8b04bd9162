import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

/** What Pulumi's own declarations say of an input, in the words of the harness's tables. */
export type DeclaredType = "text" | "flag" | "number" | "texts" | "map" | "block" | "blocks" | "other";

export interface DeclaredInput {
  readonly type: DeclaredType;
  /** Of a block, or of each block of a list. */
  readonly inputs?: ReadonlyMap<string, DeclaredInput>;
}

const PACKAGE = resolve(import.meta.dirname, "../../node_modules/@pulumi/aws");

function parse(file: string): ts.SourceFile {
  const path = join(PACKAGE, file);
  return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
}

/** The blocks of all services by their name, e.g. `lambda.FunctionEnvironment`. */
function nestedTypes(): ReadonlyMap<string, ts.InterfaceDeclaration> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  const visit = (node: ts.Node, path: readonly string[]): void => {
    if (ts.isInterfaceDeclaration(node)) found.set([...path, node.name.text].join("."), node);
    else if (ts.isModuleDeclaration(node)) ts.forEachChild(node, (child) => visit(child, [...path, node.name.text]));
    else if (ts.isModuleBlock(node)) ts.forEachChild(node, (child) => visit(child, path));
  };
  ts.forEachChild(parse("types/input.d.ts"), (node) => visit(node, []));
  return found;
}

/** Reads the inputs of resource types, e.g. `aws:lambda/function:Function`, from the declarations of `@pulumi/aws`. */
export function providerTypes(): (type: string) => ReadonlyMap<string, DeclaredInput> {
  const nested = nestedTypes();
  const membersOf = (declaration: ts.InterfaceDeclaration): ReadonlyMap<string, DeclaredInput> =>
    new Map(
      declaration.members.flatMap((member) =>
        ts.isPropertySignature(member) && member.type !== undefined
          ? [[member.name.getText(), declared(member.type.getText(), nested, membersOf)]]
          : [],
      ),
    );
  return (type) => {
    const [, file = "", name = ""] = /^aws:([^:]+):(\w+)$/.exec(type) ?? [];
    const declaration = parse(`${file}.d.ts`).statements.find(
      (statement): statement is ts.InterfaceDeclaration =>
        ts.isInterfaceDeclaration(statement) && statement.name.text === `${name}Args`,
    );
    if (declaration === undefined) throw new Error(`${type} is not declared`);
    return membersOf(declaration);
  };
}

/** `pulumi.Input<pulumi.Input<inputs.iam.RoleInlinePolicy>[] | undefined>` and the like. */
function declared(
  written: string,
  nested: ReadonlyMap<string, ts.InterfaceDeclaration>,
  membersOf: (declaration: ts.InterfaceDeclaration) => ReadonlyMap<string, DeclaredInput>,
): DeclaredInput {
  const text = written.replaceAll(/pulumi\.Input<|>| \| undefined/g, "");
  const block = /^inputs\.([\w.]+)(\[\])?$/.exec(text);
  const declaration = block?.[1] === undefined ? undefined : nested.get(block[1]);
  if (declaration !== undefined) return { type: block?.[2] ? "blocks" : "block", inputs: membersOf(declaration) };
  if (text.startsWith("{")) return { type: "map" };
  const simple: Readonly<Record<string, DeclaredType>> = { string: "text", boolean: "flag", number: "number" };
  const [first = ""] = text.replace("[]", "").split(" | ");
  const type = simple[first] ?? "other";
  return { type: type === "text" && text.endsWith("[]") ? "texts" : type };
}

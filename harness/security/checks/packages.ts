import { isBuiltin } from "node:module";
import type { LambdaFunction } from "../../lambda/function.ts";
import type { Archive, Asset } from "../../pulumi/resource-graph.ts";
import { type Check, notApplicable, type Trial } from "../check.ts";

/** What Lambda's Node.js runtimes bring along. */
const RUNTIMES_OWN = /^@(aws-sdk|smithy)\//;

const contents: Check = {
  id: "configuration.packages",
  title: "A function's package holds its code, and needs nothing that is not there",
  threat: { cwe: ["CWE-1104", "CWE-829", "CWE-427"], owasp: ["API8:2023"], asvs: ["V13", "V15"] },
  sends: "Nothing: the very packages that would be uploaded are looked at.",
  holds:
    "Each package that the code requires is in it or in Lambda's runtime; the runtime's own SDK is not shipped along; inline functions hold no class, which serialization would break, and no path of the machine that deploys.",
  run({ model }) {
    if (model.functions.length === 0) return notApplicable("the program has no function");
    return model.functions.map((lambdaFunction): Trial => {
      const faults = packageFaults(lambdaFunction);
      return {
        attack: `the package of ${lambdaFunction.functionName}`,
        verdict: faults.length === 0 ? "held" : "breached",
        evidence: faults.length === 0 ? "nothing missing, nothing too much" : faults.join("; "),
        resource: lambdaFunction.declaredBy,
      };
    });
  },
};

function packageFaults({ code }: LambdaFunction): readonly string[] {
  const files = filesOf(code, "");
  const names = files.map(([path]) => path);
  const shipped = new Set(names.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []));
  const sdk = [...shipped].filter((name) => RUNTIMES_OWN.test(name));
  const inline = files.filter(([path, asset]) => path === "__index.js" && asset.kind === "text");
  return [
    ...(sdk.length === 0 ? [] : [`ships ${sdk.length} packages of the runtime's own SDK`]),
    ...inline.flatMap(([, asset]) => (asset.kind === "text" ? inlineFaults(asset.text, shipped) : [])),
  ];
}

function filesOf(archive: Archive, prefix: string): readonly (readonly [string, Asset])[] {
  if (archive.kind !== "archive") return [];
  return Object.entries(archive.entries).flatMap(([name, entry]): readonly (readonly [string, Asset])[] => {
    if (entry.kind === "archive") return filesOf(entry, `${prefix}${name}/`);
    return entry.kind === "text" || entry.kind === "file" || entry.kind === "remote"
      ? [[`${prefix}${name}`, entry]]
      : [[`${prefix}${name}/`, { kind: "text", text: "" }]];
  });
}

function inlineFaults(text: string, shipped: ReadonlySet<string>): readonly string[] {
  const required = [...text.matchAll(/\brequire\((["'])([^"']+)\1\)/g)].map(([, , name = ""]) => name);
  const missing = [...new Set(required)].filter((name) => !isThere(name, shipped));
  return [
    ...missing.map((name) => `requires ${name}, which is neither in the package nor in Lambda's runtime`),
    ...(/\/\*constructor\*\/|\bclass\b[^;\n]*\{|setPrototypeOf/.test(text)
      ? ["holds a class, which serialization breaks"]
      : []),
    ...(/(?<![\w.:/-])(\/home\/|\/Users\/|\/root\/|\/tmp\/)[\w.-]/.test(text)
      ? ["holds a path of the machine that deploys"]
      : []),
  ];
}

function isThere(name: string, shipped: ReadonlySet<string>): boolean {
  const [scope = "", rest] = name.split("/");
  const packageName = name.startsWith("@") ? `${scope}/${rest}` : scope;
  return isBuiltin(name) || RUNTIMES_OWN.test(name) || name.startsWith(".") || shipped.has(packageName);
}

export const packages: readonly Check[] = [contents];

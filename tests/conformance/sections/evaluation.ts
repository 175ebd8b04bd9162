import { type Row, rowsOf, tested } from "../support/case.ts";

const row = rowsOf("evaluation");
const registrations = (name: string) => tested("tests/pulumi/registrations.test.ts", name);
const unknown = (name: string) => tested("tests/pulumi/unknown-values.test.ts", name);
const kept = (name: string) => tested("tests/pulumi/what-is-kept.test.ts", name);
const kinds = (name: string) => tested("tests/pulumi/kinds-of-programs.test.ts", name);
const types = (name: string) => tested("tests/pulumi/type-check.test.ts", name);
const configuration = (name: string) => tested("tests/pulumi/stack-configuration.test.ts", name);
const evaluation = (name: string) => tested("tests/pulumi/evaluate.test.ts", name);

/** What the evaluation of a program has in common with `pulumi up`, and what not. Cases are tests of the evaluation,
 * named by `tested`. */
export const evaluationRows: readonly Row[] = [
  row(
    "entry",
    "D",
    "The program begins at `main` of `Pulumi.yaml`, else at `exports` or `main` of the nearest `package.json` upwards, else at an index file; a missing `package.json` is a warning.",
    "pulumi-run",
    {
      cases: [
        kinds("package.json is looked for upwards"),
        kinds("a program without one only has a warning"),
        kinds("main of Pulumi.yaml, relative paths from there"),
        kinds("exports of package.json before main"),
        kinds("index.js goes before index.ts, which is said"),
      ],
    },
  ),
  row(
    "modules",
    "D",
    "A program whose `package.json` says `module` is loaded as ECMAScript modules, TypeScript included.",
    "pulumi-run",
    {
      cases: [
        kinds("runs, with TypeScript that only a compiler understands, and top-level await"),
        kinds("a function from a folder is served like any other"),
        kinds("an inline function too, as far as Pulumi can serialize it; else it is refused by its name"),
      ],
    },
  ),
  row(
    "urns",
    "D",
    "A URN has the types of all parents but the stack; two resources with one URN are refused.",
    "pulumi-urns",
    {
      cases: [
        registrations("URNs as the engine writes them, with the types of all parents but the stack"),
        registrations("two resources with one URN are refused in the engine's words"),
      ],
    },
  ),
  row(
    "configuration-types",
    "D",
    "The stack's settings must have the types that `Pulumi.yaml` declares, entries of lists included.",
    "pulumi-configuration",
    { cases: [configuration("a list with a number"), configuration("a word for a number")] },
  ),
  row("configuration-paths", "D", "`a[0]` and `a.b` set a place within a setting.", "pulumi-configuration", {
    cases: [configuration("replaces an entry of a list"), configuration("reaches into an object")],
  }),
  row(
    "exported-types",
    "D",
    "An export of a mere type, not marked as one, is left out when the program is compiled.",
    "pulumi-run",
    { cases: [kinds("a type that is exported again without a mark, of a package with types alone")] },
  ),
  row("type-errors", "D", "A program with type errors is refused before anything is made.", "pulumi-typescript", {
    ours: "It is served, and the errors are printed beside it, once: a start does not wait for types. A program that says `noCheck` is not checked, as under Pulumi.",
    cases: [
      types("an error is told with file, line and code, of every file"),
      types("a program that says noCheck"),
      types("the same errors are told once, and once that there are none any more"),
    ],
  }),
  row("undeclared-settings", "D", "A setting that `Pulumi.yaml` does not declare is taken.", "pulumi-configuration", {
    ours: "With `--config` it is an error with the nearest name: a misspelt setting would have no effect and nothing would say so.",
    cases: [
      configuration("a key that is not declared"),
      configuration("a project that declares nothing takes any key"),
    ],
  }),
  row(
    "unknown-types",
    "D",
    "Every resource is made by its provider, and every provider function answers.",
    "pulumi-mocks",
    {
      ours: "What is not known is refused by name, first and also where the program then throws. Its outputs are unknown values, as in a preview: an `apply` of them does not run, and nothing is said that follows from them alone.",
      cases: [
        unknown("its apply is not called"),
        unknown("an output of what depends on it"),
        unknown("a provider function is named once, in both its forms"),
        unknown("a program that then throws: what is unknown is named first"),
      ],
    },
  ),
  row(
    "remote-components",
    "D",
    "A component of a provider's own program makes what that program says.",
    "pulumi-mocks",
    {
      ours: "It is refused by name, as its program does not run here, unless it is known to have no effect.",
      cases: [
        registrations("a component that is made by its provider is refused by name"),
        registrations("but one that is known to have no effect is not"),
      ],
    },
  ),
  row(
    "captured-secrets",
    "D",
    "A secret that an inline function captured is packed into its code, in plain text.",
    "pulumi-secrets",
    {
      ours: "It is refused: whoever can read the package can read it.",
      cases: [evaluation("a secret that a handler captured")],
    },
  ),
  row("existing-resources", "D", "`get` and `import` read what is there.", "pulumi-mocks", {
    ours: "Refused by name: offline there is nothing to read.",
    cases: [evaluation("an existing resource")],
  }),
  row("stack-references", "D", "A stack reference reads the outputs of another stack.", "pulumi-mocks", {
    ours: "They are given with `--reference NAME=FILE`; without that the stack is named, with this remedy.",
    cases: [
      tested("tests/pulumi/stack-references.test.ts", "the outputs of another stack can be given"),
      tested(
        "tests/pulumi/stack-references.test.ts",
        "without them the stack is named, with the remedy, and nothing that follows",
      ),
    ],
  }),
  row("kept-results", "D", "The program runs at each `pulumi up`.", "pulumi-run", {
    ours: "A result is kept for the next start while every file, folder, environment variable and package that it was made of is as it was; not where the program asked another process or the network, and not where it holds a secret. The clock and chance are not watched.",
    cases: [
      kept(
        "a file that is saved while the program runs: what comes out is what is on disk, then and at the next start",
      ),
      kept("a file that is changed and changed back in one evaluation"),
      kept("what another process or the network said is asked again"),
      kept("in the text of an input, without a mark"),
    ],
  }),
  row(
    "made-secrets",
    "D",
    "A client's secret and a `random` password are made by AWS and the provider.",
    "pulumi-mocks",
    {
      ours: "They are random, the same over changes of the program and, with `--data`, over starts; they are marked as secrets, and no kept result holds them.",
      cases: [
        tested("tests/end-to-end/client-secrets.test.ts", "is kept in a data directory, and is in no text of it"),
        kept("a secret that the provider makes: %s"),
      ],
    },
  ),
  row("old-sdks", "D", "Programs with any SDK of version 3 run.", "pulumi-run", {
    ours: "From `@pulumi/pulumi` 3.117.0 on; an older one is refused before the program runs.",
    cases: [tested("tests/pulumi/sdk-version.test.ts", "%s is refused, and the least version named")],
  }),
];

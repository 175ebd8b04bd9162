import type { HttpApi } from "../apigateway/http-api.ts";
import type { Model } from "../model.ts";

interface Draft {
  readonly collection: string;
  readonly item?: string;
  readonly methods: ReadonlySet<string>;
  readonly itemMethods: ReadonlySet<string>;
}

/** A profile as far as routes and tables tell: what they cannot tell stands as a question in a comment. */
export function draftProfile({ apis, tables, program }: Model): string {
  const things = apis
    .flatMap(draftsOf)
    .map((draft) => thing(draft, tableOf(tables[0]?.arn), tables[0]?.partitionKey.name));
  function tableOf(arn: string | undefined): string {
    return program.graph.resources.find((resource) => resource.arn === arn)?.name ?? "";
  }
  return [
    'import type { SecurityProfile } from "./harness/security/profile.ts";',
    "",
    "/** Drafted from the routes. Lines with a question need an answer; what does not exist goes. */",
    "export const profile: SecurityProfile = {",
    "  things: [",
    ...things,
    "  ],",
    "};",
  ].join("\n");
}

/** Collections (`/orders`) that take a POST, with the path of one (`/orders/{id}`). */
function draftsOf({ routes }: HttpApi): readonly Draft[] {
  const byPath = new Map<string, Set<string>>();
  for (const { routeKey } of routes) {
    const [method = "", path = ""] = routeKey.split(" ");
    byPath.set(path, (byPath.get(path) ?? new Set()).add(method));
  }
  return [...byPath].flatMap(([collection, methods]): readonly Draft[] => {
    if (!methods.has("POST")) return [];
    const found = [...byPath].find(
      ([path]) => path.startsWith(`${collection}/{`) && !path.slice(collection.length + 1).includes("/"),
    );
    if (found === undefined) return [{ collection, methods, itemMethods: new Set() }];
    return [{ collection, methods, item: found[0], itemMethods: found[1] }];
  });
}

function thing({ collection, item, methods, itemMethods }: Draft, table: string, owner = ""): string {
  const name = collection.split("/").at(-1)?.replace(/s$/, "") ?? "thing";
  const id = /\{([^}+]+)/.exec(item ?? "")?.[1] ?? "id";
  const change = itemMethods.has("PATCH") ? "PATCH" : "PUT";
  return [
    "    {",
    `      name: "${name}",`,
    "      // Which attribute says whose a row is?",
    `      table: { name: "${table}", ownerAttribute: "${owner}" },`,
    "      // What is a valid body? {text} stands for a text of the attack's own.",
    `      create: { route: "POST ${collection}", body: { title: "{text}" }, id: "${id}" },`,
    ...(itemMethods.has("GET") ? [`      read: { route: "GET ${item}" },`] : []),
    ...(methods.has("GET")
      ? [
          `      // Which member holds the list, and how does it go on?`,
          `      list: { route: "GET ${collection}", items: "items" },`,
        ]
      : []),
    ...(itemMethods.has(change) ? [`      change: { route: "${change} ${item}", body: { title: "{text}" } },`] : []),
    ...(itemMethods.has("DELETE") ? [`      remove: { route: "DELETE ${item}" },`] : []),
    "      // Which member takes free text, and which may only the server set?",
    '      textField: "title",',
    `      serverFields: { ${id}: "0190b0c1-7d2e-7abc-8def-0123456789ab", ${owner}: "somebody-else" },`,
    "    },",
  ].join("\n");
}

import { isRefusal, type Refusal } from "./errors.ts";
import type { Service } from "./service.ts";
import type { Shape } from "./shapes.ts";

/** What an operation answers: the body's members, or a refusal. */
export type Outcome = object | Refusal;

/** Who may call: anybody (who then shows a token, a code or a password), or a signed administrator. */
export type Access = "public" | "administrator";

/** An operation of the API, ready to be called with a parsed JSON body. */
export interface Operation {
  readonly name: string;
  readonly access: Access;
  perform(body: unknown, service: Service): Outcome | Promise<Outcome>;
}

/** Binds an operation to the shape of its input: it runs only on what the shape accepted. */
export function operation<T>(definition: {
  readonly name: string;
  readonly access: Access;
  readonly input: Shape<T>;
  run(input: T, service: Service): Outcome | Promise<Outcome>;
}): Operation {
  return {
    name: definition.name,
    access: definition.access,
    perform(body, service) {
      const input = definition.input.read(body, "body");
      return isRefusal(input) ? input : definition.run(input, service);
    },
  };
}

import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as sdk from "@aws-sdk/client-dynamodb";

export type Input = Readonly<Record<string, unknown>>;

/** What an SDK call came to: the output without metadata, or the error's name and what came with it. */
export interface CallResult {
  readonly output?: Input;
  readonly error?: { readonly name: string; readonly message: string; readonly status: number; readonly more: Input };
}

/** Sends `GetItem` and the like by name through the SDK. */
export async function send(client: DynamoDBClient, operation: string, input: Input): Promise<CallResult> {
  const Command = (sdk as unknown as Record<string, new (input: Input) => never>)[`${operation}Command`];
  if (Command === undefined) throw new Error(`the SDK has no ${operation}`);
  try {
    const { $metadata, ...output } = (await client.send(new Command(input))) as unknown as Input;
    return { output };
  } catch (caught) {
    const { name, message, $metadata, $fault, $service, $response, stack, ...more } = caught as Input & {
      $metadata?: { httpStatusCode?: number };
    };
    return { error: { name: String(name), message: String(message), status: $metadata?.httpStatusCode ?? 0, more } };
  }
}

import type { HttpApi } from "./apigateway/http-api.ts";
import type { HttpHandler } from "./http.ts";
import type { Listener } from "./http-server.ts";

export interface ListeningApi {
  readonly api: HttpApi;
  readonly url: string;
}

/** One listener for each API, kept over changes of the program by API id. */
export interface ApiListeners {
  /** Listens for the APIs that are new and stops for those that are gone. */
  follow(apis: readonly HttpApi[]): Promise<void>;
  listening(): readonly ListeningApi[];
  close(graceMilliseconds: number): Promise<void>;
}

export interface ApiListenersOptions {
  /** Of the first API; further ones take free ports. */
  readonly port: number;
  readonly listen: (name: string, port: number, handler: HttpHandler) => Promise<Listener>;
  readonly handlerFor: (apiId: string) => HttpHandler;
}

export function apiListeners({ port, listen, handlerFor }: ApiListenersOptions): ApiListeners {
  const listeners = new Map<string, Listener>();
  let followed: readonly HttpApi[] = [];
  const closeAll = (ids: readonly string[], graceMilliseconds: number) =>
    Promise.all(
      ids.map(async (id) => {
        const listener = listeners.get(id);
        listeners.delete(id);
        await listener?.close(graceMilliseconds);
      }),
    );
  return {
    async follow(apis) {
      const wanted = new Set(apis.map(({ apiId }) => apiId));
      await closeAll(
        [...listeners.keys()].filter((id) => !wanted.has(id)),
        0,
      );
      for (const { apiId, name } of apis) {
        if (listeners.has(apiId)) continue;
        listeners.set(apiId, await listen(`the API ${name}`, listeners.size === 0 ? port : 0, handlerFor(apiId)));
      }
      followed = apis;
    },
    listening: () => followed.flatMap((api) => ({ api, url: listeners.get(api.apiId)?.url ?? "" })),
    async close(graceMilliseconds) {
      await closeAll([...listeners.keys()], graceMilliseconds);
    },
  };
}

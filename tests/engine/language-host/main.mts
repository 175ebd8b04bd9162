/**
 * A stand-in for Pulumi's language host for Node.js, as far as policy packs need one: it starts the pack by Pulumi's own
 * `run-policy-pack`, as that host does, and hands its output on.
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
 */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";

import { PluginInfo } from "../provider/messages.ts";

const load = createRequire(import.meta.url);
const grpc: typeof import("@grpc/grpc-js") = load("@grpc/grpc-js");
const { LanguageRuntimeService } = load("@pulumi/pulumi/proto/language_grpc_pb") as {
  readonly LanguageRuntimeService: UntypedServiceDefinition;
};
const messages = load("@pulumi/pulumi/proto/language_pb") as {
  readonly LanguageHandshakeResponse: new () => unknown;
  readonly RunPluginResponse: new () => RunPluginResponse;
};

type UntypedServiceDefinition = import("@grpc/grpc-js").ServiceDefinition;

interface RunPluginRequest {
  getArgsList(): string[];
  getEnvList(): string[];
  getInfo(): { getProgramDirectory(): string };
}

interface RunPluginResponse {
  setStdout(bytes: Uint8Array): void;
  setStderr(bytes: Uint8Array): void;
  setExitcode(code: number): void;
}

function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const { request } = call;
  const [engineAddress = ""] = request.getArgsList();
  const child = spawn(process.execPath, [load.resolve("@pulumi/pulumi/cmd/run-policy-pack"), engineAddress, "."], {
    cwd: request.getInfo().getProgramDirectory(),
    env: { ...process.env, ...variables(request.getEnvList()), PULUMI_NODEJS_TYPESCRIPT: "true" },
  });
  const send = (fill: (response: RunPluginResponse) => void) => {
    const response = new messages.RunPluginResponse();
    fill(response);
    call.write(response);
  };
  child.stdout.on("data", (bytes: Buffer) => send((response) => response.setStdout(bytes)));
  child.stderr.on("data", (bytes: Buffer) => send((response) => response.setStderr(bytes)));
  child.on("exit", (code) => {
    send((response) => response.setExitcode(code ?? 1));
    call.end();
  });
  call.on("cancelled", () => child.kill());
}

function variables(lines: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
}

type Unary = (call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) => void;

const notHere: Unary = (_call, callback) =>
  callback({ code: grpc.status.UNIMPLEMENTED, details: "not for policy packs" });
const implementation: UntypedServiceImplementation = {
  ...Object.fromEntries(Object.keys(LanguageRuntimeService).map((name) => [name, notHere])),
  getPluginInfo: ((_call, callback) => callback(null, new PluginInfo())) satisfies Unary,
  handshake: ((_call, callback) => callback(null, new messages.LanguageHandshakeResponse())) satisfies Unary,
  runPlugin,
};

const server = new grpc.Server();
server.addService(LanguageRuntimeService, implementation);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  // The engine reads the port from the first line.
  process.stdout.write(`${port}\n`);
});

import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { providerFunction } from "../../../harness/pulumi/provider-functions.ts";
import { constructEmpty } from "./construct.ts";
import { Empty, grpc, messages, PluginInfo } from "./messages.ts";
import { ACCOUNT_ID, type AskedResource, askedResource, inventor, type MadeResource, type Maker } from "./resource.ts";
import { fromStruct, type Json, plain, same, toStruct, UNKNOWN } from "./values.ts";

export interface StandInOptions {
  /** The package that it plays. */
  readonly name: string;
  readonly version: string;
  /** What the engine asked, one entry for each call. */
  readonly record: (entry: Json) => void;
  /** Makes resources where the provider's configuration says; `undefined`: nowhere, they are invented. */
  readonly makerFor: (
    configuration: Json,
    invent: (resource: AskedResource) => MadeResource,
  ) => Promise<Maker | undefined>;
  /** Told before each creation with its number, from 1: a test ends something here. */
  readonly beforeCreation: (count: number) => Promise<void>;
  /** Reports a change of every resource, whatever it is. For seeing that a test notices. */
  readonly alwaysChanged: boolean;
}

type Handler<Request, Response> = (request: Request) => Response | Promise<Response>;

/**
 * A stand-in for the AWS provider's plugin: Pulumi's `ResourceProvider` service, with names, differences and outputs of
 * its own. That an update changes nothing shows that program and serializer always say the same, not what the real
 * provider does.
 * @see https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
export function standInProvider(options: StandInOptions): UntypedServiceImplementation {
  const state = { configuration: {} as Json, invented: inventor("us-east-1"), maker: undefined as Maker | undefined };
  const created = { count: 0 };
  // The engine asks it of whoever makes components. The others are sent secrets as what they hold.
  const makesComponents = options.name !== "aws";
  return {
    handshake: answer(() => {
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(makesComponents);
      response.setAcceptResources(makesComponents);
      return response;
    }),
    getPluginInfo: answer(() => {
      const response = new PluginInfo();
      response.setVersion(options.version);
      return response;
    }),
    getSchema: answer(() => {
      const response = new messages.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: options.name, version: options.version }));
      return response;
    }),
    checkConfig: answer((request: InstanceType<typeof messages.CheckRequest>) =>
      checked(fromStruct(request.getNews())),
    ),
    diffConfig: answer(() => difference([])),
    configure: answer(async (request: InstanceType<typeof messages.ConfigureRequest>) => {
      const configuration = unquoted(fromStruct(request.getArgs()));
      const invented = inventor(String(configuration.region));
      const maker = await options.makerFor(configuration, invented.invent);
      Object.assign(state, { configuration, maker, invented });
      const response = new messages.ConfigureResponse();
      response.setSupportspreview(true);
      response.setAcceptsecrets(makesComponents);
      response.setAcceptresources(makesComponents);
      return response;
    }),
    check: answer((request: InstanceType<typeof messages.CheckRequest>) => {
      const inputs = fromStruct(request.getNews());
      options.record({ kind: "check", urn: request.getUrn(), inputs: plain(inputs) });
      return checked(inputs);
    }),
    diff: answer((request: InstanceType<typeof messages.DiffRequest>) => {
      const olds = fromStruct(request.getOldInputs());
      const news = fromStruct(request.getNews());
      const changed = changedNames(olds, news);
      return difference(options.alwaysChanged ? Object.keys(news) : changed);
    }),
    create: answer(async (request: InstanceType<typeof messages.CreateRequest>) => {
      const resource = askedResource(request.getUrn(), fromStruct(request.getProperties()));
      const response = new messages.CreateResponse();
      const invented = state.invented.invent(resource);
      if (request.getPreview()) {
        const unknown = Object.keys(invented.outputs).map((name) => [name, UNKNOWN]);
        response.setProperties(toStruct({ ...Object.fromEntries(unknown), ...resource.inputs }));
        return response;
      }
      created.count += 1;
      await options.beforeCreation(created.count);
      const plainResource = { ...resource, inputs: plain(resource.inputs) as Json };
      const made = state.maker === undefined ? invented : await state.maker.create(plainResource);
      options.record({ kind: "create", urn: resource.urn, id: made.id });
      response.setId(made.id);
      response.setProperties(toStruct({ ...resource.inputs, ...made.outputs }));
      return response;
    }),
    read: answer((request: InstanceType<typeof messages.ReadRequest>) => {
      const response = new messages.ReadResponse();
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      return response;
    }),
    update: answer(async (request: InstanceType<typeof messages.UpdateRequest>) => {
      const olds = fromStruct(request.getOlds());
      const inputs = fromStruct(request.getNews());
      const changed = changedNames(fromStruct(request.getOldInputs()), inputs);
      const resource = askedResource(request.getUrn(), plain(inputs) as Json);
      if (!request.getPreview()) {
        options.record({ kind: "update", urn: resource.urn, changed });
        await state.maker?.update({ ...resource, id: request.getId(), changed });
      }
      const response = new messages.UpdateResponse();
      response.setProperties(toStruct({ ...olds, ...inputs }));
      return response;
    }),
    delete: answer(async (request: InstanceType<typeof messages.DeleteRequest>) => {
      const inputs = plain({ ...fromStruct(request.getProperties()), ...fromStruct(request.getOldInputs()) }) as Json;
      const resource = askedResource(request.getUrn(), inputs);
      options.record({ kind: "delete", urn: resource.urn, id: request.getId() });
      await state.maker?.delete({ ...resource, id: request.getId() });
      return new Empty();
    }),
    invoke: answer((request: InstanceType<typeof messages.InvokeRequest>) => {
      const token = request.getTok();
      const call = providerFunction(token);
      if (call === undefined) throw new Error(`The stand-in provider knows no function ${token}.`);
      const region = String(state.configuration.region);
      const place = { project: "", stack: "", partition: "aws", region, accountId: ACCOUNT_ID };
      const response = new messages.InvokeResponse();
      response.setReturn(toStruct({ ...call(place, fromStruct(request.getArgs())) }));
      return response;
    }),
    construct: answer(constructEmpty),
    cancel: answer(() => new Empty()),
  };
}

/** Answers a call, or fails it with the error's own words. */
function answer<Request, Response>(handler: Handler<Request, Response>) {
  return (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => done(null, response),
        (error: Error) => done({ code: grpc.status.UNKNOWN, message: `${error.name}: ${error.message}` }),
      );
  };
}

function checked(inputs: Json) {
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(inputs));
  return response;
}

function difference(changed: readonly string[]) {
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  const response = new messages.DiffResponse();
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...changed]);
  return response;
}

function changedNames(olds: Json, news: Json): readonly string[] {
  return [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => !same(olds[name], news[name]));
}

/** The engine sends the provider's configuration as texts, lists and flags among them as JSON. */
function unquoted(configuration: Json): Json {
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => {
      if (typeof value !== "string" || !/^[[{]|^(true|false)$/.test(value)) return [name, value];
      return [name, JSON.parse(value) as unknown];
    }),
  );
}

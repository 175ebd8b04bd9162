import { grpc, messages, RegisterResourceRequest, ResourceMonitorClient } from "./messages.ts";

type ConstructRequest = InstanceType<typeof messages.ConstructRequest>;
type ConstructResponse = InstanceType<typeof messages.ConstructResponse>;

/** Registers a component that its package's own provider would make, empty: what it would hold is that provider's to say. */
export function constructEmpty(request: ConstructRequest): Promise<ConstructResponse> {
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  const registration = new RegisterResourceRequest();
  registration.setType(request.getType());
  registration.setName(request.getName());
  registration.setParent(request.getParent());
  registration.setObject(request.getInputs());
  registration.setDependenciesList(request.getDependenciesList());
  registration.setAcceptsecrets(true);
  return new Promise((resolve, reject) => {
    monitor.registerResource(registration, (error, registered) => {
      monitor.close();
      if (error !== null) {
        reject(error);
        return;
      }
      const response = new messages.ConstructResponse();
      response.setUrn(registered.getUrn());
      response.setState(request.getInputs());
      resolve(response);
    });
  });
}

/** Components that a provider makes by its own code, known to have no effect on what is served, with the reason. */
const INERT = new Map<string, string>([["awsx:cloudtrail:Trail", "a trail records calls, it decides nothing"]]);

/** Whether a remote component may be left out; any other is refused, since nobody sees what it makes. */
export function isInertRemoteComponent(type: string): boolean {
  return INERT.has(type);
}

/** Why a program is not served: found while its resource graph is read, before anything listens. */
export interface Fault {
  /** The resource as its author knows it, e.g. `aws:apigatewayv2/route:Route create-order`, or the file at fault. */
  readonly subject: string;
  /** What is wrong and, where there is one, the remedy: one or two sentences. */
  readonly rule: string;
}

/** Gathers faults over all readers, so that the user sees every one at once. */
export interface FaultCollector {
  add(subject: string | { readonly type: string; readonly name: string }, rule: string): void;
  readonly faults: readonly Fault[];
}

export function faultCollector(): FaultCollector {
  const faults: Fault[] = [];
  return {
    faults,
    add(subject, rule) {
      faults.push({ subject: typeof subject === "string" ? subject : `${subject.type} ${subject.name}`, rule });
    },
  };
}

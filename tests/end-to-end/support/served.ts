import { type Harness, type HarnessOptions, startHarness } from "../../../harness/harness.ts";
import { ROOT } from "./scratch-program.ts";

/** A harness with what a test asks of it. */
export interface Served extends Harness {
  readonly apiUrl: string;
  readonly region: string;
  readonly tableName: string;
  readonly userPoolId: string;
  readonly clientId: string;
  /** Every line that it printed. */
  readonly lines: readonly string[];
}

/** Serves a program (default: the repository's) on free ports. */
export async function serveProgram(options: Partial<HarnessOptions> = {}): Promise<Served> {
  const lines: string[] = [];
  const harness = await startHarness({
    programDirectory: ROOT,
    port: 0,
    awsPort: 0,
    log: (line) => lines.push(line),
    ...options,
  });
  const { program, tables, userPools } = harness.model();
  const [pool] = userPools;
  return {
    ...harness,
    apiUrl: harness.apis()[0]?.url ?? "",
    region: program.deployment.region,
    tableName: tables[0]?.name ?? "",
    userPoolId: pool?.id ?? "",
    clientId: [...(pool?.clients.keys() ?? [])][0] ?? "",
    lines,
  };
}

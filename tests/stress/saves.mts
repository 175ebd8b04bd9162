/**
 * Saves two files of a served program in turn, with every gap from 0.1 to 3 seconds, and asks each time whether what is
 * served is what is on disk; after each gap ends the harness by SIGKILL in the middle of it and starts it again.
 *
 *   node --disable-warning=MODULE_TYPELESS_PACKAGE_JSON tests/stress/saves.mts [rounds=20] [first gap=0.1] [last gap=3]
 */
import { setTimeout as pause } from "node:timers/promises";
import { type RunningCommand, startServing } from "../end-to-end/support/command.ts";
import { ROOT, type ScratchProgram, scratchProgram } from "../end-to-end/support/scratch-program.ts";

const [rounds = 20, firstGap = 0.1, lastGap = 3] = process.argv.slice(2).map(Number);
/** Longer than any evaluation takes on a busy machine. */
const PATIENCE_MILLISECONDS = 60_000;

type Running = Awaited<ReturnType<typeof startServing>>;

const INDEX = `import * as aws from "@pulumi/aws";
import { left } from "./left";
import { right } from "./right";
const callback = async () => ({ statusCode: 200, body: process.env.BOTH ?? "" });
const both = new aws.lambda.CallbackFunction("both", { callback, environment: { variables: { BOTH: \`\${left} \${right}\` } } });
const api = new aws.apigatewayv2.Api("api", { protocolType: "HTTP", target: both.arn });
new aws.lambda.Permission("invoke", {
  action: "lambda:InvokeFunction", function: both.name, principal: "apigateway.amazonaws.com", sourceArn: api.executionArn.apply((arn) => \`\${arn}/*/*\`),
});
`;

const save = (program: ScratchProgram, name: "left" | "right", value: number) =>
  program.write(`${name}.ts`, `export const ${name} = "${value}";\n`);

async function served(running: Running): Promise<string> {
  return (await fetch(running.ready.apiUrl)).text();
}

/** Milliseconds until it answers so. */
async function settles(running: Running, expected: string): Promise<number> {
  const started = performance.now();
  for (;;) {
    const answer = await served(running);
    if (answer === expected) return performance.now() - started;
    if (performance.now() - started > PATIENCE_MILLISECONDS)
      throw new Error(`Served ${JSON.stringify(answer)}, on disk ${JSON.stringify(expected)}.`);
    await pause(50);
  }
}

const program = await scratchProgram(`${ROOT}/tests/fixtures/quick-create`);
await program.write("index.ts", INDEX);
let value = 0;
await save(program, "left", value);
await save(program, "right", value);
const start = () => startServing(["--program", program.directory]);
const end = (running: RunningCommand) => running.stop("SIGKILL");
let running = await start();
let saves = 0;
let restarts = 0;
const waits: number[] = [];
try {
  for (let tenths = Math.round(firstGap * 10); tenths <= Math.round(lastGap * 10); tenths += 1) {
    for (let round = 1; round <= rounds; round += 1) {
      value += 1;
      await save(program, "left", value);
      await pause(tenths * 100);
      await save(program, "right", value);
      saves += 2;
      waits.push(await settles(running, `${value} ${value}`));
    }
    value += 1;
    await save(program, "left", value);
    await pause(tenths * 100);
    await save(program, "right", value);
    saves += 2;
    await end(running);
    running = await start();
    restarts += 1;
    const first = await served(running);
    if (first !== `${value} ${value}`) throw new Error(`After SIGKILL served ${first}, on disk ${value} ${value}.`);
  }
  waits.sort((a, b) => a - b);
  const [median = 0, slowest = 0] = [waits[Math.floor(waits.length / 2)], waits.at(-1)];
  console.log(
    `${saves} saves, ${restarts} starts after SIGKILL: what was served was what was on disk, ${Math.round(median)} ms after the last save (median; slowest ${Math.round(slowest)} ms).`,
  );
} finally {
  await end(running);
  await program.remove();
}

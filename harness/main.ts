/** The command line of the harness: the only reader of the process's arguments, and the only one to end it. */
import { enableCompileCache } from "node:module";

enableCompileCache();
const { run } = await import("./run.ts");
await run(process.argv.slice(2));

/** The command line of the harness: the only reader of the process's arguments, and the only one to end it. */
import { enableCompileCache } from "node:module";

// Lambda's time zone. Sandboxes are threads, and threads share the process's.
process.env.TZ = "UTC";
enableCompileCache();
const { run } = await import("./run.ts");
await run(process.argv.slice(2));

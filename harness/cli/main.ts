/** The command line of the harness: the only reader of the process's arguments, and the only one to end it. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Lambda's time zone. Sandboxes are threads, and threads share the process's.
process.env.TZ = "UTC";
// Beside the other things that can be made again: Node.js's own choice is the machine's temporary folder, for good.
enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/pulumi-harness/harness"));
const { run } = await import("./run.ts");
await run(process.argv.slice(2), process.env);

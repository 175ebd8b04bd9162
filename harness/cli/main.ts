/** The command line of the harness: the only reader of the process's arguments, and the only one to end it. */
// Lambda's time zone. Sandboxes are threads, and threads share the process's.
process.env.TZ = "UTC";
const { run } = await import("./run.ts");
await run(process.argv.slice(2), process.env);

/**
 * What `node harness/main.ts` runs. A folder with JavaScript in it, and not TypeScript itself: a Node.js that does not read
 * TypeScript would refuse that before its first line, without a word on what to do.
 */
// As a whole: an old Node.js would not even begin with the name of a function that it has not.
import * as nodeModule from "node:module";
import { join } from "node:path";

const [major, minor] = process.versions.node.split(".").map(Number);
/** The first releases that leave out types without being asked to: 22.18 and 23.6. */
const isRecent = major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);

const end = (/** @type {string} */ sentence) => {
  console.error(sentence);
  // As for a wrong word: what could not run has found nothing, and with `security` or `replay` 1 is a finding.
  process.exit(2);
};

if (!isRecent) {
  end(
    `Node.js ${process.versions.node} is too old for the harness, which needs Node.js 24, or 22.18 at least. ` +
      "Run npm ci, which brings Node.js 24, and then npm start, which uses it.",
  );
} else if (!process.features.typescript) {
  end("The harness is TypeScript: start Node.js without --no-experimental-strip-types, or run npm start.");
}

// Before the first TypeScript: with a kept compilation Node.js does not even load what reads it, 17 MiB and 20 ms.
// Beside the other things that can be made again: Node.js's own choice is the machine's temporary folder, for good.
nodeModule.enableCompileCache(join(import.meta.dirname, "../../node_modules/.cache/pulumi-harness/harness"));
try {
  await import("../cli/main.ts");
} catch (error) {
  const [missing] =
    error.code === "ERR_MODULE_NOT_FOUND" ? (/Cannot find package '[^']+'/.exec(error.message) ?? []) : [];
  if (missing === undefined) throw error;
  end(`${missing}. Run npm ci, which installs what the harness needs, and then npm start.`);
}

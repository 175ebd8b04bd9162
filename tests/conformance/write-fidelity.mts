import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fidelityPage } from "./fidelity.ts";

const page = resolve(import.meta.dirname, "../../docs/fidelity.md");
await mkdir(dirname(page), { recursive: true });
await writeFile(page, fidelityPage());

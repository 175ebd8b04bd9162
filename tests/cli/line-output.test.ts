import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { lineOutput } from "../../harness/cli/line-output.ts";

function recorded() {
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  const process = new EventEmitter();
  const line = lineOutput({
    stream: { write: (text) => written.push(text) },
    process,
    later: (run) => waiting.push(run),
  });
  const turn = () => {
    for (const run of waiting.splice(0)) run();
  };
  return { line, written, process, turn };
}

test("writes the lines of one turn together, in their order, and each once", () => {
  const { line, written, turn } = recorded();
  line("one");
  line("two\nstill two");
  expect(written).toEqual([]);
  turn();
  turn();
  line("three");
  turn();
  expect(written).toEqual(["one\ntwo\nstill two\n", "three\n"]);
});

test("loses no line when the process ends before the next turn", () => {
  const { line, written, process, turn } = recorded();
  line("last words");
  process.emit("exit");
  turn();
  expect(written).toEqual(["last words\n"]);
});

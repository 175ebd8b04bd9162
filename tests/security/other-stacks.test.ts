import { expect, test } from "vitest";
import type { Model } from "../../harness/model.ts";
import type { Check } from "../../harness/security/check.ts";
import { otherStacks } from "../../harness/security/checks/other-stacks.ts";
import type { OtherStack, Subject } from "../../harness/security/subject.ts";

/** Breached by a model that says so. */
const claim: Check = {
  id: "configuration.locked",
  title: "t",
  threat: { cwe: [], owasp: [], asvs: [] },
  sends: "s",
  holds: "h",
  run({ model }) {
    const open = (model as unknown as { readonly open: boolean }).open;
    return [
      { attack: "the door", verdict: open ? "breached" : "held", evidence: open ? "open" : "locked", resource: "door" },
    ];
  },
};

const model = (open: boolean) => ({ open }) as unknown as Model;

async function judged(others: readonly OtherStack[] | undefined, own = model(false)) {
  const subject = { model: own, ...(others && { otherStacks: async () => others }) } as Subject;
  return otherStacks([claim]).run(subject);
}

test("a stack whose resources are sound is sound", async () => {
  expect(await judged([{ stack: "prod", read: model(false) }])).toMatchObject([
    { verdict: "held", attack: "the stack prod" },
  ]);
});

test("what another stack alone opens is a breach that names the stack, the claim and the resource", async () => {
  expect(
    await judged([
      { stack: "staging", read: model(false) },
      { stack: "prod", read: model(true) },
    ]),
  ).toMatchObject([
    { verdict: "held" },
    { verdict: "breached", attack: "prod, configuration.locked: the door", evidence: "open", resource: "door" },
  ]);
});

test("a stack that cannot be evaluated is not shown, and says why", async () => {
  expect(await judged([{ stack: "prod", read: { refused: "It needs a key." } }])).toEqual([
    { verdict: "not-shown", attack: "the stack prod", evidence: "It needs a key." },
  ]);
});

test("a program with one stack has no other", async () => {
  expect(await judged(undefined)).toMatchObject({ verdict: "not-applicable" });
});

test("what is open here too is no other stack's alone", async () => {
  expect(await judged([{ stack: "prod", read: model(true) }], model(true))).toMatchObject([{ verdict: "held" }]);
});

import { expect, test } from "vitest";
import { sdkFault } from "../../harness/pulumi/sdk-version.ts";

test.each(["3.117.0", "3.117.1", "3.270.0", "3.118.0-alpha.1", "4.0.0"])("%s is evaluated", (version) => {
  expect(sdkFault(version)).toBeUndefined();
});

test.each(["3.116.1", "3.64.0", "3.30.0", "2.25.2"])("%s is refused, and the least version named", (version) => {
  expect(sdkFault(version)).toMatch(new RegExp(`is ${version}; .* from 3\\.117\\.0 on.*npm install`));
});

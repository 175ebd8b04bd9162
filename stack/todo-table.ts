import { Table } from "@pulumi/aws/dynamodb/table";
import type { Settings } from "./config";

/** One partition for each user, keyed by the token's `sub`; in it, todos by id, and so by age. */
export function createTodoTable(settings: Settings): Table {
  return new Table(
    "todos",
    {
      billingMode: "PAY_PER_REQUEST",
      hashKey: "userId",
      rangeKey: "todoId",
      attributes: [
        { name: "userId", type: "S" },
        { name: "todoId", type: "S" },
      ],
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: settings.pointInTimeRecovery },
      deletionProtectionEnabled: settings.deletionProtection,
      tags: settings.tags,
    },
    { protect: settings.deletionProtection },
  );
}

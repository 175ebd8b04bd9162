/** A key attribute's type: string, number or binary. */
export type KeyType = "S" | "N" | "B";

export interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** The key of a table or an index. */
export interface Key {
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
}

export interface SecondaryIndex extends Key {
  readonly name: string;
  readonly kind: "global" | "local";
  readonly projection: "ALL" | "KEYS_ONLY" | "INCLUDE";
  /** With `INCLUDE`: the attributes projected next to the keys. */
  readonly nonKeyAttributes: readonly string[];
}

/** A table of the program, as CreateTable would have made it. */
export interface Table extends Key {
  /** The physical name, which is what the SDK is told. */
  readonly name: string;
  readonly arn: string;
  readonly billingMode: "PROVISIONED" | "PAY_PER_REQUEST";
  /** Read and write capacity units; zero when paid per request. */
  readonly provisioned: { readonly read: number; readonly write: number };
  readonly indexes: readonly SecondaryIndex[];
  readonly timeToLiveAttribute?: string;
  readonly deletionProtection: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

import type { PasswordPolicy } from "./password-policy.ts";
import type { SchemaAttribute } from "./schema-attributes.ts";
import type { UserPoolClient } from "./user-pool-client.ts";

export type { PasswordPolicy } from "./password-policy.ts";
export type { AuthFlow, UserPoolClient } from "./user-pool-client.ts";

export type ContactAttribute = "email" | "phone_number";
export type AliasAttribute = ContactAttribute | "preferred_username";

/** A group, from the program or made by `CreateGroup`. */
export interface UserGroup {
  readonly name: string;
  /** The program's logical name; none where `CreateGroup` made it. */
  readonly logicalName?: string;
  readonly description?: string;
  /** Lower wins. */
  readonly precedence?: number;
  readonly roleArn?: string;
}

/** The texts of the messages that the pool sends; `{####}` stands for the code, `{username}` for the user. */
export interface MessageTemplates {
  readonly verification: { readonly subject: string; readonly email: string; readonly sms: string };
  readonly invitation: { readonly subject: string; readonly email: string; readonly sms: string };
  /** The texts that the program gives: `DescribeUserPool` shows no others. */
  readonly declared: {
    readonly verification: { readonly subject?: string; readonly email?: string; readonly sms?: string };
    readonly invitation: { readonly subject?: string; readonly email?: string; readonly sms?: string };
  };
}

/** A user pool with its clients and groups, as the resource graph describes it. */
export interface UserPool {
  readonly id: string;
  readonly arn: string;
  /** The program's logical name. */
  readonly logicalName: string;
  readonly name: string;
  readonly region: string;
  /** AWS's own form, without a trailing slash. */
  readonly issuer: string;
  /** Clients mix this into the SRP hash: the pool id after its underscore. */
  readonly srpName: string;
  /** Set: users sign up with one of these in place of a user name. */
  readonly usernameAttributes: readonly ContactAttribute[];
  /** Attributes that a user may sign in with once verified. */
  readonly aliasAttributes: readonly AliasAttribute[];
  readonly caseSensitive: boolean;
  readonly autoVerified: readonly ContactAttribute[];
  readonly verifiedBeforeUpdate: readonly ContactAttribute[];
  readonly selfSignUp: boolean;
  /** In order of priority; empty when only an administrator may recover an account. */
  readonly recovery: readonly ContactAttribute[];
  readonly mfa: "OFF" | "OPTIONAL" | "ON";
  readonly passwordPolicy: PasswordPolicy;
  readonly schema: ReadonlyMap<string, SchemaAttribute>;
  readonly tier: "LITE" | "ESSENTIALS" | "PLUS";
  readonly deletionProtection: boolean;
  readonly messages: MessageTemplates;
  readonly tags: Readonly<Record<string, string>>;
  readonly clients: ReadonlyMap<string, UserPoolClient>;
  readonly groups: ReadonlyMap<string, UserGroup>;
}

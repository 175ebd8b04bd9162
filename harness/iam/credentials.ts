import { parseArn } from "../arn.ts";
import type { Clock } from "../clock.ts";
import type { AuthorizationRequest, Principal } from "./decision-types.ts";

/** What a client signs with; goes into a sandbox's environment or to a tool, and nowhere else. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Temporary credentials have one, and every request has to carry it. */
  readonly sessionToken?: string;
}

/** Whom an access key speaks for. Secrets are behind functions, so that no log or dump of a session shows them. */
export interface CredentialSession {
  readonly accessKeyId: string;
  readonly principal: Principal;
  readonly issuedAtMilliseconds: number;
  readonly secretAccessKey: () => string;
  readonly sessionToken: () => string | undefined;
  /** The gateway's request id of the invocation that now runs with these credentials, if one does. */
  readonly currentRequestId: () => string | undefined;
}

export interface RoleSessionRequest {
  /** `arn:aws:iam::account:role/path/name`. */
  readonly roleArn: string;
  /** For a Lambda function its name. */
  readonly sessionName: string;
  /** The role's tags, which its sessions have as principal tags. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly currentRequestId: () => string | undefined;
}

export interface CredentialStore {
  /** Credentials of the emulated account's administrator: for tools and tests that speak to the AWS endpoint itself. */
  readonly administrator: Required<Pick<Credentials, "accessKeyId" | "secretAccessKey">>;
  /** @throws TypeError for an ARN that is not a role's. */
  issueRoleSession(request: RoleSessionRequest): Required<Credentials>;
  lookup(accessKeyId: string): CredentialSession | undefined;
  revoke(accessKeyId: string): void;
}

export interface CredentialStoreOptions {
  readonly accountId: string;
  readonly clock: Clock;
  /** Unpredictable bytes: `randomBytes` of `node:crypto`. */
  readonly randomBytes: (size: number) => Uint8Array;
}

/** Keeps who holds which access key. Key ids have AWS's forms: `ASIA…` for sessions, `AKIA…` for the administrator.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export function credentialStore({ accountId, clock, randomBytes }: CredentialStoreOptions): CredentialStore {
  const sessions = new Map<string, CredentialSession>();
  const keep = (credentials: Credentials, principal: Principal, currentRequestId: () => string | undefined) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const issuedAtMilliseconds = clock.nowMilliseconds();
    sessions.set(accessKeyId, {
      accessKeyId,
      principal,
      issuedAtMilliseconds,
      secretAccessKey: () => secretAccessKey,
      sessionToken: () => sessionToken,
      currentRequestId,
    });
  };
  const newKey = (prefix: string) => ({
    accessKeyId: `${prefix}${keyIdCharacters(randomBytes(16))}`,
    secretAccessKey: base64(randomBytes(30)),
  });
  const administrator = newKey("AKIA");
  keep(administrator, administratorOf(accountId), () => undefined);
  return {
    administrator,
    issueRoleSession({ roleArn, sessionName, tags, currentRequestId }) {
      const credentials = { ...newKey("ASIA"), sessionToken: `IQoJb3JpZ2luX2Vj${base64(randomBytes(192))}` };
      keep(credentials, roleSession(roleArn, sessionName, tags), currentRequestId);
      return credentials;
    },
    lookup: (accessKeyId) => sessions.get(accessKeyId),
    revoke: (accessKeyId) => {
      sessions.delete(accessKeyId);
    },
  };
}

/** What a session adds to the context of each of its requests: temporary credentials say when they were issued.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-tokenissuetime */
export function credentialContext(session: CredentialSession): AuthorizationRequest["context"] {
  if (session.sessionToken() === undefined) return {};
  return { "aws:TokenIssueTime": new Date(session.issuedAtMilliseconds).toISOString() };
}

const KEY_ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function keyIdCharacters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => KEY_ID_ALPHABET[byte % KEY_ID_ALPHABET.length]).join("");
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function administratorOf(accountId: string): Principal {
  return { kind: "administrator", arn: `arn:aws:iam::${accountId}:user/administrator`, accountId };
}

/** A session's ARN has the role's name without its path. */
function roleSession(roleArn: string, sessionName: string, tags: RoleSessionRequest["tags"]): Principal {
  const arn = parseArn(roleArn);
  if (arn?.service !== "iam" || !arn.resource.startsWith("role/")) {
    throw new TypeError(`${roleArn} is not the ARN of a role`);
  }
  const { partition, accountId, resource } = arn;
  const name = resource.slice(resource.lastIndexOf("/") + 1);
  const sessionArn = `arn:${partition}:sts::${accountId}:assumed-role/${name}/${sessionName}`;
  const session = { kind: "role-session", roleArn, sessionArn, accountId } as const;
  return tags === undefined ? session : { ...session, tags };
}

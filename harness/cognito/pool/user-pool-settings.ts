import type { Inputs } from "../../resources/inputs.ts";
import type { AliasAttribute, ContactAttribute, MessageTemplates, UserPool } from "./user-pool.ts";

/** The first value is the default. */
export function oneOf<const T extends string>(settings: Inputs, name: string, values: readonly [T, ...T[]]): T {
  const given = settings.text(name);
  if (given === undefined) return values[0];
  const found = values.find((value) => value === given);
  if (found === undefined) settings.fault(name, `must be one of ${values.join(", ")}`);
  return found ?? values[0];
}

function isContact(text: string): text is ContactAttribute {
  return text === "email" || text === "phone_number";
}

function isAlias(text: string): text is AliasAttribute {
  return isContact(text) || text === "preferred_username";
}

function listOf<T extends string>(settings: Inputs, name: string, is: (text: string) => text is T): readonly T[] {
  const accepted: T[] = [];
  for (const text of settings.texts(name)) {
    if (is(text)) accepted.push(text);
    else settings.fault(name, `cannot hold ${text}`);
  }
  return accepted;
}

export function contactList(settings: Inputs, name: string): readonly ContactAttribute[] {
  return listOf(settings, name, isContact);
}

export function readNaming(
  settings: Inputs,
): Pick<UserPool, "usernameAttributes" | "aliasAttributes" | "caseSensitive"> {
  const usernameAttributes = contactList(settings, "usernameAttributes");
  const aliasAttributes = listOf(settings, "aliasAttributes", isAlias);
  if (usernameAttributes.length > 0 && aliasAttributes.length > 0) {
    settings.fault("aliasAttributes", "cannot stand beside `usernameAttributes`: AWS takes one or the other");
  }
  const caseSensitive = settings.block("usernameConfiguration").flag("caseSensitive") ?? true;
  return { usernameAttributes, aliasAttributes, caseSensitive };
}

export function readVerifiedBeforeUpdate(settings: Inputs): readonly ContactAttribute[] {
  const block = settings.block("userAttributeUpdateSettings");
  const attributes = contactList(block, "attributesRequireVerificationBeforeUpdates");
  const autoVerified = settings.texts("autoVerifiedAttributes");
  if (attributes.some((attribute) => !autoVerified.includes(attribute))) {
    settings.fault("userAttributeUpdateSettings", "names an attribute that is not in `autoVerifiedAttributes`");
  }
  return attributes;
}

const RECOVERY_NAMES: ReadonlyMap<string, ContactAttribute | "admin"> = new Map<string, ContactAttribute | "admin">([
  ["verified_email", "email"],
  ["verified_phone_number", "phone_number"],
  ["admin_only", "admin"],
]);

/** Unset, Cognito tries the phone first and then the e-mail address. */
export function readRecovery(settings: Inputs): readonly ContactAttribute[] {
  const blocks = settings.block("accountRecoverySetting").blocks("recoveryMechanisms");
  if (blocks.length === 0) return ["phone_number", "email"];
  const mechanisms = blocks.map((block) => {
    const attribute = RECOVERY_NAMES.get(block.text("name") ?? "");
    if (attribute === undefined) block.fault("name", "must be verified_email, verified_phone_number or admin_only");
    return { attribute, priority: block.number("priority") ?? 0 };
  });
  const ordered = mechanisms.toSorted((left, right) => left.priority - right.priority);
  return ordered.flatMap(({ attribute }) => (attribute === undefined || attribute === "admin" ? [] : [attribute]));
}

export function readMfa(settings: Inputs): UserPool["mfa"] {
  const mfa = oneOf(settings, "mfaConfiguration", ["OFF", "OPTIONAL", "ON"]);
  if (mfa === "OFF") return mfa;
  if (settings.has("smsConfiguration")) {
    settings.fault("smsConfiguration", "turns on MFA by SMS, which is not emulated; use software-token MFA alone");
  }
  if (settings.block("softwareTokenMfaConfiguration").flag("enabled") !== true) {
    settings.fault(
      "mfaConfiguration",
      "needs `softwareTokenMfaConfiguration.enabled`: the only factor that is emulated",
    );
  }
  return mfa;
}

const VERIFICATION_TEXT = "Your confirmation code is {####}";
const INVITATION_TEXT = "Your username is {username} and temporary password is {####}";

const VERIFICATION = { subject: "Your verification code", email: VERIFICATION_TEXT, sms: VERIFICATION_TEXT };
const INVITATION = { subject: "Your temporary password", email: INVITATION_TEXT, sms: INVITATION_TEXT };

export function readMessages(settings: Inputs): MessageTemplates {
  const template = settings.block("verificationMessageTemplate");
  const invite = settings.block("adminCreateUserConfig").block("inviteMessageTemplate");
  const verification = given({
    subject: template.text("emailSubject") ?? settings.text("emailVerificationSubject"),
    email: template.text("emailMessage") ?? settings.text("emailVerificationMessage"),
    sms: template.text("smsMessage") ?? settings.text("smsVerificationMessage"),
  });
  const invitation = given({
    subject: invite.text("emailSubject"),
    email: invite.text("emailMessage"),
    sms: invite.text("smsMessage"),
  });
  return {
    verification: { ...VERIFICATION, ...verification },
    invitation: { ...INVITATION, ...invitation },
    declared: { verification, invitation },
  };
}

type Texts = MessageTemplates["declared"]["verification"];

function given(texts: { readonly [Kind in keyof Texts]: string | undefined }): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined));
}

import type { OutboxMessage } from "./outbox.ts";
import type { ContactAttribute } from "./pool/user-pool.ts";

/** Where a code went, as operations answer it: the address is masked. */
export interface CodeDeliveryDetails {
  readonly Destination: string;
  readonly DeliveryMedium: OutboxMessage["medium"];
  readonly AttributeName: ContactAttribute;
}

export function mediumOf(attribute: ContactAttribute): OutboxMessage["medium"] {
  return attribute === "email" ? "EMAIL" : "SMS";
}

/** `a***@e***` or `+*******4567`. */
export function maskedDestination(attribute: ContactAttribute, value: string): string {
  if (attribute === "phone_number") return `+*******${value.slice(-4)}`;
  const [local = "", domain = ""] = value.split("@");
  return `${local.charAt(0)}***@${domain.charAt(0)}***`;
}

export function deliveryDetails(attribute: ContactAttribute, value: string): CodeDeliveryDetails {
  return {
    Destination: maskedDestination(attribute, value),
    DeliveryMedium: mediumOf(attribute),
    AttributeName: attribute,
  };
}

/** Fills a template's `{####}` and `{username}`. */
export function fillTemplate(template: string, code: string, username: string): string {
  return template.replaceAll("{####}", () => code).replaceAll("{username}", () => username);
}

import { integer, list, optional, string, stringMap, structure } from "./shapes.ts";

/** The shapes that Cognito's operations share, with the API model's limits.
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_Operations.html */

const PRINTABLE = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u;

export const clientId = string({ min: 1, max: 128, pattern: /^[\w+]+$/ });
export const clientSecret = string({ min: 1, max: 64, pattern: /^[\w+]+$/ });
export const userPoolId = string({ min: 1, max: 55, pattern: /^[\w-]+_[0-9a-zA-Z]+$/ });
export const username = string({ min: 1, max: 128, pattern: PRINTABLE });
export const secretHash = string({ min: 1, max: 128, pattern: /^[\w+=/]+$/ });
/** A password that is being set. Under six characters it is a violation of the shape, before any policy is asked. */
export const newPassword = string({ min: 6, max: 256, pattern: /^\S+.*\S+$/ });
/** A password that is only compared. */
export const givenPassword = string({ min: 1, max: 256 });
export const confirmationCode = string({ min: 1, max: 2048, pattern: /^\S+$/ });
export const accessToken = string({ min: 1, max: 16_384, pattern: /^[A-Za-z0-9-_=.]+$/ });
export const refreshToken = accessToken;
export const session = string({ min: 20, max: 2048 });
export const attributeName = string({ min: 1, max: 32, pattern: PRINTABLE });
export const groupName = string({ min: 1, max: 128, pattern: PRINTABLE });
export const description = string({ max: 2048 });
export const precedence = integer(0, 2_147_483_647);
export const arn = string({
  min: 20,
  max: 2048,
  pattern: /^arn:[\w+=/,.@-]+:[\w+=/,.@-]+:[\w+=/,.@-]*:\d+:[\w+=/,.@:-]+$/,
});
export const queryLimit = integer(0, 60);
export const paginationToken = string({ min: 1, max: 131_072, pattern: /^\S+$/ });

export const attribute = structure({ Name: attributeName, Value: optional(string({ max: 2048 })) });
export const attributeList = list(attribute, 100);
export const attributeNames = list(attributeName, 100);
export const parameters = stringMap({ max: 131_072 });

/** Members that only Lambda triggers, analytics or threat protection read: their types are checked, their values unused. */
export const contextMembers = {
  ClientMetadata: optional(stringMap({ max: 131_072 })),
  AnalyticsMetadata: optional(structure({ AnalyticsEndpointId: optional(string()) })),
  UserContextData: optional(structure({ IpAddress: optional(string()), EncodedData: optional(string()) })),
} as const;

import { withAccessToken } from "../access-token.ts";
import { accessToken } from "../model.ts";
import { operation } from "../operation.ts";
import type { ServedPool } from "../service.ts";
import { structure } from "../shapes.ts";
import type { User } from "../users.ts";

/** @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_DeleteUser.html */
export const deleteUser = operation({
  name: "DeleteUser",
  access: "public",
  input: structure({ AccessToken: accessToken }),
  run: (input, service) =>
    withAccessToken(service, input.AccessToken, (subject) => {
      removeUser(subject.served, subject.user);
      return {};
    }),
});

export function removeUser(served: ServedPool, user: User): void {
  served.sessions.endAllOf(user.sub);
  served.users.delete(user);
}

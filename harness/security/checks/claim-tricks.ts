import { withIdentity } from "../attack.ts";
import { type Check, notShown, type Trial } from "../check.ts";
import { listRequest, requestFor, type ThingUser, usesOfOne } from "../things.ts";
import {
  mustRefuse,
  onEveryThing,
  type Scene,
  TRESPASS_HOLDS,
  TRESPASS_THREAT,
  type TrespassAttack,
  trespass,
} from "../trespass.ts";

export const claimTricks: Check = {
  id: "tenant-isolation.claims",
  title: "Only the verified subject says who asks: no other claim, group or spelling does",
  threat: { ...TRESPASS_THREAT, cwe: ["CWE-639", "CWE-290"] },
  sends:
    "The attacker's tokens, signed by the issuer, that name the victim in groups, user names, addresses, custom and nested claims, and subjects that look like the victim's.",
  holds: TRESPASS_HOLDS,
  async run(subject) {
    if (subject.identity.cannotMint !== undefined) return notShown(subject.identity.cannotMint);
    return onEveryThing(subject, async (scene) => {
      const { api, attacker, victim } = scene;
      const trials: Trial[] = [];
      for (const [name, claims] of Object.entries(claimsNaming(victim.owner, api.thing.table.ownerAttribute))) {
        const sub = typeof claims.sub === "string" ? claims.sub : attacker.owner;
        const disguised = await disguisedUser(scene, sub, claims);
        if (disguised === undefined) return [];
        const attacks = [...usesOfOne(api).map((use) => foreignUse(scene, use, name)), ...listUse(scene, name)];
        trials.push(...(await trespass({ ...scene, attacker: disguised }, attacks)));
      }
      return trials;
    });
  },
};

function claimsNaming(
  victim: string,
  ownerAttribute: string,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  return {
    "a group named like the victim": { "cognito:groups": [victim, "admin", "admins"] },
    "the victim's user name": { username: victim, "cognito:username": victim, preferred_username: victim },
    "the victim's address": { email: victim, email_verified: true },
    "custom claims": { [`custom:${ownerAttribute}`]: victim, "custom:sub": victim, "custom:tenant": victim },
    "claims of the attribute's name": { [ownerAttribute]: victim, user_id: victim, owner: victim, uid: victim },
    "an actor": { act: { sub: victim }, on_behalf_of: victim, impersonate: victim },
    "an administrator's role": { role: "admin", roles: ["admin"], admin: true, is_admin: "true" },
    "the victim's subject in capital letters": { sub: victim.toUpperCase() },
    "a space after the victim's subject": { sub: `${victim} ` },
    "a null byte after the victim's subject": { sub: `${victim}\u0000` },
    "the victim's subject in a list as text": { sub: `[${victim}]` },
  };
}

async function disguisedUser(
  { subject, api, attacker }: Scene,
  sub: string,
  claims: Readonly<Record<string, unknown>>,
): Promise<ThingUser | undefined> {
  const { authorization } = api.create.route;
  if (authorization.type !== "JWT") return undefined;
  const { sub: _sub, ...others } = claims;
  const token = await subject.identity.token(
    authorization.authorizer,
    authorization.scopes,
    { ...attacker.person, sub },
    { claims: others },
  );
  if (token === undefined) return undefined;
  const send: ThingUser["send"] = (route, request) =>
    subject.send(route, withIdentity(route, request, `Bearer ${token}`));
  return { ...attacker, token, owner: sub, send };
}

function foreignUse({ api, victimsThings }: Scene, use: "read" | "change" | "remove", name: string): TrespassAttack {
  return {
    name: `${name}, ${use}`,
    route: api[use] ?? api.create,
    request: requestFor(api, use, { id: victimsThings[1]?.id ?? victimsThings[0].id, marker: "taken over" }),
    fault: mustRefuse,
  };
}

function listUse({ api }: Scene, name: string): readonly TrespassAttack[] {
  return api.list === undefined ? [] : [{ name: `${name}, list`, route: api.list, request: listRequest(api) }];
}

import type { Clock } from "../clock.ts";
import type { HttpApi, Route, Stage, ThrottleLimits } from "./http-api.ts";

/** What an account may do in a region, where neither stage nor route says less.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const ACCOUNT_LIMITS: ThrottleLimits = { rateLimit: 10_000, burstLimit: 5_000 };

/** A token bucket: full at first, refilled at the rate limit up to the burst limit. */
export interface TokenBucket {
  /** Takes one token, or answers that there is none. */
  take(): boolean;
}

export function tokenBucket(limits: ThrottleLimits, clock: Clock): TokenBucket {
  let tokens = limits.burstLimit;
  let filledAt = clock.nowMilliseconds();
  return {
    take() {
      const now = clock.nowMilliseconds();
      const elapsedSeconds = Math.max(0, now - filledAt) / 1000;
      tokens = Math.min(limits.burstLimit, tokens + elapsedSeconds * limits.rateLimit);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

/** Why a request is throttled, or `undefined` where it may pass. */
export type Throttle = (stage: Stage, route: Route) => string | undefined;

/** One bucket for each route of each stage: the route's own settings, else the stage's. Above all stands the account's.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html */
export function throttle(api: HttpApi, clock: Clock, accountLimits: ThrottleLimits = ACCOUNT_LIMITS): Throttle {
  const account = tokenBucket(accountLimits, clock);
  const buckets = new Map(api.stages.map((stage) => [stage, routeBuckets(api, stage, clock)]));
  return (stage, route) => {
    const limited = buckets.get(stage)?.get(route);
    if (limited !== undefined && !limited.bucket.take()) return limited.reason;
    return account.take() ? undefined : "the account's limits";
  };
}

function routeBuckets(api: HttpApi, stage: Stage, clock: Clock) {
  return new Map(
    api.routes.flatMap((route) => {
      const own = stage.routeThrottles.get(route.routeKey);
      const limits = own ?? stage.defaultThrottle;
      if (limits === undefined) return [];
      const whose = own === undefined ? "the default route settings" : "the route settings";
      const reason = `${whose} of ${stage.declaredBy}: ${limits.rateLimit} a second, burst ${limits.burstLimit}`;
      return [[route, { bucket: tokenBucket(limits, clock), reason }] as const];
    }),
  );
}

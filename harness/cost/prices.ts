/** A price by volume: each step holds up to its limit, in units of the price. */
export interface Tier {
  readonly upTo: number;
  readonly dollars: number;
}

export interface Price {
  readonly unit: string;
  /** How many units one price is for. */
  readonly per: number;
  readonly tiers: readonly Tier[];
  /** What an account has free each month, for good and not for its first year only. */
  readonly freeUnits: number;
  readonly source: string;
}

const flat = (dollars: number): readonly Tier[] => [{ upTo: Number.POSITIVE_INFINITY, dollars }];

/** The day on which this table was put together. AWS changes prices seldom, and downwards. */
export const PRICES_AS_OF = "2026-11-27";

/** US East (N. Virginia), where AWS makes its own examples; other regions cost up to a fifth more. */
export const PRICES_REGION = "us-east-1";

/** In US dollars. */
export const prices = {
  httpApiRequests: {
    unit: "requests",
    per: 1_000_000,
    tiers: [
      { upTo: 300_000_000, dollars: 1.0 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.9 },
    ],
    freeUnits: 0,
    source: "https://aws.amazon.com/api-gateway/pricing/",
  },
  lambdaRequests: {
    unit: "requests",
    per: 1_000_000,
    tiers: flat(0.2),
    freeUnits: 1_000_000,
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  lambdaArmSeconds: {
    unit: "GB-seconds",
    per: 1,
    tiers: [
      { upTo: 7_500_000_000, dollars: 0.0000133334 },
      { upTo: 18_750_000_000, dollars: 0.0000120001 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.0000106667 },
    ],
    freeUnits: 400_000,
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  lambdaX86Seconds: {
    unit: "GB-seconds",
    per: 1,
    tiers: [
      { upTo: 6_000_000_000, dollars: 0.0000166667 },
      { upTo: 15_000_000_000, dollars: 0.000015 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.0000133334 },
    ],
    freeUnits: 400_000,
    source: "https://aws.amazon.com/lambda/pricing/",
  },
  tableWrites: {
    unit: "write request units",
    per: 1_000_000,
    tiers: flat(0.625),
    freeUnits: 0,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  tableReads: {
    unit: "read request units",
    per: 1_000_000,
    tiers: flat(0.125),
    freeUnits: 0,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  tableStorage: {
    unit: "GB-months",
    per: 1,
    tiers: flat(0.25),
    freeUnits: 25,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  tableRecovery: {
    unit: "GB-months",
    per: 1,
    tiers: flat(0.2),
    freeUnits: 0,
    source: "https://aws.amazon.com/dynamodb/pricing/on-demand/",
  },
  liteUsers: {
    unit: "monthly active users",
    per: 1,
    tiers: [
      { upTo: 90_000, dollars: 0.0055 },
      { upTo: 990_000, dollars: 0.0046 },
      { upTo: 9_990_000, dollars: 0.00325 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 0.0025 },
    ],
    freeUnits: 10_000,
    source: "https://aws.amazon.com/cognito/pricing/",
  },
  logs: {
    unit: "GB",
    per: 1,
    tiers: flat(0.5),
    freeUnits: 5,
    source: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  alarms: {
    unit: "alarms",
    per: 1,
    tiers: flat(0.1),
    freeUnits: 10,
    source: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  dashboards: {
    unit: "dashboards",
    per: 1,
    tiers: flat(3),
    freeUnits: 3,
    source: "https://aws.amazon.com/cloudwatch/pricing/",
  },
  traces: {
    unit: "traces",
    per: 1_000_000,
    tiers: flat(5),
    freeUnits: 100_000,
    source: "https://aws.amazon.com/xray/pricing/",
  },
  dataEvents: {
    unit: "data events",
    per: 100_000,
    tiers: flat(0.1),
    freeUnits: 0,
    source: "https://aws.amazon.com/cloudtrail/pricing/",
  },
} as const satisfies Readonly<Record<string, Price>>;

export type PriceName = keyof typeof prices;

/** What `units` cost in a month, in dollars, without what is free. */
export function charge(price: Price, units: number, freeUnits = price.freeUnits): number {
  let left = Math.max(0, units - freeUnits);
  let from = 0;
  let dollars = 0;
  for (const tier of price.tiers) {
    const inTier = Math.min(left, tier.upTo - from);
    dollars += (inTier / price.per) * tier.dollars;
    left -= inTier;
    from = tier.upTo;
  }
  return dollars;
}

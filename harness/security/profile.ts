/** How to use an API that keeps things for its users: what the attacks on ownership need to know. Data only. */
export interface SecurityProfile {
  readonly things: readonly OwnedThing[];
  /** Claims on which two targets are known to differ. */
  readonly knownDifferences?: readonly KnownDifference[];
}

export interface KnownDifference {
  /** A check's id. */
  readonly check: string;
  /** Attacks that come through on one side alone, each by the end of its name; left out: whichever they are. */
  readonly attacks?: readonly string[];
  readonly reason: string;
  /** Where that is said. */
  readonly link: string;
}

/** A thing that belongs to the user who created it, and to nobody else. */
export interface OwnedThing {
  /** `order`, for messages. */
  readonly name: string;
  /** Where it is kept. */
  readonly table: {
    /** The table's logical name. */
    readonly name: string;
    /** The attribute that says whose it is; its value is the owner's claim. */
    readonly ownerAttribute: string;
    /** Default `sub`. */
    readonly ownerClaim?: string;
  };
  readonly create: {
    /** As in the program, e.g. `POST /orders`. */
    readonly route: string;
    /** A valid body. `{text}` inside a string is replaced by a text of the attack's own. */
    readonly body: JsonRecord;
    /** Where the answer has the new thing's id: a member's name. */
    readonly id: string;
  };
  readonly read?: { readonly route: string };
  readonly list?: {
    readonly route: string;
    /** The member that holds the things; left out where the answer is the list itself. */
    readonly items?: string;
    /** Query parameters, and where the answer has the next page's cursor. */
    readonly limit?: string;
    readonly cursor?: { readonly parameter: string; readonly next: string };
  };
  readonly change?: { readonly route: string; readonly body: JsonRecord };
  readonly remove?: { readonly route: string };
  /** A member of the bodies that takes free text: where injections are tried. */
  readonly textField: string;
  /** Members of the stored thing that only the server may set, each with a value that an attacker would like. */
  readonly serverFields: Readonly<Record<string, unknown>>;
}

export type JsonRecord = Readonly<Record<string, unknown>>;

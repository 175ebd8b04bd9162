const ways = {
  throws: async () => {
    throw new TypeError("secret detail");
  },
  rejects: () => Promise.reject(new Error("secret detail")),
  exits: async () => process.exit(3),
  uncaught: async () => {
    setTimeout(() => {
      throw new Error("secret detail");
    });
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  },
  unhandled: async () => {
    Promise.reject(new Error("secret detail"));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  },
  unsettled: () => new Promise(() => {}),
  "too-large": async () => ({ statusCode: 200, body: "x".repeat(6 * 1024 * 1024 + 200) }),
  unserializable: async () => 1n,
  "plain-value": () => Promise.reject("secret detail"),
  "out-of-memory": async () => {
    const held = [];
    for (;;) held.push(new Array(1_000_000).fill(held.length));
  },
};
exports.handler = ways[process.env.HOW];

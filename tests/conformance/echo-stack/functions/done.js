exports.handler = (_event, context) => {
  context.succeed({ statusCode: 200, body: "by context" });
};

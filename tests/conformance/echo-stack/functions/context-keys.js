exports.handler = async (_event, context) => ({ keys: Object.keys(context).sort() });

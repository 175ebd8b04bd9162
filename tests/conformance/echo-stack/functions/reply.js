/** Puts out what the request's body says, so that one function can put out anything that is JSON. */
exports.handler = async (event) => JSON.parse(event.body);

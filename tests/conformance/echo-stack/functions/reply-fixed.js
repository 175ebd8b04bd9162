exports.handler = async () => ({ statusCode: 200, headers: { "content-type": "text/html" }, body: "<p>hi</p>" });
